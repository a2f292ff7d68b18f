"""Where trainings read and write: never the place of another execution, never Iceberg's files."""

from __future__ import annotations

import itertools
import json

import pytest

from reconciler.access.workloads.definitions import JOB, inside
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, JsonText, resolve
from reconciler.policy.run_places import places

from .rules import found, said
from .specs import world

CODE = "code: {source: artifacts, path: c.tar.gz, entryPoint: t.py, commit: abcdef1}"
TUNE = (
    "tune: {objective: {metric: auc, goal: maximize, regex: 'auc=(.*)'},"
    " ranges: {integer: {depth: {atLeast: 1, atMost: 9}}}, maxJobs: 4}"
)
FEATURES = {
    "code": CODE,
    "checkpoints": "checkpoints: true",
    "tune": TUNE,
    "register": "register: {registry: fraud, instanceTypes: [ml.m5.large]}",
    "network": "network: {subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]}",
    "isolation": "networkIsolation: true",
}
BASE = """
algorithm: {framework: pytorch, version: "2.3"}
inputs: {train: {source: raw, path: train}}
output: {to: artifacts%s}
compute: {instanceType: ml.m5.xlarge%s}
"""
WAYS = (("", ""), (", path: models/x", ", maxRuntime: 1h, spot: {maxWait: 2h}"))
CHOSEN = [
    chosen for size in range(len(FEATURES) + 1) for chosen in itertools.combinations(FEATURES, size)
]
CASES = [(chosen, *WAYS[index % 2]) for index, chosen in enumerate(CHOSEN)]


def document(text: str) -> Json:
    platform = world({("Training", "own"): text})
    (node,) = (it for it in platform.build("Training", "own") if "Pipeline" in it.address.type)
    body = node.props["PipelineDefinition"]["PipelineDefinitionBody"]
    return json.loads(resolve(body, lambda ref: ref.target.name))


def written(body: Json, run: str) -> set[str]:
    """All that an execution writes to."""
    given = {each["Name"]: each.get("DefaultValue") for each in body["Parameters"]}
    steps = [dict(each.arguments) for each in inside(body["Steps"], given, run)]
    return {str(place) for _, place in places({"Steps": steps})}


def test_two_executions_write_to_no_place_twice_whatever_a_training_says() -> None:
    for chosen, path, spot in CASES:
        more = "\n".join(FEATURES[each] for each in chosen)
        body = document(BASE % (path, spot) + more)
        first, second = written(body, "aaaaaaaaaaaa"), written(body, "bbbbbbbbbbbb")
        assert first, chosen
        assert not first & second, chosen
        assert all(it.startswith("s3://") for it in first), chosen
        assert any("/checkpoints/" in it for it in first) == ("checkpoints" in chosen)


def test_the_best_model_of_a_tuning_is_registered_from_where_it_is_written() -> None:
    text = BASE % ("", "") + "\n".join((CODE, TUNE, FEATURES["register"]))
    body = document(text)
    given = {each["Name"]: each["DefaultValue"] for each in body["Parameters"]}
    tuning, registering = inside(body["Steps"], given)
    output = tuning.arguments["TrainingJobDefinition"]["OutputDataConfig"]["S3OutputPath"]
    (container,) = registering.arguments["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == f"{output}/{JOB}/output/model.tar.gz"


def pipeline(arguments: Json, *more: Node) -> Graph:
    address = Address("AWS::SageMaker::Pipeline", "p")
    body = JsonText({"Steps": [{"Name": "s", "Type": "t", "Arguments": arguments}]})
    node = Node(address, {"PipelineDefinition": {"PipelineDefinitionBody": body}})
    return Graph({it.address: it for it in (node, *more)})


PLACES = {
    "a model": lambda it: {"OutputDataConfig": {"S3OutputPath": it}},
    "a tuning's model": lambda it: {
        "TrainingJobDefinition": {"OutputDataConfig": {"S3OutputPath": it}}
    },
    "a checkpoint": lambda it: {"CheckpointConfig": {"S3Uri": it}},
    "a processing": lambda it: {"ProcessingOutputConfig": {"Outputs": [{"S3Output": {"S3Uri": it}}]}},  # noqa: E501
    "a transform": lambda it: {"TransformOutput": {"S3OutputPath": it}},
    "a debugger": lambda it: {"DebugHookConfig": {"S3OutputPath": it}},
    "a profiler": lambda it: {"ProfilerConfig": {"S3OutputPath": it}},
    "a board": lambda it: {"TensorBoardOutputConfig": {"S3OutputPath": it}},
    "a compilation": lambda it: {"OutputConfig": {"S3OutputLocation": it}},
}  # fmt: skip
RUN = {"Std:Join": {"On": "/", "Values": ["s3://b", {"Get": "Execution.PipelineExecutionId"}]}}


@pytest.mark.parametrize("what", PLACES)
def test_a_place_of_all_executions_is_found(what: str) -> None:
    make = PLACES[what]
    assert len(found(pipeline(make("s3://b/x")), "GRAPH031")) == 1
    day = {"Std:Join": {"On": "/", "Values": ["s3://b", {"Get": "Execution.PipelineName"}]}}
    assert len(found(pipeline(make(day)), "GRAPH031")) == 1
    assert not found(pipeline(make(RUN)), "GRAPH031")


GROUP = """
recordId: card
eventTime: at
features: {{card: string, at: fractional}}
offline: {{{offline}}}
"""
READ = """
algorithm: {{image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1"}}
inputs: {{more: {{source: labels}}, cards: {{{channel}}}}}
compute: {{instanceType: ml.m5.xlarge}}
output: {{to: artifacts}}
"""
BUCKET = "acme-test-history2-offline-123456789012"
STORE = "123456789012/sagemaker/eu-west-1/offline-store"


@pytest.mark.parametrize(
    ("offline", "channel", "wrong"),
    [
        ("format: iceberg", "featureGroup: history2", True),
        ("format: glue", "featureGroup: history2", False),
        ("to: artifacts", "featureGroup: history2", True),
        ("to: artifacts", "source: artifacts, path: features", True),
        ("to: artifacts", "source: artifacts, path: feat", True),
        ("to: artifacts", "source: artifacts", True),
        ("to: artifacts", f"source: artifacts, path: features/{STORE}", True),
        ("to: artifacts", f"source: artifacts, path: features/{STORE}/acme-test-hist", True),
        ("to: artifacts", f"source: artifacts, path: features/{STORE}/other-1/data", False),
        ("to: artifacts", "source: artifacts, path: features/by-hand", False),
        ("to: artifacts", "source: artifacts, path: features2", False),
        ("to: artifacts", "source: raw", False),
        ("to: artifacts, format: glue", "source: artifacts, path: features", False),
        ("to: artifacts, path: x", "source: artifacts, path: features", False),
        ("to: artifacts, path: x", "source: artifacts, path: x", True),
        ("format: iceberg", "source: copied", True),
    ],
)
def test_the_files_of_an_iceberg_table_are_no_input(
    offline: str, channel: str, wrong: bool
) -> None:
    changes = {
        ("FeatureGroup", "customer"): GROUP.format(offline="format: glue"),
        ("FeatureGroup", "history2"): GROUP.format(offline=offline),
        ("DataSource", "copied"): f"s3: {{existing: {BUCKET}}}",
        ("Training", "own"): READ.format(channel=channel),
    }
    expected = [("error", "Training/own/inputs/cards")] if wrong else []
    assert said(changes, "GRAPH032") == expected
