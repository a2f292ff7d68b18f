"""Cloud Control's writes in time: tokens, locks, ends, planned faults, and what is seen when."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.services.cloudcontrol import faults
from sandbox.controlled import GROUP, STREAM, VPC, Controlled, add, code, controlled, once, tags

EVENTS = {"Name": "events", "ShardCount": 1}
NET = {"CidrBlock": "10.0.0.0/16"}
DAY = 86400


@pytest.fixture
def cc(aws: Sandbox) -> Controlled:
    aws.clock.configure(mode="manual")
    return Controlled(Waits(aws))


class Waits:
    """The client; whoever looks at a request finds a minute gone by."""

    def __init__(self, aws: Sandbox) -> None:
        self._aws, self._client = aws, aws.client("cloudcontrol")
        self.meta = self._client.meta

    def __getattr__(self, name: str) -> Any:
        if name == "get_resource_request_status":
            self._aws.clock.advance(60)
        return getattr(self._client, name)


def failed(event: Any) -> tuple[str, str]:
    return event["OperationStatus"], event.get("ErrorCode", "")


# -- tokens and locks


@pytest.mark.scenario("CC29")
def test_a_token_that_is_sent_again_begins_nothing(cc: Controlled) -> None:
    first = cc.begin_create(VPC, NET, ClientToken="one")
    again = cc.begin_create(VPC, NET, ClientToken="one")
    assert again["RequestToken"] == first["RequestToken"]
    made = cc.end(first)["Identifier"]
    assert cc.begin_create(VPC, NET, ClientToken="one")["OperationStatus"] == "SUCCESS"
    assert cc.listed(VPC) == [made]
    cc.create(VPC, NET, ClientToken="two")
    assert len(cc.listed(VPC)) == 2


@pytest.mark.scenario("CC38")
@pytest.mark.parametrize("repeated", ["event", "conflict"])
def test_a_token_of_something_else_is_refused(cc: Controlled, repeated: str) -> None:
    faults.habits(VPC, repeated=repeated)
    first = cc.begin_create(VPC, NET, ClientToken="one")
    other = {"CidrBlock": "10.1.0.0/16"}
    said = code(lambda: cc.begin_create(VPC, other, ClientToken="one"))
    assert said.startswith("ClientTokenConflictException")
    assert first["RequestToken"] in said
    said = code(lambda: cc.begin_create(VPC, NET, ClientToken="one"))
    assert said.startswith("ClientTokenConflictException" if repeated == "conflict" else "")
    assert bool(said) is (repeated == "conflict")


def test_a_token_is_forgotten_after_36_hours(aws: Sandbox, cc: Controlled) -> None:
    first = cc.begin_create(VPC, NET, ClientToken="one")
    aws.clock.advance(36 * 3600 - 1)
    again = cc.begin_create(VPC, NET, ClientToken="one")
    assert again["RequestToken"] == first["RequestToken"]
    aws.clock.advance(2)
    other = cc.begin_create(VPC, NET, ClientToken="one")
    assert other["RequestToken"] != first["RequestToken"]


@pytest.mark.scenario("CC36")
def test_the_token_of_a_failed_request_answers_the_failure(cc: Controlled) -> None:
    faults.plan("create", VPC, code="Throttling", message="Rate exceeded")
    first = cc.create(VPC, NET, ClientToken="one")
    assert failed(first) == ("FAILED", "Throttling")
    assert failed(cc.begin_create(VPC, NET, ClientToken="one")) == ("FAILED", "Throttling")
    assert failed(cc.create(VPC, NET, ClientToken="two")) == ("SUCCESS", "")


@pytest.mark.scenario("CC39")
def test_one_operation_at_a_time_on_one_resource(cc: Controlled) -> None:
    begun = cc.begin_create(STREAM, EVENTS)
    said = code(lambda: cc.begin_create(STREAM, {**EVENTS, "ShardCount": 2}))
    assert said.startswith("ConcurrentOperationException")
    assert begun["RequestToken"] in said
    cc.begin_create(STREAM, {**EVENTS, "Name": "other"})
    cc.end(begun)
    update = cc.begin_update(STREAM, "events", add("/ShardCount", 2))
    for more in (
        lambda: cc.begin_update(STREAM, "events", add("/ShardCount", 1)),
        lambda: cc.begin_delete(STREAM, "events"),
    ):
        assert code(more).startswith("ConcurrentOperationException")
    assert cc.end(update)["OperationStatus"] == "SUCCESS"
    assert cc.get(STREAM, "events")["ShardCount"] == 2


# -- requests


def test_requests_are_listed_newest_first_and_by_what_they_are(cc: Controlled) -> None:
    for number in range(25):
        cc.begin_create(STREAM, {"Name": f"s{number}", "ShardCount": 1})
    begun = cc.begin_create(VPC, NET)
    cc.end(begun)
    first = cc.call("ListResourceRequests")
    assert len(first["ResourceRequestStatusSummaries"]) == 20
    assert first["ResourceRequestStatusSummaries"][0]["RequestToken"] == begun["RequestToken"]
    second = cc.call("ListResourceRequests", NextToken=first["NextToken"])
    assert len(second["ResourceRequestStatusSummaries"]) == 6
    assert "NextToken" not in second
    cc.begin_delete(STREAM, "s1")
    wanted = {"Operations": ["DELETE"], "OperationStatuses": ["PENDING", "IN_PROGRESS"]}
    found = cc.call("ListResourceRequests", ResourceRequestStatusFilter=wanted)
    assert [it["Identifier"] for it in found["ResourceRequestStatusSummaries"]] == ["s1"]


def test_a_request_is_kept_for_seven_days(aws: Sandbox, cc: Controlled) -> None:
    ended = cc.create(STREAM, EVENTS)
    aws.clock.advance(7 * DAY - 3600)
    assert cc.status(ended)["OperationStatus"] == "SUCCESS"
    aws.clock.advance(3600)
    assert code(lambda: cc.status(ended)).startswith("RequestTokenNotFoundException")
    assert cc.listed(STREAM) == ["events"]


def test_a_request_can_be_cancelled_until_it_is_over(cc: Controlled) -> None:
    begun = cc.begin_create(STREAM, EVENTS)
    found = cc.call("CancelResourceRequest", RequestToken=begun["RequestToken"])
    assert found["ProgressEvent"]["OperationStatus"] == "CANCEL_IN_PROGRESS"
    assert cc.end(begun)["OperationStatus"] == "CANCEL_COMPLETE"
    assert cc.listed(STREAM) == []
    again = code(lambda: cc.call("CancelResourceRequest", RequestToken=begun["RequestToken"]))
    assert again.startswith("ConcurrentModificationException")
    unknown = code(lambda: cc.call("CancelResourceRequest", RequestToken="none"))
    assert unknown.startswith("RequestTokenNotFoundException")


@pytest.mark.scenario("CC32")
@pytest.mark.parametrize("seconds", [1.0, 900.0, 36 * 3600.0])
def test_an_operation_takes_as_long_as_it_is_told(
    aws: Sandbox, cc: Controlled, seconds: float
) -> None:
    faults.habits(STREAM, seconds={"create": seconds})
    begun = cc.begin_create(STREAM, EVENTS)
    client = controlled(aws)
    aws.clock.advance(seconds * 0.9)
    seen = client.status(begun)
    assert seen["OperationStatus"] == "IN_PROGRESS"
    assert 0 < (seen["RetryAfter"] - seen["EventTime"]).total_seconds() <= 5
    assert client.listed(STREAM) == []
    aws.clock.advance(seconds * 0.1 + 0.001)
    assert client.status(begun)["OperationStatus"] == "SUCCESS"


# -- planned faults

CODES = [
    "NotUpdatable",
    "InvalidRequest",
    "AccessDenied",
    "UnauthorizedTaggingOperation",
    "InvalidCredentials",
    "AlreadyExists",
    "NotFound",
    "ResourceConflict",
    "Throttling",
    "ServiceLimitExceeded",
    "NotStabilized",
    "GeneralServiceException",
    "ServiceInternalError",
    "ServiceTimeout",
    "NetworkFailure",
    "InternalFailure",
]


WORK = [*((each, "done") for each in CODES), ("Throttling", "none"), ("InternalFailure", "half")]


@pytest.mark.parametrize(("fault", "work"), WORK)
def test_a_write_fails_with_any_code_done_or_not(cc: Controlled, fault: str, work: str) -> None:
    cc.create(STREAM, {**EVENTS, "Tags": tags(a="1")})
    for operation in ("create", "update", "delete"):
        faults.plan(operation, STREAM, code=fault, message="because", work=work)
    other = cc.create(STREAM, {"Name": "other", "ShardCount": 2, "Tags": tags(a="1")})
    changed = cc.update(STREAM, "events", add("/ShardCount", 2), add("/Tags", tags(a="2")))
    now = faults.true_models(STREAM)
    deleted = cc.delete(STREAM, "events")
    for event in (other, changed, deleted):
        assert (*failed(event), event["StatusMessage"]) == ("FAILED", fault, "because")
    assert ("other" in now) is (work != "none")
    shards, tag = now["events"]["ShardCount"], now["events"]["Tags"]
    assert (shards == 2) is (work != "none")
    assert (tag == tags(a="2")) is (work == "done")
    assert ("events" in faults.true_models(STREAM)) is (work != "done")
    if work == "half":
        assert "Tags" not in now["other"]


@pytest.mark.scenario("CC30")
@pytest.mark.parametrize("named", [True, False])
def test_a_failed_event_names_what_it_was_about_or_not(cc: Controlled, named: bool) -> None:
    faults.plan("create", VPC, code="GeneralServiceException", work="done", identifier=named)
    faults.plan("create", VPC, nth=2, code="InternalFailure", work="none", identifier=named)
    there, not_there = cc.create(VPC, NET), cc.create(VPC, NET)
    assert ("Identifier" in there, "Identifier" in not_there) == (named, named)
    assert len(cc.listed(VPC)) == 1


@pytest.mark.scenario("CC35")
@pytest.mark.parametrize("message", ["", None])
def test_a_failure_can_say_nothing(cc: Controlled, message: str | None) -> None:
    faults.plan("create", STREAM, code="InternalFailure", message=message)
    event = cc.create(STREAM, EVENTS)
    assert event.get("StatusMessage") == message


@pytest.mark.scenario("CC27")
def test_the_handler_s_own_second_try_says_that_it_is_there(cc: Controlled) -> None:
    faults.plan("create", STREAM, code="AlreadyExists", message="exists", work="done")
    assert failed(cc.create(STREAM, EVENTS)) == ("FAILED", "AlreadyExists")
    assert cc.get(STREAM, "events")["ShardCount"] == 1


def test_a_name_that_is_taken_names_its_owner(cc: Controlled) -> None:
    cc.create(STREAM, {**EVENTS, "ShardCount": 7})
    event = cc.create(STREAM, EVENTS)
    assert (*failed(event), event["Identifier"]) == ("FAILED", "AlreadyExists", "events")
    assert cc.get(STREAM, "events")["ShardCount"] == 7


def test_the_nth_call_fails_and_those_that_are_told(cc: Controlled) -> None:
    faults.plan("create", "AWS::Kinesis::*", nth=2, times=2, code="Throttling", message="slow")
    ends = [failed(cc.create(STREAM, {**EVENTS, "Name": f"s{n}"}))[0] for n in range(4)]
    assert ends == ["SUCCESS", "FAILED", "FAILED", "SUCCESS"]
    assert faults.counted("create", STREAM) == 4


@pytest.mark.parametrize("operation", ["create", "update", "delete", "read", "list"])
def test_a_call_is_refused_at_once_where_that_is_planned(cc: Controlled, operation: str) -> None:
    cc.create(STREAM, EVENTS)
    calls = {
        "create": lambda: cc.begin_create(STREAM, {**EVENTS, "Name": "other"}),
        "update": lambda: cc.begin_update(STREAM, "events", add("/ShardCount", 2)),
        "delete": lambda: cc.begin_delete(STREAM, "events"),
        "read": lambda: cc.get(STREAM, "events"),
        "list": lambda: cc.listed(STREAM),
    }
    fault = "HandlerInternalFailureException"
    faults.plan(operation, STREAM, code=fault, at="answer")
    assert code(calls[operation]).startswith(fault)
    assert cc.listed(STREAM) == ["events"]
    assert code(calls[operation]) == ""


@pytest.mark.scenario("CC29")
def test_an_answer_can_be_lost_and_the_work_goes_on(aws: Sandbox, cc: Controlled) -> None:
    faults.plan("create", VPC, lost=True)
    with pytest.raises(ConnectionClosedError):
        once(aws).create_resource(TypeName=VPC, DesiredState=json.dumps(NET), ClientToken="one")
    aws.clock.advance(60)
    assert len(cc.listed(VPC)) == 1
    assert cc.begin_create(VPC, NET, ClientToken="one")["OperationStatus"] == "SUCCESS"
    cc.create(VPC, NET, ClientToken="two")
    assert len(cc.listed(VPC)) == 2


@pytest.mark.scenario("CC26")
@pytest.mark.scenario("CC28")
def test_polls_can_fail_alone(aws: Sandbox, cc: Controlled) -> None:
    begun = cc.begin_create(STREAM, EVENTS)
    faults.plan("poll", STREAM, times=2, code="ThrottlingException", message="Rate exceeded")
    faults.plan("poll", STREAM, nth=3, lost=True)
    look, asked = once(aws).get_resource_request_status, {"RequestToken": begun["RequestToken"]}
    for _ in range(2):
        assert code(lambda: look(**asked)).startswith("ThrottlingException")
    with pytest.raises(ConnectionClosedError):
        look(**asked)
    assert cc.end(begun)["OperationStatus"] == "SUCCESS"
    assert faults.counted("create") == 1
    found = cc.call("ListResourceRequests")["ResourceRequestStatusSummaries"]
    assert [each["RequestToken"] for each in found] == [begun["RequestToken"]]


# -- what is seen when


@pytest.mark.scenario("CC25")
def test_a_new_one_is_not_found_at_first(cc: Controlled) -> None:
    faults.habits(STREAM, unseen=2, unlisted=1)
    cc.create(STREAM, EVENTS)
    assert cc.listed(STREAM) == []
    for _ in range(2):
        assert code(lambda: cc.get(STREAM, "events")).startswith("ResourceNotFoundException")
    assert cc.get(STREAM, "events")["ShardCount"] == 1
    assert cc.listed(STREAM) == ["events"]
    assert faults.counted("read", STREAM, "events") == 3


@pytest.mark.scenario("CC43")
def test_one_can_be_unreadable_for_ever(cc: Controlled) -> None:
    faults.habits(STREAM, unreadable=True)
    cc.create(STREAM, EVENTS)
    for _ in range(9):
        assert code(lambda: cc.get(STREAM, "events")).startswith("ResourceNotFoundException")
    assert cc.listed(STREAM) == ["events"]
    assert failed(cc.create(STREAM, EVENTS)) == ("FAILED", "AlreadyExists")
    assert cc.delete(STREAM, "events")["OperationStatus"] == "SUCCESS"


@pytest.mark.scenario("CC41")
def test_a_deleted_one_can_linger(aws: Sandbox, cc: Controlled) -> None:
    state = {"StreamModeDetails": {"StreamMode": "PROVISIONED"}}
    faults.habits(STREAM, lingers=3600.0, lingering=state)
    cc.create(STREAM, EVENTS)
    cc.delete(STREAM, "events")
    assert cc.get(STREAM, "events")["StreamModeDetails"] == state["StreamModeDetails"]
    assert cc.listed(STREAM) == ["events"]
    late = cc.update(STREAM, "events", add("/ShardCount", 2))
    assert failed(late) == ("FAILED", "InvalidRequest")
    assert failed(cc.delete(STREAM, "events")) == ("FAILED", "NotFound")
    aws.clock.advance(3600)
    assert cc.listed(STREAM) == []


@pytest.mark.scenario("CC44")
def test_a_name_can_be_held_after_its_end(aws: Sandbox, cc: Controlled) -> None:
    faults.habits(STREAM, held=600.0)
    cc.create(STREAM, EVENTS)
    cc.delete(STREAM, "events")
    assert cc.listed(STREAM) == []
    assert failed(cc.create(STREAM, EVENTS)) == ("FAILED", "AlreadyExists")
    aws.clock.advance(600)
    assert failed(cc.create(STREAM, EVENTS)) == ("SUCCESS", "")


@pytest.mark.scenario("CC40")
@pytest.mark.parametrize("way", ["event", "answer"])
def test_what_is_gone_is_said_at_once_or_later(cc: Controlled, way: str) -> None:
    faults.habits(STREAM, missing=way)
    if way == "answer":
        said = code(lambda: cc.begin_delete(STREAM, "events"))
        assert said.startswith("ResourceNotFoundException")
    else:
        assert failed(cc.delete(STREAM, "events")) == ("FAILED", "NotFound")


# -- identifiers


@pytest.mark.scenario("CC49")
def test_a_composite_identifier_has_one_order_and_two_forms(cc: Controlled) -> None:
    type_ = "AWS::SageMaker::Space"
    model = {"DomainId": "d-1", "SpaceName": "lab"}
    assert cc.create(type_, model)["Identifier"] == "d-1|lab"
    assert cc.get(type_, "d-1|lab")["SpaceName"] == "lab"
    assert cc.get(type_, json.dumps({"SpaceName": "lab", "DomainId": "d-1"}))["DomainId"] == "d-1"
    assert code(lambda: cc.get(type_, "lab|d-1")).startswith("ResourceNotFoundException")
    assert code(lambda: cc.get(type_, "lab")).startswith("ResourceNotFoundException")
    said = code(lambda: cc.get(type_, json.dumps({"SpaceName": "lab"})))
    assert said.startswith("ValidationException")


def test_a_bar_in_a_name_is_not_escaped(cc: Controlled) -> None:
    type_ = "AWS::SageMaker::Space"
    model = {"DomainId": "d|1", "SpaceName": "lab"}
    assert "ValidationException" in code(lambda: cc.begin_create(type_, model)) or (
        cc.get(type_, "d|1|lab")["DomainId"] == "d|1"
    )


def test_a_log_group_of_the_same_name_is_another_one_later(cc: Controlled) -> None:
    cc.create(GROUP, {"LogGroupName": "/a"})
    cc.delete(GROUP, "/a")
    assert cc.create(GROUP, {"LogGroupName": "/a"})["OperationStatus"] == "SUCCESS"
