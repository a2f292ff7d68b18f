"""Hand edits in the sandbox, found by a drift report with the name of who made them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sweeps import sample

from reconciler import engine
from reconciler.aws import trail
from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.drift.actor import Scene
from reconciler.model.actor import ActorKind
from reconciler.model.plan import Plan, plan_from_json, plan_to_json
from reconciler.resources.api import Place
from reconciler.sandbox.iam import roles
from reconciler.sandbox.inprocess import Sandbox

from .conftest import ALARM, BUCKET, Live, client

PLACE = Place("123456789012", "eu-west-1", "acme", "dev")
TOPIC = "arn:aws:sns:eu-west-1:123456789012:acme-dev-watch"
ROLE = "acme-dev-scorer-hosting"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ROOT = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [ROOT]})
ENDPOINT = "acme-dev-scorer"
LOOKED = ("cloudtrail.lookup_events", "cloudtrail@us-east-1.lookup_events")


def report(live: Live, most: int | None = None) -> Plan:
    """As `moorline drift` makes it, or `plan` with `most`."""
    plan, _ = engine.drifted(live.plan(), live.session)
    return trail.named(plan, live.session, Scene(PLACE), None, most=most)


def looked(live: Live) -> list[int]:
    return [live.session.calls[each] for each in LOOKED]


def alarm(who: str, times: int = 4) -> None:
    cloudwatch = client(who, "cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    kept = {key: value for key, value in found.items() if key in taken}
    cloudwatch.put_metric_alarm(**{**kept, "Threshold": found["Threshold"] * times})


def key(who: str) -> None:
    kms = client(who, "kms")
    id_ = kms.list_aliases()["Aliases"]
    target = next(each["TargetKeyId"] for each in id_ if "acme" in each["AliasName"])
    kms.disable_key_rotation(KeyId=target)


def group(who: str) -> None:
    client(who, "sagemaker").update_feature_group(
        FeatureGroupName="acme-dev-customer-v1",
        OnlineStoreConfig={"TtlDuration": {"Unit": "Days", "Value": 1}},
    )


def budget(who: str) -> None:
    budgets = client(who, "budgets")
    asked = {"AccountId": PLACE.account, "BudgetName": "acme-dev-month"}
    found = budgets.describe_budget(**asked)["Budget"]
    found["BudgetLimit"]["Amount"] = "500"
    taken = {
        k: v
        for k, v in found.items()
        if k not in {"CalculatedSpend", "LastUpdatedTime", "HealthStatus"}
    }
    budgets.update_budget(AccountId=PLACE.account, NewBudget=taken)


EDITS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "an alarm's threshold": (ALARM, alarm),
    "a bucket's versioning": (
        BUCKET,
        lambda who: client(who, "s3").put_bucket_versioning(
            Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
        ),
    ),
    "a bucket's life cycle": (
        BUCKET, lambda who: client(who, "s3").delete_bucket_lifecycle(Bucket=BUCKET),
    ),
    "a bucket's tags": (BUCKET, lambda who: client(who, "s3").put_bucket_tagging(
        Bucket=BUCKET, Tagging={"TagSet": [
            {"Key": "moorline:platform", "Value": "acme"},
            {"Key": "moorline:environment", "Value": "dev"},
            {"Key": "moorline:spec", "Value": "DataSource/raw"},
        ]})),
    "a role's sessions": (
        "acme-dev-scorer-hosting",
        lambda who: client(who, "iam").update_assume_role_policy(
            RoleName=ROLE, PolicyDocument=TRUST),
    ),
    "a role's policy": (
        "acme-dev-scorer-hosting",
        lambda who: client(who, "iam").attach_role_policy(
            RoleName=ROLE, PolicyArn=ADMIN),
    ),
    "a topic's tags": (
        "acme-dev-watch",
        lambda who: client(who, "sns").untag_resource(ResourceArn=TOPIC, TagKeys=["owner"]),
    ),
    "a key's rotation": ("acme-dev-core-data", key),
    "a feature group's time to live": ("acme-dev-customer-v1", group),
    "a budget's amount": ("acme-dev-month", budget),
    "a bucket's absence": (BUCKET, lambda who: client(who, "s3").delete_bucket(Bucket=BUCKET)),
}  # fmt: skip


@pytest.mark.parametrize("edit", sample([*EDITS], 4))
def test_alice_is_named_for(edit: str, live: Live, aws: Sandbox) -> None:
    name, change = EDITS[edit]
    change("alice")
    aws.clock.advance(5000)
    found = {step.address.name: step.by for step in report(live).steps}
    by = found[name]
    assert by is not None
    assert (by.kind, by.name, by.via) == (ActorKind.HUMAN, "alice", "SDK"), by
    assert sum(looked(live)) == 1


def test_a_person_behind_a_role_is_named(live: Live) -> None:
    alarm("AWSReservedSSO_Admin_0f1e:bob@acme.example")
    by = report(live).steps[0].by
    assert by is not None
    assert (by.kind, by.name) == (ActorKind.HUMAN, "bob@acme.example")


def test_a_role_that_the_sandbox_lent_is_known(live: Live) -> None:
    arn = f"arn:aws:iam::{PLACE.account}:role/Operator"
    roles.put(arn, roles.ADMINISTRATOR)
    lent = client("root", "sts").assume_role(RoleArn=arn, RoleSessionName="carol@x.y")[
        "Credentials"
    ]
    alarm(lent["AccessKeyId"])
    by = report(live).steps[0].by
    assert by is not None
    assert by.name == "carol@x.y as Operator"


def test_a_failed_attempt_is_not_blamed(live: Live, aws: Sandbox) -> None:
    alarm("alice")
    aws.fail("cloudwatch", "PutMetricAlarm", "AccessDenied")
    with pytest.raises(Exception, match="AccessDenied"):
        alarm("bob")
    by = report(live).steps[0].by
    assert by is not None
    assert by.name == "alice"


def test_another_region_is_not_blamed(live: Live) -> None:
    alarm("alice")
    client("bob", "cloudwatch@us-west-2").put_metric_alarm(
        AlarmName=ALARM, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1, MetricName="m", Namespace="n", Period=60, Statistic="Sum",
    )  # fmt: skip
    by = report(live).steps[0].by
    assert by is not None
    assert by.name == "alice"


def test_weights_moved_by_hand_are_named(live: Live, aws: Sandbox) -> None:
    client("alice", "sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINT,
        DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredInstanceCount": 7}],
    )
    aws.clock.advance(5000)
    (step,) = report(live).steps
    assert step.by is not None
    assert (step.by.name, step.calls) == ("alice", ())


def test_a_count_moved_by_an_autoscaler_we_do_not_know_of_is_its_own(
    live: Live, aws: Sandbox
) -> None:
    aws.scale(ENDPOINT, "primary", 9)
    (step,) = report(live).steps
    assert step.by is not None
    assert step.by.kind is ActorKind.AUTOSCALER


# -- what it costs


def test_nothing_is_asked_when_nothing_drifted(live: Live) -> None:
    assert report(live).steps == ()
    assert looked(live) == [0, 0]


def test_a_first_plan_asks_nothing(aws: Sandbox, live: Live) -> None:
    live.text = live.text.replace("acme", "acme")
    aws.reset()
    plan = trail.named(live.plan(), live.session, Scene(PLACE), None, most=None)
    assert plan.steps
    assert looked(live) == [0, 0]


def test_a_plan_looks_up_a_few_and_a_report_all(live: Live) -> None:
    for edit in ("an alarm's threshold", "a bucket's versioning", "a role's policy"):
        EDITS[edit][1]("alice")
    few = report(live, most=2)
    assert [step.by is None for step in few.steps] == [False, False, True]
    assert sum(looked(live)) == 2
    assert all(step.by for step in report(live).steps)
    assert looked(live) == [3, 2]


def test_looking_up_is_paced(live: Live, clock: FakeClock) -> None:
    for edit in ("an alarm's threshold", "a bucket's versioning", "a topic's tags"):
        EDITS[edit][1]("alice")
    plan = live.plan()
    live.session.limiter, live.session.clock = Limiter(clock), clock
    trail.named(plan, live.session, Scene(PLACE), None)
    assert looked(live) == [3, 0]
    assert clock.now() == pytest.approx(1.0)


def test_the_number_of_calls_is_in_the_plan(live: Live) -> None:
    alarm("alice")
    plan = live.plan()
    named = trail.named(plan, live.session, Scene(PLACE), None)
    assert named.observed_calls == live.session.total


# -- when CloudTrail says no


def test_denied_is_told_and_asked_once(live: Live, aws: Sandbox) -> None:
    for edit in ("an alarm's threshold", "a bucket's versioning"):
        EDITS[edit][1]("alice")
    aws.fail("cloudtrail", "LookupEvents", "AccessDeniedException", times=9)
    found = report(live)
    assert [step.by.why for step in found.steps if step.by] == [trail.DENIED] * 2
    assert looked(live) == [1, 0]
    assert found.diagnostics == ()


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalError", "ServiceUnavailable"])
def test_a_failing_cloudtrail_is_given_up_on_soon(code: str, live: Live, aws: Sandbox) -> None:
    for edit in ("an alarm's threshold", "a bucket's versioning"):
        EDITS[edit][1]("alice")
    aws.fail("cloudtrail", "LookupEvents", code, times=99)
    before = live.clock.now()
    found = report(live)
    assert [step.by.why for step in found.steps if step.by] == [trail.FAILED] * 2
    assert looked(live) == [trail.PATIENCE.most, 0]
    assert live.clock.now() - before < 10


def test_throttled_once_is_no_trouble(live: Live, aws: Sandbox) -> None:
    alarm("alice")
    aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=1)
    by = report(live).steps[0].by
    assert by is not None
    assert by.name == "alice"


def test_after_90_days_nobody_knows(live: Live, aws: Sandbox) -> None:
    alarm("alice")
    aws.clock.advance(91 * 86400)
    by = report(live).steps[0].by
    assert by is not None
    assert (by.kind, by.why) == (ActorKind.UNKNOWN, "nothing in 90 days")


# -- the plan


def test_who_did_it_is_no_part_of_the_digest(live: Live) -> None:
    alarm("alice")
    plan = live.plan()
    named = trail.named(plan, live.session, Scene(PLACE), None)
    assert named.digest == plan.digest
    assert plan_to_json(plan)["steps"][0]["by"] is None
    back = plan_from_json(plan_to_json(named))
    assert back.steps[0].by is not None
    assert plan_to_json(back)["steps"][0]["by"] == plan_to_json(named)["steps"][0]["by"]
