"""Rules of EventBridge: an event that fits one goes to its targets, on the clock.

A rule may be moto's or Cloud Control's; a disabled one does nothing. What is delivered is what the
target's input says. Sources: EventBridge user guide, "Event patterns", "Input transformation"; S3
user guide, "EventBridge event message structure".
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.events.models import EventPattern, EventsBackend, Rule, events_backends
from moto.moto_api._internal import mock_random
from moto.s3 import notifications

from reconciler.facts.asl import QueryError, path
from reconciler.facts.schedule import ScheduleError, firings, parse
from reconciler.sandbox.beside import backends
from reconciler.sandbox.services.cloudcontrol.store import all_records
from reconciler.sandbox.services.events import parameters
from reconciler.sandbox.services.scheduler import delivery
from reconciler.sandbox.state.agenda import Due
from reconciler.sandbox.state.world import WORLD

TYPE = "AWS::Events::Rule"
PRINCIPAL = "events.amazonaws.com"
SERVICE, FIRED = "events", "fired"
SET = "moorline_set"
ON = {None, "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}
ARCHIVING = "Events-Archive-"
"""How moto names its own rules for archives."""
_PLACE = re.compile(r"<([A-Za-z0-9_.\-]+)>")


@dataclass(frozen=True, slots=True)
class Held:
    """A rule, whichever way it was made."""

    arn: str
    name: str
    account: str
    region: str
    bus: str
    state: str | None
    pattern: Any
    schedule: str | None
    targets: list[Mapping[str, Any]]
    set: float


def rules(*, timed: bool = False) -> Iterator[Held]:
    """All rules of all accounts and regions, or those that have a schedule."""
    for record in [*all_records(TYPE)]:
        if record.ends is None and not (timed and not record.model.get("ScheduleExpression")):
            yield _of_record(record)
    for account, regions in [*events_backends.items()]:
        for region, backend in [*regions.items()]:
            for name, held in [*backend.event_buses.items()]:
                for rule in [*held.rules.values()]:
                    if not timed or rule.scheduled_expression:
                        yield _of_moto(rule, account, region, name)


def _of_record(record: Any) -> Held:  # noqa: ANN401  (Cloud Control's)
    model = record.model
    bus = str(model.get("EventBusName") or "default").rpartition("/")[2]
    pattern = model.get("EventPattern")
    return Held(
        record.arn,
        str(model.get("Name", record.parts[0])),
        record.account,
        record.region,
        bus,
        model.get("State"),
        json.loads(pattern) if isinstance(pattern, str) else pattern,
        model.get("ScheduleExpression"),
        model.get("Targets") or [],
        record.modified,
    )


def _of_moto(rule: Any, account: str, region: str, bus: str) -> Held:  # noqa: ANN401  (moto's)
    text = rule.event_pattern.dump() if rule.event_pattern else None
    return Held(
        rule.arn,
        rule.name,
        account,
        region,
        bus,
        rule.state,
        json.loads(text) if text else None,
        rule.scheduled_expression,
        rule.targets,
        getattr(rule, SET, 0.0),
    )


def publish(account: str, region: str, bus: str, event: dict[str, Any]) -> None:
    """An event reaches a bus: each rule on it that fits delivers it, at once."""
    for rule in rules():
        here = (rule.account, rule.region, rule.bus) == (account, region, bus)
        if here and rule.state in ON and rule.pattern and _fits(rule.pattern, event):
            _targets(rule, event)


def _fits(pattern: Mapping[str, Any], event: dict[str, Any]) -> bool:
    return bool(EventPattern.load(json.dumps(pattern)).matches_event(event))  # type: ignore[arg-type]


def _targets(rule: Held, event: dict[str, Any]) -> None:
    for each in rule.targets:
        target = parameters.told(each, event, _at)
        delivery.add(delivery.Delivery(
            PRINCIPAL, rule.arn, rule.account, rule.region, target, sent(target, event),
            WORLD.clock.now(), WORLD.next_number()))  # fmt: skip


def sent(target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """What a target gets of an event."""
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(str(target["InputPath"]), event))
    made = target.get("InputTransformer")
    if not made:
        return json.dumps(event)
    values = {name: _at(where, event) for name, where in (made.get("InputPathsMap") or {}).items()}
    values |= {"aws.events.event.ingestion-time": event.get("time"), "aws.events.event.json": event}
    return _filled(str(made["InputTemplate"]), values)


def _at(where: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401  (any JSON value)
    try:
        return path.find(where, event)
    except QueryError:
        return None


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """A template: within quotes a text goes in as it is, outside as JSON."""
    parts: list[str] = []
    last, quoted = 0, False
    for found in _PLACE.finditer(template):
        before = template[last : found.start()]
        quoted ^= len(re.findall(r'(?<!\\)"', before)) % 2 == 1
        parts.append(before)
        last = found.end()
        if found[1] not in values:
            parts.append(found.group())
            continue
        value = values[found[1]]
        inside = value if isinstance(value, str) else json.dumps(value)
        parts.append(json.dumps(inside)[1:-1] if quoted else json.dumps(value))
    return "".join([*parts, template[last:]])


def due() -> Due | None:
    """The next rule that has a schedule and fires."""
    best: tuple[float, Held] | None = None
    for rule in rules(timed=True):
        if rule.state in ON:
            at = _next(rule)
            if at is not None and (best is None or at < best[0]):
                best = (at, rule)
    if best is None:
        return None
    at, chosen = best
    return Due(at, lambda: _fire(chosen, at))


def _next(rule: Held) -> float | None:
    memory = backends[rule.account][rule.region].kept(SERVICE, FIRED)
    known = memory.get(rule.arn)
    if known is None or known["set"] != rule.set:
        known = memory[rule.arn] = {"set": rule.set, "next": _after(rule, rule.set)}
    found: float | None = known["next"]
    return found


def _after(rule: Held, after: float) -> float | None:
    """Rules know no time zone but UTC."""
    try:
        found = next(firings(parse(str(rule.schedule)), datetime.fromtimestamp(after, UTC)), None)
    except ScheduleError:
        return None
    return found.timestamp() if found else None


def _fire(rule: Held, at: float) -> None:
    backends[rule.account][rule.region].kept(SERVICE, FIRED)[rule.arn]["next"] = _after(rule, at)
    _targets(
        rule, event("aws.events", "Scheduled Event", rule.account, rule.region, [rule.arn], {})
    )


def event(  # noqa: PLR0913  (an event has them all)
    source: str,
    kind: str,
    account: str,
    region: str,
    resources: list[str],
    detail: Mapping[str, Any],
) -> dict[str, Any]:
    """An event as EventBridge delivers it, of now."""
    return {
        "version": "0",
        "id": str(uuid.UUID(int=mock_random.getrandbits(128))),
        "detail-type": kind,
        "source": source,
        "account": account,
        "time": WORLD.clock.today().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": resources,
        "detail": dict(detail),
    }


def _of_object(account_id: str, bucket: Any, event_name: str, key: Any) -> None:  # noqa: ANN401  (moto's)
    """An object was made or deleted, in a bucket that tells EventBridge."""
    kind = notifications._detail_type(event_name)  # noqa: SLF001
    made: dict[str, Any] = {"key": key.name, "sequencer": f"{WORLD.next_number():016X}"}
    if kind == "Object Created":
        made |= {"size": key.size, "etag": key.etag.strip('"')}
    if bucket.is_versioned and key.version_id:
        made["version-id"] = key.version_id
    reason = "DeleteObject" if kind == "Object Deleted" else _REASONS.get(event_name, "PutObject")
    detail = {"version": "0", "bucket": {"name": bucket.name}, "object": made,
              "request-id": "SANDBOX", "requester": account_id, "reason": reason}  # fmt: skip
    found = event("aws.s3", kind, account_id, bucket.region_name, [bucket.arn], detail)
    publish(account_id, bucket.region_name, "default", found)


_REASONS = {
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
}


def install() -> None:
    """Take deliveries out of moto's hands: it knows few targets and does them at once."""
    source: Any = notifications
    source._send_event_bridge_message = _of_object  # noqa: SLF001
    kind: Any = Rule
    made, send = kind.__init__, kind.send_to_targets

    def archive(self: Any, *given: Any, **more: Any) -> None:  # noqa: ANN401  (moto's)
        if self.name.startswith(ARCHIVING):
            send(self, *given, **more)

    kind.send_to_targets = archive

    def begin(self: Any, *given: Any, **more: Any) -> None:  # noqa: ANN401  (moto's)
        made(self, *given, **more)
        setattr(self, SET, WORLD.clock.now())

    kind.__init__ = begin
    backend: Any = EventsBackend
    put = backend.put_events

    def put_events(self: Any, events: list[dict[str, Any]]) -> Any:  # noqa: ANN401  (moto's)
        answers = put(self, events)
        for entry, answer in zip(events, answers, strict=True):
            if "EventId" in answer:
                _put(self, entry, answer["EventId"])
        return answers

    backend.put_events = put_events


def _put(backend: Any, entry: Mapping[str, Any], unique: str) -> None:  # noqa: ANN401  (moto's)
    bus = str(entry.get("EventBusName") or "default").rpartition("/")[2]
    resources = [*(entry.get("Resources") or ())]
    detail = json.loads(entry["Detail"])
    found = event(
        entry["Source"],
        entry["DetailType"],
        backend.account_id,
        backend.region_name,
        resources,
        detail,
    )
    publish(backend.account_id, backend.region_name, bus, found | {"id": unique})
