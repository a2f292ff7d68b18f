"""Rules about pipelines: instance types, what EventBridge hands over, what is too long."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import Any

import pytest

from reconciler.facts import offers
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node
from reconciler.model.value import JsonText, Ref
from reconciler.policy.api import load
from reconciler.sandbox.protocol.sessions import core

PIPELINE = Address("AWS::SageMaker::Pipeline", "p")
TYPES, TARGETS, SIZES = "SAGE001", "SAGE002", "SAGE003"


def pipeline(
    arguments: dict[str, Any], *parameters: dict[str, Any], kind: str = "Training"
) -> Node:
    step = {"Name": "A", "Type": kind, "Arguments": arguments}
    body = {"Parameters": list(parameters), "Steps": [step]}
    return Node(PIPELINE, {"PipelineDefinition": {"PipelineDefinitionBody": JsonText(body)}})


def found(code: str, *nodes: Node, region: str = "eu-west-1") -> list[str]:
    graph = Graph({node.address: node for node in nodes}, region=region)
    return [f"{it.severity[0].upper()} {it.message}" for it in load()[code].check(graph)]


def job(holder: str, type_: Any) -> Node:
    return pipeline({holder: {"InstanceType": type_}})


JOBS = {
    "ResourceConfig": "TrainingInstanceType",
    "ClusterConfig": "ProcessingInstanceType",
    "TransformResources": "TransformInstanceType",
}


def test_the_table_has_what_sagemaker_takes() -> None:
    model = core().get_service_model("sagemaker")
    uses = {**JOBS, "ProductionVariants": "ProductionVariantInstanceType"}
    names = ("training", "processing", "transform", "hosting")
    for use, shape in zip(names, uses.values(), strict=True):
        assert offers.types(use) == set(model.shape_for(shape).enum)


def test_the_table_has_the_regions_of_its_source() -> None:
    folder = files("moto") / "ec2" / "resources" / "instance_type_offerings" / "region"
    rows = json.loads(gzip.decompress((folder / "eu-west-1.json.gz").read_bytes()))
    there = {f"ml.{row['InstanceType']}" for row in rows}
    for each in offers.types("training"):
        assert offers.has("eu-west-1", each) in {each in there, None}
        assert offers.has("eu-west-1", each) is not None or not offers.regions(each)


@pytest.mark.parametrize(
    ("holder", "type_", "expected"),
    [
        ("ResourceConfig", "ml.m5.large", ""),
        ("ResourceConfig", "ml.c7g.large", "E SageMaker does not take ml.c7g.large for training"),
        ("ResourceConfig", "ml.m5d.large", "E SageMaker does not take ml.m5d.large for training"),
        ("ClusterConfig", "ml.trn1.2xlarge", "E SageMaker does not take ml.trn1.2xlarge for"),
        ("TransformResources", "ml.t3.medium", "E SageMaker does not take ml.t3.medium for"),
        ("ResourceConfig", "ml.m5.3xlarge", "W ml.m5.3xlarge was not known for training on 2026"),
        ("ResourceConfig", "ml.z9.large", "W ml.z9.large was not known for training on 2026"),
        ("ResourceConfig", "ml.p5.48xlarge", "E eu-west-1 had no ml.p5.48xlarge on 2026-10-27"),
        ("ResourceConfig", "ml.p3.2xlarge", ""),
    ],
)
def test_types_that_are_not_to_be_had(holder: str, type_: str, expected: str) -> None:
    for given in (type_, {"Get": "Parameters.T"}):
        parameter = {"Name": "T", "Type": "String", "DefaultValue": type_}
        node = pipeline({holder: {"InstanceType": given}}, parameter)
        said = found(TYPES, node)
        assert len(said) == bool(expected)
        assert all(each.startswith(expected) for each in said)


def test_each_value_that_a_parameter_may_have_counts() -> None:
    enum = ["ml.m5.large", "ml.c7g.large", "ml.p5.48xlarge"]
    parameter = {"Name": "T", "Type": "String", "DefaultValue": enum[0], "EnumValues": enum}
    node = pipeline({"ResourceConfig": {"InstanceType": {"Get": "Parameters.T"}}}, parameter)
    assert len(found(TYPES, node)) == 2
    assert len(found(TYPES, node, region="us-east-1")) == 1


def test_a_region_that_no_table_has_says_nothing() -> None:
    node = job("ResourceConfig", "ml.p5.48xlarge")
    assert not found(TYPES, node, region="us-gov-west-1")
    assert not found(TYPES, node, region="us-east-1")


def test_endpoints_and_packages_count_too() -> None:
    config = Address("AWS::SageMaker::EndpointConfig", "c")
    variants = {"ProductionVariants": [{"InstanceType": "ml.m5.3xlarge"}]}
    assert len(found(TYPES, Node(config, variants))) == 1
    served = {"InferenceSpecification": {
        "SupportedRealtimeInferenceInstanceTypes": ["ml.p5.48xlarge", "ml.c7g.large"],
        "SupportedTransformInstanceTypes": ["ml.c7g.large"]}}  # fmt: skip
    (said,) = found(TYPES, pipeline(served, kind="RegisterModel"))
    assert said == "E SageMaker does not take ml.c7g.large for transform"


def target(kind: str, arn: Any, parameters: Any) -> Node:
    holder = {} if parameters is None else {
        "SageMakerPipelineParameters": {"PipelineParameterList": parameters}}  # fmt: skip
    one = {"Arn": arn, **holder}
    if kind == "rule":
        return Node(Address("AWS::Events::Rule", "r"), {"Targets": [one]})
    return Node(Address("AWS::Scheduler::Schedule", "s"), {"Target": one})


TRAINED = pipeline(
    {},
    {"Name": "TrainData", "Type": "String"},
    {"Name": "in_data", "Type": "String", "DefaultValue": "x"},
    {"Name": "Size", "Type": "String", "DefaultValue": "s", "EnumValues": ["s", "m"]},
)
ARN = Ref(PIPELINE, "Arn")
DATA = {"Name": "TrainData", "Value": "$.detail.object.key"}


@pytest.mark.scenario("T26")
@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("rule", [DATA], []),
        ("schedule", [DATA], []),
        ("rule", [DATA, {"Name": "in_data", "Value": "a"}],
         ["EventBridge cannot pass a parameter called 'in_data'"]),
        ("schedule", [DATA, {"Name": "in_data", "Value": "a"}], []),
        ("rule", [], ["the pipeline needs 'TrainData', which has no default"]),
        ("rule", [DATA, {"Name": "TrainDat", "Value": "a"}],
         ["the pipeline has no parameter 'TrainDat'; did you mean 'TrainData'?"]),
        ("rule", [DATA, {"Name": "Size", "Value": "l"}], ["'l' is none of the values of 'Size'"]),
        ("rule", [{"Name": "TrainData", "Value": "a" * 1025}],
         ["the value of 'TrainData' has 1,025 characters, and AWS takes 1,024"]),
        ("schedule", [{"Name": "TrainData", "Value": ""}],
         ["the value of 'TrainData' has 0 characters, and AWS takes 1,024"]),
    ],
)  # fmt: skip
def test_parameters_that_do_not_arrive(kind: str, parameters: Any, expected: list[str]) -> None:
    said = [it[2:] for it in found(TARGETS, TRAINED, target(kind, ARN, parameters))]
    assert said == expected


@pytest.mark.scenario("T24")
def test_a_schedule_of_a_pipeline_has_a_list_of_parameters() -> None:
    plain = pipeline({})
    assert len(found(TARGETS, plain, target("schedule", ARN, None))) == 1
    assert not found(TARGETS, plain, target("schedule", ARN, []))
    assert not found(TARGETS, plain, target("rule", ARN, None))
    assert not found(TARGETS, plain, target("schedule", "arn:aws:sqs:eu-west-1:1:q", None))


LONG = {
    "hyperparameter": ({"HyperParameters": {"a": "x" * 2501}}, "HyperParameters a has 2,501"),
    "fixed": ({"StaticHyperParameters": {"a": "x" * 2501}}, "StaticHyperParameters a has 2,501"),
    "name": ({"HyperParameters": {"x" * 257: "a"}}, "HyperParameters has 257 characters"),
    "variable": ({"Environment": {"A": "x" * 513}}, "Environment A has 513"),
    "variable of processing": (
        {"AppSpecification": {}, "Environment": {"A": "x" * 257}}, "Environment A has 257"),
    "argument": (
        {"AppSpecification": {"ContainerArguments": ["a", "x" * 257]}},
        "ContainerArguments 1 has 257"),
    "entry": ({"AppSpecification": {"ContainerEntrypoint": ["x" * 257]}}, "ContainerEntrypoint 0"),
    "joined": (
        {"AppSpecification": {"ContainerArguments": [
            {"Std:Join": {"On": "/", "Values": ["x" * 256, {"Get": "Parameters.A"}]}}]}},
        "ContainerArguments 0 has 257"),
    "many": ({"HyperParameters": {str(i): "" for i in range(101)}}, "HyperParameters has 101"),
    "many of a search": (
        {"StaticHyperParameters": {}, "Environment": {str(i): "" for i in range(49)}},
        "Environment has 49"),
    "expression": (
        {"AlgorithmSpecification": {"MetricDefinitions": [{"Name": "a", "Regex": "x" * 501}]}},
        "MetricDefinitions a has 501"),
}  # fmt: skip


@pytest.mark.scenario("T22")
@pytest.mark.parametrize("name", LONG)
def test_what_is_longer_than_a_step_takes(name: str) -> None:
    arguments, expected = LONG[name]
    (said,) = found(SIZES, pipeline(arguments))
    assert said.startswith(f"E {expected}")


def test_what_is_just_as_long_is_right() -> None:
    arguments = {
        "HyperParameters": {"a" * 256: "x" * 2500},
        "Environment": {"A": "x" * 512},
        "AppSpec": {"ContainerArguments": ["x" * 256]},
        "Containers": [{"Image": "i", "Environment": {"A": "x" * 1024}}],
    }
    assert not found(SIZES, pipeline(arguments))


@pytest.mark.parametrize(
    ("name", "rule", "schedule"),
    [("a", 0, 0), ("a--b", 0, 0), ("a_b", 1, 0), ("-a", 1, 0), ("a-", 1, 0), ("a.b", 1, 1),
     ("a" * 256, 0, 0), ("a" * 257, 1, 1)],
)  # fmt: skip
def test_names_that_eventbridge_passes(name: str, rule: int, schedule: int) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/elsewhere"
    given = [{"Name": name, "Value": "x"}]
    assert len(found(TARGETS, target("rule", arn, given))) == rule
    assert len(found(TARGETS, target("schedule", arn, given))) == schedule
