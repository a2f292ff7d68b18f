"""Every registered type is complete and true to AWS: a new type needs a sample and no new test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from reconciler.aws.tokens import filled
from reconciler.delivery.actions import reads
from reconciler.facts import facts, known_types
from reconciler.facts.check import problems
from reconciler.model.change import Action, Call, Change, Effect, FieldChange, Observed, Reason
from reconciler.model.given import stated
from reconciler.model.loss import GONE
from reconciler.model.secret import Secret
from reconciler.model.value import Hidden, Join, JsonText, Ref, resolve
from reconciler.plan import calls
from reconciler.resources.api import Absent, Op, Reach, Resource, load
from reconciler.resources.permissions import PREFIX, permission
from reconciler.resources.review import no_context
from reconciler.resources.whose import Marked, Within
from reconciler.sandbox.protocol.sessions import core

from .samples import PLACE, SAMPLES, Sample

READS = ("get_", "list_", "describe_", "head_", "search")
TYPES = sorted(type_ for type_, it in load().items() if not it.packed)
"""What an asset is, CloudFormation does not know: `test_asset` tries it."""
GLOBAL_SERVICES = {"iam", "budgets", "route53"}
IAM_NAMES = {"s3", "budgets"}
"""Services whose actions are named unlike their calls; see `permissions`."""


@cache
def client(service: str) -> Any:
    return boto3.client(
        service,
        region_name=PLACE.region,
        aws_access_key_id="lint",
        aws_secret_access_key="lint",
    )


def shape_of(service: str, method: str) -> Any:
    """The input shape of a client method.

    Raises:
        KeyError: the service has no such method.
    """
    boto = client(service)
    operation = boto.meta.method_to_api_mapping[method]
    return boto.meta.service_model.operation_model(operation).input_shape


def known(props: Any) -> Any:
    """Properties once what they refer to has an ARN."""
    place = f"{PLACE.region}:{PLACE.account}"

    def arn(ref: Ref) -> str:
        _, service, noun = ref.target.type.lower().split("::")
        return f"arn:aws:{service}:{place}:{noun}/{ref.target.name}"

    return resolve(props, arn)


def plain(value: Any) -> Any:
    """What a request holds once everything is known; unknown values become text."""
    if isinstance(value, Ref | Join | JsonText | Hidden | Secret):
        return "x" * 40
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def faults(call: Call) -> str:
    """What botocore would refuse of a call; "" when nothing."""
    shape = shape_of(call.service, call.method)
    if shape is None:
        return f"{call.method} takes nothing" if call.params else ""
    sent = filled(client(call.service), call.method, plain(call.params), "run step")
    report = ParamValidator().validate(sent, shape)
    return f"{call.method}: {report.generate_report()}" if report.has_errors() else ""


def emitted(sample: Sample, resource: Resource) -> Iterator[Call]:
    """Calls that create, edit, retag and delete a sample, and that replace each part."""
    full = sample.tagged(sample.most)
    made = Change(sample.address, Action.CREATE, Reason.ABSENT, full, None)
    yield from calls.create(made, resource, PLACE)
    least = Change(
        sample.address, Action.CREATE, Reason.ABSENT, sample.tagged(sample.minimal), None
    )
    yield from calls.create(least, resource, PLACE)
    live = Observed(full, dict.fromkeys(resource.outputs, "x" * 36), tags={"old": "tag"})
    for edit in (*sample.edits, {}):
        desired = sample.tagged({**sample.most, **edit}, team="fraud")
        yield from calls.update(edited(sample, desired, live), resource, PLACE)
    empty = Observed(sample.minimal, live.outputs, tags={})
    yield from calls.update(edited(sample, full, empty), resource, PLACE)
    for part in resource.parts:
        for request in part.calls(live.props.get(part.prop), None):
            key = {} if request.bare else dict.fromkeys(resource.key, "x" * 40)
            yield Call(resource.service, request.method, {**key, **request.params})
    gone = Change(sample.address, Action.DELETE, Reason.NOT_DECLARED, {}, live)
    yield from calls.delete(gone, resource, PLACE)


def edited(sample: Sample, desired: Any, live: Observed) -> Change:
    touched = tuple(
        FieldChange((prop,), live.props.get(prop), desired[prop], Effect.IN_PLACE)
        for prop in desired
        if live.props.get(prop) != desired[prop]
    )
    return Change(sample.address, Action.UPDATE, Reason.DIFFERS, desired, live, touched)


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_has_a_sample_and_a_module_docstring(type_: str) -> None:
    assert type_ in SAMPLES
    assert type_ in known_types()


@pytest.mark.parametrize("type_", TYPES)
def test_every_named_method_exists(type_: str) -> None:
    resource = load()[type_]
    missing = {
        method for method in resource.methods if not hasattr(client(resource.service), method)
    }
    assert missing == set()


@pytest.mark.parametrize("type_", TYPES)
def test_reads_only_read(type_: str) -> None:
    resource = load()[type_]
    reads = {resource.read.method, *(listing.method for listing in resource.listings)}
    reads |= {method for part in resource.parts for method in part.reads}
    if resource.tags:
        reads.add(resource.tags.read.method)
    assert {method for method in reads if not method.startswith(READS)} == set()


@pytest.mark.parametrize("type_", TYPES)
def test_reads_are_valid_requests(type_: str) -> None:
    resource = load()[type_]
    ops = [resource.read, *(Op(it.method, it.params) for it in resource.listings)]
    if resource.tags:
        ops.append(resource.tags.read)
    inside = "acme-test-in/" if "{parent}" in str(resource.key) else ""
    name = SAMPLES[type_].name if "{namespace}" in str(resource.key) else f"{inside}acme-test-x"
    slots = {**PLACE.slots(name), **dict.fromkeys(resource.outputs, "x" * 36)}
    found = [Call(resource.service, op.method, calls.fill(op.params, slots)) for op in ops]
    assert [faults(call) for call in found if faults(call)] == []


@pytest.mark.parametrize("type_", TYPES)
def test_every_emitted_call_is_a_valid_request(type_: str) -> None:
    found = [*emitted(SAMPLES[type_], load()[type_])]
    assert [faults(call) for call in found if faults(call)] == []


@pytest.mark.parametrize("type_", TYPES)
def test_parts_announce_every_method_they_call(type_: str) -> None:
    resource, sample = load()[type_], SAMPLES[type_]
    for part in resource.parts:
        value = sample.most.get(part.prop)
        called = {
            request.method
            for before, after in ((None, value), (value, None))
            for request in part.calls(before, after)
        }
        assert called <= set(part.writes)


def output(boto: Any, method: str) -> Any:
    """The output shape of a client method."""
    operation = boto.meta.method_to_api_mapping[method]
    return boto.meta.service_model.operation_model(operation).output_shape


@pytest.mark.parametrize("type_", TYPES)
def test_members_named_by_the_record_exist_in_the_answers(type_: str) -> None:
    resource = load()[type_]
    boto = client(resource.service)
    for listing in resource.listings:
        operation = boto.meta.method_to_api_mapping[listing.method]
        answer = boto.meta.service_model.operation_model(operation).output_shape
        item = answer.members[listing.at].member
        assert {*listing.named, listing.created} <= set(item.members) | {"CreationTime"}
    if resource.lifecycle:
        answer = output(boto, resource.read.method)
        details = {each.into: each for each in resource.details}
        others = [each.path for each in resource.lifecycle.settles]
        for path in (resource.lifecycle.field, *others):
            shape, names = answer, path.split(".")
            if detail := details.get(names[0]):
                names = [*filter(None, detail.at.split(".")), *names[1:]]
                shape = output(boto, detail.method)
            for name in names:
                shape = shape.member if name == "*" else shape.members[name]
            if path == resource.lifecycle.field and shape.enum:
                assert set(shape.enum) - resource.lifecycle.known == set()


@pytest.mark.parametrize("type_", TYPES)
def test_sample_properties_are_cloudformations_or_have_a_companion(type_: str) -> None:
    resource, sample = load()[type_], SAMPLES[type_]
    companions = {companion.prop: companion for companion in resource.companions}
    for companion in companions.values():
        assert set(companion.props) <= set(facts(companion.type).properties)
    named = {resource.name: sample.name} if "." not in resource.name else {}
    for given in (sample.minimal, sample.most, *({**sample.most, **edit} for edit in sample.edits)):
        props = stated(given)
        own = {key: value for key, value in props.items() if key not in companions}
        body = {**own, **{key: value for key, value in named.items() if key}}
        found = [p for p in problems(type_, body) if "PipelineDefinition" not in p.path]
        assert found == []


@pytest.mark.parametrize("type_", TYPES)
def test_paths_of_the_record_are_properties(type_: str) -> None:
    resource = load()[type_]
    companions = {companion.prop for companion in resource.companions}
    paths = {*resource.keyed, *resource.sets, *resource.policies, *resource.documents}
    paths |= {*resource.append_only, *resource.effects, *resource.unread, *resource.defaults}
    paths |= {part.prop for part in resource.parts if not part.last}  # those may be ours alone
    paths |= {narrowing.path.replace(".*", "") for narrowing in resource.narrows}
    about = facts(type_)
    unknown = {
        path
        for path in paths
        if path.partition(".")[0] not in companions and not about.knows(tuple(path.split(".")))
    }
    assert unknown == set()


@pytest.mark.parametrize("type_", TYPES)
def test_what_a_record_says_of_its_changes_can_be_carried_out(type_: str) -> None:
    resource, about = load()[type_], facts(type_)
    order = resource.stages
    for each in order.one_by_one:
        assert each.prop in resource.keyed  # else nothing tells its items apart
        assert all(about.knows((each.prop, *path.split("."))) for path in each.fixed)
    props = [each.prop for each in order.one_by_one] + [*order.follows]
    props += [prop for each in order.apart for prop in each.props]
    assert all(about.knows((prop,)) for prop in props)
    assert len(props) == len(set(props))  # a property has one place in the order
    if order.stopped and order.stopped.told:
        assert resource.pending.context is not no_context  # that reads how it stands
    elif order.stopped:
        assert resource.lifecycle is not None  # else nobody knows that it runs
        assert order.stopped.running <= resource.lifecycle.known
    assert all(about.knows(tuple(each.path.split("."))) for each in resource.owners)


@pytest.mark.parametrize("type_", TYPES)
def test_what_takes_no_tags_says_whose_it_is_by_something_that_does(type_: str) -> None:
    resource = load()[type_]
    assert not (resource.tags and resource.whose)
    if isinstance(resource.whose, Within):
        parent = load()[resource.whose.type]
        assert parent.tags is not None
        assert resource.whose.type in resource.refers
        asked = str({**resource.key, **resource.read.params})
        assert "{parent}" in asked or ("{above}" in asked and "{between}" in asked)
    elif isinstance(resource.whose, Marked):
        assert facts(type_).knows((resource.whose.prop,))


@pytest.mark.parametrize("type_", TYPES)
def test_codecs_of_parts_round_trip(type_: str) -> None:
    resource, sample = load()[type_], SAMPLES[type_]
    for part in resource.parts:
        codec = getattr(part, "codec", None)
        value = sample.most.get(part.prop)
        if codec is None or value is None or isinstance(value, list):
            continue
        sent = codec.encode(value)
        inner = getattr(part, "answer", "")
        answer = sent[inner] if isinstance(sent, dict) and inner in sent else sent
        body = answer.get("LifecycleConfiguration", answer) if isinstance(answer, dict) else answer
        assert codec.decode(body) == value


@pytest.mark.parametrize("type_", TYPES)
def test_the_root_codec_reads_back_what_create_is_given(type_: str) -> None:
    resource, sample = load()[type_], SAMPLES[type_]
    if resource.body is not None:
        return
    parts = {part.prop for part in resource.parts}
    desired = {key: plain(value) for key, value in sample.most.items() if key not in parts}
    if resource.generic:
        desired = known({key: it for key, it in sample.most.items() if key not in parts})
    sent = resource.root.encode(desired)
    answer = {"MetricAlarms": [sent]} if type_ == "AWS::CloudWatch::Alarm" else sent
    if resource.generic:
        found = {"Identifier": sample.name, "Properties": json.dumps(desired)}
        answer = {"ResourceDescription": found}
    back = resource.root.decode(answer)
    assert {key: back[key] for key in desired} == desired


@pytest.mark.parametrize("type_", TYPES)
def test_permissions_are_named_like_the_calls(type_: str) -> None:
    resource = load()[type_]
    boto = client(resource.service)
    methods = {call.method for call in emitted(SAMPLES[type_], resource)} | resource.methods
    for method in methods:
        own, *_ = permission(resource.service, method)
        prefix, _, action = own.partition(":")
        assert prefix == PREFIX.get(resource.service, resource.service)
        if resource.service not in IAM_NAMES:
            assert action.lower() == boto.meta.method_to_api_mapping[method].lower()


@pytest.mark.parametrize("type_", TYPES)
def test_create_and_delete_need_what_cloudformation_needs(type_: str) -> None:
    resource = load()[type_]
    handlers = facts(type_).permissions
    if resource.generic:  # AWS's handlers are what it calls
        assert {"create", "read", "delete"} <= facts(type_).can
        return
    assert permission(resource.service, resource.create.method)[0] in handlers["create"]
    assert permission(resource.service, resource.delete.method)[0] in handlers["delete"]


@pytest.mark.parametrize("type_", TYPES)
def test_a_type_says_how_far_its_names_reach_as_botocore_does(type_: str) -> None:
    resource = load()[type_]
    service = type_.split("::")[1].lower() if resource.generic else resource.service
    regional = service not in GLOBAL_SERVICES and service != "s3"
    assert regional is (resource.reach is Reach.REGIONAL)
    assert regional is ("{region}" in resource.arn) or not resource.arn
    assert bool(resource.arn) or resource.generic or resource.whose
    assert bool(resource.home) is not regional or resource.generic  # its name says whose it is
    assert resource.tags or resource.whose or resource.generic  # else nobody says whose it is


def test_no_type_has_a_reach_that_nobody_chose() -> None:
    (reach,) = (field for field in fields(Resource) if field.name == "reach")
    assert (reach.default, reach.default_factory) == (MISSING, MISSING)


def test_global_services_are_those_that_botocore_calls_so() -> None:
    endpoints = core().get_data("endpoints")["partitions"][0]["services"]
    used = {it.type.split("::")[1].lower() if it.generic else it.service for it in load().values()}
    told = {each for each in used if endpoints.get(each, {}).get("isRegionalized") is False}
    assert told == GLOBAL_SERVICES


@pytest.mark.parametrize("type_", TYPES)
def test_references_of_the_record_are_sane(type_: str) -> None:
    resource = load()[type_]
    assert set(resource.refers) <= known_types()
    assert resource.holds in {"", *GONE}
    assert {narrowing.destroys for narrowing in resource.narrows} <= {*GONE}
    assert all(isinstance(matcher, Absent) for matcher in (*resource.absent, *resource.transient))
    assert not any(
        matcher.code == "ValidationException" and not matcher.text for matcher in resource.absent
    )


class Asked:
    """A reader that notes what it is asked, and answers as if something were found."""

    def __init__(self) -> None:
        self.methods: set[str] = set()

    def pages(self, method: str, *_: Any) -> list[Any]:
        self.methods.add(method)
        return [{"KeyId": method, "TargetKeyId": "other"}]

    def maybe(self, method: str, *_: Any) -> dict[str, Any]:
        self.methods.add(method)
        return {"Tags": [{"TagKey": "name", "TagValue": "it"}]}


@pytest.mark.parametrize("type_", [each for each in TYPES if load()[each].find])
def test_the_reads_of_a_search_are_named_for_the_roles(type_: str) -> None:
    resource, asked = load()[type_], Asked()
    assert resource.find is not None
    resource.find(asked, {"name": "it"})  # type: ignore[arg-type]
    assert asked.methods == resource.asks
    assert all(method.startswith(READS) for method in resource.asks)
    assert resource.asks <= resource.methods
    actions = {each for method in asked.methods for each in permission(resource.service, method)}
    assert actions <= reads([resource])  # the role that plans may search
