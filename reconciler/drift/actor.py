"""Who made a resource differ, from what CloudTrail saw of it. Pure.

An event counts when it can have done it: it succeeded, wrote, was in the right account and
region, was about this resource, came after our last apply, and was a call that sets a
property that differs. When there is none of these, whoever touched the resource last is
named as just that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.drift.identify import actor as identify
from reconciler.drift.sighting import Sighting
from reconciler.model.actor import Actor, ActorKind, unknown
from reconciler.model.change import (
    Action,
    Cause,
    Change,
    Effect,
    FieldChange,
    Observed,
    Reason,
)
from reconciler.model.plan import Plan, Step
from reconciler.model.receipt import Receipt
from reconciler.plan.diff import TAGS
from reconciler.resources import native
from reconciler.resources.api import Place, Resource, fill
from reconciler.resources.whose import Within

NOTHING = "nothing in 90 days"
SINCE = "nothing since the last apply"
OURS = "nothing but our own calls"
MORE = "nothing in the newest events, and there are more"
SOURCES = {"cloudwatch": "monitoring", "stepfunctions": "states"}
"""Event sources that are not called like the boto3 client."""
CALLED = {
    "putbucketlifecycle": "putbucketlifecycleconfiguration",
    "putbucketpublicaccessblock": "putpublicaccessblock",
    "deletebucketpublicaccessblock": "deletepublicaccessblock",
    "putbucketobjectlockconfiguration": "putobjectlockconfiguration",
}
"""Events that are not called like the method, as S3 has them."""
DOUBTFUL = frozenset({Cause.HAND, Cause.BOTH, Cause.UNKNOWN})
_GLOBAL = frozenset({"iam", "budgets", "cloudfront", "route53", "organizations"})
_HOME = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and after what something was changed. Times are ISO times in UTC, "" for none."""

    place: Place
    apply_role: str = ""
    since: str = ""
    """When we left the resource as it should be."""
    settled: str = ""
    """When the newest apply that is known ended: calls of ours before it are no news."""


def region_of(resource: Resource, place: Place) -> str:
    """The region whose history has the events of a type."""
    if resource.service not in _GLOBAL:
        return place.region
    return _HOME[place.partition]


def doubtful(plan: Plan, *, missing: bool) -> Iterator[Step]:
    """The steps for which somebody may be named: the spec did not cause them.

    Without receipts nobody knows whether what is missing was ever there: only with `missing`
    is it looked up then, and only in a platform of which something is there.
    """
    there = plan.unchanged > 0 or any(step.guard for step in plan.steps)
    for step in plan.steps:
        match step.reason:
            case Reason.DIFFERS | Reason.CANNOT_UPDATE if step.fields:
                asks = any(each.cause in DOUBTFUL for each in step.fields)
            case Reason.ABSENT:
                lost = step.cause is Cause.UNKNOWN and missing and there
                asks = step.cause is Cause.HAND or lost
            case Reason.NOT_DECLARED | Reason.NOT_MADE:
                asks = step.cause is Cause.UNKNOWN
            case _:
                asks = False
        if asks and step.action is not Action.ADOPT:
            yield step


def since(step: Step, last: Receipt | None) -> str:
    """When an apply left this resource as it should be, "" where no receipt tells."""
    left = last.resources.get(step.address) if last else None
    if last is None or left is None:
        return ""
    if left.by == last.id:
        return last.ended or last.started
    text = left.by  # 20261123T074415.123Z-1a2b3c4d
    if len(text) < 15 or text[8] != "T":  # noqa: PLR2004 - the length of a moment
        return ""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[9:11]}:{text[11:13]}:{text[13:15]}Z"


