"""Keys and sizes of disks, on instances that have some of their own and on others."""

from __future__ import annotations

import json

import pytest

from reconciler.facts.files import read
from reconciler.facts.instances import family, has_gpu, local_storage
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, JsonText
from reconciler.sandbox.protocol.sessions import core

from .rules import found, said
from .specs import world

MODEL = core().get_service_model("sagemaker")
SHAPES = (
    "TrainingInstanceType",
    "ProcessingInstanceType",
    "TransformInstanceType",
    "ProductionVariantInstanceType",
)
UNKNOWN = {"g7"}
"""Families of which nobody has written down whether they have disks of their own."""
OWN = {
    "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200", "g4dn", "g5",
    "g6", "g6e", "g7e", "m5d", "c5d", "r5d", "m6gd", "c6gd", "r6gd", "r7gd", "trn1", "trn1n",
    "trn2", "dl1",
}  # fmt: skip
KEY = "key: {security: platform, key: data}"
TRAINING = """
algorithm: {{image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1"}}
inputs: {{train: {{source: raw}}}}
compute: {{instanceType: {type}{more}}}
output: {{to: artifacts}}
{rest}
"""


def types() -> list[str]:
    return sorted({each for shape in SHAPES for each in MODEL.shape_for(shape).enum})


def training(type_: str, more: str = "", rest: str = KEY) -> dict[tuple[str, str], str]:
    return {("Training", "own"): TRAINING.format(type=type_, more=more, rest=rest)}


def pipeline(step: Json, parameters: tuple[Json, ...] = ()) -> Graph:
    body = {"Parameters": list(parameters), "Steps": [step]}
    address = Address("AWS::SageMaker::Pipeline", "p")
    props = {"PipelineDefinition": {"PipelineDefinitionBody": JsonText(body)}}
    return Graph({address: Node(address, props)})


def test_every_family_that_sagemaker_has_is_known_or_known_to_be_unknown() -> None:
    families = {family(each) for each in types()}
    assert {each for each in families if local_storage(f"ml.{each}.xlarge") is None} == UNKNOWN
    assert {each for each in families if local_storage(f"ml.{each}.xlarge")} == OWN
    assert has_gpu("ml.g5.xlarge")
    assert has_gpu("ml.trn1.2xlarge") is False
    assert local_storage("ml.z9.large") is None


JOBS = {
    "training": lambda it: {"ResourceConfig": it},
    "tuning": lambda it: {"TrainingJobDefinition": {"ResourceConfig": it}},
    "several tunings": lambda it: {"TrainingJobDefinitions": [{"ResourceConfig": it}]},
    "processing": lambda it: {"ProcessingResources": {"ClusterConfig": it}},
    "transform": lambda it: {"TransformResources": it},
}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_with_a_key_is_an_error_on_all_types_with_disks_of_their_own(job: str) -> None:
    for each in types():
        cluster = {"InstanceType": each, "VolumeKmsKeyId": "k"}
        severities = [it.severity for it in found(pipeline(JOBS[job](cluster)), "GRAPH030")]
        assert severities == (["error"] if family(each) in OWN else []), each
        assert not found(pipeline(JOBS[job]({"InstanceType": each})), "GRAPH030")


