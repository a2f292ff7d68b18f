"""The alarms that a deployment asks about; CloudWatch's files say what they know, see there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.sandbox.services.sagemaker.store import Record


class Watch(Protocol):
    """What is asked of the alarms in the account and Region of an endpoint."""

    def missing(self, arn: str, names: Iterable[str]) -> list[str]:
        """The alarms that are not there."""

    def firing(self, arn: str, names: Iterable[str], at: float) -> list[str]:
        """The alarms that are in the state ALARM at a moment."""


WATCHES: list[Watch] = []


def names(policy: dict[str, object] | None) -> list[str]:
    """The alarms of a DeploymentConfig."""
    found = (policy or {}).get("AutoRollbackConfiguration")
    alarms = found.get("Alarms") if isinstance(found, dict) else None
    return [str(each["AlarmName"]) for each in alarms or ()]


def missing(arn: str, wanted: Iterable[str]) -> list[str]:
    """The alarms that are not there."""
    return [name for watch in WATCHES for name in watch.missing(arn, wanted)]


def firing(record: Record, wanted: Iterable[str], at: float) -> list[str]:
    """The alarms that fire at a moment."""
    return [name for watch in WATCHES for name in watch.firing(record.arn, wanted, at)]