def name(
    step: Step,
    seen: Iterable[Sighting],
    resource: Resource,
    scene: Scene,
    *,
    complete: bool = True,
) -> Actor:
    """Who made this step necessary. `complete` says that there are no older events."""
    about = [each for each in seen if _concerns(each, step, resource, scene)]
    about.sort(key=lambda each: each.at, reverse=True)
    named = [(each, identify(each, scene.apply_role)) for each in about]
    fresh = [(e, who) for e, who in named if not _known(who, scene, step, resource)]
    guilty: dict[str, Actor] = {}
    for what, methods in _writers(step, resource):
        able = (who for each, who in fresh if _called(each, methods))
        if found := next(able, None):
            guilty[what] = found
    if guilty:
        return _together(guilty)
    others = [who for _, who in fresh if who.kind is not ActorKind.PIPELINE]
    if others:
        last = others[0]
        how = ", ".join(filter(None, (last.via, last.event)))
        return unknown(f"last touched by {last.name or 'someone'} ({how})", last.at)
    if not complete:
        return unknown(MORE)
    if named:
        return unknown(OURS + (" since the last apply" if scene.since else ""))
    return unknown(SINCE if scene.since else NOTHING)


def _known(who: Actor, scene: Scene, step: Step, resource: Resource) -> bool:
    """A call of our own in an apply of which there is a receipt, which also made it."""
    if who.kind is not ActorKind.PIPELINE:
        return False
    made = who.event.lower() in _plain({resource.create.method})
    return who.at <= scene.settled or (made and bool(scene.since) and bool(step.fields))


def _together(guilty: Mapping[str, Actor]) -> Actor:
    """The newest, with who else had a part in it."""
    main = max(guilty.values(), key=lambda who: who.at)
    also = [f"{who.name} changed {what}" for what, who in guilty.items() if who.name != main.name]
    return replace(main, why="; ".join([main.event, *also[:3]])) if also else main


def _concerns(seen: Sighting, step: Step, resource: Resource, scene: Scene) -> bool:
    if seen.failed or seen.reads or seen.account != scene.place.account:
        return False
    if seen.source.removesuffix(".amazonaws.com") not in _services(resource):
        return False
    if seen.region != region_of(resource, scene.place) or seen.at < scene.since:
        return False
    return _called(seen, _touching(step, resource)) and _is_about(seen, step, resource, scene)


def _services(resource: Resource) -> frozenset[str]:
    """The services whose events may be about it, as CloudTrail calls them."""
    if resource.generic is not None:
        return native.services(resource.type)
    return frozenset({SOURCES.get(resource.service, resource.service)})


def _called(seen: Sighting, methods: frozenset[str]) -> bool:
    """Whether it was one of these methods, of which some say their service too."""
    method = _method(seen.event)
    return bool({method, f"{seen.source.removesuffix('.amazonaws.com')}:{method}"} & methods)


def _is_about(seen: Sighting, step: Step, resource: Resource, scene: Scene) -> bool:
    """Whether it was about this resource, and not one of the same name elsewhere."""
    if not seen.names:
        return True
    own = arn(step, resource, scene.place)
    alike = {each for each in seen.names if each.startswith("arn:")}
    alike = {each for each in alike if each.replace(":", "/").endswith(f"/{step.address.name}")}
    if own and alike:
        return own in alike
    known = {step.address.name, subject(step, resource, scene.place), own, own.rpartition("/")[2]}
    return bool((known - {""}) & seen.names)


def subject(step: Step, resource: Resource, place: Place) -> str:
    """What events call it, "" where that is not known.

    Its ARN or id where they say that, and the last part of its name where it is in something.
    """
    if resource.aside.told_by_arn:
        return arn(step, resource, place)
    if isinstance(resource.whose, Within):
        return step.address.name.rpartition("/")[2]
    if resource.found_by_tag:
        given = (call.params.get(key) for call in step.calls for key in resource.key)
        return next((each for each in given if isinstance(each, str)), step.address.name)
    return step.address.name


