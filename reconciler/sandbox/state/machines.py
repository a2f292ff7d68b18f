"""What runs of state machines meet: failures and results by state, hosts, and who may run code."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

NOTHING = "moorline: nothing"
"""Stands for no scripted result, since null is one."""
HTTP_SECONDS = 60.0
"""How long a server may take to answer an HTTP task. Source: AWS, "Quotas for HTTP Task"."""


@dataclass(slots=True)
class Script:
    """How some tries of a Task state end: with an error, or with a result instead of its call."""

    state: str
    """The name of the state, or a pattern as of a shell."""
    machine: str = "*"
    """The name of the machine, or a pattern."""
    error: str = ""
    cause: str = ""
    result: Any = NOTHING
    """What the integration answers, before ResultSelector."""
    seconds: float = 0.0
    """How long the try takes."""
    nth: int = 1
    """Which try from now on is the first one."""
    times: int = 1
    seen: int = 0
    """Tries that were looked at so far."""

    def __post_init__(self) -> None:
        """Refuse what would do nothing.

        Raises:
            ValueError: there is neither an error nor a result nor a time, or both.
        """
        told = self.result != NOTHING
        if bool(self.error) and told:
            raise ValueError(f"{self.state}: an error and a result cannot both be")
        if not self.error and not told and not self.seconds:
            raise ValueError(f"{self.state}: give an error, a result, or seconds")
        if self.nth < 1 or self.times < 1 or self.seconds < 0:
            raise ValueError(f"{self.state}: nth and times are from 1, seconds from 0")


@dataclass(slots=True)
class Machines:
    """Scripts of states, hosts that HTTP tasks reach, and runs whose jobs a caller does himself."""

    scripts: list[Script] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)
    """By host name of an API, the address of the local server that stands for it."""
    http_seconds: float = HTTP_SECONDS
    stood_in: dict[str, frozenset[str]] = field(default_factory=dict)
    """By the ARN of an execution, its states whose jobs end when their stand-in has ended."""
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id, jobs that wait for their stand-in."""
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id, how the stand-ins of jobs have ended: ``ok``, ``error``, ``at``."""
    real: set[str] = field(default_factory=set)
    """By id, jobs of Moorline's own that the call under way has done on real rows."""
    asking: tuple[str, str] | None = None
    """The execution and the state whose call is under way."""

    def take(self, machine: str, state: str) -> Script | None:
        """The first script that this try has come to; each that fits has seen it."""
        found = None
        for each in self.scripts:
            if fnmatchcase(state, each.state) and fnmatchcase(machine, each.machine):
                each.seen += 1
                if found is None and each.nth <= each.seen < each.nth + each.times:
                    found = each
        return found

    def clear(self) -> None:
        """Back to nothing."""
        self.scripts.clear()
        self.hosts.clear()
        self.http_seconds = HTTP_SECONDS
        self.stood_in.clear()
        self.held.clear()
        self.ended.clear()
        self.real.clear()

    def state(self) -> dict[str, Any]:
        """What the control API shows; the keys of roles are for who asks for jobs alone."""
        return {
            "scripts": [asdict(each) for each in self.scripts],
            "hosts": dict(self.hosts),
            "http_seconds": self.http_seconds,
            "stood_in": {arn: sorted(states) for arn, states in self.stood_in.items()},
        }
