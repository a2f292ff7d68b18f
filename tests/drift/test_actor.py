"""Who is blamed for drift, and above all who is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from reconciler.drift import actor
from reconciler.drift.sighting import sighting
from reconciler.model.actor import Actor, ActorKind, actor_from_json, actor_to_json
from reconciler.model.change import Action, Cause, Reason
from reconciler.model.plan import Plan
from reconciler.resources import api as resources

from .events import (
    ACCOUNT,
    ALARM,
    ARN,
    OURS,
    PLACE,
    blamed,
    drifted,
    event,
    field,
    seen,
    session,
    user,
)
from .people import WHO


@pytest.mark.parametrize("case", WHO)
def test_it_was(case: str) -> None:
    more, kind, name, via = WHO[case]
    found = blamed(event(**more))
    assert (found.kind, found.name, found.via) == (kind, name, via)
    assert (found.at, found.event) == ("2026-11-20T14:02:11Z", "PutMetricAlarm")


DECOYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a call that failed": ({"errorCode": "AccessDenied"}, {}),
    "a failed call with a message only": ({"errorMessage": "no"}, {}),
    "a read": ({"event_name": "DescribeAlarms", "readOnly": True}, {}),
    "a read by another name": ({"readOnly": "true"}, {}),
    "another region": ({"awsRegion": "us-west-2"}, {}),
    "another account": ({"recipientAccountId": "999999999999"}, {}),
    "another service": ({"eventSource": "sns.amazonaws.com"}, {}),
    "the same name of another type": ({"event_name": "PutCompositeAlarm"}, {}),
    "the same name, by ARN elsewhere": (
        {"names": [f"arn:aws:cloudwatch:us-west-2:{ACCOUNT}:alarm:{ALARM}", ALARM]}, {}),
    "another resource": ({"names": ["acme-prod-latency-2"]}, {}),
    "before our last apply": ({}, {"since": "2026-11-20T14:02:12Z"}),
    "our own call in an apply that left a receipt": (
        {"userAgent": OURS}, {"settled": "2026-11-20T14:05:00Z"}),
    "an event that cannot be read": ({"userIdentity": None, "recipientAccountId": None}, {}),
}  # fmt: skip


@pytest.mark.parametrize("decoy", DECOYS)
def test_nobody_is_blamed_for(decoy: str) -> None:
    more, scene = DECOYS[decoy]
    more = dict(more)
    found = blamed(event(more.pop("event_name", "PutMetricAlarm"), **more), **scene)
    assert found.kind is ActorKind.UNKNOWN
    assert found.name == ""
    assert found.why.startswith("nothing")


@pytest.mark.parametrize("decoy", DECOYS)
def test_a_decoy_does_not_hide_who_did_it(decoy: str) -> None:
    """The decoy comes later, by someone else."""
    more, scene = DECOYS[decoy]
    more = {"userIdentity": user("mallory"), **more, "eventTime": "2026-11-21T00:00:00Z"}
    scene = {"since": "2026-11-20T00:00:00Z"} if "since" in scene else scene
    scene = {"settled": "2026-11-22T00:00:00Z"} if "settled" in scene else scene
    if "since" in scene:
        more["eventTime"] = "2026-11-19T00:00:00Z"
    late = event(more.pop("event_name", "PutMetricAlarm"), **more)
    assert blamed(event(), late, **scene).name == "alice"


def test_the_newest_that_could_have_done_it_is_blamed() -> None:
    early = event(userIdentity=user("bob"), eventTime="2026-11-19T00:00:00Z")
    assert blamed(early, event()).name == "alice"
    assert blamed(event(), early).name == "alice"


def test_tagging_is_not_blamed_for_a_threshold() -> None:
    found = blamed(event("TagResource", names=[ARN]))
    assert found.kind is ActorKind.UNKNOWN
    assert found.why == "last touched by alice (CLI, TagResource)"
    assert found.at == "2026-11-20T14:02:11Z"


def test_tagging_is_blamed_for_a_tag() -> None:
    step = drifted(field("Tags", "owner"))
    assert blamed(event("TagResource", names=[ARN]), step=step).name == "alice"


def test_methods_that_moorline_does_not_use_are_known() -> None:
    step = drifted(field("ActionsEnabled"))
    assert blamed(event("DisableAlarmActions"), step=step).name == "alice"
    assert blamed(event("DisableAlarmActions")).kind is ActorKind.UNKNOWN


def test_everybody_with_a_part_in_it_is_named() -> None:
    step = drifted(field("Threshold"), field("Tags", "owner"))
    tagged = event("TagResource", userIdentity=user("bob"), eventTime="2026-11-19T00:00:00Z")
    found = blamed(event(), tagged, step=step)
    assert (found.name, found.why) == ("alice", "PutMetricAlarm; bob changed Tags")


def test_a_missing_resource_was_deleted_by_somebody() -> None:
    step = drifted(action=Action.CREATE, reason=Reason.ABSENT, cause=Cause.HAND)
    step = replace(step, fields=())
    assert blamed(event("DeleteAlarms"), step=step).name == "alice"
    assert blamed(event(), step=step).name == ""


def test_an_undeclared_resource_was_made_by_somebody() -> None:
    step = replace(drifted(action=Action.DELETE, reason=Reason.NOT_DECLARED), fields=())
    assert blamed(event(), event("DeleteAlarms"), step=step).event == "PutMetricAlarm"


def test_only_our_own_calls_are_told_as_that() -> None:
    ours = event(userAgent=OURS)
    found = blamed(ours, settled="2026-11-22T00:00:00Z", since="2026-11-20T00:00:00Z")
    assert found.why == "nothing but our own calls since the last apply"


def test_a_run_of_ours_without_a_receipt_is_named() -> None:
    assert blamed(event(userAgent=OURS), settled="2026-11-20T00:00:00Z").kind is ActorKind.PIPELINE


BUCKET_CALLS = {
    "PutBucketLifecycle": "LifecycleConfiguration",
    "PutBucketPublicAccessBlock": "PublicAccessBlockConfiguration",
    "PutBucketVersioning": "VersioningConfiguration",
    "DeleteBucketPolicy": "BucketPolicy",
    "PutBucketTagging": "Tags",
}


@pytest.mark.parametrize("call", BUCKET_CALLS)
def test_an_event_of_s3_is_told_from_the_others(call: str) -> None:
    more: dict[str, Any] = {"eventSource": "s3.amazonaws.com", "names": ["raw"]}
    for other, prop in BUCKET_CALLS.items():
        step = drifted(field(prop, "x"), type_="AWS::S3::Bucket", named="raw", calls=())
        found = blamed(event(call, **more), step=step)
        assert (found.name == "alice") is (other == call), other


def test_iam_is_in_one_region() -> None:
    step = drifted(field("Description"), type_="AWS::IAM::Role", named="r", calls=())
    more: dict[str, Any] = {"eventSource": "iam.amazonaws.com", "names": ["r"]}
    assert blamed(event("UpdateRole", awsRegion="us-east-1", **more), step=step).name == "alice"
    assert blamed(event("UpdateRole", **more), step=step).name == ""


def test_what_is_looked_up() -> None:
    spec = drifted(field("Threshold", cause=Cause.SPEC))
    new = replace(drifted(), reason=Reason.ABSENT, cause=Cause.SPEC)
    gone = replace(drifted(), reason=Reason.ABSENT, cause=Cause.HAND)
    maybe = replace(drifted(), reason=Reason.ABSENT, guard="")
    plan = Plan("prod", "acme", ACCOUNT, "eu-west-1", (spec, drifted(), new, gone, maybe))
    assert [*actor.doubtful(plan, missing=False)] == [drifted(), gone]
    assert [*actor.doubtful(plan, missing=True)] == [drifted(), gone, maybe]
    first = replace(plan, steps=(maybe,))
    assert [*actor.doubtful(first, missing=True)] == []


def test_names_are_redacted_and_cut() -> None:
    key = "AKIA" + "IOSFODNN7ABCDEFG"
    assert key not in blamed(event(userIdentity=user(key))).name
    assert len(blamed(event(userIdentity=user("x" * 500))).name) == 128


def test_no_parameter_gets_into_the_answer() -> None:
    found = blamed(event(requestParameters={"password": "hunter2hunter2"}))
    assert "hunter2" not in json.dumps(actor_to_json(found))


def test_the_json_has_five_members() -> None:
    assert actor_to_json(blamed(event())) == {
        "class": "human",
        "name": "alice",
        "via": "CLI",
        "at": "2026-11-20T14:02:11Z",
        "why": "PutMetricAlarm",
    }
    assert actor_to_json(None) is None
    back = actor_from_json(actor_to_json(blamed(event())))
    assert back == Actor(
        ActorKind.HUMAN, "alice", "CLI", "2026-11-20T14:02:11Z", why="PutMetricAlarm"
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["userIdentity", "eventName", "eventTime", "userAgent", "resources", "readOnly", "errorCode"]
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(MEMBERS, JSON, max_size=5), JSON)
def test_whatever_an_event_is_made_of(more: dict[str, Any], resources: Any) -> None:
    item = event()
    said = {**json.loads(item["CloudTrailEvent"]), **more}
    item = {**item, "CloudTrailEvent": json.dumps(said)}
    if isinstance(resources, list):
        item["Resources"] = resources
    assert sighting(item) is not None
    assert isinstance(blamed(item), Actor)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"'])
def test_an_event_that_is_none(text: str) -> None:
    assert seen({"CloudTrailEvent": text}, {}) == []


TABLE = "AWS::DynamoDB::Table"


@pytest.mark.parametrize(
    ("prop", "call", "source", "blames"),
    [
        ("BillingMode", "UpdateTable", "dynamodb", True),
        ("BillingMode", "UpdateTimeToLive", "dynamodb", False),
        ("TimeToLiveSpecification", "UpdateTimeToLive", "dynamodb", True),
        ("TimeToLiveSpecification", "UpdateTable", "dynamodb", False),
        ("TimeToLiveSpecification", "UpdateResource", "cloudcontrolapi", True),
        ("BillingMode", "UpdateResource", "cloudcontrolapi", True),
        ("BillingMode", "TagResource", "dynamodb", False),
        ("Tags", "TagResource", "dynamodb", True),
        ("BillingMode", "UpdateTable", "glue", False),
    ],
)
def test_what_cloud_control_serves_is_changed_by_calls_of_its_service(
    prop: str, call: str, source: str, blames: bool
) -> None:
    step = drifted(field(prop, "a"), type_=TABLE)
    found = blamed(event(call, eventSource=f"{source}.amazonaws.com"), step=step)
    assert (found.name == "alice") is blames


def test_what_cloud_control_serves_was_deleted_by_a_call_of_its_service() -> None:
    step = drifted(type_=TABLE, reason=Reason.ABSENT, cause=Cause.HAND)
    gone = event("DeleteTable", eventSource="dynamodb.amazonaws.com")
    assert blamed(gone, step=step).name == "alice"


def test_our_own_call_behind_cloud_control_is_ours() -> None:
    who = {**session("moorline-apply", "moorline"), "invokedBy": "cloudformation.amazonaws.com"}
    agent = "cloudformation.amazonaws.com"
    source = "dynamodb.amazonaws.com"
    made = event("UpdateTable", userIdentity=who, userAgent=agent, eventSource=source)
    found = blamed(made, step=drifted(field("BillingMode"), type_=TABLE))
    assert (found.kind, found.name) == (ActorKind.PIPELINE, "moorline-apply")
    other = event(
        "UpdateTable",
        userAgent=agent,
        eventSource=source,
        userIdentity={**session("deploy", "x"), "invokedBy": agent},
    )
    assert blamed(other, step=drifted(field("BillingMode"), type_=TABLE)).kind is ActorKind.TOOL


def test_our_own_making_is_not_blamed_for_what_was_left_right() -> None:
    made = event("CreateResource", userAgent=OURS, eventSource="cloudcontrolapi.amazonaws.com")
    step = drifted(field("BillingMode"), type_=TABLE)
    assert blamed(made, step=step, since="2026-11-20T14:00:00Z").kind is ActorKind.UNKNOWN


def test_what_is_in_something_is_looked_up_by_its_own_name() -> None:
    resource = resources.load()["AWS::Scheduler::Schedule"]
    step = drifted(field("State"), type_=resource.type, named="acme-prod/nightly")
    assert actor.subject(step, resource, PLACE) == "nightly"
