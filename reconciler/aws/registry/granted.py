"""Who approved a version: what the approval wrote itself, else what CloudTrail saw.

Metadata counts as long as nothing changed the version after the approval that wrote it: whoever
approves in the console changes the status and leaves older metadata alone. What is gone from the
history, which has 90 days, was approved "by unknown". Sources: SageMaker API reference,
UpdateModelPackage; CloudTrail user guide, "Viewing event history".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.aws.errors import AwsError, Denied
from reconciler.aws.registry.versions import why
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.trail import PATIENCE
from reconciler.model.value import Json
from reconciler.registry import Fact, Granted, Version, unknown
from reconciler.registry.approval import AT, granted
from reconciler.registry.decision import STAGED_AT
from reconciler.registry.version import APPROVED, time_of

PAGE, PAGES = 50, 6
SOURCE, METADATA = "cloudtrail.lookup_events", "CustomerMetadataProperties"
_SLACK = timedelta(seconds=90)
"""How much later AWS may note an update than whoever sent it began to."""
_EVENTS = ("UpdateModelPackage", "CreateModelPackage")


def approver(session: Session, version: Version, body: Mapping[str, Json]) -> Fact[Granted]:
    """Who approved a version; nothing where the history says nothing of it.

    `body` is what DescribeModelPackage said. Asks CloudTrail only where the metadata does not say,
    or where something was changed after it was written.
    """
    if version.approval != APPROVED:
        return Fact(None, "DescribeModelPackage")
    written = granted(version.metadata)
    if written is not None and not _since(version, written, body):
        return Fact(written, METADATA)
    seen, own = _seen(replace(session, attempts=PATIENCE), version)
    if written is None or seen.unknown:
        return seen
    if seen.value is None or own == written.at:
        return Fact(written, METADATA)
    return seen


def _since(version: Version, written: Granted, body: Mapping[str, Json]) -> bool:
    """Whether something was changed after what we wrote last, or nobody can tell."""
    try:
        at, changed = time_of(written.at), time_of(body.get("LastModifiedTime"))
        staged = time_of(version.metadata.get(STAGED_AT))
    except ValueError:
        return True
    if at is None:
        return True
    return changed is not None and changed - max(at, staged or at) > _SLACK


def _seen(session: Session, version: Version) -> tuple[Fact[Granted], str]:
    """The newest approval in the history, and what it wrote of its own time."""
    reader = ReadOnly(session, "cloudtrail")
    try:
        for event in _EVENTS:
            for item in _items(reader, event):
                if found := _approval(item, version.arn):
                    return Fact(found[0], SOURCE), found[1]
    except Denied:
        return unknown("no leave to look into CloudTrail", SOURCE), ""
    except _More:
        return unknown("CloudTrail has too many events to find it", SOURCE), ""
    except AwsError as error:
        return unknown(why(error), SOURCE), ""
    return Fact(None, SOURCE), ""


class _More(Exception):
    pass


def _items(reader: ReadOnly, event: str) -> Iterator[Mapping[str, Json]]:
    """The newest events of a name, newest first."""
    params: dict[str, Json] = {
        "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": event}],
        "MaxResults": PAGE,
    }
    for _ in range(PAGES):
        answer = reader.call("lookup_events", params)
        yield from answer.get("Events") or ()
        if not (token := answer.get("NextToken")):
            return
        params["NextToken"] = token
    raise _More


def _approval(item: Mapping[str, Json], arn: str) -> tuple[Granted, str] | None:
    """An event as an approval of a version; nothing where it is none, or was refused."""
    try:
        event = json.loads(item["CloudTrailEvent"])
        who = event.get("userIdentity") or {}
        given = {_low(key): value for key, value in (event.get("requestParameters") or {}).items()}
        said = event.get("responseElements") or {}
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    if event.get("errorCode") or given.get("modelApprovalStatus") != APPROVED:
        return None
    named = {each.get("ResourceName") for each in item.get("Resources") or ()}
    about = {given.get("modelPackageArn"), said.get("modelPackageArn"), *named}
    by = who.get("arn") or who.get("invokedBy")
    if arn not in about or not by:
        return None
    own = given.get("customerMetadataProperties") or {}
    return Granted(str(by), _time(event.get("eventTime"))), str(own.get(AT) or "")


def _low(key: str) -> str:
    return key[:1].lower() + key[1:]


def _time(said: object) -> str:
    try:
        when: datetime | None = time_of(said)
    except ValueError:
        return ""
    return when.isoformat() if when else ""
