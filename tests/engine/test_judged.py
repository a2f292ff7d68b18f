"""A candidate with real traffic in the sandbox: what is measured of it, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from kinds.specs import world
from kinds.world import named

from reconciler.aws.clock import FakeClock
from reconciler.aws.judging import signals
from reconciler.aws.limiter import Limiter
from reconciler.aws.rollout.reading import read as reading
from reconciler.aws.session import Session
from reconciler.rollout.checks import Analysis, read
from reconciler.rollout.marks import encode
from reconciler.rollout.state import from_marks, next_action
from reconciler.rollout.values import (
    Act,
    Doing,
    Finding,
    Live,
    Marks,
    RolloutAction,
    Signals,
    Step,
    Verdict,
)
from reconciler.sandbox.inprocess import Sandbox, sandbox

from .platform import Clients

NAME = "acme-test-own"
LATE = 120
"""Seconds until CloudWatch shows a request."""
RATE, SLOW = "invocation-5xx-errors-average", "model-latency-p99-against-stable"
STEPS = (Step(0.05, 1, 600), Step(1.0, 4, 600))
SPEC = """
model: {image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/s:1", artifact: s3://models/a.tar.gz}
serve: {realtime: {instanceType: ml.m5.xlarge, instances: 4}}
strategy: {canary: {steps: [5%, 100%], bake: 10m}}
analysis:
  - {metric: Invocation5XXErrors, atMost: 1%}
  - {metric: ModelLatency, statistic: p99, against: {stable: ratio}, atMost: 150%}
  - {metric: CPUUtilization, against: {past: difference, ago: 10m}, atMost: 50%}
  - expression: FILL(errors, 0) / requests
    metrics: {errors: {metric: Invocation4XXErrors}, requests: {metric: Invocations}}
    atMost: 20%
  - {namespace: Shop, metric: Orders, dimensions: {Variant: "{variant}"}, statistic: sum,
     atLeast: 1}
"""


@dataclass
class Trial:
    """A candidate at 5 % of ten requests a second, since `began`."""

    aws: Sandbox
    analysis: Analysis
    began: float
    session: Session

    def live(self) -> Live:
        found = reading(self.session, NAME, self.analysis.alarms)
        assert found is not None
        return found.live

    def judge(self, after: float = 0) -> Signals:
        """What is known, some seconds from now."""
        if after:
            self.aws.clock.advance(after)
        now, live = self.session.wall(), self.live()
        assert live.marks is not None
        return signals(self.session, from_marks(live.marks, live), self.analysis, live, now)

    def next(self) -> RolloutAction:
        live = self.live()
        assert live.marks is not None
        return next_action(from_marks(live.marks, live), live, self.judge(), self.session.wall())

    def orders(self, variant: str, minutes: int = 13) -> None:
        """A figure of the shop's own for each minute to come, which passes."""
        for _ in range(minutes):
            self.aws.measure("Shop", "Orders", {"Variant": variant}, 6)
            self.aws.clock.advance(60)


def of(found: Signals, name: str) -> Finding:
    (one,) = [each for each in found.findings if each.name == name]
    return one


@pytest.fixture
def trial() -> Iterator[Trial]:
    with sandbox() as aws:
        aws.clock.configure(mode="manual")
        client: Any = aws.client("sagemaker")
        for model in ("m1", "m2"):
            client.create_model(
                ModelName=model,
                ExecutionRoleArn="arn:aws:iam::123456789012:role/acme-test-hosting",
                PrimaryContainer={"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/s:1"},
            )
        both = [
            {
                "VariantName": name,
                "ModelName": model,
                "InstanceType": "ml.m5.xlarge",
                "InitialInstanceCount": count,
                "InitialVariantWeight": weight,
            }
            for name, model, count, weight in (("primary", "m1", 4, 100), ("candidate", "m2", 1, 0))
        ]
        client.create_endpoint_config(EndpointConfigName="middle", ProductionVariants=both)
        client.create_endpoint(EndpointName=NAME, EndpointConfigName="middle")
        aws.clock.advance(1200)
        aws.traffic(NAME, 10)
        platform = world({("Rollout", "own"): SPEC})
        watch = aws.client("cloudwatch")
        for node in named(platform.build("Rollout", "own"), "AWS::CloudWatch::Alarm"):
            watch.put_metric_alarm(AlarmName=node.address.name, **node.props)
        analysis = read(platform.scope("Rollout", "own").peer("Rollout", "own")["analysis"])
        aws.clock.advance(900)
        client.update_endpoint_weights_and_capacities(
            EndpointName=NAME,
            DesiredWeightsAndCapacities=[
                {"VariantName": "primary", "DesiredWeight": 95},
                {"VariantName": "candidate", "DesiredWeight": 5},
            ],
        )
        aws.clock.advance(120)
        clock = FakeClock()
        session = Session(Clients(), clock=clock, limiter=Limiter(clock, unlimited=True))
        session.wall = aws.clock.now
        began = aws.clock.now()
        marks = Marks(
            digest="d",
            step=1,
            since=began,
            base="base",
            middle="middle",
            target="target",
            version="2",
            steps=STEPS,
            stable_count=4,
            doing=Doing.BAKE,
            confirmed=began,
        )
        tags = [{"Key": key, "Value": value} for key, value in encode(marks).items()]
        arn = client.describe_endpoint(EndpointName=NAME)["EndpointArn"]
        client.add_tags(ResourceArn=arn, Tags=tags)
        yield Trial(aws, analysis, began, session)


def test_a_good_candidate_passes_after_its_bake(trial: Trial) -> None:
    trial.orders("candidate")
    found = trial.judge()
    assert [each for each in found.findings if each.verdict is not Verdict.PASSED] == []
    assert found.verdict is Verdict.PASSED
    assert len([*found.findings]) == 5 + len(trial.analysis.alarms)
    assert trial.next().act in {Act.SCALE, Act.WEIGH}


def test_errors_at_5_percent_go_back_within_one_evaluation_with_the_alarm_cited(
    trial: Trial,
) -> None:
    trial.aws.behave("m2", errors=0.1)
    begun = trial.aws.clock.now()
    (alarm,) = [name for name in trial.analysis.alarms if "5xx" in name]
    while trial.live().alarms[alarm] != "ALARM":
        trial.aws.clock.advance(20)
        assert trial.aws.clock.now() - begun < LATE + 3 * 60  # what is left of one, one, a look
    action = trial.next()
    assert (action.act, alarm in action.why) == (Act.WEIGH, True)
    assert action.shares == {"primary": 1.0, "candidate": 0.0}


@pytest.mark.scenario("R23")
def test_an_unhealthy_old_fleet_does_not_block_its_own_fix(trial: Trial) -> None:
    trial.aws.behave("m1", errors=0.9, latency=400)
    trial.orders("candidate")
    assert trial.judge().verdict is Verdict.PASSED
    assert set(trial.live().alarms.values()) == {"OK"}


@pytest.mark.scenario("R23")
def test_an_alarm_that_fires_before_the_first_weight_is_told_and_a_person_may_pass_it(
    trial: Trial,
) -> None:
    """It cannot be the candidate's doing, which has had no request yet."""
    alarm = trial.analysis.alarms[0]
    trial.aws.alarm(alarm, "ALARM")
    marked = trial.live().marks
    assert marked is not None
    start = replace(marked, step=0, doing=Doing.START, confirmed=0)
    still = [replace(each, weight=float(each.name == "primary"), asked_weight=each.weight) for each
             in trial.live().variants]  # fmt: skip
    before = replace(trial.live(), marks=start, variants=tuple(still))
    now, rollout = trial.session.wall(), from_marks(start, before)
    found = signals(trial.session, rollout, trial.analysis, before, now)
    action = next_action(rollout, before, found, now)
    assert found.verdict is Verdict.FAILED
    assert action.shares == {}
    assert alarm in action.why
    assert "promote --full" in action.why
    passed = next_action(rollout, before, replace(found, word="full"), now)
    assert passed.why != action.why
    assert "full" in str(passed.marks)


def test_a_slow_candidate_is_told_by_comparison(trial: Trial) -> None:
    trial.aws.behave("m2", latency=200)
    found = of(trial.judge(400), SLOW)
    assert found.verdict is Verdict.FAILED
    assert "against" in found.said
    assert "not at most 150% of stable" in found.said


@pytest.mark.scenario("R28")
def test_an_answer_that_is_not_whole_is_no_verdict(trial: Trial) -> None:
    trial.aws.behave("m2", errors=0.5)
    trial.aws.clock.advance(60)
    trial.aws.unwhole("PartialData", times=1)
    assert of(trial.judge(240), RATE).verdict is Verdict.FAILED
    trial.aws.unwhole("InternalError", times=99)
    late = of(trial.judge(), RATE)
    assert (late.verdict, "InternalError" in late.said) == (Verdict.WAITING, True)


@pytest.mark.scenario("R110")
def test_without_requests_nothing_is_measured(trial: Trial) -> None:
    trial.aws.traffic(NAME, 0)
    found = trial.judge(1200)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "no requests reached the candidate" in of(found, RATE).said
    assert trial.next().act is not Act.WEIGH


def test_a_metric_that_nobody_sends_is_misconfigured(trial: Trial) -> None:
    found = of(trial.judge(300), "shop-orders-sum-low")
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.said.startswith("misconfigured: no metric 'Orders'")


def test_an_alarm_that_is_gone_holds(trial: Trial) -> None:
    trial.aws.client("cloudwatch").delete_alarms(AlarmNames=[trial.analysis.alarms[0]])
    trial.orders("candidate")
    found = trial.judge()
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "does not exist any more" in of(found, f"alarm {trial.analysis.alarms[0]}").said


def graded(trial: Trial, latency: float) -> None:
    """One expectation: below 300 ms is good, from 400 ms on it has failed."""
    checks = [each for each in trial.analysis.checks if each.name == SLOW]
    check = replace(checks[0], against="", level=300_000, fails_at=400_000)
    trial.analysis = replace(trial.analysis, checks=(check,))
    trial.aws.behave("m2", latency=latency, spread=1)


@pytest.mark.scenario("R107")
def test_what_nobody_can_tell_is_held_also_when_the_bake_is_over(trial: Trial) -> None:
    graded(trial, 350)
    trial.aws.clock.advance(240)
    for _ in range(4):
        found, action = trial.judge(), trial.next()
        assert found.verdict is Verdict.INCONCLUSIVE
        assert len(found.findings) == 1 + len(trial.analysis.alarms)
        assert action.shares == {}
        trial.aws.clock.advance(240)
    assert action.marks["moorline:rollout-word"] == "hold"
    assert "350ms, neither good nor failed: not at most 300ms" in action.why


@pytest.mark.scenario("R150")
def test_a_failure_at_the_end_of_the_bake_wins(trial: Trial) -> None:
    graded(trial, 100)
    trial.aws.clock.advance(420)
    trial.aws.behave("m2", latency=500, spread=1)
    trial.aws.clock.advance(240)  # the bake is over by now
    assert trial.session.wall() > trial.began + STEPS[0].bake
    action = trial.next()
    assert action.shares == {"primary": 1.0, "candidate": 0.0}
    assert f"{SLOW}: 500ms, not at most 300ms" in action.why
