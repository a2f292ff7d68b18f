"""What SageMaker and its autoscaler refuse of the modes, and what the rest becomes."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from reconciler.kinds.rollout.autoscale.figures import BACKLOG, DIMENSIONS, FIGURES, ZERO
from reconciler.kinds.terms.guardrail import deployment_props
from reconciler.model.diagnostic import Severity

from .test_modes import FILE, SERVE, made, text
from .world import World, good, named, problems

REALTIME = "realtime: {instanceType: ml.c7g.xlarge, instances: 4}"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"


CALLS, WARM = "InvocationsPerInstance", "ProvisionedConcurrencyUtilization"
NIGHT = "schedules: {a: {schedule: 'rate(1 day)', atMost: 3}}"


TAGGED = FILE.replace("artifact:", f"etag: {32 * 'a'}, artifact:", 1)


def rollout(serve: str, more: str = "", model: str = FILE) -> str:
    return f"{model}serve: {{{serve}}}\n{more}"


def scale(rest: str, least: int = 1) -> str:
    return f"autoscale: {{atLeast: {least}, atMost: 9, {rest}}}"


def follow(metric: str, value: str = "70%") -> str:
    return scale(f"targets: [{{metric: {metric}, value: {value}}}]")


class Wrong(NamedTuple):
    says: str
    spec: str
    faults: tuple[tuple[str, str], ...]


FLEET = "instanceType: ml.m5.xlarge, instances: 4"
ONE = REALTIME.replace("instances: 4", "instances: 1")
WRONG = [
    Wrong(
        "managed instances are for components",
        rollout(REALTIME.replace("4}", "4, managed: {atLeast: 0, atMost: 8}}")),
        (("MODE003", "serve.realtime.managed"),),
    ),
    Wrong(
        "managed instances begin within their bounds",
        rollout(SERVE["components"].replace("atMost: 4", "atMost: 1").replace("es: 1", "es: 3")),
        (("SPEC020", "serve.realtime.managed.atMost"),),
    ),
    Wrong(
        "pools run the same images",
        rollout(REALTIME.replace("4}", "4, otherInstanceTypes: [ml.c6i.xlarge, ml.c7g.xlarge]}")),
        (
            ("MODE007", "serve.realtime.otherInstanceTypes.0"),
            ("SPEC020", "serve.realtime.otherInstanceTypes.1"),
        ),
    ),
    Wrong(
        "a serverless container has 6 GiB at most",
        rollout("serverless: {memory: 7GiB, maxConcurrent: 9}"),
        (("SPEC020", "serve.serverless.memory"),),
    ),
    Wrong(
        "what is warm may run",
        rollout("serverless: {memory: 1GiB, maxConcurrent: 9, provisioned: 10}"),
        (("SPEC020", "serve.serverless.provisioned"),),
    ),
    Wrong(
        "serverless excludes what AWS says",
        rollout(
            SERVE["serverless"],
            "networkIsolation: true\ncapture: {sampling: 10%}\n"
            "network: {subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]}\n"
            "explain: {baseline: {text: '1,2'}}",
        ),
        (
            ("MODE004", "network"),
            ("MODE004", "capture"),
            ("MODE004", "explain"),
            ("MODE004", "networkIsolation"),
        ),
    ),
    Wrong(
        "components have metrics of their own",
        rollout(SERVE["components"], "analysis: [{metric: ModelLatency, below: 9ms}]"),
        (("MODE004", "analysis"),),
    ),
    Wrong(
        "many models are under a prefix",
        rollout(
            SERVE["multiModel"], model=FILE.replace("artifact:", f"etag: {32 * 'a'}, artifact:", 1)
        ),
        (("MODE004", "model.etag"), ("MODE004", "model.artifact")),
    ),
    Wrong(
        "a version is one model",
        rollout(SERVE["multiModel"], model="model: {registry: fraud}\n"),
        (("MODE004", "model"),),
    ),
    Wrong(
        "nobody is told of answers",
        rollout(f"async: {{{FLEET}, output: {{to: raw}}, topics: {{}}}}"),
        (("SPEC020", "serve.async.topics"),),
    ),
    Wrong(
        "a batch has no endpoint",
        rollout(
            SERVE["batch"], "capture: {sampling: 10%}\n" + follow("InvocationsPerInstance", "9")
        ),
        (("MODE003", "capture"), ("MODE003", "autoscale")),
    ),
    Wrong(
        "what is joined is split",
        rollout(SERVE["batch"].replace("path: claims", "join: true, split: none")),
        (("SPEC020", "serve.batch.join"),),
    ),
    Wrong(
        "text has a language",
        rollout(REALTIME, "explain: {baseline: {}, features: {claim: text}}"),
        (("SPEC020", "explain.baseline"), ("SPEC020", "explain.features")),
    ),
    Wrong(
        "one of one is no batch",
        rollout(ONE, "strategy: {rolling: {size: 1, bake: 5m}}"),
        (("SPEC020", "strategy.rolling"),),
    ),
    Wrong(
        "three of four is no step",
        rollout(REALTIME, "strategy: {rolling: {size: 3, bake: 5m}}"),
        (("SPEC020", "strategy.rolling.size"),),
    ),
    Wrong(
        "60 per cent is no step",
        rollout(REALTIME, "strategy: {linear: {size: 60%, bake: 5m}}"),
        (("SPEC020", "strategy.linear.size"),),
    ),
    Wrong(
        "a step is one of the fewest that there may be",
        rollout(
            REALTIME,
            "strategy: {rolling: {size: 2, bake: 5m}}\n"
            + scale("schedules: {}", 2).replace(
                "schedules: {}", "targets: [{metric: InvocationsPerInstance, value: 9}]"
            ),
        ),
        (("SPEC020", "strategy.rolling.size"),),
    ),
    Wrong("exactly half is one", rollout(REALTIME, "strategy: {rolling: {size: 2, bake: 5m}}"), ()),
]
SCALES = [
    Wrong("instances of serverless", rollout(SERVE["serverless"], follow("CPUUtilization")),
          (("MODE005", "autoscale.targets.0.metric"),)),
    Wrong("warm containers of instances", rollout(REALTIME, follow(WARM)),
          (("MODE005", "autoscale.targets.0.metric"),)),
    Wrong("another metric of serverless",
          rollout(SERVE["serverless"], follow("{metric: a, namespace: b}", "9")),
          (("MODE005", "autoscale.targets.0.metric"),)),
    Wrong("serverless with nothing warm",
          rollout("serverless: {memory: 1GiB, maxConcurrent: 9}",
                  follow(WARM)),
          (("MODE005", "autoscale"),)),
    Wrong("a share is a share", rollout(REALTIME, follow("CPUUtilization", "70")),
          (("SPEC020", "autoscale.targets.0.value"),)),
    Wrong("a number is none", rollout(REALTIME, follow("InvocationsPerInstance")),
          (("SPEC020", "autoscale.targets.0.value"),)),
    Wrong("zero instances that are always on",
          rollout(REALTIME, follow(CALLS, "9").replace("atLeast: 1", "atLeast: 0")),
          (("MODE006", "autoscale.atLeast"),)),
    Wrong("a queue that nobody wakes",
          rollout(SERVE["async"], follow(BACKLOG, "5").replace("atLeast: 1", "atLeast: 0")),
          (("MODE006", "autoscale.atLeast"),)),
    Wrong("waking what never sleeps", rollout(REALTIME, scale(f"wake: {{}}, {NIGHT}")),
          (("MODE003", "autoscale.wake"),)),
    Wrong("nothing to go by", rollout(REALTIME, "autoscale: {atLeast: 5, atMost: 4}"),
          (("SPEC020", "autoscale.atMost"), ("MODE005", "autoscale"))),
    Wrong("steps out of order",
          rollout(REALTIME, scale("steps: [{metric: InvocationsPerInstance, above: 1, below: 1,"
                                  " steps: [{beyond: 5, add: 1}, -1]}]")),
          (("SPEC020", "autoscale.steps.0"), ("SPEC020", "autoscale.steps.0.steps"),
           ("SPEC020", "autoscale.steps.0.steps"))),
    Wrong("bounds that cross at night",
          rollout(REALTIME, scale("schedules: {night: {schedule: 'rate(1 day)', atLeast: 10}}")),
          (("SPEC020", "autoscale.schedules.night"),)),
]  # fmt: skip


def faults(spec: str) -> tuple[tuple[str, str], ...]:
    found = (each for each in problems("Rollout", spec) if each.severity is Severity.ERROR)
    return tuple((each.code, ".".join(each.path)) for each in found)


@pytest.mark.scenario("R51")
@pytest.mark.scenario("R54")
@pytest.mark.scenario("R177")
@pytest.mark.parametrize("case", WRONG, ids=[case.says for case in WRONG])
def test_what_sagemaker_refuses(case: Wrong) -> None:
    assert faults(case.spec) == case.faults


@pytest.mark.scenario("R41")
@pytest.mark.scenario("R42")
@pytest.mark.scenario("R50")
@pytest.mark.parametrize("case", SCALES, ids=[case.says for case in SCALES])
def test_what_its_autoscaler_refuses(case: Wrong) -> None:
    assert faults(case.spec) == case.faults


def built(spec: str) -> tuple[list[Any], World]:
    platform = made([])
    platform.specs = {**platform.specs, ("Rollout", "scorer"): spec}
    return platform.build("Rollout", "scorer"), platform


@pytest.mark.scenario("R41")
@pytest.mark.parametrize("mode", FIGURES)
def test_each_mode_scales_its_own_number_by_its_own_metrics(mode: str) -> None:
    for metric, figure in FIGURES[mode].items():
        serve = text("allAtOnce", mode).partition("strategy")[0]
        value = "70%" if figure.share else "9"
        nodes, platform = built(serve + follow(metric, value))
        assert platform.found == []
        (target,), (policy,) = named(nodes, TARGET), named(nodes, POLICY)
        dimension = DIMENSIONS[mode]
        assert target.props["ScalableDimension"] == policy.props["ScalableDimension"] == dimension
        config = policy.props["TargetTrackingScalingPolicyConfiguration"]
        assert ("PredefinedMetricSpecification" in config) == bool(figure.predefined)
        assert (
            config["TargetValue"] == {"9": 9.0, "70%": 0.7 if mode == "serverless" else 70.0}[value]
        )


@pytest.mark.scenario("R50")
@pytest.mark.parametrize("mode", sorted(ZERO))
def test_who_sleeps_is_woken_by_an_alarm_on_those_who_wait(mode: str) -> None:
    serve = text("allAtOnce", mode).partition("strategy")[0]
    nodes, _ = built(
        serve + scale("wake: {}, schedules: {a: {schedule: 'rate(1 day)', atMost: 3}}", 0)
    )
    (target,), (policy,) = named(nodes, TARGET), named(nodes, POLICY)
    assert target.props["MinCapacity"] == 0
    assert policy.props["StepScalingPolicyConfiguration"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}
    ]
    (alarm,) = (it for it in named(nodes, "AWS::CloudWatch::Alarm") if it.props["AlarmActions"])
    assert alarm.props["Threshold"] == 1
    assert {ref.target for ref in alarm.props["AlarmActions"]} == {policy.address}


@pytest.mark.scenario("R42")
def test_a_zero_is_said() -> None:
    nodes, _ = built(text("allAtOnce", "components"))
    (config,) = named(nodes, "AWS::SageMaker::EndpointConfig")
    (variant,) = config.props["ProductionVariants"]
    assert variant["ManagedInstanceScaling"]["MinInstanceCount"] == 0
    assert "ModelName" not in variant
    assert config.props["ExecutionRoleArn"]


@pytest.mark.scenario("R55")
def test_a_batch_has_no_job_that_is_in_the_way() -> None:
    nodes, platform = built(text("allAtOnce", "batch").partition("strategy")[0])
    assert platform.found == []
    types = {node.address.type for node in nodes}
    assert not any("Endpoint" in each or "Transform" in each for each in types)
    (pipeline,) = named(nodes, "AWS::SageMaker::Pipeline")
    body = pipeline.props["PipelineDefinition"]["PipelineDefinitionBody"].document
    (step,) = body["Steps"]
    assert step["Type"] == "Transform"
    assert "TransformJobName" not in step["Arguments"]
    (model,) = named(nodes, "AWS::SageMaker::Model")
    assert re.fullmatch(r".*-[0-9a-f]{8}", model.address.name)


IMAGES = [
    ("ml.c7g.xlarge", "pytorch-inference:2.3", ["MODE007"]),
    ("ml.c7g.xlarge", "pytorch-inference-graviton:2.3", []),
    ("ml.c7g.xlarge", "fraud:1", []),
    ("ml.m5.xlarge", "pytorch-inference-graviton:2.3", ["MODE007"]),
    ("ml.m5.xlarge", "pytorch-inference:2.3", []),
]


@pytest.mark.parametrize(("type_", "image", "codes"), IMAGES)
def test_an_image_runs_on_its_own_processor(type_: str, image: str, codes: list[str]) -> None:
    serve = REALTIME.replace("ml.c7g.xlarge", type_)
    _, platform = built(rollout(serve, model=FILE.replace("fraud:1", image)))
    assert [each.code for each in platform.found] == codes


@pytest.mark.scenario("R15")
@pytest.mark.parametrize(
    ("strategy", "wrong"),
    [
        ("{size: 25%, bake: 5m, timeout: 9m}", ("strategy.linear.timeout",)),
        ("{size: 25%, bake: 5m, timeout: 481m}", ("strategy.linear.timeout",)),
        ("{size: 25%, bake: 5m, terminationWait: 10m, timeout: 30m}", ("strategy.linear.timeout",)),
        ("{size: 25%, bake: 5m, terminationWait: 10m, timeout: 31m}", ()),
    ],
)
def test_a_timeout_is_longer_than_the_waits_and_goes_out_as_it_is(
    strategy: str, wrong: tuple[str, ...]
) -> None:
    spec = rollout(REALTIME, f"strategy: {{linear: {strategy}}}")
    assert tuple(path for _, path in faults(spec)) == wrong
    if not wrong:
        policy = deployment_props(good("Rollout", spec).strategy, [], 4)["BlueGreenUpdatePolicy"]
        assert policy["MaximumExecutionTimeoutInSeconds"] == 31 * 60


@pytest.mark.scenario("R111")
@pytest.mark.parametrize("strategy", ["blueGreen", "linear", "rolling"])
def test_inf1_gets_no_guardrail_that_it_would_not_have(strategy: str) -> None:
    how = {"blueGreen": "{bake: 5m}"}.get(strategy, "{size: 25%, bake: 5m}")
    spec = rollout(REALTIME.replace("ml.c7g", "ml.inf1"), f"strategy: {{{strategy}: {how}}}")
    assert ("MODE002", "serve.realtime.instanceType") in faults(spec)


def test_a_component_that_begins_without_a_copy_is_told() -> None:
    """AWS makes none, however it scales; one that exists may be brought down to none."""
    none = SERVE["components"].replace("copies: 4", "copies: 0")
    assert "copies: 0" in none
    found = problems("Rollout", rollout(none))
    assert ["without a copy" in each.message for each in found] == [True]
    assert [each.severity for each in found] == [Severity.WARNING]
    assert not problems("Rollout", rollout(SERVE["components"]))
