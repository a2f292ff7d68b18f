"""How a listener's weights follow a rollout: what is sent, what is read, and what has to wait."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from reconciler.model.change import Call
from reconciler.rollout.split import (
    Split,
    SplitError,
    forward,
    held,
    reached,
    shares_of,
    told,
    wanted,
    weights,
)
from reconciler.rollout.values import Act, Live, Phase, Rollout, RolloutAction, Step, Variant

LB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
RULE = f"{LB}:listener-rule/app/acme/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
LISTENER = f"{LB}:listener/app/acme/50dc6c495c0c9188/f2f7dc8efc522ab2"
STABLE, CANARY = f"{LB}:targetgroup/acme-p/73e2d6bc24d8a067", f"{LB}:targetgroup/acme-c/1"
OTHER = f"{LB}:targetgroup/other/2"
SPLIT = Split(at=RULE, groups={"primary": STABLE, "candidate": CANARY})
ROLLOUT = Rollout(
    endpoint="acme-prod-fraud",
    stable="primary",
    candidate="candidate",
    base="c1",
    middle="cm",
    target="c2",
    stable_count=2,
    steps=(Step(0.3, 1, 600), Step(1.0, 2, 600)),
    deadline=3600,
)


def group(arn: str, weight: int | None = None) -> dict[str, Any]:
    return {"TargetGroupArn": arn} | ({} if weight is None else {"Weight": weight})


def rule(*groups: dict[str, Any], at: str = RULE, **more: Any) -> dict[str, Any]:
    config = {
        "TargetGroups": [*groups],
        "TargetGroupStickinessConfig": {"Enabled": False, "DurationSeconds": 0},
    }
    action = {"Type": "forward", "Order": 1, "ForwardConfig": config, **more}
    return {"RuleArn": at, "Priority": "10", "IsDefault": False, "Actions": [action]}


def read(*groups: dict[str, Any]) -> dict[str, Any]:
    return {"Rules": [rule(*groups)]}


def sent(call: Call) -> dict[str, int]:
    make: Any = boto3.client
    client = make(call.service, region_name="eu-west-1")
    name = client.meta.method_to_api_mapping[call.method]
    shape = client.meta.service_model.operation_model(name).input_shape
    report = ParamValidator().validate(dict(call.params), shape)
    assert not report.has_errors(), report.generate_report()
    (action,) = call.params.get("Actions") or call.params["DefaultActions"]
    return {it["TargetGroupArn"]: it["Weight"] for it in action["ForwardConfig"]["TargetGroups"]}


@pytest.mark.parametrize(
    ("shares", "asked"),
    [
        ((0.7, 0.3), (70, 30)),
        ((1, 0), (100, 0)),
        ((0, 1), (0, 100)),
        ((0.95, 0.05), (95, 5)),
        ((0.999, 0.001), (998, 1)),
        ((0.9995, 0.0005), (999, 1)),
        ((2 / 3, 1 / 3), (666, 333)),
        ((0.1, 0.1), (50, 50)),
    ],
)
@pytest.mark.scenario("R16")
def test_shares_become_whole_numbers_and_none_is_sent_too(
    shares: tuple[float, float], asked: tuple[int, int]
) -> None:
    given = dict(zip(("primary", "candidate"), shares, strict=True))
    assert tuple(weights(given).values()) == asked
    call = forward(SPLIT, given, read(group(STABLE, 1)))
    assert call.method == "modify_rule"
    assert sent(call) == {STABLE: asked[0], CANARY: asked[1]}


def test_every_share_is_kept_within_a_part_of_a_thousand() -> None:
    for share in range(1001):
        given = {"primary": 1 - share / 1000, "candidate": share / 1000}
        found = weights(given)
        assert all(isinstance(each, int) and 0 <= each <= 999 for each in found.values())
        assert abs(found["candidate"] / sum(found.values()) - share / 1000) < 0.002
        assert reached(SPLIT, given, read(*(group(SPLIT.groups[k], v) for k, v in found.items())))


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ({"primary": 0, "candidate": 0}, "all shares are 0"),
        ({}, "all shares are 0"),
        ({"primary": 1.2}, "a share is 0 to 1"),
        ({"primary": -0.1}, "a share is 0 to 1"),
        ({"primary": float("nan")}, "a share is 0 to 1"),
        ({"primary": 0.5, "third": 0.5}, "no target group has the requests of 'third'"),
    ],
)
@pytest.mark.scenario("R16")
def test_shares_that_no_rule_can_have_are_refused(shares: dict[str, float], why: str) -> None:
    with pytest.raises(SplitError, match=why):
        forward(SPLIT, shares, read(group(STABLE, 1)))


@pytest.mark.parametrize(
    ("answer", "shares"),
    [
        (read(group(STABLE, 0), group(CANARY, 100)), (0, 1)),
        (read(group(STABLE, 70), group(CANARY, 30)), (0.7, 0.3)),
        (read(group(CANARY)), (0, 1)),
        (read(group(STABLE, 5), group(OTHER, 0)), (1, 0)),
        ({"Rules": [rule(TargetGroupArn=STABLE)]}, (1, 0)),
        (
            {"Rules": [{"RuleArn": RULE, "Actions": [{"Type": "forward", **group(CANARY)}]}]},
            (0, 1),
        ),
    ],
)
@pytest.mark.scenario("R56")
def test_shapes_that_mean_the_same_have_the_same_shares(
    answer: dict[str, Any], shares: tuple[float, float]
) -> None:
    assert shares_of(SPLIT, answer) == dict(zip(("primary", "candidate"), shares, strict=True))
    assert sent(forward(SPLIT, {"primary": 1}, answer)) == {STABLE: 100, CANARY: 0}


OTHERS = [rule(group(STABLE, 1), at=f"{RULE}{number}") for number in range(3)]


@pytest.mark.parametrize(
    "answer",
    [
        {"Rules": []},
        {"Rules": OTHERS},
        {"Rules": [*read(group(STABLE, 1))["Rules"]] * 2},
        {"Rules": [{"RuleArn": RULE, "Actions": [{"Type": "fixed-response"}]}]},
        {},
    ],
)
@pytest.mark.scenario("R58")
def test_no_rule_and_several_are_refused(answer: dict[str, Any]) -> None:
    for try_ in (lambda: forward(SPLIT, {"primary": 1}, answer), lambda: shares_of(SPLIT, answer)):
        with pytest.raises(SplitError):
            try_()


@pytest.mark.parametrize("groups", [[group(OTHER, 1)], [group(STABLE, 0), group(CANARY, 0)]])
def test_a_rule_that_goes_elsewhere_has_no_shares(groups: list[dict[str, Any]]) -> None:
    with pytest.raises(SplitError):
        shares_of(SPLIT, read(*groups))


@pytest.mark.scenario("R58")
def test_only_the_rule_itself_is_changed_and_what_it_does_before_stays() -> None:
    oidc = {"Issuer": "https://id", "ClientId": "acme"}
    mine = rule(group(STABLE, 1))
    mine["Actions"].insert(0, {"Type": "authenticate-oidc", "AuthenticateOidcConfig": oidc})
    call = forward(SPLIT, {"primary": 0.7, "candidate": 0.3}, {"Rules": [*OTHERS, mine]})
    assert (call.method, call.params["RuleArn"]) == ("modify_rule", RULE)
    assert {*call.params} == {"RuleArn", "Actions"}, "conditions and priority are not touched"
    first, second = call.params["Actions"]
    assert first["AuthenticateOidcConfig"] == {**oidc, "UseExistingClientSecret": True}
    assert second["ForwardConfig"]["TargetGroups"] == [group(CANARY, 30), group(STABLE, 70)]
    before = shares_of(SPLIT, {"Rules": [mine]})
    said = told(SPLIT, before, {"primary": 0.7, "candidate": 0.3})
    assert said.endswith("9683b2d02a6cabee: candidate 0.0% → 30.0%, primary 100.0% → 70.0%")


def test_a_default_action_is_changed_by_the_call_for_listeners() -> None:
    split = Split(at=LISTENER, groups=SPLIT.groups)
    answer = {
        "Listeners": [{"ListenerArn": LISTENER, "DefaultActions": rule(group(STABLE))["Actions"]}]
    }
    call = forward(split, {"candidate": 1}, answer)
    assert (split.read.method, call.method) == ("describe_listeners", "modify_listener")
    assert sent(call) == {STABLE: 0, CANARY: 100}


def test_stickiness_that_somebody_wants_stays() -> None:
    mine = rule(group(STABLE, 1))
    stick = {"Enabled": True, "DurationSeconds": 600}
    mine["Actions"][0]["ForwardConfig"]["TargetGroupStickinessConfig"] = stick
    (action,) = forward(SPLIT, {"primary": 1}, {"Rules": [mine]}).params["Actions"]
    assert action["ForwardConfig"]["TargetGroupStickinessConfig"] == stick


STABLE_ALL, CANARY_ALL = {"primary": 1.0, "candidate": 0.0}, {"primary": 0.0, "candidate": 1.0}
STEP = {"primary": 0.7, "candidate": 0.3}


def action(act: Act, phase: Phase, **more: Any) -> RolloutAction:
    return RolloutAction(act=act, phase=phase, why="", **more)


def endpoint(stable: Any, candidate: Any, **more: Any) -> Live:
    weights_ = {"primary": stable, "candidate": candidate, **more}
    return Live(
        status="InService",
        config="cm",
        variants=tuple(
            Variant(name=name, weight=9.0, asked_weight=weight, count=2, asked_count=2)
            for name, weight in weights_.items()
            if weight is not ...
        ),
    )


BOTH, ALONE = endpoint(70, 30), endpoint(1, ...)


@pytest.mark.parametrize(
    ("next_", "live", "shares"),
    [
        (action(Act.WEIGH, Phase.MOVING, shares=STEP), endpoint(100, 0), STEP),
        (action(Act.WEIGH, Phase.ABORTING, shares=STABLE_ALL), BOTH, STABLE_ALL),
        (action(Act.WAIT, Phase.BAKING), BOTH, STEP),
        (action(Act.HOLD, Phase.PAUSED), BOTH, STEP),
        (action(Act.WAIT, Phase.ABORTING), endpoint(50, 50), {"primary": 0.5, "candidate": 0.5}),
        (action(Act.WAIT, Phase.ABORTING), endpoint(1, 0), STABLE_ALL),
        (action(Act.STOP, Phase.AMBIGUOUS), BOTH, None),
        (action(Act.STOP, Phase.FAILED), BOTH, None),
        (action(Act.WAIT, Phase.BAKING), endpoint(27, None), {"primary": 0.75, "candidate": 0.25}),
        (action(Act.WAIT, Phase.BAKING), endpoint(0, 0), None),
        (action(Act.WAIT, Phase.BAKING), endpoint(70, 20, third=10), None),
        (action(Act.WAIT, Phase.STARTING), ALONE, None),
        (action(Act.FINISH, Phase.PROMOTING), BOTH, CANARY_ALL),
        (action(Act.WAIT, Phase.FINISHING), ALONE, CANARY_ALL),
        (action(Act.SETTLE, Phase.ABORTING), BOTH, STABLE_ALL),
        (action(Act.NOTHING, Phase.COMPLETED), ALONE, STABLE_ALL),
        (action(Act.NOTHING, Phase.ABORTED), ALONE, STABLE_ALL),
        (action(Act.NOTHING, Phase.ROLLED_BACK), ALONE, STABLE_ALL),
        (action(Act.NOTHING, Phase.IDLE), ALONE, STABLE_ALL),
    ],
)
def test_the_rule_follows_the_endpoint(
    next_: RolloutAction, live: Live, shares: dict[str, float] | None
) -> None:
    assert wanted(ROLLOUT, live, next_) == shares


HALF = read(group(STABLE, 50), group(CANARY, 50))


@pytest.mark.parametrize(
    ("next_", "live", "why"),
    [
        (action(Act.FINISH, Phase.PROMOTING), HALF, "nothing is removed before it has changed"),
        (action(Act.SETTLE, Phase.ABORTING), HALF, "nothing is removed before it has changed"),
        (action(Act.SETTLE, Phase.ABORTING), read(group(STABLE, 999), group(CANARY, 1)), "0.1%"),
        (action(Act.FINISH, Phase.PROMOTING), read(group(CANARY)), ""),
        (action(Act.SETTLE, Phase.ABORTING), read(group(STABLE, 100), group(CANARY, 0)), ""),
        (action(Act.WEIGH, Phase.MOVING, shares=STEP), HALF, ""),
    ],
)
@pytest.mark.scenario("R61")
def test_no_fleet_goes_while_the_rule_as_read_still_sends_it_requests(
    next_: RolloutAction, live: dict[str, Any], why: str
) -> None:
    found = held(ROLLOUT, next_, SPLIT, live)
    assert (why in found) if why else not found
