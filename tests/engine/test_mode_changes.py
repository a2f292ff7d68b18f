"""An endpoint goes from one way to serve to another: in one apply, once its role may do it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sweeps import sample

from reconciler.aws.apply import Interrupt
from reconciler.aws.recheck import recheck
from reconciler.compile import compiler
from reconciler.engine import drifted
from reconciler.model.change import Call, Reason
from reconciler.model.event import StepFinished
from reconciler.model.plan import WIDEN, plan_from_json, plan_to_json
from reconciler.resources.api import load
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .canary import World
from .platform import Platform, join, spec, step_of, steps

ROLE = "AWS::IAM::Role/acme-dev-scorer-hosting"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1"
FLEET = "instanceType: ml.c7g.xlarge, instances: 2"
MODES = {
    "realtime": f"{{realtime: {{{FLEET}}}}}",
    "components": f"{{realtime: {{{FLEET}, components: {{main: {{memory: 2GiB}}}}}}}}",
    "async": f"{{async: {{{FLEET}, output: {{to: raw}}}}}}",
    "multiModel": f"{{multiModel: {{{FLEET}}}}}",
}
PAIRS = [(one, other) for one in MODES for other in MODES if one != other]


def text(mode: str) -> str:
    at = "models/" if mode == "multiModel" else "models/1.tar.gz"
    body = f"""
  model: {{image: "{IMAGE}", artifact: "s3://team-models/{at}"}}
  serve: {MODES[mode]}
  strategy: {{allAtOnce: {{}}}}
"""
    return join(specs.RAW, spec("Rollout", "scorer", body))


@pytest.mark.parametrize(("before", "after"), sample([("async", "multiModel"), *PAIRS], 4))
def test_the_role_may_what_the_new_way_needs_before_the_endpoint_goes_there(
    before: str, after: str, platform: Platform, aws: Sandbox
) -> None:
    platform.allow = "access, traffic"
    platform.converge(text(before))
    world = World(platform, aws)
    plan = world.plan(text(after))
    assert plan.refused == ()
    moved = step_of(plan, specs.ENDPOINT)
    assert {ROLE, ROLE + WIDEN} & {*moved.needs}
    if ROLE not in moved.needs:
        assert specs.ENDPOINT in step_of(plan, ROLE).needs
    assert platform.apply(plan).outcome.ok
    assert steps(world.plan(text(after))) == []


@pytest.fixture
def changing(platform: Platform, aws: Sandbox) -> World:
    """From a role that may write answers to one that may read more models."""
    platform.allow = "access, traffic"
    platform.converge(text("async"))
    platform.text = text("multiModel")
    return World(platform, aws)


def allowed(world: World) -> str:
    """What the role may do now."""
    iam, role = world.platform.client("iam"), ROLE.partition("/")[2]
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    found = [iam.get_role_policy(RoleName=role, PolicyName=each) for each in names]
    return json.dumps([each["PolicyDocument"] for each in found])


def test_a_role_loses_what_the_old_fleet_needs_only_after_it(changing: World) -> None:
    seen: list[str] = []
    told: list[tuple[str, bool]] = []

    def hear(event: object) -> None:
        if isinstance(event, StepFinished):
            seen.append(event.step)
            told.append((event.step, "s3:PutObject" in allowed(changing)))

    plan = changing.platform.plan()
    opened, closed = step_of(plan, ROLE + WIDEN), step_of(plan, ROLE)
    assert opened.widens
    assert not closed.widens
    assert closed.reason is Reason.NARROWED
    assert changing.platform.apply(plan, sink=hear).outcome.ok
    assert dict(told)[specs.ENDPOINT]
    order = [each for each in seen if each in (ROLE + WIDEN, specs.ENDPOINT, ROLE)]
    assert order == [ROLE + WIDEN, specs.ENDPOINT, ROLE]
    assert "s3:PutObject" not in allowed(changing)


def test_a_role_keeps_all_where_the_endpoint_does_not_move(changing: World) -> None:
    platform = changing.platform
    refusal = Fault("sagemaker", "UpdateEndpoint", code="ValidationException", times=1)
    changing.aws.faults.add(refusal)
    run = platform.apply(platform.plan())
    assert [*run.failures] == [specs.ENDPOINT]
    assert ROLE in run.skipped
    assert "s3:PutObject" in allowed(changing)
    plan = platform.plan()
    assert ROLE + WIDEN not in {step.id for step in plan.steps}
    assert specs.ENDPOINT in step_of(plan, ROLE).needs
    assert platform.apply(plan).outcome.ok
    assert steps(platform.plan()) == []


@pytest.mark.parametrize("last", [ROLE + WIDEN, specs.ENDPOINT, ROLE])
def test_a_plan_file_is_finished_wherever_it_was_left(last: str, changing: World) -> None:
    platform, stop = changing.platform, Interrupt()
    plan = plan_from_json(plan_to_json(platform.plan()))
    place = compiler.place_of(platform.request().view)

    def hear(event: object) -> None:
        if isinstance(event, StepFinished) and event.step == last:
            stop.ask()

    platform.apply(plan, interrupt=stop, sink=hear, workers=1)
    platform.restart()
    assert recheck(plan, platform.session, load(), place) == []
    assert platform.apply(plan).outcome.ok
    assert "s3:PutObject" not in allowed(changing)
    assert steps(platform.plan()) == []


def test_a_plan_file_cannot_hide_a_call_in_the_second_half(changing: World) -> None:
    platform = changing.platform
    plan = platform.plan()
    half = step_of(plan, ROLE)
    more = {"RoleName": ROLE.partition("/")[2], "PolicyArn": "arn:aws:iam::aws:policy/Any"}
    worse = replace(half, calls=(*half.calls, Call("iam", "attach_role_policy", more)))
    forged = replace(plan, steps=tuple(worse if it is half else it for it in plan.steps))
    place = compiler.place_of(platform.request().view)
    found = recheck(forged, platform.session, load(), place)
    assert [(each.code, str(each.address)) for each in found] == [("STALE011", ROLE)]


def test_drift_tells_of_one_role_once(changing: World) -> None:
    plan = changing.platform.plan()
    told, _ = drifted(plan, changing.platform.session)
    assert [step.id for step in told.steps if step.address.type == "AWS::IAM::Role"] == [ROLE]
