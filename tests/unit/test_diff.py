"""What is a difference, and what a difference does to the live resource."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from reconciler.model.address import Address
from reconciler.model.change import Action, Effect, Observed, Reason, Status
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Origin
from reconciler.model.value import SENSITIVE, UNKNOWN
from reconciler.plan.diff import compare, guard, removed
from reconciler.resources import api
from reconciler.resources.api import Resource

RESOURCES = api.load()
ALARM = RESOURCES["AWS::CloudWatch::Alarm"]
BUCKET = RESOURCES["AWS::S3::Bucket"]
CONFIG = RESOURCES["AWS::SageMaker::EndpointConfig"]
ENDPOINT = RESOURCES["AWS::SageMaker::Endpoint"]
GROUP = RESOURCES["AWS::SageMaker::FeatureGroup"]
KEY = RESOURCES["AWS::KMS::Key"]
MODEL = RESOURCES["AWS::SageMaker::Model"]
PIPELINE = RESOURCES["AWS::SageMaker::Pipeline"]
ROLE = RESOURCES["AWS::IAM::Role"]


def change(resource: Resource, want: Any, have: Any, **more: Any) -> Any:
    address = Address(resource.type, "acme-dev-x")
    observed = None if have is None else Observed(have, **more)
    return compare(address, want, observed, resource)


def where(found: Any) -> list[str]:
    return [".".join(each.path) for each in found.fields]


def feature(name: str, kind: str = "String") -> dict[str, str]:
    return {"FeatureName": name, "FeatureType": kind}


def variant(**more: Any) -> dict[str, Any]:
    return {"VariantName": "primary", "ModelName": "m", **more}


def grants(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


READ = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
WRITE = {"Effect": "Allow", "Action": "s3:Put*", "Resource": ["*"]}

SAME: dict[str, tuple[Resource, Any, Any]] = {
    "a key that the spec lacks": (ALARM, {"Threshold": 1}, {"Threshold": 1, "Period": 60}),
    "a nested key that the spec lacks": (
        CONFIG,
        {"DataCaptureConfig": {"EnableCapture": True}},
        {"DataCaptureConfig": {"EnableCapture": True, "DestinationS3Uri": "s3://x"}},
    ),
    "nothing and an empty list": (ROLE, {"ManagedPolicyArns": []}, {}),
    "nothing and an empty text": (ALARM, {"AlarmDescription": ""}, {}),
    "nothing and an empty object": (BUCKET, {"LoggingConfiguration": {}}, {}),
    "an empty list and nothing the other way": (
        ROLE,
        {"ManagedPolicyArns": None},
        {"ManagedPolicyArns": []},
    ),
    "features in another order": (
        GROUP,
        {"FeatureDefinitions": [feature("a"), feature("b")]},
        {"FeatureDefinitions": [feature("b"), feature("a")]},
    ),
    "a set in another order": (
        MODEL,
        {"VpcConfig": {"Subnets": ["a", "b"]}},
        {"VpcConfig": {"Subnets": ["b", "a"]}},
    ),
    "a weight as float32": (
        CONFIG,
        {"ProductionVariants": [variant(InitialVariantWeight=0.8)]},
        {"ProductionVariants": [variant(InitialVariantWeight=0.800000011920929)]},
    ),
    "an integer and its float": (ALARM, {"Threshold": 250000}, {"Threshold": 250000.0}),
    "a policy in another order": (
        ROLE,
        {"AssumeRolePolicyDocument": grants(READ, WRITE)},
        {
            "AssumeRolePolicyDocument": grants(
                {**WRITE, "Action": ["s3:Put*"]}, {**READ, "Action": ["s3:List*", "s3:Get*"]}
            )
        },
    ),
    "an account and its root": (
        KEY,
        {"KeyPolicy": grants({"Principal": {"AWS": "123456789012"}})},
        {"KeyPolicy": grants({"Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}})},
    ),
    "a policy that is absent twice": (BUCKET, {"BucketPolicy": {}}, {"BucketPolicy": None}),
    "a default that AWS filled in": (ALARM, {"ActionsEnabled": True}, {}),
    "what AWS never gives back": (
        ENDPOINT,
        {"EndpointConfigName": "c", "RetainDeploymentConfig": False},
        {"EndpointConfigName": "c"},
    ),
    "the name": (ALARM, {"AlarmName": "x"}, {"AlarmName": "y"}),
}


@pytest.mark.parametrize(("resource", "want", "have"), SAME.values(), ids=SAME.keys())
def test_this_is_no_difference(resource: Resource, want: Any, have: Any) -> None:
    found = change(resource, want, have)
    assert (found.action, where(found)) == (Action.NONE, [])


DIFFERENT: dict[str, tuple[Resource, Any, Any, list[str]]] = {
    "a scalar": (ALARM, {"Threshold": 1}, {"Threshold": 2}, ["Threshold"]),
    "a value that is missing": (ALARM, {"Threshold": 1}, {}, ["Threshold"]),
    "a value that should be empty": (
        ALARM,
        {"AlarmActions": []},
        {"AlarmActions": ["a"]},
        ["AlarmActions"],
    ),
    "a truth and a one": (
        BUCKET,
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        {"PublicAccessBlockConfiguration": {"BlockPublicAcls": 1}},
        ["PublicAccessBlockConfiguration.BlockPublicAcls"],
    ),
    "a number and its text": (ALARM, {"Threshold": 1}, {"Threshold": "1"}, ["Threshold"]),
    "one feature among many": (
        GROUP,
        {"FeatureDefinitions": [feature("a"), feature("b", "Integral")]},
        {"FeatureDefinitions": [feature("a"), feature("b")]},
        ["FeatureDefinitions.b.FeatureType"],
    ),
    "an item that nobody declared": (
        BUCKET,
        {"LifecycleConfiguration": {"Rules": [{"Id": "a"}]}},
        {"LifecycleConfiguration": {"Rules": [{"Id": "a"}, {"Id": "b"}]}},
        ["LifecycleConfiguration.Rules.b"],
    ),
    "a set with another member": (
        ALARM,
        {"AlarmActions": ["a", "b"]},
        {"AlarmActions": ["a", "c"]},
        ["AlarmActions"],
    ),
    "a policy that grants more": (
        BUCKET,
        {"BucketPolicy": grants(READ)},
        {"BucketPolicy": grants(READ, WRITE)},
        ["BucketPolicy.Statement.1"],
    ),
    "a policy that should be gone": (
        BUCKET,
        {"BucketPolicy": {}},
        {"BucketPolicy": grants(READ)},
        ["BucketPolicy"],
    ),
    "a key in a document that the spec lacks": (
        PIPELINE,
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Steps": []}}},
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Steps": [], "Metadata": 1}}},
        ["PipelineDefinition.PipelineDefinitionBody.Metadata"],
    ),
    "a value inside a document": (
        PIPELINE,
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Steps": [{"Name": "a"}]}}},
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Steps": [{"Name": "b"}]}}},
        ["PipelineDefinition.PipelineDefinitionBody.Steps.0.Name"],
    ),
    "a document in another order": (
        PIPELINE,
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Steps": [1, 2]}}},
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Steps": [2, 1]}}},
        [
            "PipelineDefinition.PipelineDefinitionBody.Steps.0",
            "PipelineDefinition.PipelineDefinitionBody.Steps.1",
        ],
    ),
    "a default that was changed": (
        ALARM,
        {"ActionsEnabled": True},
        {"ActionsEnabled": False},
        ["ActionsEnabled"],
    ),
    "a value that is not known yet": (
        ENDPOINT,
        {"EndpointConfigName": UNKNOWN},
        {"EndpointConfigName": "c"},
        ["EndpointConfigName"],
    ),
}


@pytest.mark.parametrize(
    ("resource", "want", "have", "expected"), DIFFERENT.values(), ids=DIFFERENT.keys()
)
def test_this_is_a_difference(
    resource: Resource, want: Any, have: Any, expected: list[str]
) -> None:
    assert where(change(resource, want, have)) == expected


EFFECTS: dict[str, tuple[Resource, Any, Any, Action, list[Effect]]] = {
    "an added feature is in place": (
        GROUP,
        {"FeatureDefinitions": [feature("a"), feature("b")]},
        {"FeatureDefinitions": [feature("a")]},
        Action.UPDATE,
        [Effect.APPEND_ONLY],
    ),
    "a removed feature replaces": (
        GROUP,
        {"FeatureDefinitions": [feature("a")]},
        {"FeatureDefinitions": [feature("a"), feature("b")]},
        Action.REPLACE,
        [Effect.REPLACE],
    ),
    "a retyped feature replaces": (
        GROUP,
        {"FeatureDefinitions": [feature("a", "Integral")]},
        {"FeatureDefinitions": [feature("a")]},
        Action.REPLACE,
        [Effect.REPLACE],
    ),
    "an added and a removed feature replace": (
        GROUP,
        {"FeatureDefinitions": [feature("a"), feature("c")]},
        {"FeatureDefinitions": [feature("a"), feature("b")]},
        Action.REPLACE,
        [Effect.REPLACE, Effect.APPEND_ONLY],
    ),
    "a create-only property replaces": (
        GROUP,
        {"EventTimeFeatureName": "a"},
        {"EventTimeFeatureName": "b"},
        Action.REPLACE,
        [Effect.REPLACE],
    ),
    "a ttl is in place": (
        GROUP,
        {"OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 2}}},
        {"OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 1}}},
        Action.UPDATE,
        [Effect.IN_PLACE],
    ),
    "a part is in place": (
        BUCKET,
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
        Action.UPDATE,
        [Effect.IN_PLACE],
    ),
}


@pytest.mark.parametrize(
    ("resource", "want", "have", "action", "effects"), EFFECTS.values(), ids=EFFECTS.keys()
)
def test_what_it_does(
    resource: Resource, want: Any, have: Any, action: Action, effects: list[Effect]
) -> None:
    found = change(resource, want, have)
    assert (found.action, [each.effect for each in found.fields]) == (action, effects)


TAGGED = [resource for _, resource in sorted(RESOURCES.items()) if resource.tags]


@pytest.mark.parametrize("resource", TAGGED, ids=[resource.type for resource in TAGGED])
def test_a_tag_edit_never_replaces(resource: Resource) -> None:
    want = {"Tags": [{"Key": "team", "Value": "risk"}]}
    found = change(resource, want, {}, tags={"team": "ml", "old": "x"})
    if resource.generic and resource.generic.fixed_tags:
        assert found.action is Action.NONE
        return
    assert found.action is Action.UPDATE
    assert [(each.path, each.before, each.after, each.effect) for each in found.fields] == [
        (("Tags", "old"), "x", None, Effect.IN_PLACE),
        (("Tags", "team"), "ml", "risk", Effect.IN_PLACE),
    ]


TAG = [{"Key": "team", "Value": "risk"}]
TAGS: dict[str, tuple[Any, Any, list[str]]] = {
    "a tag of AWS itself is not ours": (TAG, {"team": "risk", "aws:cloudformation:x": "y"}, []),
    "a tag that the spec lacks is removed": (TAG, {"team": "risk", "by": "x"}, ["Tags.by"]),
    "tags that nobody could read are not compared": (TAG, None, []),
    "no tags are not the same as unread ones": (TAG, {}, ["Tags.team"]),
}


@pytest.mark.parametrize(("want", "have", "expected"), TAGS.values(), ids=TAGS.keys())
def test_about_tags(want: Any, have: Any, expected: list[str]) -> None:
    assert where(change(ALARM, {"Tags": want}, {}, tags=have)) == expected


def test_an_absent_resource_is_created() -> None:
    found = change(ALARM, {"Threshold": 1}, None)
    assert (found.action, found.reason, found.fields) == (Action.CREATE, Reason.ABSENT, ())


def test_a_failed_resource_is_replaced_even_when_nothing_differs() -> None:
    found = change(GROUP, {}, {}, status=Status.FAILED)
    assert (found.action, found.reason) == (Action.REPLACE, Reason.FAILED)


def test_a_proven_resource_is_compared_by_its_tags_only() -> None:
    want = {"PrimaryContainer": {"Image": "a"}, "Tags": TAG}
    found = change(MODEL, want, {"PrimaryContainer": {"Image": "b"}}, proven=True, tags={})
    assert where(found) == ["Tags.team"]


def test_a_change_knows_the_spec_line_that_causes_it() -> None:
    origin = Origin("Monitor/x", Span("m.yaml", 1, 1), {("Threshold",): Span("m.yaml", 7, 5)})
    address = Address(ALARM.type, "x")
    live = Observed({"Threshold": 1, "Period": 60})
    found = compare(address, {"Threshold": 2, "Period": 61}, live, ALARM, origin)
    assert [(each.path, each.at and each.at.line) for each in found.fields] == [
        (("Period",), 1),
        (("Threshold",), 7),
    ]


def test_what_stood_where_a_secret_goes_is_not_shown() -> None:
    secret = "{{resolve:secretsmanager:x}}"
    (field,) = change(ALARM, {"AlarmDescription": secret}, {"AlarmDescription": "old"}).fields
    assert (field.before, field.after) == (SENSITIVE, secret)


@pytest.mark.parametrize("key", ["DB_PASSWORD", "HF_TOKEN"])
def test_what_stands_under_the_name_of_a_secret_is_shown_on_neither_side(key: str) -> None:
    def container(value: str) -> dict[str, Any]:
        return {"PrimaryContainer": {"Environment": {key: value, "MODE": value}}}

    found = change(MODEL, container("one"), container("two")).fields
    assert {each.path[-1]: (each.before, each.after) for each in found} == {
        key: (SENSITIVE, SENSITIVE),
        "MODE": ("two", "one"),
    }


def test_a_tag_with_a_secret_is_named_and_not_shown() -> None:
    (field,) = change(ALARM, {"Tags": []}, {}, tags={"api-token": "x1"}).fields
    assert (field.path, field.before, field.after) == (("Tags", "api-token"), SENSITIVE, None)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(values)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert change(ALARM, {"AlarmDescription": value}, {"AlarmDescription": value}).fields == ()


# -- the guard


LIVE = Observed(
    {"FeatureDefinitions": [feature("a"), feature("b")]}, tags={"moorline:platform": "acme"}
)
GUARDS = {
    "the order of features": (
        replace(LIVE, props={"FeatureDefinitions": [feature("b"), feature("a")]}),
        True,
    ),
    "being busy": (replace(LIVE, status=Status.BUSY), True),
    "an empty value": (replace(LIVE, props={**LIVE.props, "Description": ""}), True),
    "a tag of AWS itself": (replace(LIVE, tags={**(LIVE.tags or {}), "aws:x": "y"}), True),
    "another output": (replace(LIVE, outputs={"Arn": "x"}), True),
    "a new feature": (replace(LIVE, props={"FeatureDefinitions": [feature("a")]}), False),
    "a new tag": (replace(LIVE, tags={**(LIVE.tags or {}), "x": "y"}), False),
    "having failed": (replace(LIVE, status=Status.FAILED), False),
}


@pytest.mark.parametrize(("live", "same"), GUARDS.values(), ids=GUARDS.keys())
def test_the_guard_against_what_moved_since_the_plan(live: Observed, same: bool) -> None:
    assert (guard(live, GROUP) == guard(LIVE, GROUP)) is same


def test_the_content_of_a_type_named_after_it_needs_no_guard() -> None:
    one, other = Observed({"PrimaryContainer": {"Image": "a"}}), Observed({})
    assert guard(one, MODEL) == guard(other, MODEL)


def test_a_deletion_is_guarded_by_the_parts_that_go_first() -> None:
    live = Observed({"Policies": [{"PolicyName": "x"}], "Description": "d"})
    assert removed(live, ROLE).props == {"Policies": [{"PolicyName": "x"}]}
