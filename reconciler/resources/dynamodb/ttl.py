"""The attribute by which DynamoDB deletes items, which no single apply can exchange. Pure.

"It can take up to one hour for the change to fully process. Any additional UpdateTimeToLive calls
for the same table during this one hour duration result in a ValidationException" and a table has
one attribute at a time (DynamoDB API reference, UpdateTimeToLive). So another attribute takes two
applies: one switches it off, and an hour later one switches it on. Whether AWS is still at work on
an earlier change is asked for while one is pending (DescribeTimeToLive).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change, FieldChange
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, Props
from reconciler.resources.review import Asking, Look, Objection, Pending

PROP = "TimeToLiveSpecification"
STATUS, NAME = "TimeToLiveStatus", "AttributeName"
AT_WORK = frozenset({"ENABLING", "DISABLING"})
LOOKS = ("dynamodb:DescribeTimeToLive",)


def context(change: Change) -> Asking:
    """How its time to live is right now; asked only while that differs."""
    if not change.touches(PROP):
        return {}
    asked = {"TableName": change.address.name}
    found = yield Look("dynamodb", "describe_time_to_live", asked)
    return {PROP: found["TimeToLiveDescription"]}


def decide(change: Change) -> Props:
    """What this apply can do of it: nothing while AWS is at work, the first half of an exchange."""
    live, wanted, status = _as_it_is(change)
    if status in AT_WORK:
        return {PROP: change.live.get(PROP)}
    if _exchanges(live, wanted):
        return {PROP: {"Enabled": False, NAME: live}}
    return {}


def review(change: Change) -> Iterator[FieldChange | Objection]:
    """That it takes another apply, and from when on."""
    live, wanted, status = _as_it_is(change)
    table = repr(str(change.address))
    if status in AT_WORK:
        what = f"by {wanted!r}" if wanted else "off"
        yield Objection(
            "STAGE004",
            f"the time to live of {table} stays as it is for now, and not {what}: AWS is"
            f" {status} it, which takes up to an hour, and takes no change until then",
            "apply again when an hour has passed since its last change",
            Severity.WARNING,
        )
    elif _exchanges(live, wanted):
        yield Objection(
            "STAGE004",
            f"the time to live of {table} moves from {live!r} to {wanted!r} in two applies: this"
            " one switches it off, and AWS takes the next change of it after an hour",
            "apply again when an hour has passed; until then no item is deleted",
            Severity.WARNING,
        )


PENDING = Pending(context=context, decide=decide, review=review)


def _as_it_is(change: Change) -> tuple[str, str, str]:
    """The live attribute, the one that is asked for ("" for off), and AWS's word for how it is."""
    told = change.context.get(PROP)
    if told is None:
        return "", "", ""
    live = {"Enabled": told[STATUS] == "ENABLED", NAME: told.get(NAME)}
    return _name(live), _wanted(change), str(told[STATUS])


def _wanted(change: Change) -> str:
    """The attribute that the spec asks for, by what differs."""
    found = {each.path[1:]: each.after for each in change.fields if each.path[0] == PROP}
    return _name(found[()]) if () in found else str(found.get((NAME,)) or "")


def _name(block: Json) -> str:
    return str(block.get(NAME) or "") if block and block.get("Enabled") else ""


def _exchanges(live: str, wanted: str) -> bool:
    return bool(live and wanted and live != wanted)
