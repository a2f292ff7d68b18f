"""Versions beside each other at one endpoint: tests of variants, and shadows."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds.rollout import ab
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node, build_graph
from reconciler.model.value import Json
from reconciler.policy.shadows import check
from reconciler.rollout import trialmarks
from reconciler.rollout.values import Live, Variant

from .specs import world
from .world import World, named, problems, spec_of

NAME = ("Rollout", "fallback")
MODEL, CONFIG, ENDPOINT = (
    "AWS::SageMaker::Model",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Endpoint",
)
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serve:1"
SERVE = "serve: {realtime: {instanceType: ml.c6i.xlarge, instances: 4}}"
BASE = f'model: {{artifact: "s3://acme-models/a.tar.gz", image: "{IMAGE}"}}\n'
OTHER = f'{{artifact: "s3://acme-models/b.tar.gz", image: "{IMAGE}"}}'
TEST = """
strategy:
  abTest:
    variants: {primary: {weight: PRIMARY}, b: {weight: OTHER, model: MODEL}}
    metric: Invocation5XXErrors
""".replace("MODEL", OTHER)
SHADOW = "strategy: {shadow: {sampling: SHARE, model: MODEL}}\n".replace("MODEL", OTHER)


def trial(one: str = "50%", other: str = "50%", more: str = "") -> str:
    test = TEST.replace("PRIMARY", one).replace("OTHER", other)
    return f"{BASE}{SERVE}{test}{more}"


def shadow_spec(share: str = "100%", serve: str = SERVE) -> str:
    return f"{BASE}{serve}\n{SHADOW.replace('SHARE', share)}"


def built(text: str) -> tuple[list[Node], World]:
    platform = world({NAME: text})
    return platform.build(*NAME), platform


def of(nodes: list[Node], type_: str) -> Node:
    (found,) = named(nodes, type_)
    return found


def tags(nodes: list[Node]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in of(nodes, ENDPOINT).props["Tags"]}


def test_a_test_has_a_model_for_each_variant_and_starts_closed() -> None:
    nodes, _ = built(trial("70%", "30%"))
    models = named(nodes, MODEL)
    shown = {
        each["VariantName"]: (each["InitialVariantWeight"], each["InitialInstanceCount"])
        for each in of(nodes, CONFIG).props["ProductionVariants"]
    }
    assert shown == {"b": (0, 4), "primary": (100, 4)}
    served = {each["ModelName"].target for each in of(nodes, CONFIG).props["ProductionVariants"]}
    assert served == {each.address for each in models}
    assert trialmarks.wanted(tags(nodes), ["primary", "b"])[1] == {"b": 0.3, "primary": 0.7}  # type: ignore[index]


@pytest.mark.scenario("R39")
def test_other_weights_are_no_other_configuration_and_no_other_test() -> None:
    one, _ = built(trial("50%", "50%"))
    other, _ = built(trial("30%", "70%"))
    assert of(one, CONFIG).address == of(other, CONFIG).address
    first, second = tags(one)[trialmarks.TAG], tags(other)[trialmarks.TAG]
    assert first.partition(" ")[0] == second.partition(" ")[0]
    assert first != second


def test_another_model_or_another_rule_is_another_test() -> None:
    told = {
        tags(built(text)[0])[trialmarks.TAG].partition(" ")[0]
        for text in (
            trial(),
            trial().replace("b.tar.gz", "c.tar.gz"),
            trial().replace("Invocation5XXErrors", "Invocation4XXErrors"),
            trial(more="    requests: 5000\n"),
            trial(more='    confidence: "99%"\n'),
        )
    }
    assert len(told) == 5


def test_two_variants_of_one_model_share_it() -> None:
    nodes, _ = built(trial().replace("b.tar.gz", "a.tar.gz"))
    of(nodes, MODEL)


def test_the_rules_reach_whoever_drives() -> None:
    text = trial(more='    requests: 5000\n    effect: "0.5%"\n    onWinner: promote\n')
    nodes, platform = built(text)
    variants = tuple(
        Variant(name=name, weight=1, asked_weight=1, count=1, asked_count=1)
        for name in ("primary", "b")
    )
    live = Live(status="InService", config="c2", variants=variants)
    found = ab.asked(platform.model(*NAME), live, tags(nodes))
    assert not isinstance(found, str)
    assert (found.control, found.promotes, found.weights) == (
        "primary",
        True,
        {"b": 0.5, "primary": 0.5},
    )
    assert (found.design.least, found.design.alpha, found.design.effect) == (5000, 0.05, 0.005)
    assert not found.design.more
    stale = world({NAME: text.replace("5000", "9000")}).model(*NAME)
    assert "apply it first" in str(ab.asked(stale, live, tags(nodes)))
    assert "not applied" in str(ab.asked(platform.model(*NAME), live, {}))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param(trial("50%", "40%"), "strategy.abTest.variants", id="not all of it"),
        pytest.param(trial("100%", "0%"), "strategy.abTest.variants.b.weight", id="none"),
        pytest.param(
            trial().replace("primary: {", "a: {"), "strategy.abTest.variants.a", id="renamed"
        ),
        pytest.param(
            trial().replace(f", model: {OTHER}", ""), "strategy.abTest.variants", id="same"
        ),
        pytest.param(
            trial().replace("Invocation5XXErrors", "ModelLatency"),
            "strategy.abTest.metric", id="a latency",
        ),
        pytest.param(
            trial().replace("Invocation5XXErrors", "Conversions"),
            "strategy.abTest.metric", id="unknown",
        ),
        pytest.param(
            trial(more="    namespace: AWS/X\n"), "strategy.abTest.namespace", id="aws"
        ),
        pytest.param(
            trial(more="    maxRuntime: 1m\n"), "strategy.abTest.maxRuntime", id="short"
        ),
        pytest.param(
            trial(more='    confidence: "50%"\n'), "strategy.abTest.confidence", id="unsure"
        ),
        pytest.param(
            trial(more='    effect: "0%"\n'), "strategy.abTest.effect", id="no effect"
        ),
        pytest.param(
            trial(more="analysis: [{metric: Invocation5XXErrors, atMost: 1%}]\n"),
            "analysis", id="analysis",
        ),
        pytest.param(
            trial().replace('b.tar.gz", image:', 'b.tar.gz", version:'),
            "strategy.abTest.variants.b.model", id="no image",
        ),
    ],
)  # fmt: skip
def test_what_a_test_cannot_be(text: str, path: str) -> None:
    assert path in [".".join(each.path) for each in problems("Rollout", text)]


@pytest.mark.parametrize("drive", ["ci", "cli"])
def test_a_person_or_a_job_drives_both(drive: str) -> None:
    for text in (trial(more=f"drive: {drive}\n"), shadow_spec() + f"drive: {drive}\n"):
        assert not [each for each in problems("Rollout", text) if each.path == ("drive",)]


@pytest.mark.parametrize("text", [trial(more="drive: aws\n"), shadow_spec() + "drive: aws\n"])
def test_a_function_in_aws_drives_neither(text: str) -> None:
    assert ("drive",) in [each.path for each in problems("Rollout", text)]


def test_a_metric_of_ones_own_needs_its_namespace_alone() -> None:
    text = trial(more="    namespace: Shop\n").replace("Invocation5XXErrors", "Conversions")
    assert not problems("Rollout", text)
    _, platform = built(text)
    assert ab.counted(platform.model(*NAME)) == ("Shop", "Conversions")


@pytest.mark.scenario("R48")
@pytest.mark.parametrize(("share", "weight"), [("10%", 10), ("100%", 100), ("1%", 1)])
def test_a_shadow_gets_the_share_that_is_declared(share: str, weight: int) -> None:
    nodes, platform = built(shadow_spec(share))
    props = of(nodes, CONFIG).props
    (production,), (shadow,) = props["ProductionVariants"], props["ShadowProductionVariants"]
    assert (production["InitialVariantWeight"], shadow["InitialVariantWeight"]) == (100, weight)
    assert (production["VariantName"], shadow["VariantName"]) == ("primary", "shadow")
    assert production["ModelName"] != shadow["ModelName"]
    (told,) = [each.message for each in platform.found if each.code == "SHADOW002"]
    assert told.startswith(f"'shadow' gets copies of {share} of the requests of 'primary'")
    assert not [*check(build_graph(nodes)[0])]


@pytest.mark.scenario("R48")
@pytest.mark.parametrize("share", ["0%", "101%", "12.5%"])
def test_a_shadow_gets_no_share_that_aws_does_not_know(share: str) -> None:
    found = [each.path for each in problems("Rollout", shadow_spec(share))]
    assert ("strategy", "shadow", "sampling") in found


@pytest.mark.scenario("R46")
@pytest.mark.parametrize(
    "serve",
    [
        "serve: {serverless: {memory: 2GiB, maxConcurrent: 5}}",
        "serve: {async: {instanceType: ml.c6i.xlarge, instances: 1, output: {to: raw}}}",
        "serve: {multiModel: {instanceType: ml.c6i.xlarge, instances: 2}}",
        "serve: {realtime: {instanceType: ml.inf1.xlarge, instances: 2}}",
    ],
)
def test_a_shadow_goes_with_no_other_mode(serve: str) -> None:
    text = shadow_spec(serve=serve)
    spec, wrong = spec_of("Rollout", text)
    assert spec is not None, wrong
    errors = [each for each in problems("Rollout", text) if each.severity is Severity.ERROR]
    assert {each.code for each in errors} & {"MODE001", "SHADOW001"}


@pytest.mark.scenario("R137")
@pytest.mark.scenario("R46")
def test_a_shadow_beside_a_canary_or_a_test_is_no_spec() -> None:
    for other in ("canary: {steps: [100%]}", "abTest: {}"):
        text = shadow_spec().replace("strategy: {", f"strategy: {{{other}, ")
        _, wrong = spec_of("Rollout", text)
        assert wrong


def config(**more: Json) -> list[Node]:
    nodes, _ = built(shadow_spec())
    found = of(nodes, CONFIG)
    rest = [each for each in nodes if each is not found]
    changed = Node(found.address, {**found.props, **more}, (), found.origin)
    return [*rest, changed]


VARIANT: dict[str, Any] = {"VariantName": "more", "InstanceType": "ml.c6i.xlarge"}


@pytest.mark.scenario("R137")
@pytest.mark.scenario("R46")
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ShadowProductionVariants": [VARIANT, {**VARIANT, "VariantName": "two"}]}, "more, two"),
        ({"ProductionVariants": [VARIANT, {**VARIANT, "VariantName": "two"}]}, "more, two"),
        ({"ProductionVariants": []}, "here are 0"),
        ({"AsyncInferenceConfig": {"OutputConfig": {}}}, "asynchronous"),
        ({"ProductionVariants": [{**VARIANT, "ServerlessConfig": {"X": 1}}]}, "serverless"),
        ({"ShadowProductionVariants": [{**VARIANT, "InstanceType": "ml.inf1.xlarge"}]}, "Inf1"),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_have_a_shadow_is_refused(more: Any, said: str) -> None:
    (found,) = check(build_graph(config(**more))[0])
    assert said in found.message


@pytest.mark.scenario("R46")
@pytest.mark.parametrize(
    ("props", "said"),
    [
        ({"Containers": [{"Image": IMAGE}, {"Image": IMAGE}]}, "2 containers"),
        ({"PrimaryContainer": {"Image": IMAGE, "Mode": "MultiModel"}}, "many models"),
    ],
)
def test_a_shadow_of_such_a_model_is_refused(props: Any, said: str) -> None:
    nodes = [
        Node(each.address, props, (), each.origin) if each.address.type == MODEL else each
        for each in config()
    ]
    found = [*check(build_graph(nodes)[0])]
    assert len(found) == 2
    assert all(said in each.message for each in found)
