"""Each step's arguments are what the SageMaker API takes, judged by botocore's own shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.validate import ParamValidator

from reconciler.model.value import Join, Json, JsonText, Ref, resolve
from reconciler.sandbox.protocol.sessions import core

from .specs import world
from .world import named

MODEL = core().get_service_model("sagemaker")
OPERATIONS = {
    "Training": ("CreateTrainingJob", {"TrainingJobName": "x"}),
    "Tuning": ("CreateHyperParameterTuningJob", {"HyperParameterTuningJobName": "x"}),
    "RegisterModel": ("CreateModelPackage", {}),
    "Model": ("CreateModel", {"ModelName": "x"}),
    "Transform": ("CreateTransformJob", {"TransformJobName": "x"}),
    "Processing": ("CreateProcessingJob", {"ProcessingJobName": "x"}),
}
NAMES = ["fraud", "risk", "own-image", "churn", "scored"]


def definition(name: str) -> Json:
    (pipeline,) = named(world().build("Training", name), "AWS::SageMaker::Pipeline")
    text = pipeline.props["PipelineDefinition"]["PipelineDefinitionBody"]
    assert isinstance(text, JsonText)
    return json.loads(resolve(text, _output))


def _output(ref: Ref) -> str:
    if ref.output == "Arn" and ref.target.type == "AWS::IAM::Role":
        return f"arn:aws:iam::123456789012:role/{ref.target.name}"
    return ref.target.name


def steps(of: list[Json]) -> Iterator[Json]:
    for step in of:
        yield step
        if step["Type"] == "Condition":
            yield from steps(step["Arguments"]["IfSteps"] + step["Arguments"]["ElseSteps"])


def filled(value: Json) -> Json:
    """Arguments with a text in the place of each pipeline variable."""
    if isinstance(value, dict):
        if set(value) in ({"Get"}, {"Std:Join"}):
            return "ml.m5.large" if "InstanceType" in str(value) else "s3://bucket/key"
        return {key: filled(item) for key, item in value.items()}
    return [filled(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", NAMES)
def test_arguments_fit_the_api(name: str) -> None:
    for step in steps(definition(name)["Steps"]):
        if step["Type"] not in OPERATIONS:
            continue
        operation, more = OPERATIONS[step["Type"]]
        shape = MODEL.operation_model(operation).input_shape
        report = ParamValidator().validate({**filled(step["Arguments"]), **more}, shape)
        assert report.generate_report() == "", step["Name"]


@pytest.mark.parametrize("name", NAMES)
def test_the_definition_is_a_text_without_marks(name: str) -> None:
    text = json.dumps(definition(name))
    assert definition(name)["Version"] == "2020-12-01"
    assert "$ref" not in text
    assert len(text) < 1_048_576


def test_steps_of_a_tuned_training() -> None:
    found = [(step["Name"], step["Type"]) for step in steps(definition("fraud")["Steps"])]
    assert found == [
        ("Tune", "Tuning"),
        ("GoodEnough", "Condition"),
        ("Register", "RegisterModel"),
        ("NotGoodEnough", "Fail"),
    ]


def test_the_best_job_is_judged_and_registered() -> None:
    _, judge, register, _ = steps(definition("fraud")["Steps"])
    (condition,) = judge["Arguments"]["Conditions"]
    best = "Steps.Tune.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric.Value"
    assert condition["LeftValue"] == {"Get": best}
    (container,) = register["Arguments"]["InferenceSpecification"]["Containers"]
    place = "Steps.Tune.TrainingJobDefinition.OutputDataConfig.S3OutputPath"
    assert container["ModelDataUrl"]["Std:Join"]["Values"][0] == {"Get": place}


def test_metrics_of_a_script_are_found_in_its_log() -> None:
    train = definition("risk")["Steps"][0]["Arguments"]
    assert train["AlgorithmSpecification"]["MetricDefinitions"] == [
        {"Name": "train:loss", "Regex": "loss=([0-9.]+)"},
        {"Name": "loss", "Regex": "val_loss=([0-9.]+)"},
    ]


def test_hyperparameters_of_a_script_are_json_texts() -> None:
    values = definition("risk")["Steps"][0]["Arguments"]["HyperParameters"]
    assert {name: json.loads(value) for name, value in values.items()} == {
        "epochs": 30,
        "amp": True,
        "optimizer": "adam",
        "sagemaker_program": "src/train.py",
        "sagemaker_submit_directory": "s3://acme-test-artifacts-123456789012/code/risk-4f2c9e1.tar.gz",
        "sagemaker_region": "eu-west-1",
    }


def test_hyperparameters_of_a_built_in_algorithm_are_plain() -> None:
    tuning = definition("fraud")["Steps"][0]["Arguments"]
    values = tuning["TrainingJobDefinition"]["StaticHyperParameters"]
    assert values == {
        "objective": "binary:logistic",
        "num_round": "400",
        "scale_pos_weight": "480.5",
    }


def test_every_joined_text_is_flat() -> None:
    def joins(value: Json) -> Iterator[Join]:
        if isinstance(value, Join):
            yield value
        elif isinstance(value, dict):
            for item in value.values():
                yield from joins(item)
        elif isinstance(value, list | tuple):
            for item in value:
                yield from joins(item)
        elif isinstance(value, JsonText):
            yield from joins(value.document)

    for node in world().build_all():
        for join in joins(node.props):
            assert not any(isinstance(part, Join) for part in join.parts)
