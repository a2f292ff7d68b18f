"""How often a service lets an account call it, and what it answers beyond that.

AWS limits by token buckets: for each account and Region, for one operation or for several that
share a bucket. Source of each row: `schemas/rates.json`; what AWS does not publish is marked there
as a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from reconciler.facts.files import read


@dataclass(frozen=True, slots=True)
class Family:
    """The operations that share a bucket."""

    name: str
    """Tells the family from the others of its service."""
    rate: float
    """Calls per second."""
    burst: float
    """Calls at once, after a pause."""
    guess: bool
    """Whether AWS publishes no number."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a call too many."""

    code: str
    message: str
    status: int
    """Of HTTP."""


@cache
def family(service: str, operation: str) -> Family:
    """The family of an operation.

    Args:
        service: boto3's name, `cloudwatch`.
        operation: AWS's name or boto3's, `PutMetricAlarm` or `put_metric_alarm`.
    """
    asked = operation.replace("_", "").lower()
    for row in _of(service)["families"]:
        if any(fnmatchcase(asked, pattern.lower()) for pattern in row["operations"]):
            name = asked if row.get("apart") else " ".join(row["operations"])
            rate = float(row["rate"])
            burst = float(row.get("burst", rate))
            return Family(name, rate, burst, bool(row.get("guess")))
    msg = f"{service} has no family for {operation}"
    raise LookupError(msg)


def refusal(service: str) -> Refusal:
    """How a service, by boto3's name, says that it was called too often."""
    return Refusal(**_of(service)["refusal"])


def services() -> list[str]:
    """The services of the table, by boto3's names."""
    return sorted(_table()["services"])


def _of(service: str) -> Any:  # noqa: ANN401 - JSON
    return _table()["services"].get(service, _table()["default"])


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = read("rates.json")
    return found
