"""Tests of variants and shadows on the sandbox: applied, driven by looks, and left alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.aws.rollout.beside import beside
from reconciler.aws.rollout.driving import About, Look, carry_out, look
from reconciler.aws.rollout.sending import Told
from reconciler.engine import drifted
from reconciler.model.plan import Plan
from reconciler.rollout.values import Act, Phase, Verdict
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, Run, join, methods, spec, steps

NAME, VARIANTS = "acme-dev-scorer", "ProductionVariants"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud"
BODY = """
  model: {{image: "{image}:1", artifact: "s3://team-models/models/1.tar.gz"}}
  serve: {{realtime: {{instanceType: ml.c7g.xlarge, instances: 2}}}}
  capture: {{sampling: "{sampling}%", to: raw}}
  {strategy}
"""
OTHER = f'{{image: "{IMAGE}:2", artifact: "s3://team-models/models/1.tar.gz"}}'
TEST = """strategy:
    abTest:
      variants: {{primary: {{weight: {one}%}}, b: {{weight: {other}%, model: {model}}}}}
      metric: Invocation5XXErrors
      onWinner: {on_winner}
"""
SHADOW = "strategy: {{shadow: {{sampling: 50%, for: 1h, model: {model}}}}}"
ALONE = "strategy: {allAtOnce: {}}"


def body(strategy: str, sampling: int = 10) -> str:
    text = BODY.format(image=IMAGE, strategy=strategy, sampling=sampling)
    return join(specs.RAW, spec("Rollout", "scorer", text))


def trial(one: int = 50, other: int = 50, on_winner: str = "hold", sampling: int = 10) -> str:
    strategy = TEST.format(one=one, other=other, model=OTHER, on_winner=on_winner)
    return body(strategy, sampling)


@dataclass(slots=True)
class World:
    """An endpoint, and whoever drives it."""

    platform: Platform
    aws: Sandbox
    told: list[Told] = field(default_factory=list)

    @property
    def endpoint(self) -> dict[str, Any]:
        self.aws.clock.configure(mode="manual")
        found: dict[str, Any] = self.platform.client("sagemaker").describe_endpoint(
            EndpointName=NAME
        )
        self.aws.clock.configure(mode="auto")
        return found

    @property
    def weights(self) -> dict[str, float]:
        found = self.endpoint["ProductionVariants"]
        return {each["VariantName"]: round(each["CurrentWeight"], 4) for each in found}

    def plan(self, wanted: str) -> Plan:
        self.platform.text = wanted
        return self.platform.plan()

    def apply(self, wanted: str) -> Run:
        return self.platform.apply(self.plan(wanted))

    def drift(self, wanted: str) -> list[tuple[str, str]]:
        found, _ = drifted(self.plan(wanted), self.platform.session)
        return steps(found)

    def look(self, word: str = "") -> Look:
        (found,) = [each for each in self.platform.request().specs if each.id == "Rollout/scorer"]
        session = self.platform.session
        session.wall = self.aws.clock.now
        return look(session, About(endpoint=NAME, beside=beside(found.model)), word)

    def drive(self, word: str = "", *, spec: bool = True) -> Look:
        """One step, as `rollout advance` takes it."""
        session = self.platform.session
        session.wall = self.aws.clock.now
        found = self.look(word) if spec else look(session, About(endpoint=NAME), word)
        carry_out(self.platform.session, found, self.told.append)
        return found

    def after(self, seconds: float) -> None:
        self.aws.clock.advance(seconds)


def action(found: Look) -> tuple[Act, Phase]:
    assert found.action is not None
    return found.action.act, found.action.phase


@pytest.fixture
def world(platform: Platform, aws: Sandbox) -> World:
    platform.converge(body(ALONE))
    return World(platform, aws)


@pytest.fixture
def opened(world: World) -> World:
    """A test at 50/50 whose traffic is counted."""
    world.aws.traffic(NAME, 20)
    assert world.apply(trial()).outcome.ok
    assert action(world.drive()) == (Act.WEIGH, Phase.MOVING)
    world.after(600)
    assert action(world.drive())[0] is Act.MARK
    return world


def test_an_apply_makes_both_and_opens_nothing(world: World) -> None:
    plan = world.plan(trial())
    assert world.platform.apply(plan).outcome.ok
    assert world.weights == {"primary": 100, "b": 0}
    assert steps(world.plan(trial())) == []
    assert world.drift(trial()) == []


def test_a_test_is_opened_counted_and_its_winner_waits_for_a_person(opened: World) -> None:
    assert opened.weights == {"primary": 50, "b": 50}
    opened.aws.behave(f"{NAME}/primary", errors=0.05)
    opened.aws.behave(f"{NAME}/b", errors=0.02)
    opened.after(2 * 3600)
    found = opened.drive()
    assert found.action is not None
    assert action(found) == (Act.MARK, Phase.PAUSED)
    assert "b wins" in found.action.why
    test = found.action.detail["test"]
    assert test["challengers"]["b"]["outcome"] == "B wins"
    assert test["challengers"]["b"]["course"]
    held = opened.drive()
    assert action(held) == (Act.HOLD, Phase.PAUSED)
    assert opened.weights == {"primary": 50, "b": 50}
    opened.drive("promote")
    opened.after(600)
    assert opened.weights == {"primary": 0, "b": 100}
    assert action(opened.drive()) == (Act.NOTHING, Phase.COMPLETED)
    assert steps(opened.plan(trial())) == []
    assert opened.drift(trial()) == []


def test_a_winner_takes_all_where_the_spec_says_so(opened: World) -> None:
    assert opened.apply(trial(on_winner="promote")).outcome.ok
    opened.aws.behave(f"{NAME}/b", errors=0.2)
    opened.after(2 * 3600)
    opened.drive()
    opened.after(600)
    assert opened.weights == {"primary": 100, "b": 0}


@pytest.mark.scenario("R39")
def test_other_weights_are_moved_and_not_deployed(opened: World) -> None:
    plan = opened.plan(trial(30, 70))
    assert methods(plan) == ["add_tags"]
    assert opened.platform.apply(plan).outcome.ok
    before = opened.endpoint["EndpointConfigName"]
    opened.told.clear()
    opened.drive()
    moves = [each.call.method for each in opened.told]
    assert moves == ["add_tags", "update_endpoint_weights_and_capacities"]
    opened.after(600)
    assert opened.weights == {"primary": 30, "b": 70}
    assert opened.endpoint["EndpointConfigName"] == before
    assert opened.drift(trial(30, 70)) == []


@pytest.mark.scenario("R39")
def test_another_capture_keeps_the_weights_of_a_test(opened: World) -> None:
    wanted = trial(30, 70)
    opened.apply(wanted)
    opened.drive()
    opened.after(600)
    opened.drive()
    captured = trial(30, 70, sampling=20)
    plan = opened.plan(captured)
    (update,) = [
        call.params
        for step in plan.steps
        for call in step.calls
        if call.method == "update_endpoint"
    ]
    assert update["RetainAllVariantProperties"] is True
    assert update["ExcludeRetainedVariantProperties"] == [
        {"VariantPropertyType": "DesiredInstanceCount"}
    ]
    assert opened.platform.apply(plan).failures == {}
    assert opened.weights == {"primary": 30, "b": 70}
    assert action(opened.drive())[0] is Act.WAIT
    assert steps(opened.plan(captured)) == []


def test_another_model_starts_closed_again(opened: World) -> None:
    assert opened.apply(trial().replace(f"{IMAGE}:2", f"{IMAGE}:3")).outcome.ok
    assert opened.weights == {"primary": 100, "b": 0}
    assert action(opened.drive()) == (Act.WEIGH, Phase.MOVING)


@pytest.mark.scenario("R105")
def test_another_model_and_other_weights_at_once_are_both_had(opened: World) -> None:
    wanted = trial(70, 30).replace(f"{IMAGE}:2", f"{IMAGE}:3")
    before = {it["VariantName"]: it["CurrentInstanceCount"] for it in opened.endpoint[VARIANTS]}
    assert opened.apply(wanted).outcome.ok
    opened.drive()
    opened.after(600)
    assert action(opened.drive())[0] is Act.MARK  # the live weights are those that were asked for
    assert opened.weights == {"primary": 70, "b": 30}
    after = {it["VariantName"]: it["CurrentInstanceCount"] for it in opened.endpoint[VARIANTS]}
    assert before == after
    assert steps(opened.plan(wanted)) == []


@pytest.mark.scenario("R32")
def test_a_split_that_is_not_the_weights_pauses_it(opened: World) -> None:
    opened.after(1800)
    of = {"EndpointName": NAME, "VariantName": "b"}
    opened.aws.measure("AWS/SageMaker", "Invocations", of, 4000, ago=600)
    opened.after(1800)
    found = opened.drive()
    assert found.action is not None
    assert action(found) == (Act.HOLD, Phase.PAUSED)
    assert "not split by the weights" in found.action.why


def test_weights_moved_by_hand_stop_it_and_are_drift(opened: World) -> None:
    opened.platform.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=NAME,
        DesiredWeightsAndCapacities=[
            {"VariantName": "primary", "DesiredWeight": 80},
            {"VariantName": "b", "DesiredWeight": 20},
        ],
    )
    opened.after(600)
    assert action(opened.drive()) == (Act.STOP, Phase.AMBIGUOUS)
    assert [name for _, name in opened.drift(trial())] == [NAME]


def test_an_answer_that_is_not_whole_decides_nothing(opened: World) -> None:
    opened.aws.behave(f"{NAME}/b", errors=0.5)
    opened.after(3600)
    opened.aws.unwhole("PartialData", of="q1", times=20)
    found = opened.drive()
    assert found.action is not None
    assert action(found)[0] is Act.WAIT
    assert "nothing is known" in found.action.why


def test_an_end_of_the_test_frees_the_variant_without_traffic(opened: World) -> None:
    opened.drive("abort", spec=False)
    opened.after(600)
    assert opened.weights == {"primary": 100, "b": 0}
    assert opened.apply(body(ALONE)).outcome.ok
    assert opened.weights == {"primary": 1}


def test_a_shadow_is_applied_counted_and_offered(world: World) -> None:
    wanted = body(SHADOW.format(model=OTHER))
    world.aws.traffic(NAME, 20)
    assert world.apply(wanted).outcome.ok
    (shadow,) = world.endpoint["ShadowProductionVariants"]
    assert shadow["VariantName"] == "shadow"
    assert steps(world.plan(wanted)) == []
    assert world.drift(wanted) == []
    assert action(world.drive())[0] is Act.MARK
    for word in ("abort", "pause", "promote"):  # nothing waits for its answers
        told = world.drive(word)
        assert action(told) == (Act.NOTHING, Phase.IDLE)
        assert "take it out of the spec" in told.action.why if told.action else False
    world.after(2 * 3600)
    found = world.drive()
    assert found.action is not None
    assert [each.verdict for each in found.signals.findings] == [Verdict.PASSED] * 3, found
    assert action(found) == (Act.HOLD, Phase.BAKING)


CANARY = """strategy:
    canary: {steps: [50%, 100%], bake: 10m, shadow: {for: 30m, sampling: 100%, requests: 100}}
  analysis: [{metric: Invocation5XXErrors, atMost: 1%}]
