"""Take over what was recorded: read it with an adapter, ask for the same, expect no change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from reconciler.aws.clock import FakeClock
from reconciler.aws.observe import observe
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, read_tags
from reconciler.aws.survey import Surveyor
from reconciler.facts import facts
from reconciler.model.address import Address
from reconciler.model.change import Observed, Status
from reconciler.model.graph import Graph, Node
from reconciler.model.policy import Policy
from reconciler.model.value import Props, put, resolve
from reconciler.plan import calls, order
from reconciler.plan.diff import compare
from reconciler.plan.live import Live
from reconciler.resources import api
from reconciler.resources.api import OWNERSHIP, Place, Resource
from reconciler.resources.whose import Within
from tests.conformance.failures import NAME, PLACE, SLOTS
from tests.conformance.recording import Player, Recording, Standing, asked_for, complaints, real

MOST = 25
"""Resources of one listing that are taken over; a page has up to a thousand."""
SOME = "arn:aws:iam::123456789012:role/some-role"
TOLD = {"ComparisonOperator": "GREATER_THAN", "NotificationType": "ACTUAL", "Threshold": 80.0}
AROUND: Mapping[str, Any] = {
    "iam.get_role_policy": {"PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    "kms.get_key_policy": {"Policy": '{"Version": "2012-10-17", "Statement": []}'},
    "kms.get_key_rotation_status": {"KeyRotationEnabled": False},
    "budgets.describe_notifications_for_budget": {"Notifications": [TOLD]},
    "budgets.describe_subscribers_for_notification": {
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "team@example.com"}]
    },
}
"""Answers that a recorded one cannot be asked for without."""
_AROUND = ("{above}", "{between}", "{parent}")
"""Slots of a name for what the thing is in, from the left."""
_ARN = re.compile(r"arn:aws[\w-]*:\w+:([\w-]*):(\d{12}):")


def described(recording: Recording, resource: Resource) -> Iterator[str]:
    """The answer to the call that reads a resource."""
    for body in _single(recording, resource):
        root = resource.root.decode(body)
        name = str(_dig(root, resource.name) or NAME) if resource.name else NAME
        name = asked_for(resource.service, resource.read.method, body, name)
        name = _whole(resource, root, name)
        place = _place(body)
        session = _session(resource, {f"{resource.service}.{resource.read.method}": body})
        address = Address(resource.type, name)
        observed = Single(session, place).read(resource, address, _readable(resource))
        if observed is None:
            yield f"{name} is there and reads as absent"
            return
        yield from _taken_over(observed, resource, address, place)


def listed(recording: Recording, resource: Resource, number: int) -> Iterator[str]:
    """The answer to a bulk read, asked for as if it spared looks."""
    asked = tuple(replace(each, sparing=False) for each in resource.listings)
    resource = replace(resource, listings=asked)
    listing = resource.listings[number]
    items = recording.body.get(listing.at) or ()
    inside = resource.whose if isinstance(resource.whose, Within) else None
    names = [_whole(resource, item, listing.called(item)) for item in items]
    within = [name.rpartition("/")[0] for name in names[:1]] if inside else []
    place = _place(recording.body)
    addresses = [Address(resource.type, name) for name in names]
    session = _session(resource, {f"{resource.service}.{listing.method}": recording.body})
    around = [Address(inside.type, name) for name in within] if inside else []
    graph = Graph({address: Node(address, {}) for address in (*around, *addresses)})
    types = {resource.type: resource, **{it.type: api.load()[it.type] for it in around}}
    with ThreadPoolExecutor(1) as pool:
        survey = Surveyor(session, graph, types, place, _quiet).run(pool)
    found = survey.lists.get(resource.type, {})
    if names and set(found) != set(names):
        yield f"listed {sorted(found)}, recorded {sorted(names)}"
    yield from (str(error) for error in survey.broken.values())
    if not all(each.complete for each in resource.listings):
        return
    wanted = _readable(resource)
    nodes = {
        address: Node(address, {k: v for k, v in found[address.name].props.items() if k in wanted})
        for address in addresses[:MOST]
        if address.name in found
    }
    known = Graph({**nodes, **{address: Node(address, {}) for address in around}})
    live, problems = observe(session, known, types, place)
    yield from (problem.message for problem in problems)
    for address in nodes:
        observed = live.found.get(address)
        if observed is None:
            yield f"{address.name} is listed and reads as absent"
        else:
            yield from _taken_over(observed, resource, address, place)


def part(recording: Recording, resource: Resource, number: int) -> Iterator[str]:
    """The answer to a call that reads one property."""
    one = resource.parts[number]
    place = _place(recording.body)
    answers = {f"{resource.service}.{recording.method}": recording.body}
    if recording.method == "get_role_policy":
        answers["iam.list_role_policies"] = {"PolicyNames": [recording.body["PolicyName"]]}
    session = _session(resource, answers)
    single = Single(session, place)
    reader = ReadOnly(session, resource.service, resource.absent)
    name = asked_for(resource.service, recording.method, recording.body, NAME)
    shown = next((it[0] for it in recording.body.values() if isinstance(it, list) and it), {})
    name = _whole(resource, shown, name)
    value = single.parts(reader, resource, [one.prop], single.slots(resource, name, SLOTS))
    observed = Observed(value, SLOTS, tags={})
    yield from _taken_over(observed, resource, Address(resource.type, name), place, whole=False)


def tagged(recording: Recording, resource: Resource) -> Iterator[str]:
    """The answer to the call that reads tags."""
    assert resource.tags is not None
    session = _session(resource, {f"{resource.service}.{recording.method}": recording.body})
    slots = Single(session, PLACE).slots(resource, NAME, SLOTS)
    reader = ReadOnly(session, resource.service, resource.absent)
    found = read_tags(reader, resource.tags, slots)
    key, value = resource.tags.item
    recorded = {tag[key]: tag[value] for tag in recording.body.get(resource.tags.at) or ()}
    if found != recorded:
        yield f"read {found}, recorded {recorded}"
    observed = Observed({}, SLOTS, tags=found)
    yield from _taken_over(observed, resource, Address(resource.type, NAME), PLACE, whole=False)


def indexed(recording: Recording) -> Iterator[str]:
    """A page of the tagging API."""
    session = Session(
        Player({"resourcegroupstaggingapi.get_resources": recording.body}), FakeClock()
    )
    with ThreadPoolExecutor(1) as pool:
        survey = Surveyor(session, Graph(), api.load(), _place(recording.body), _quiet).run(pool)
    yield from (found.message for found in survey.findings)


def _whole(resource: Resource, shown: Any, name: str) -> str:
    """The name with what the thing is in, as far as the answer repeats how both are asked for."""
    asked = {template: member for member, template in resource.key.items()}
    around = [_dig(shown, asked[slot]) for slot in _AROUND if slot in asked]
    leaf = _dig(shown, asked.get("{leaf}", "")) or name
    return "/".join(map(str, (*around, leaf))) if around and all(around) else name


def _taken_over(
    observed: Observed, resource: Resource, address: Address, place: Place, *, whole: bool = True
) -> Iterator[str]:
    """What was read is asked for: nothing changes, and only tags are written at adoption.

    Where not the `whole` resource was recorded, the request that makes it lacks the rest.
    """
    desired = _desired(observed, resource, address, place)
    change = compare(address, desired, replace(observed, tags=_own(place)), resource)
    if change.fields:
        yield "changes " + ", ".join(".".join(field.path) for field in change.fields)
    made = compare(address, desired, None, resource)
    for call in calls.create(made, resource, place):
        said = complaints(call.service, call.method, resolve(call.params, lambda _ref: SOME))
        complete = whole and observed.status is Status.READY
        if said and (complete or call.method != resource.create.method):
            yield f"{call.method}: {said}"
    if resource.tags and observed.status is Status.READY:
        yield from _adopted(Node(address, desired), observed, resource, place)


def _adopted(node: Node, observed: Observed, resource: Resource, place: Place) -> Iterator[str]:
    assert resource.tags is not None
    graph, address = Graph({node.address: node}), node.address
    live = Live({address: replace(observed, tags=observed.tags or {})})
    same = Live({address: replace(observed, tags=_own(place))})
    quiet = order.plan(graph, same, api.load(), place, Policy())
    if quiet.steps or any(found.is_error for found in quiet.diagnostics):
        yield f"plans {[step.action for step in quiet.steps]} {quiet.diagnostics}"
    refused = order.plan(graph, live, api.load(), place, Policy())
    if refused.steps or "PLAN001" not in {found.code for found in refused.diagnostics}:
        yield "without tags it is not refused"
    taken = order.plan(graph, live, api.load(), place, Policy(adopt=frozenset({address})))
    sent = [call.method for step in taken.steps for call in step.calls]
    tags = {op.method for op in (resource.tags.add, resource.tags.remove) if op}
    if not sent or set(sent) - tags:
        yield f"adoption sends {sent}"


def _desired(observed: Observed, resource: Resource, address: Address, place: Place) -> Props:
    given = {key: value for key, value in observed.props.items() if value is not None}
    props: Props = {key: value for key, value in given.items() if key != "Tags"}
    if resource.name and (resource.name.partition(".")[0] in props or "." not in resource.name):
        props = put(props, resource.name, address.name)
    tags = [{"Key": key, "Value": value} for key, value in _own(place).items()]
    return {**props, "Tags": tags} if resource.tags else props


def _own(place: Place) -> dict[str, str]:
    values = (place.platform, place.environment, "Resource/x", place.region)
    return dict(zip(OWNERSHIP, values, strict=True))


def _readable(resource: Resource) -> set[str]:
    """Properties that a spec may give: what only AWS sets is left out."""
    about = facts(resource.type)
    fixed = {path[0] for path in about.read_only if len(path) == 1}
    return (set(about.properties) | {each.prop for each in resource.parts}) - fixed


def _session(resource: Resource, answers: Mapping[str, Any]) -> Session:
    """A session in which all that was not recorded is not set."""
    given = {name: Standing(body) for name, body in AROUND.items()} | dict(answers)
    for each in resource.parts:
        for code in sorted(getattr(each, "unset", ()))[:1]:
            for method in each.reads:
                given.setdefault(f"{resource.service}.{method}", _not_set(code, method))
    return Session(Player(given), FakeClock())


def _not_set(code: str, method: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Cannot find it"}}, method)


def _single(recording: Recording, resource: Resource) -> Iterator[Mapping[str, Any]]:
    """The bodies of single resources; a call that reads many is asked for each."""
    body = recording.body
    many = next((e.at for e in resource.listings if e.method == recording.method), None)
    if many is None:
        yield body
        return
    for item in (body.get(many) or ())[:MOST]:
        yield {many: [item]}


def _place(body: Any) -> Place:
    """The account and region the recording speaks of."""
    every = [*_ARN.finditer(str(body))]
    if not every:
        return PLACE
    found = next((each for each in every if each[1]), every[0])
    known = real("s3").meta.region_name
    return replace(PLACE, account=found[2], region=found[1] or known)


def _dig(body: Any, path: str) -> Any:
    for key in path.split("."):
        body = body.get(key) if isinstance(body, Mapping) else None
    return body


def _quiet(_what: str, _done: int, _all: int) -> None:
    return None
