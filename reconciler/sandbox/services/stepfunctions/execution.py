"""A run as a value: its branches, its history, and how much of both AWS keeps.

Sources: Step Functions API, GetExecutionHistory; developer guide, "Quotas".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.state.clock import moment

PAYLOAD = 262_144
"""Bytes of a state's input or output. Source: developer guide, "Quotas"."""
EVENTS = 25_000
"""Events of one run. Source: the same."""
RUNNING = "RUNNING"
FULL = f"The execution reached the maximum number of history events ({EVENTS})."


class Failure(Exception):
    """A state fails, with a name that Retry and Catch know."""

    def __init__(self, error: str, cause: str = "", *, timed: bool = False) -> None:
        """`timed` tells TaskTimedOut from TaskFailed in the history."""
        super().__init__(f"{error}: {cause}")
        self.error, self.cause, self.timed = error, cause, timed


class FullError(Exception):
    """A run has as many events as AWS lets it have: it ends there, whatever would catch it."""


class EndedError(Exception):
    """The run ended while something of it was being done."""


@dataclass(slots=True)
class Branch:
    """Where one of the threads of a run is: the run itself, a branch or an iteration."""

    number: int
    machine: dict[str, Any]
    state: str
    input: Any
    parent: int | None = None
    index: int = 0
    variables: dict[str, Any] = field(default_factory=dict)
    item: dict[str, Any] | None = None
    """The member ``Map`` of the context object."""
    entered: float = 0.0
    tries: int = 0
    used: dict[int, int] = field(default_factory=dict)
    """Retries so far, by retrier."""
    stage: str = "enter"
    due: float | None = None
    """When it has something to do; none while it waits for another one."""
    work: dict[str, Any] = field(default_factory=dict)
    """What its state has under way."""
    ends: float | None = None
    beats: float | None = None
    token: str = ""
    last: int = 0
    """The event before its next one."""
    own: bool = False
    """A child of a distributed Map: its events are its own and are only counted."""
    events: int = 0
    results: dict[int, Any] = field(default_factory=dict)
    """Of a Parallel or Map, what its children gave."""
    failed: dict[int, tuple[str, str]] = field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """The state that it is in."""
        found: dict[str, Any] = self.machine["States"][self.state]
        return found


@dataclass(slots=True)
class Execution:
    """One run of a machine."""

    arn: str
    name: str
    machine: str
    """The machine's ARN, with a version or alias where it was started by one."""
    machine_name: str
    definition: dict[str, Any]
    role: str
    account: str
    region: str
    input: str
    given: Any
    """The input as JSON."""
    started: float
    kind: str = "STANDARD"
    status: str = RUNNING
    stopped: float | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    ends: float | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    branches: dict[int, Branch] = field(default_factory=dict)
    sequence: int = 0
    redrives: int = 0
    redriven: float | None = None
    failed_at: Branch | None = None
    """Where a redrive goes on."""
    key: str = ""
    """The access key of its role's session."""
    key_ends: float = 0.0
    maps: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Map runs by ARN."""
    notes: list[dict[str, str]] = field(default_factory=list)
    """What the sandbox did not do: steps that are simulated."""
    logged: int = 0
    logging: dict[str, Any] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.status == RUNNING

    def next(self) -> tuple[float, int] | None:
        """The next moment at which something is to be done, and the branch; 0 is the run itself."""
        found = [(self.ends, 0)] if self.ends is not None else []
        for branch in self.branches.values():
            times = [each for each in (branch.due, branch.ends, branch.beats) if each is not None]
            if times:
                found.append((min(times), branch.number))
        return min(found) if found else None

    def spawn(self, machine: dict[str, Any], given: Any, at: float, **more: Any) -> Branch:  # noqa: ANN401
        """A new branch that begins now."""
        self.sequence += 1
        made = Branch(self.sequence, machine, machine["StartAt"], given, due=at, **more)
        self.branches[made.number] = made
        return made

    def children(self, branch: Branch) -> list[Branch]:
        """The branches that a Parallel or Map waits for."""
        return [each for each in self.branches.values() if each.parent == branch.number]

    def record(self, at: float, kind: str, branch: Branch | None, **details: Any) -> int:  # noqa: ANN401
        """Add an event of a branch; its number.

        Raises:
            FullError: there are as many as a run may have.
            Failure: the same, of a child of a distributed Map.
        """
        if branch is not None and branch.own:
            branch.events += 1
            if branch.events >= EVENTS:
                raise Failure("States.Runtime", FULL)
            return branch.last
        number = len(self.events) + 1
        if number >= EVENTS:
            raise FullError
        last = branch.last if branch is not None else number - 1
        event = {"id": number, "previousEventId": last, "timestamp": at, "type": kind}
        self.events.append({**event, **details})
        if branch is not None:
            branch.last = number
        return number

    def context(self, branch: Branch) -> dict[str, Any]:
        """The context object, ``$$``."""
        found: dict[str, Any] = {
            "Execution": {
                "Id": self.arn,
                "Input": self.given,
                "Name": self.name,
                "RoleArn": self.role,
                "StartTime": stamp(self.started),
                "RedriveCount": self.redrives,
            },
            "State": {
                "EnteredTime": stamp(branch.entered),
                "Name": branch.state,
                "RetryCount": branch.tries,
            },
            "StateMachine": {"Id": self.machine, "Name": self.machine_name},
        }
        if self.redriven is not None:
            found["Execution"]["RedriveTime"] = stamp(self.redriven)
        if branch.token:
            found["Task"] = {"Token": branch.token}
        return found | ({"Map": branch.item} if branch.item else {})


def stamp(seconds: float) -> str:
    """A moment as the context object has it."""
    return moment(seconds).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def dumps(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    """JSON as Step Functions writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def sized(value: Any, what: str, state: str) -> str:  # noqa: ANN401  (any JSON value)
    """A payload as text.

    Raises:
        Failure: it is larger than AWS takes.
    """
    text = dumps(value)
    if len(text.encode()) > PAYLOAD:
        raise Failure(
            "States.DataLimitExceeded",
            f"The state/task '{state}' returned a result with a size exceeding the maximum number"
            f" of bytes service limit." if what == "output" else
            f"The {what} of the state '{state}' exceeds the maximum number of bytes service limit.",
        )  # fmt: skip
    return text
