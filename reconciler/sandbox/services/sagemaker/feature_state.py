"""The feature group state machine: creation, update and deletion under way, and how they end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from reconciler.sandbox.state.outcomes import OK, Outcome
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Record

FAILED_TEXT = "The sandbox was told to fail this change."


@dataclass(slots=True)
class Change:
    """One change of a feature group under way."""

    what: Literal["create", "update", "delete"]
    due: float
    outcome: Outcome = OK
    changes: dict[str, Any] = field(default_factory=dict)


def begin(
    what: Literal["create", "update", "delete"],
    seconds: float,
    outcome: Outcome = OK,
    changes: dict[str, Any] | None = None,
) -> Change:
    """A change that ends after `seconds` of virtual time, unless it is stuck."""
    due = math.inf if outcome.mode == "stuck" else WORLD.clock.now() + seconds
    return Change(what, due, outcome, changes or {})


def settle(groups: dict[str, Record]) -> None:
    """Apply every change that is due."""
    now = WORLD.clock.now()
    for record in list(groups.values()):
        if record.pending is None or record.pending.due > now:
            continue
        change: Change = record.pending
        record.pending = None
        record.modified = change.due
        if change.what == "delete":
            del groups[record.name]
        elif change.what == "create":
            _created(record, change.outcome)
        else:
            _updated(record, change)


def _created(record: Record, outcome: Outcome) -> None:
    if outcome.mode != "ok":
        record.data["FeatureGroupStatus"] = "CreateFailed"
        record.data["FailureReason"] = outcome.reason or FAILED_TEXT
        return
    record.data["FeatureGroupStatus"] = "Created"
    if "OfflineStoreConfig" in record.data:
        record.data["OfflineStoreStatus"] = {"Status": "Active"}


def _updated(record: Record, change: Change) -> None:
    if change.outcome.mode != "ok":
        reason = change.outcome.reason or FAILED_TEXT
        record.data["LastUpdateStatus"] = {"Status": "Failed", "FailureReason": reason}
        return
    record.data["LastUpdateStatus"] = {"Status": "Successful"}
    record.data["FeatureDefinitions"] += change.changes.get("FeatureAdditions") or []
    if change.changes.get("OnlineStoreConfig"):
        online = change.changes["OnlineStoreConfig"]
        record.data["OnlineStoreConfig"] |= online
        if "TtlDuration" in online and not online["TtlDuration"].get("Value"):
            del record.data["OnlineStoreConfig"]["TtlDuration"]  # without unit and value: none
    if change.changes.get("ThroughputConfig"):
        record.data["ThroughputConfig"] = change.changes["ThroughputConfig"]