@pytest.mark.parametrize("member", ["InstanceGroups", "InstanceConfigs"])
def test_each_group_of_a_cluster_counts(member: str) -> None:
    groups = [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.p4d.24xlarge"}]
    cluster = {"ResourceConfig": {member: groups, "VolumeKmsKeyId": "k"}}
    assert len(found(pipeline(cluster), "GRAPH030")) == 1


@pytest.mark.parametrize(
    ("default", "allowed", "severity"),
    [
        ("ml.g5.xlarge", None, ["error"]),
        ("ml.m5.xlarge", None, ["warning"]),
        ("ml.m5.xlarge", ["ml.m5.xlarge", "ml.c6i.xlarge"], []),
        ("ml.m5.xlarge", ["ml.m5.xlarge", "ml.g4dn.xlarge"], ["error"]),
        (None, ["ml.m5.xlarge"], []),
    ],
)
def test_a_parameter_counts_with_its_default_and_all_it_may_be(
    default: str | None, allowed: list[str] | None, severity: list[str]
) -> None:
    parameter = {"Name": "T", "Type": "String", "DefaultValue": default, "EnumValues": allowed}
    given = {name: value for name, value in parameter.items() if value is not None}
    cluster = {"InstanceType": {"Get": "Parameters.T"}, "VolumeKmsKeyId": "k"}
    graph = pipeline({"ResourceConfig": cluster}, (given,))
    assert [it.severity for it in found(graph, "GRAPH030")] == severity


@pytest.mark.parametrize(
    ("type_", "more", "expected"),
    [
        ("ml.g5.xlarge", "", [("error", "Training/own/key")]),
        ("ml.m5.xlarge", "", [("warning", "Training/own/key")]),
        ("ml.m5.xlarge", ", otherInstanceTypes: [ml.m5.large]", []),
        ("ml.m5.xlarge", ", otherInstanceTypes: [ml.p5.48xlarge]", [("error", "Training/own/key")]),
    ],
)
def test_a_training_says_so_at_its_key(
    type_: str, more: str, expected: list[tuple[str, str]]
) -> None:
    here = [it for it in said(training(type_, more), "GRAPH030") if "own" in it[1]]
    assert here == expected
    assert not [it for it in said(training(type_, rest=""), "GRAPH030") if "own" in it[1]]


def test_the_alternatives_are_the_choices_of_an_execution() -> None:
    platform = world(training("ml.m5.xlarge", ", otherInstanceTypes: [ml.m5.large, ml.m5.xlarge]"))
    (node,) = (it for it in platform.build("Training", "own") if "Pipeline" in it.address.type)
    body = node.props["PipelineDefinition"]["PipelineDefinitionBody"].document
    assert body["Parameters"][0]["EnumValues"] == ["ml.m5.xlarge", "ml.m5.large"]


ROLLOUT = """
model: {{image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/s:1", artifact: s3://models/a.tar.gz}}
serve: {{realtime: {{instanceType: {type}, instances: 1{more}}}}}
{rest}
"""


@pytest.mark.parametrize("type_", ["ml.g5.xlarge", "ml.inf2.xlarge", "ml.m5.large", "ml.z9.large"])
@pytest.mark.parametrize("rest", [KEY, ""])
def test_the_key_of_an_endpoint_is_a_warning(type_: str, rest: str) -> None:
    changes = {("Rollout", "own"): ROLLOUT.format(type=type_, more="", rest=rest)}
    expected = [("warning", "Rollout/own/key")] if rest and "g5" in type_ else []
    assert [it for it in said(changes, "GRAPH030") if "own" in it[1]] == expected


@pytest.mark.parametrize(
    ("kind", "type_", "size", "expected"),
    [
        ("Rollout", "ml.g5.xlarge", "100GiB", [("SPEC030", "error")]),
        ("Rollout", "ml.m5.large", "100GiB", []),
        ("Training", "ml.g5.xlarge", "100GiB", [("SPEC040", "warning")]),
        ("Training", "ml.g5.xlarge", "1TiB", [("SPEC030", "error")]),
        ("Training", "ml.g5.xlarge", "", []),
        ("Training", "ml.m5.large", "1TiB", []),
        ("Training", "ml.p6-b200.48xlarge", "1TiB", [("SPEC040", "warning")]),
        ("Training", "ml.z9.large", "1TiB", []),
    ],
)
def test_a_size_that_such_instances_do_not_take(
    kind: str, type_: str, size: str, expected: list[tuple[str, str]]
) -> None:
    template = ROLLOUT if kind == "Rollout" else TRAINING
    more = f", volume: {size}" if size else ""
    spec = template.format(type=type_, more=more, rest="")
    platform = world({(kind, "own"): spec})
    platform.build(kind, "own")
    assert [(it.code, str(it.severity)) for it in platform.found] == expected
    assert all(str(it.at).endswith("volume:1:1") for it in platform.found)


def test_the_table_is_complete_in_itself() -> None:
    families = read("instances.json")["families"]
    assert all({"localStorage", "gpu"} <= set(each) for each in families.values())
    sized = [each for each in families.values() if "gigabytes" in each]
    assert all(each["localStorage"] for each in sized)
    assert json.dumps(families) == json.dumps(dict(sorted(families.items())))


@pytest.mark.parametrize(
    ("more", "rest", "wrong"),
    [
        (", maxRuntime: 2h, spot: {maxWait: 3h}", "", True),
        (", maxRuntime: 2h, spot: {maxWait: 3h}", "checkpoints: true", False),
        (", maxRuntime: 1h, spot: {maxWait: 3h}", "", False),
        (", maxRuntime: 2h", "", False),
    ],
)
def test_a_long_spot_job_without_checkpoints_is_a_warning(
    more: str, rest: str, wrong: bool
) -> None:
    platform = world(training("ml.m5.xlarge", more, rest))
    platform.build("Training", "own")
    assert [it.code for it in platform.found] == ["SPEC041"] * wrong
