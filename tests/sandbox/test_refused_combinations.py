"""Combinations that AWS refuses at once, or that end an execution."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.policy.run_places import places

from .cases import FEATURE_GROUP, PIPELINE, ROLE, VARIANT, make_model
from .conformance import IMAGE, call, keep_bucket, refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

INVALID = "ValidationException"
LOCAL, PLAIN = "ml.g5.xlarge", "ml.m5.xlarge"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SIZE = {"InstanceCount": 1, "VolumeSizeInGB": 30}
OUTPUT = {"S3OutputPath": "s3://models/x"}
STOP = {"MaxRuntimeInSeconds": 3600}


def training(type_: str, **more: str) -> dict[str, Any]:
    return {
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": OUTPUT,
        "ResourceConfig": {"InstanceType": type_, **SIZE, **more},
        "StoppingCondition": STOP,
    }


def processing(type_: str, **more: str) -> dict[str, Any]:
    cluster = {"InstanceType": type_, **SIZE, **more}
    return {
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
    }


def transform(type_: str, **more: str) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://models/in"}}
    return {
        "ModelName": "scorer",
        "TransformInput": {"DataSource": source},
        "TransformOutput": OUTPUT,
        "TransformResources": {"InstanceType": type_, "InstanceCount": 1, **more},
    }


def tuning(type_: str, **more: str) -> dict[str, Any]:
    limits = {"MaxParallelTrainingJobs": 1, "MaxNumberOfTrainingJobs": 1}
    return {
        "HyperParameterTuningJobConfig": {"Strategy": "Random", "ResourceLimits": limits},
        "TrainingJobDefinition": training(type_, **more),
    }


JOBS = {
    "TrainingJob": training,
    "ProcessingJob": processing,
    "TransformJob": transform,
    "HyperParameterTuningJob": tuning,
}


@pytest.mark.parametrize("kind", JOBS)
def test_a_job_with_a_key_for_disks_that_take_none_is_refused(aws: Sandbox, kind: str) -> None:
    client, make = aws.client("sagemaker"), JOBS[kind]
    make_model(client)
    create = getattr(client, f"create_{kind[0].lower()}" + snake(kind[1:]))
    name = {f"{kind}Name": "a"}
    refused(INVALID, "VolumeKmsKeyId", create, **name, **make(LOCAL, VolumeKmsKeyId=KEY))
    create(**name, **make(PLAIN, VolumeKmsKeyId=KEY))
    create(**{f"{kind}Name": "b"}, **make(LOCAL))


def snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


RUN = {"Get": "Execution.PipelineExecutionId"}
PARAMETER = {"Name": "T", "Type": "String", "DefaultValue": PLAIN}


def pipeline(client: Any, *, allowed: list[str] | None = None) -> None:
    arguments = training("", VolumeKmsKeyId=KEY)
    arguments["ResourceConfig"]["InstanceType"] = {"Get": "Parameters.T"}
    where = {"Std:Join": {"On": "/", "Values": ["s3://models/x", RUN]}}
    arguments["OutputDataConfig"] = {"S3OutputPath": where}
    arguments["CheckpointConfig"] = {"S3Uri": where}
    keep_bucket("models")
    definition = {
        "Version": "2020-12-01",
        "Parameters": [PARAMETER | ({"EnumValues": allowed} if allowed else {})],
        "Steps": [{"Name": "Train", "Type": "Training", "Arguments": arguments}],
    }
    PIPELINE.create(client, PipelineDefinition=json.dumps(definition))


def run(aws: Sandbox, *values: str) -> dict[str, Any]:
    client = aws.client("sagemaker")
    given = [{"Name": "T", "Value": value} for value in values]
    started = client.start_pipeline_execution(PipelineName="train", PipelineParameters=given)
    aws.clock.advance(600)
    arn = started["PipelineExecutionArn"]
    return call(client, "DescribePipelineExecution", PipelineExecutionArn=arn)


def test_an_execution_whose_job_is_refused_fails_and_says_why(aws: Sandbox) -> None:
    pipeline(aws.client("sagemaker"))
    assert run(aws)["PipelineExecutionStatus"] == "Succeeded"
    shown = run(aws, LOCAL)
    assert shown["PipelineExecutionStatus"] == "Failed"
    at = {"PipelineExecutionArn": shown["PipelineExecutionArn"]}
    steps = aws.client("sagemaker").list_pipeline_execution_steps(**at)
    assert LOCAL in steps["PipelineExecutionSteps"][0]["FailureReason"]


def test_an_execution_takes_only_what_a_parameter_may_be(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    pipeline(client, allowed=[PLAIN])
    start = client.start_pipeline_execution
    given = [{"Name": "T", "Value": LOCAL}]
    refused(INVALID, "has to be one of", start, PipelineName="train", PipelineParameters=given)
    assert run(aws, PLAIN)["PipelineExecutionStatus"] == "Succeeded"


def test_two_executions_have_places_of_their_own(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    pipeline(client)
    ids = [run(aws)["PipelineExecutionArn"].rpartition("/")[2] for _ in range(2)]
    second, first = (
        {place for _, place in places({"Steps": [_trained(client, each["TrainingJobName"])]})}
        for each in client.list_training_jobs()["TrainingJobSummaries"]
    )
    assert (first, second) == ({f"s3://models/x/{ids[0]}"}, {f"s3://models/x/{ids[1]}"})
    assert not first & second


def _trained(client: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client.describe_training_job(TrainingJobName=name)
    return found


def test_an_endpoint_takes_no_size_for_disks_of_its_own(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    make_model(client)
    create = client.create_endpoint_config
    sized = [VARIANT | {"InstanceType": LOCAL, "VolumeSizeInGB": 100}]
    refused(INVALID, "VolumeSizeInGB", create, EndpointConfigName="a", ProductionVariants=sized)
    keyed = [VARIANT | {"InstanceType": LOCAL}]
    create(EndpointConfigName="a", ProductionVariants=keyed, KmsKeyId=KEY)
    create(EndpointConfigName="b", ProductionVariants=[VARIANT | {"VolumeSizeInGB": 100}])


@pytest.mark.parametrize(
    ("format_", "disabled", "wrong"),
    [("Iceberg", True, True), ("Iceberg", False, False), ("Glue", True, False)],
)
def test_an_iceberg_table_is_in_the_catalog(
    aws: Sandbox, format_: str, disabled: bool, wrong: bool
) -> None:
    client = aws.client("sagemaker")
    offline = {
        "S3StorageConfig": {"S3Uri": "s3://features"},
        "DisableGlueTableCreation": disabled,
        "TableFormat": format_,
    }
    given = {**FEATURE_GROUP.given, "RoleArn": ROLE, "OfflineStoreConfig": offline}
    keep_bucket("features")
    if wrong:
        refused(INVALID, "Iceberg", client.create_feature_group, **given)
    else:
        client.create_feature_group(**given)


@pytest.mark.parametrize(
    ("period", "periods", "needed", "text"),
    [
        (60, 1440, None, ""),
        (60, 1441, None, "across more than"),
        (3600, 168, None, ""),
        (3600, 169, None, "across more than"),
        (86400, 7, None, ""),
        (45, 1, None, "Period"),
        (90, 1, None, "Period"),
        (10, 1, None, ""),
        (60, 3, 3, ""),
        (60, 3, 4, "DatapointsToAlarm"),
    ],
)
def test_the_window_of_an_alarm_is_limited(
    aws: Sandbox, period: int, periods: int, needed: int | None, text: str
) -> None:
    put = aws.client("cloudwatch").put_metric_alarm
    given: dict[str, Any] = {
        "AlarmName": "a",
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocations",
        "Statistic": "Sum",
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "Period": period,
        "EvaluationPeriods": periods,
    }
    given |= {"DatapointsToAlarm": needed} if needed else {}
    if text:
        refused("ValidationError", text, put, **given)
    else:
        put(**given)
