"""Runs of pipelines: whether the roles that were compiled for them may do each step's work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from crash.scene import Saved
from engine import specs
from engine.platform import Platform, join, spec

from reconciler.sandbox.iam import principals
from reconciler.sandbox.inprocess import ACCOUNT, Sandbox, sandbox
from reconciler.sandbox.state.trainings import Script
from reconciler.sandbox.state.world import WORLD

from .test_guard import TRUST

TRAINING = spec(
    "Training",
    "risk",
    """
  algorithm: {image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1"}
  inputs:
    train: {source: raw, path: sets/train}
  compute: {instanceType: ml.m5.xlarge}
  output: {to: raw, path: models/risk}
  metrics: {"validation:auc": "auc=([0-9.]+)"}
  log: {experiments: {}}
  register:
    registry: fraud
    when: [{metric: "validation:auc", atLeast: 0.8}]
    approval: manual
    contentTypes: [text/csv]
    responseTypes: [text/csv]
    instanceTypes: [ml.m5.large]
""",
)
PIPELINE, JOBS = "acme-dev-risk-pipeline", "acme-dev-risk-training"
RAW = "acme-dev-raw-123456789012"


@pytest.fixture(scope="module")
def applied() -> Iterator[tuple[Sandbox, Saved]]:
    """A platform with a training, applied once."""
    with sandbox() as found:
        Platform(found).converge(join(specs.RAW, specs.REGISTRY, TRAINING))
        found.client("s3").put_object(Bucket=RAW, Key="sets/train/part-0.csv", Body=b"1,2")
        yield found, Saved(found)


@pytest.fixture
def aws(applied: tuple[Sandbox, Saved]) -> Sandbox:
    found, saved = applied
    saved.back()
    found.trainings.scripts[:] = [Script("*", metrics={"validation:auc": 0.9})]
    return found


def platform(aws: Sandbox) -> tuple[Any, dict[str, dict[str, Any]]]:
    """SageMaker, and the policies of the platform's roles, by the role's name."""
    found = {}
    for name in (PIPELINE, JOBS):
        held = principals.role_of(name, ACCOUNT)
        assert held is not None, name
        found[name] = {each: json.loads(text) for each, text in held.policies.items()}
    return aws.client("sagemaker"), found


def without(aws: Sandbox, name: str, policies: dict[str, Any], *actions: str) -> None:
    """Take actions from a role."""
    for called, policy in policies.items():
        for statement in policy["Statement"]:
            listed = [each for each in statement["Action"] if each not in actions]
            statement["Action"] = listed or ["sns:Nothing"]
        aws.client("iam").put_role_policy(
            RoleName=name, PolicyName=called, PolicyDocument=json.dumps(policy)
        )


def ran(aws: Sandbox, **more: Any) -> tuple[str, str, list[tuple[str, str]]]:
    """How a run ends: its status, its reason, and the steps that failed with theirs."""
    client = aws.client("sagemaker")
    (found,) = client.list_pipelines()["PipelineSummaries"]
    at = {
        "PipelineExecutionArn": client.start_pipeline_execution(
            PipelineName=found["PipelineName"], ClientRequestToken="t" * 32, **more
        )["PipelineExecutionArn"]
    }
    begun = client.list_pipeline_execution_steps(**at)["PipelineExecutionSteps"]
    assert {each["StepStatus"] for each in begun} <= {"Executing"}
    aws.clock.advance(3600)
    run = client.describe_pipeline_execution(**at)
    steps = client.list_pipeline_execution_steps(**at)["PipelineExecutionSteps"]
    bad = [each for each in steps if each["StepStatus"] != "Succeeded"]
    reasons = [(each["StepStatus"], each["FailureReason"]) for each in bad]
    return run["PipelineExecutionStatus"], run.get("FailureReason", ""), reasons


def test_a_run_whose_roles_may_do_its_work_succeeds(aws: Sandbox) -> None:
    platform(aws)

    assert ran(aws) == ("Succeeded", "", [])


def test_a_run_goes_on_from_the_step_that_failed_once_its_role_may(aws: Sandbox) -> None:
    client, policies = platform(aws)
    without(aws, PIPELINE, deepcopy(policies[PIPELINE]), "sagemaker:CreateModelPackage")
    (found,) = client.list_pipelines()["PipelineSummaries"]
    name, token = found["PipelineName"], "t" * 32
    started = client.start_pipeline_execution(PipelineName=name, ClientRequestToken=token)
    at = {"PipelineExecutionArn": started["PipelineExecutionArn"]}
    aws.clock.advance(3600)
    assert client.describe_pipeline_execution(**at)["PipelineExecutionStatus"] == "Failed"
    for called, policy in policies[PIPELINE].items():
        aws.client("iam").put_role_policy(
            RoleName=PIPELINE, PolicyName=called, PolicyDocument=json.dumps(policy)
        )
    client.retry_pipeline_execution(**at, ClientRequestToken=token)
    with pytest.raises(client.exceptions.ClientError, match="cannot be retried"):
        client.retry_pipeline_execution(**at, ClientRequestToken="u" * 32)
    aws.clock.advance(3600)
    told = client.describe_pipeline_execution(**at)
    assert (told["PipelineExecutionStatus"], "FailureReason" in told) == ("Succeeded", False)
    steps = client.list_pipeline_execution_steps(**at, SortOrder="Ascending")
    tries = [each["AttemptCount"] for each in steps["PipelineExecutionSteps"]]
    assert (tries[0], tries[-1]) == (1, 2)


@pytest.mark.parametrize(
    ("who", "lacks", "said"),
    [
        (PIPELINE, "sagemaker:CreateTrainingJob", "Failed to invoke sagemaker:CreateTrainingJob"),
        (PIPELINE, "iam:PassRole", "Failed to invoke sagemaker:CreateTrainingJob"),
        (PIPELINE, "sagemaker:CreateModelPackage", "sagemaker:CreateModelPackage. Error Details"),
        (JOBS, "s3:GetObject", "ClientError: User: "),
        (JOBS, "s3:PutObject", "ClientError: User: "),
        (JOBS, "ecr:BatchGetImage", "ClientError: User: "),
    ],
)
def test_a_run_fails_at_the_step_that_a_role_may_not_do(
    aws: Sandbox, who: str, lacks: str, said: str
) -> None:
    _, policies = platform(aws)
    without(aws, who, policies[who], lacks)

    status, reason, steps = ran(aws)

    assert (status, reason) == ("Failed", "Step failure: One or multiple steps failed.")
    ((ended, why),) = steps
    assert ended == "Failed"
    assert said in why
    assert f"is not authorized to perform: {lacks} on resource" in why


def test_a_run_without_logs_still_succeeds(aws: Sandbox) -> None:
    _, policies = platform(aws)
    without(aws, JOBS, policies[JOBS], "logs:PutLogEvents", "cloudwatch:PutMetricData")

    assert ran(aws)[0] == "Succeeded"


def test_a_run_whose_role_nobody_may_take_fails_before_its_first_step(aws: Sandbox) -> None:
    platform(aws)
    aws.client("iam").update_assume_role_policy(RoleName=PIPELINE, PolicyDocument=json.dumps(TRUST))

    status, reason, steps = ran(aws)

    assert (status, steps) == ("Failed", [])
    assert "is not authorized to perform: sts:AssumeRole" in reason


def test_nobody_judges_where_iam_is_off(aws: Sandbox) -> None:
    _, policies = platform(aws)
    without(aws, PIPELINE, policies[PIPELINE], "sagemaker:CreateTrainingJob")
    WORLD.iam = "off"

    assert ran(aws)[0] == "Succeeded"
