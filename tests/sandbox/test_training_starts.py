"""A training with its triggers, applied: planned again without a change, started on the clock."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from engine import specs
from engine.platform import Platform, join, spec, steps

from reconciler.sandbox.inprocess import Sandbox

RAW = spec("DataSource", "raw", "{s3: {events: true}}")
TRAINING = """
  algorithm: {{image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1"}}
  parameters: {{key: nothing, depth: 3}}
  inputs: {{train: {{source: raw, path: sets/train}}}}
  compute: {{instanceType: ml.m5.xlarge}}
  output: {{to: raw, path: models/risk}}
  maxParallel: {parallel}
  trigger: {trigger}
"""
BOTH = "{schedule: rate(1 day), newData: {source: raw, path: sets/train}}"
DAY = 86_400


def text(parallel: int = 4, trigger: str = BOTH) -> str:
    body = TRAINING.format(parallel=parallel, trigger=trigger)
    return join(RAW, specs.REGISTRY, spec("Training", "risk", body))


def started(aws: Sandbox) -> list[dict[str, str]]:
    """The parameters of each execution, the oldest first."""
    client = aws.client("sagemaker")
    found = client.list_pipeline_executions(PipelineName="acme-dev-risk")
    told: list[Any] = [
        client.list_pipeline_parameters_for_execution(
            PipelineExecutionArn=each["PipelineExecutionArn"]
        )["PipelineParameters"]
        for each in found["PipelineExecutionSummaries"]
    ]
    return [{it["Name"]: it["Value"] for it in each} for each in told[::-1]]


@pytest.mark.scenario("T24")
@pytest.mark.scenario("T26")
def test_a_schedule_and_a_new_object_start_executions(aws: Sandbox) -> None:
    platform = Platform(aws)
    platform.converge(text())
    assert steps(platform.plan()) == []
    aws.client("s3").put_object(
        Bucket="acme-dev-raw-123456789012", Key="sets/train/a.csv", Body=b"1"
    )
    aws.clock.advance(60)
    assert started(aws) == [{"key": "sets/train/a.csv"}]
    aws.clock.advance(DAY)
    assert started(aws)[1:] == [{}]


@pytest.mark.scenario("T06")
def test_another_parallelism_is_an_update_that_arrives(aws: Sandbox) -> None:
    platform = Platform(aws)
    platform.converge(text(parallel=4))
    platform.text = text(parallel=9)
    plan = platform.plan()
    assert steps(plan) == [("update", "acme-dev-risk")]
    platform.apply(plan)
    live = aws.client("sagemaker").describe_pipeline(PipelineName="acme-dev-risk")
    assert live["ParallelismConfiguration"] == {"MaxParallelExecutionSteps": 9}
    assert steps(platform.plan()) == []


@pytest.mark.scenario("T24")
def test_a_schedule_without_the_list_of_parameters_is_refused_as_by_aws(aws: Sandbox) -> None:
    target = {
        "Arn": "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p",
        "RoleArn": "arn:aws:iam::123456789012:role/r",
    }
    window = {"Mode": "OFF"}
    with pytest.raises(ClientError, match="SageMakerPipelineParameters must be specified"):
        aws.client("scheduler").create_schedule(
            Name="s", ScheduleExpression="rate(1 day)", FlexibleTimeWindow=window, Target=target
        )