"""


@pytest.fixture
def canary(platform: Platform, aws: Sandbox) -> World:
    platform.converge(body(CANARY))
    return World(platform, aws)


def second(strategy: str) -> str:
    return body(strategy).replace(f"{IMAGE}:1", f"{IMAGE}:2")


def test_a_shadow_is_the_step_before_a_canary(canary: World) -> None:
    world = canary
    world.aws.traffic(NAME, 20)
    before = world.endpoint["EndpointConfigName"]
    assert world.apply(second(CANARY)).failures == {}
    assert [each["VariantName"] for each in world.endpoint["ShadowProductionVariants"]] == [
        "shadow"
    ]
    assert world.weights == {"primary": 100}
    assert steps(world.plan(second(CANARY))) == []
    assert action(world.drive())[0] is Act.MARK
    assert steps(world.plan(second(CANARY))) == []
    world.after(3600)
    assert action(world.drive()) == (Act.MARK, Phase.BAKING)
    assert action(world.drive()) == (Act.HOLD, Phase.BAKING)
    plan = world.plan(second(CANARY))
    assert world.platform.apply(plan).failures == {}
    assert world.weights == {"primary": 100, "candidate": 0}
    assert "ShadowProductionVariants" not in world.endpoint
    found = world.look()
    assert found.reading is not None
    assert found.reading.live.marks is not None
    assert found.reading.live.marks.base == before
    assert "moorline:shadow" not in found.reading.tags


@pytest.mark.scenario("R138")
def test_a_shadow_without_copies_lets_no_canary_begin(canary: World) -> None:
    world = canary
    assert world.apply(second(CANARY)).failures == {}
    world.drive()
    world.after(3600)
    found = world.drive()
    assert found.action is not None
    assert action(found) == (Act.HOLD, Phase.PAUSED)
    assert "nobody calls" in found.action.why
    assert steps(world.plan(second(CANARY))) == []
    assert world.apply(body(CANARY)).failures == {}
    assert "ShadowProductionVariants" not in world.endpoint
    assert world.weights == {"primary": 1}
