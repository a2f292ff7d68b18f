"""A driver with a load balancer in front: its rule goes along, and no fleet goes before it has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.aws.errors import AwsError
from reconciler.aws.rollout.balanced import find
from reconciler.aws.rollout.sending import BusyError
from reconciler.rollout.split import Split, shares_of
from reconciler.rollout.values import Act, Finding, Live, Phase, Rollout, Signals, Verdict

from .made import NAME
from .stage import OURS, Stage
from .test_function import function

ELB = "AWS::ElasticLoadBalancingV2::"
WHERE = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/invocations"]}}]
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/acme/1/2"
PRIMARY, CANDIDATE = (1.0, 0.0), (0.0, 1.0)


def made(stage: Stage, noun: str, tags: dict[str, str], **props: Any) -> str:
    control = stage.aws.client("cloudcontrol")
    own = [{"Key": key, "Value": value} for key, value in {**OURS, **tags}.items()]
    state = json.dumps({**props, "Tags": own})
    asked = control.create_resource(TypeName=f"{ELB}{noun}", DesiredState=state)
    stage.settle(600)
    token = asked["ProgressEvent"]["RequestToken"]
    event = control.get_resource_request_status(RequestToken=token)["ProgressEvent"]
    assert event["OperationStatus"] == "SUCCESS", event
    return str(event["Identifier"])


def ruled(stage: Stage, *groups: str, **tags: str) -> str:
    shares = [{"TargetGroupArn": arn, "Weight": 100 * (not at)} for at, arn in enumerate(groups)]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": shares}}
    about = {"ListenerArn": LISTENER, "Priority": 10, "Conditions": WHERE, "Actions": [action]}
    return made(stage, "ListenerRule", {"moorline:split": NAME, **tags}, **about)


@pytest.fixture
def split(stage: Stage) -> Split:
    """A rule and its two groups, and a tag on the endpoint that says so."""
    groups = {
        name: made(stage, "TargetGroup", {"moorline:variant": name}, TargetType="lambda", Name=name)
        for name in ("primary", "candidate")
    }
    other = {"moorline:variant": "primary", "moorline:spec": "Rollout/y"}
    made(stage, "TargetGroup", other, TargetType="lambda", Name="other")
    stage.write({"moorline:front": "balancer"})
    return Split(at=ruled(stage, *groups.values()), groups=groups)


def live(stage: Stage, split: Split) -> tuple[float, float]:
    """What each group gets, as ELB says."""
    found = shares_of(split, stage.aws.client("elbv2").describe_rules(RuleArns=[split.at]))
    return found["primary"], found["candidate"]


def test_the_rule_goes_along_and_comes_to_rest(stage: Stage, split: Split) -> None:
    seen: list[tuple[float, float]] = []
    for found in stage.run():
        now = live(stage, split)
        seen += [now] * (not seen or seen[-1] != now)
        if found.action and found.action.act is Act.FINISH:
            assert now == CANDIDATE
    assert found.action
    assert found.action.phase is Phase.COMPLETED
    assert [round(candidate, 3) for _, candidate in seen] == [0.05, 0.25, 0.5, 1.0, 0.0]


def test_an_abort_takes_the_rule_back_before_the_fleet_goes(stage: Stage, split: Split) -> None:
    def judge(_rollout: Rollout, live_: Live, _now: float) -> Signals:
        bad = live_.marks is not None and live_.marks.step > 2
        said = Finding(name="errors", verdict=Verdict.FAILED, said="3 % failed")
        if bad:
            return Signals(verdict=Verdict.FAILED, findings=(said,))
        return Signals(verdict=Verdict.PASSED)

    stage.judge = judge
    for found in stage.run():
        if found.action and found.action.act is Act.SETTLE:
            assert live(stage, split) == PRIMARY
    assert found.action
    assert found.action.phase in {Phase.ROLLED_BACK, Phase.ABORTED}
    assert live(stage, split) == PRIMARY
    assert max(stage.ladder) == 25.0


@pytest.mark.parametrize("word", ["", "abort"])
def test_a_rule_that_cannot_be_read_stops_no_way_back_and_keeps_the_fleet(
    word: str, stage: Stage, split: Split
) -> None:
    for _ in stage.run():
        if live(stage, split)[1] == 0.25:
            break
    if not word:
        stage.judge = lambda *_: Signals(verdict=Verdict.FAILED)
    stage.settle(600)
    stage.aws.fail("resourcegroupstaggingapi", "GetResources", "AccessDenied", times=2)
    assert "rule is not known" in stage.advance(word).untold
    stage.settle(60)
    assert stage.weights["candidate"] == 0
    moves = [*stage.moves]
    with pytest.raises(AwsError):
        stage.advance()
    assert stage.moves == moves, "its function still asks for the candidate"
    *_, last = stage.run()
    assert last.action
    assert last.action.phase is (Phase.ABORTED if word else Phase.ROLLED_BACK)
    assert live(stage, split) == PRIMARY


def to_the_last_step(stage: Stage) -> None:
    """Until the next thing is to move the endpoint to its last configuration."""
    for _ in range(60):
        found = stage.look()
        if found.action and found.action.act is Act.FINISH:
            return
        stage.advance()
        stage.settle(700)
    raise AssertionError("it never finishes")


@pytest.mark.scenario("R61")
def test_nothing_is_removed_while_the_rule_could_not_be_changed(stage: Stage, split: Split) -> None:
    to_the_last_step(stage)
    elb = stage.aws.client("elbv2")
    groups = [{"TargetGroupArn": arn, "Weight": 50} for arn in split.groups.values()]
    half = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]
    elb.modify_rule(RuleArn=split.at, Actions=half)
    stage.aws.fail("elbv2", "ModifyRule", "AccessDenied", times=2)
    moves = [*stage.moves]
    for _ in range(2):
        with pytest.raises((AwsError, BusyError)):
            stage.advance()
        stage.settle(60)
    assert stage.moves == moves, "the endpoint keeps its old fleet"
    assert live(stage, split) == (0.5, 0.5)
    *_, last = stage.run()
    assert last.action
    assert last.action.phase is Phase.COMPLETED
    assert live(stage, split) == PRIMARY


def test_a_driver_that_was_killed_in_between_is_taken_over(stage: Stage, split: Split) -> None:
    for _ in stage.run():
        if live(stage, split)[1] == 0.25:
            break
    elb = stage.aws.client("elbv2")
    arn = split.groups["primary"]
    elb.modify_rule(RuleArn=split.at, Actions=[{"Type": "forward", "TargetGroupArn": arn}])
    stage.settle(60)
    found = stage.look()
    assert found.rule is not None
    assert found.sends, "the rule alone is behind"
    assert "candidate 0.0% → 25.0%" in found.rule.said
    stage.advance()
    assert live(stage, split) == (0.75, 0.25)


def test_an_endpoint_that_says_nothing_is_not_looked_for(stage: Stage) -> None:
    stage.settle()
    stage.advance()
    assert stage.session.calls["resourcegroupstaggingapi.get_resources"] == 0


@pytest.mark.scenario("R58")
def test_of_two_rules_none_is_touched(stage: Stage, split: Split) -> None:
    second = ruled(stage, split.groups["primary"])
    stage.settle(600)
    with pytest.raises(AwsError, match="there are 2"):
        stage.advance()
    for at in (split.at, second):
        rules = stage.aws.client("elbv2").describe_rules(RuleArns=[at])["Rules"]
        assert rules[0]["Actions"][0]["ForwardConfig"]["TargetGroups"][0]["Weight"] == 100


def test_groups_are_those_of_the_same_spec(stage: Stage, split: Split) -> None:
    reading = stage.look().reading
    assert reading is not None
    assert find(stage.session, reading) == split


def test_the_function_in_aws_does_the_same(stage: Stage, split: Split) -> None:
    """From the bytes of its zip, where little of Moorline is."""
    stage.aws.traffic(NAME, 20)
    stage.settle(200)
    seen: list[tuple[float, float]] = []
    for _ in range(60):
        said = function()
        now = live(stage, split)
        seen += [now] * (not seen or seen[-1] != now)
        if said["state"] == "over":
            break
        stage.settle(600 if said["act"] == "wait" else 130)
    assert (said["phase"], seen[-1]) == ("completed", PRIMARY)
    assert [round(candidate, 3) for _, candidate in seen] == [0.05, 0.25, 0.5, 1.0, 0.0]
