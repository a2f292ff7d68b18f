"""The values between which a rollout decides.

Weights are shares of the traffic, 0 to 1. Times are seconds since the epoch, durations seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.value import Json


class Phase(StrEnum):
    """Where a rollout is; read from what is live, never remembered."""

    IDLE = "idle"
    STARTING = "starting"
    BAKING = "baking"
    SCALING = "scaling"
    MOVING = "moving"
    PAUSED = "paused"
    PROMOTING = "promoting"
    FINISHING = "finishing"
    COMPLETED = "completed"
    ABORTING = "aborting"
    ABORTED = "aborted"
    ROLLED_BACK = "rolled-back"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: the candidate's share of the traffic, its instances, how long it bakes."""

    share: float
    count: int
    bake: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """What was asked for.

    `base` is the configuration before, `middle` has both variants, `target` is the one that stays.
    """

    endpoint: str
    stable: str
    candidate: str
    base: str
    middle: str
    target: str
    stable_count: int
    steps: tuple[Step, ...]
    deadline: int
    """Seconds that a phase other than baking and paused may take."""
    on_inconclusive: str = "hold"
    on_failure: str = "rollback"
    version: str = ""
    """The version of the model that takes over, in words."""
    digest: str = ""
    """Of all of the above and the analysis, as they were when it started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A live variant. None where AWS did not say."""

    name: str
    weight: float | None
    asked_weight: float | None
    count: int | None
    asked_count: int | None
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the tags `moorline:rollout*` of the endpoint say; written before what they announce."""

    digest: str
    step: int
    since: float
    base: str
    middle: str
    target: str
    version: str
    steps: tuple[Step, ...]
    stable_count: int
    word: str = ""
    """What was last asked for by a person: "", pause, promote or abort; the last word wins."""
    ended: str = ""
    """How it ended: "", completed, aborted, rolled-back or failed, with why after a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One whole reading of an endpoint and its tags."""

    status: str
    config: str
    pending: str = ""
    """The configuration that AWS is moving it to."""
    reason: str = ""
    variants: tuple[Variant, ...] = ()
    marks: Marks | None = None
    alarms: Mapping[str, str] = field(default_factory=dict)
    """State by name of each alarm that guards the rollout; a missing alarm has the state ""."""


class Verdict(StrEnum):
    """What the analysis says of the candidate."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    """Not enough was seen yet, and there is time."""
    INCONCLUSIVE = "inconclusive"
    """The bake has ended without enough, or an answer was not whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One expectation at one look."""

    name: str
    verdict: Verdict
    said: str
    """The figure, its limit and the number of requests, in words."""
    looks: tuple[str, ...] = ()
    """Each measurement in words, with its window and what it says."""
    points: tuple[float | None, ...] = ()
    """The figure of each measurement, in CloudWatch's unit; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is known beside the endpoint."""

    verdict: Verdict = Verdict.WAITING
    findings: tuple[Finding, ...] = ()
    frozen: str = ""
    """The freeze window that it is, or ""."""
    word: str = ""
    """What a person asks for now: "", pause, resume, promote or abort."""


class Act(StrEnum):
    """What to do next."""

    NOTHING = "nothing"
    WAIT = "wait"
    HOLD = "hold"
    """Nothing, until a person says what."""
    STOP = "stop"
    """Nothing, and it is an error: what is live is not what was asked for by anyone known."""
    MARK = "mark"
    SCALE = "scale"
    WEIGH = "weigh"
    FINISH = "finish"
    """The endpoint moves to `target`."""
    SETTLE = "settle"
    """The endpoint moves back to `base`, after an abort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutAction:
    """The one next thing, as data: what a plan shows and a driver sends."""

    act: Act
    phase: Phase
    why: str
    step: int = 0
    marks: Mapping[str, str] = field(default_factory=dict)
    """Tags to write before anything else."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of the traffic by variant; all variants, or none."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Instances by variant; one variant, as AWS takes one at a time."""
    config: str = ""
    """The configuration that the endpoint is to have."""
    until: float | None = None
    """When to look again."""
    detail: Mapping[str, Json] = field(default_factory=dict)
