"""Failure rules of the sandbox itself: answer the next N calls of an operation with an error code.

They sit at the request entry and so hold for every client of a server. Faults that need the
client's side (lost replies, resets, time-outs) live in `faults`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

STATUS_OF_CODE = {
    "AccessDenied": 403,
    "InternalFailure": 500,
    "InternalError": 500,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "SlowDown": 503,
    "RequestLimitExceeded": 503,
}


def status_of(code: str) -> int:
    """The HTTP status AWS uses for a common error code; 400 for all others."""
    return STATUS_OF_CODE.get(code, 400)


@dataclass(slots=True)
class Rule:
    """Fail the next `times` calls that match `service` and `operation` (shell patterns)."""

    service: str
    operation: str
    code: str
    times: int = 1
    status: int = 0
    message: str = ""

    def __post_init__(self) -> None:
        """Fill in the usual status and text of the code."""
        self.status = self.status or status_of(self.code)
        self.message = self.message or f"Injected {self.code} for {self.service}.{self.operation}."


class Rules:
    """The active rules, in the order they were added."""

    def __init__(self) -> None:
        """Start without rules."""
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Append a rule."""
        self._rules.append(rule)

    def take(self, service: str, operation: str) -> Rule | None:
        """The first matching rule, used up by one; None when the call is to be answered."""
        for rule in self._rules:
            if fnmatchcase(service, rule.service) and fnmatchcase(operation, rule.operation):
                rule.times -= 1
                if rule.times <= 0:
                    self._rules.remove(rule)
                return rule
        return None

    def clear(self) -> None:
        """Drop every rule."""
        self._rules.clear()

    def state(self) -> list[dict[str, Any]]:
        """The rules that are still waiting, for the control API."""
        return [asdict(rule) for rule in self._rules]
