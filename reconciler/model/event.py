"""What happens during a run, as one stream. Progress, logs and receipts are its readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Observed
from reconciler.model.value import Props

HANDED_OVER = "SESSION002"
"""The code of a step whose end is seen by a later run, since the credentials of this one ended."""

INTERRUPTED, ENDED = "interrupted", "the credentials ended"
REFUSED, BLOCKED = "refused", "something else in the plan is refused"
"""Why a step was not tried, where it is no other step."""


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins. Times are seconds of the run's clock."""

    step: str
    address: Address
    action: Action
    at: float


@dataclass(frozen=True, slots=True)
class CallSent:
    """AWS answered one call of a step. `seconds` counts from the first try."""

    step: str
    call: Call
    at: float
    seconds: float
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class CallFailed:
    """AWS refused one call of a step, or did not answer it. `code` is AWS's own word."""

    step: str
    call: Call
    at: float
    seconds: float
    attempts: int
    code: str


@dataclass(frozen=True, slots=True)
class StepWaiting:
    """A step waits for AWS; `state` is the state that AWS reports."""

    step: str
    address: Address
    state: str
    at: float


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step is done and verified.

    `desired` is what was asked for, references filled in; `live` is what was read
    afterwards, for types that are read. Both are absent after a deletion.
    """

    step: str
    address: Address
    action: Action
    at: float
    desired: Props | None = None
    live: Observed | None = None


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step stopped. `code` is a diagnostic code; `message` names the AWS answer.

    One that was handed over did not fail: AWS may still carry it out.
    """

    step: str
    address: Address
    action: Action
    at: float
    code: str
    message: str
    help: str = ""

    @property
    def handed_over(self) -> bool:
        return self.code == HANDED_OVER


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step was not tried: `cause` is the step that failed or is refused, or the plain reason."""

    step: str
    address: Address
    action: Action
    at: float
    cause: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over."""

    done: int
    failed: int
    skipped: int
    at: float


Event: TypeAlias = (
    StepStarted
    | CallSent
    | CallFailed
    | StepWaiting
    | StepFinished
    | StepFailed
    | StepSkipped
    | RunFinished
)
Sink: TypeAlias = Callable[[Event], None]
