"""Alarms that are not well when a rollout starts are told by the plan, which is not refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from reconciler.aws.session import Session
from reconciler.cli.world.firing import firing
from reconciler.compile.rollouts import Known
from reconciler.kinds.rollout.spec import Rollout
from reconciler.model.address import Address
from reconciler.model.change import Action, Reason
from reconciler.model.plan import Plan, Step
from reconciler.rollout.checks import Analysis
from reconciler.sandbox.inprocess import Sandbox

from .stage import Stage

MODEL = Rollout.model_validate(
    {
        "model": {"registry": "fraud", "version": 13},
        "serve": {"realtime": {"instanceType": "ml.c7g.xlarge", "instances": 2}},
        "strategy": {"canary": {"steps": ({"weight": "100%"},)}},
        "analysis": ({"existingAlarm": "theirs"},),
    }
)


class Spec:
    model = MODEL


KNOWN = Known("scorer", cast("Any", Spec()), "acme-dev-scorer", "ci")
PLAN = Plan(environment="dev", platform="acme", account="123456789012", region="eu-west-1")


@pytest.fixture
def session(aws: Sandbox) -> Session:
    return Stage(aws).session


def alarm(aws: Sandbox, name: str, state: str) -> None:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name, Namespace="AWS/SageMaker", MetricName="Invocation5XXErrors",
        Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    aws.alarm(name, state)


def said(session: Session, *alarms: str, plan: Plan = PLAN) -> list[str]:
    known = replace(KNOWN, analysis=Analysis(alarms=alarms))
    found = [*firing(session, known, plan)]
    assert all(each.code == "CANARY009" and not each.is_error for each in found)
    return [f"{each.message}; {each.help}" for each in found]


@pytest.mark.scenario("R23")
@pytest.mark.scenario("R176")
def test_one_that_fires_is_told_with_the_way_past_it(aws: Sandbox, session: Session) -> None:
    alarm(aws, "ours", "ALARM")
    (told,) = said(session, "ours")
    assert "fires already" in told
    assert "promote --full scorer" in told


@pytest.mark.scenario("R176")
def test_one_that_is_not_there_is_told_unless_the_plan_makes_it(session: Session) -> None:
    assert "'ours' is not there" in said(session, "ours")[0]
    made = Step("a", Address("AWS::CloudWatch::Alarm", "ours"), Action.CREATE, Reason.ABSENT)
    assert said(session, "ours", plan=replace(PLAN, steps=(made,))) == []


@pytest.mark.scenario("R176")
def test_no_data_is_told_of_those_of_others_alone(aws: Sandbox, session: Session) -> None:
    """Ours watch the new version, which has none yet."""
    alarm(aws, "theirs", "INSUFFICIENT_DATA")
    alarm(aws, "ours", "INSUFFICIENT_DATA")
    (told,) = said(session, "theirs", "ours")
    assert "'theirs' has no data" in told


def test_what_aws_does_not_say_is_told_as_such(aws: Sandbox, session: Session) -> None:
    aws.fail("cloudwatch", "DescribeAlarms", "AccessDenied", times=9)
    (told,) = said(session, "ours")
    assert "not known" in told
    assert "AccessDenied" in told


def test_one_that_is_well_is_not_told(aws: Sandbox, session: Session) -> None:
    alarm(aws, "ours", "OK")
    assert said(session, "ours") == []