def arn(step: Step, resource: Resource, place: Place) -> str:
    """The ARN, as far as name and planned calls tell it; "" otherwise."""
    given = [call.params[key] for call in step.calls for key in resource.key if key in call.params]
    ids = [each for each in given if isinstance(each, str)]
    if whole := next((each for each in ids if each.startswith("arn:")), ""):
        return whole
    own = next(iter(ids), "") if resource.found_by_tag else ""
    slots = {**dict.fromkeys(resource.outputs, own or "\0"), **place.slots(step.address.name)}
    text = str(fill(resource.arn, slots)) if resource.arn else ""
    return "" if "\0" in text else text


def _writers(step: Step, resource: Resource) -> Iterator[tuple[str, frozenset[str]]]:
    """What differs, and the methods that can have made it so."""
    if step.reason is Reason.ABSENT:
        yield "it", _plain({resource.delete.method}) | _native(resource, "delete")
    elif step.reason in {Reason.NOT_DECLARED, Reason.NOT_MADE}:
        yield "it", _plain({resource.create.method}) | _native(resource, "create")
    else:
        for each in step.fields:
            if each.cause in DOUBTFUL:
                yield each.path[0], _plain(_setting(each, step, resource))


def _setting(field: FieldChange, step: Step, resource: Resource) -> set[str]:
    """Methods that set the property of a difference."""
    prop = field.path[0]
    made = {resource.create.method, *resource.aside.set_by.get(prop, ())}
    made |= _setting_natively(prop, resource)
    tagging = _tagging(resource)
    if prop == TAGS:  # a call that overwrites leaves the tags of what exists alone
        return tagging if resource.upsert else made | tagging
    if part := resource.part(prop):
        return made | set(part.writes)
    parts = {method for each in resource.parts for method in each.writes}
    planned = {call.method for call in step.calls} - parts
    if field.effect is not Effect.REPLACE:
        planned = _updates(field, step, resource) or planned
    return made | (planned - tagging - {resource.delete.method})


def _native(resource: Resource, *verbs: str) -> frozenset[str]:
    """Calls of the service itself, where Moorline asks Cloud Control."""
    if resource.generic is None:
        return frozenset()
    return frozenset().union(*(native.calls(resource.type, verb) for verb in verbs))


def _setting_natively(prop: str, resource: Resource) -> frozenset[str]:
    """Those that can have set a property: all, but for what is said to set others."""
    if resource.generic is None:
        return frozenset()
    if prop == TAGS:
        return native.tagging(resource.type) | native.UPDATE
    said = resource.aside.set_by
    if prop in said:
        return native.UPDATE
    others = _plain(method for methods in said.values() for method in methods)
    able = _native(resource, "create", "update")
    return native.UPDATE | {each for each in able if each.partition(":")[2] not in others}


def _updates(field: FieldChange, step: Step, resource: Resource) -> set[str]:
    prop = field.path[0]
    desired = {prop: field.after, **step.desired}
    observed = Observed({prop: field.before})
    change = Change(step.address, Action.UPDATE, Reason.DIFFERS, desired, observed, (field,))
    try:
        return {request.method for request in resource.update(change)}
    except Exception:  # noqa: BLE001 - an adapter may need more of the live state than is at hand
        return set()


def _tagging(resource: Resource) -> set[str]:
    if not resource.tags:
        return set()
    ops = (resource.tags.add, resource.tags.remove)
    return {op.method for op in ops if op}


def _touching(step: Step, resource: Resource) -> frozenset[str]:
    """Every method that changes anything of such a resource."""
    also = {method for each in resource.aside.set_by.values() for method in each}
    written = {method for part in resource.parts for method in part.writes}
    planned = {call.method for call in step.calls if call.service == resource.service}
    fields = {method for each in step.fields for method in _setting(each, step, resource)}
    own = {resource.create.method, resource.delete.method}
    own |= _native(resource, "create", "update", "delete")
    return _plain(own | also | written | planned | fields | _tagging(resource))


def _plain(methods: Iterable[str]) -> frozenset[str]:
    return frozenset(each.replace("_", "") for each in methods)


def _method(event: str) -> str:
    low = event.lower()
    return CALLED.get(low, low)
