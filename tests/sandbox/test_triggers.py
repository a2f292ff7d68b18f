"""Schedules and rules start runs on the clock, once, and only those that are on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.state import snapshot

from .flows import PASS, machine, role

DAY = 86_400


@pytest.fixture(autouse=True)
def _still(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")


@pytest.fixture
def flow(aws: Sandbox) -> str:
    return machine(aws, {"p": PASS}, role(aws, "m"))


def schedule(aws: Sandbox, flow: str, expression: str, **more: Any) -> None:
    role_arn = more.pop("role", None) or role(
        aws, "s", "states:StartExecution", "sqs:SendMessage", service="scheduler"
    )
    target = {"Arn": flow, "RoleArn": role_arn, **more.pop("target", {})}
    window = more.pop("window", {"Mode": "OFF"})
    aws.client("scheduler").create_schedule(
        Name="s", ScheduleExpression=expression, FlexibleTimeWindow=window, Target=target, **more
    )


def started(aws: Sandbox, flow: str) -> list[tuple[datetime, Any]]:
    client = aws.client("stepfunctions")
    found = []
    for each in client.list_executions(stateMachineArn=flow)["executions"][::-1]:
        told = client.describe_execution(executionArn=each["executionArn"])
        found.append((each["startDate"].astimezone(UTC), json.loads(told["input"])))
    return found


def test_a_schedule_fires_at_its_local_time_however_far_the_clock_moves(
    aws: Sandbox, flow: str
) -> None:
    target = {"Input": '{"at": "<aws.scheduler.scheduled-time>"}'}
    zone = {"ScheduleExpressionTimezone": "Europe/Berlin"}
    schedule(aws, flow, "cron(15 2 * * ? *)", target=target, **zone)
    aws.clock.advance(3 * DAY)
    found = started(aws, flow)
    assert len(found) == 3
    local = [when.hour * 60 + when.minute for when, _ in found]
    assert set(local) <= {15, 75}  # summer and winter
    assert [given["at"] for _, given in found] == [f"{it:%Y-%m-%dT%H:%M:%SZ}" for it, _ in found]
    assert started(aws, flow) == found


def test_one_that_is_off_fires_nothing_and_one_that_is_put_on_fires_from_then(
    aws: Sandbox, flow: str
) -> None:
    schedule(aws, flow, "rate(1 hour)", State="DISABLED")
    aws.clock.advance(DAY)
    assert started(aws, flow) == []
    client = aws.client("scheduler")
    held = client.get_schedule(Name="s")
    kept = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    client.update_schedule(**{name: held[name] for name in kept}, State="ENABLED")
    aws.clock.advance(3 * 3600 + 5)
    assert len(started(aws, flow)) == 3


def test_a_window_lets_it_fire_later_and_once(aws: Sandbox, flow: str) -> None:
    begun = aws.clock.now()
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}
    schedule(aws, flow, "rate(1 day)", window=window)
    aws.clock.advance(4 * DAY)
    late = [when.timestamp() - begun - DAY * n for n, (when, _) in enumerate(started(aws, flow), 1)]
    assert len(late) in {3, 4}
    assert all(-1 <= each <= 3600 for each in late)
    assert len({round(each) for each in late}) > 1


def test_a_moment_fires_once_and_its_schedule_can_go(aws: Sandbox, flow: str) -> None:
    when = datetime.fromtimestamp(aws.clock.now() + 3600, UTC)
    schedule(aws, flow, f"at({when:%Y-%m-%dT%H:%M:%S})", ActionAfterCompletion="DELETE")
    aws.clock.advance(DAY)
    assert len(started(aws, flow)) == 1
    assert aws.client("scheduler").list_schedules()["Schedules"] == []


def test_what_cannot_start_is_tried_again_and_then_a_dead_letter(aws: Sandbox, flow: str) -> None:
    url = aws.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    dead = f"arn:aws:sqs:{aws.region}:{aws.account}:dead"
    poor = role(aws, "poor", "sqs:SendMessage", service="scheduler")
    policy = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
    target = {"DeadLetterConfig": {"Arn": dead}, "RetryPolicy": policy, "Input": '{"a": 1}'}
    when = datetime.fromtimestamp(aws.clock.now() + 60, UTC)
    schedule(aws, flow, f"at({when:%Y-%m-%dT%H:%M:%S})", role=poor, target=target)
    aws.clock.advance(3600)
    assert started(aws, flow) == []
    (letter,) = aws.client("sqs").receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10
    )["Messages"]
    told = {name: it["StringValue"] for name, it in letter["MessageAttributes"].items()}
    assert (told["RETRY_ATTEMPTS"], told["TARGET_ARN"]) == ("2", flow)
    assert told["ERROR_CODE"] == "AccessDeniedException"


def test_a_role_that_is_not_schedulers_starts_nothing(aws: Sandbox, flow: str) -> None:
    foreign = role(aws, "foreign", "states:StartExecution", service="events")
    schedule(aws, flow, "rate(1 hour)", role=foreign)
    aws.clock.advance(3 * 3600)
    assert started(aws, flow) == []


def rule(aws: Sandbox, flow: str, pattern: dict[str, Any], **more: Any) -> None:
    events = aws.client("events")
    events.put_rule(Name="new", EventPattern=json.dumps(pattern), **more)
    starter = role(aws, "e", "states:StartExecution", service="events")
    made = {"InputPathsMap": {"key": "$.detail.object.key", "at": "$.time"},
            "InputTemplate": '{"parameters": {"key": <key>}, "said": "at <at>"}'}  # fmt: skip
    target = {"Id": "m", "Arn": flow, "RoleArn": starter, "InputTransformer": made}
    events.put_targets(Rule="new", Targets=[target])


NEW = {"source": ["aws.s3"], "detail-type": ["Object Created"],
       "detail": {"bucket": {"name": ["landing-of-tests"]},
                  "object": {"key": [{"prefix": "in/"}]}}}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "tells", "keys"),
    [("ENABLED", True, ['in/a "b".json']), ("DISABLED", True, []), ("ENABLED", False, [])],
)
def test_new_objects_start_runs_where_bucket_and_rule_say_so(
    aws: Sandbox, flow: str, state: str, *, tells: bool, keys: list[str]
) -> None:
    rule(aws, flow, NEW, State=state)
    s3 = aws.client("s3")
    where = {"LocationConstraint": aws.region}
    s3.create_bucket(Bucket="landing-of-tests", CreateBucketConfiguration=where)
    if tells:
        s3.put_bucket_notification_configuration(
            Bucket="landing-of-tests",
            NotificationConfiguration={"EventBridgeConfiguration": {}},
        )
    for key in ('in/a "b".json', "out/a.json"):
        s3.put_object(Bucket="landing-of-tests", Key=key, Body=b"{}")
    found = [given for _, given in started(aws, flow)]
    assert [given["parameters"]["key"] for given in found] == keys
    assert all(given["said"].startswith("at 20") for given in found)


def test_events_of_ones_own_start_runs_too(aws: Sandbox, flow: str) -> None:
    rule(aws, flow, {"source": ["ours"]})
    detail = json.dumps({"object": {"key": "k"}})
    entries = [{"Source": "ours", "DetailType": "d", "Detail": detail},
               {"Source": "theirs", "DetailType": "d", "Detail": detail}]  # fmt: skip
    aws.client("events").put_events(Entries=entries)
    assert [given["parameters"]["key"] for _, given in started(aws, flow)] == ["k"]


def test_a_rule_with_a_schedule_fires(aws: Sandbox, flow: str) -> None:
    events = aws.client("events")
    events.put_rule(Name="often", ScheduleExpression="rate(1 hour)")
    starter = role(aws, "e", "states:StartExecution", service="events")
    events.put_targets(Rule="often", Targets=[{"Id": "m", "Arn": flow, "RoleArn": starter}])
    aws.clock.advance(2 * 3600 + 5)
    found = started(aws, flow)
    assert [given["detail-type"] for _, given in found] == ["Scheduled Event"] * 2


def test_what_fired_is_not_fired_again_after_a_snapshot(aws: Sandbox, flow: str) -> None:
    schedule(aws, flow, "rate(1 hour)")
    aws.clock.advance(2 * 3600)
    before = started(aws, flow)
    snapshot.put_back(snapshot.take())
    assert started(aws, flow) == before
