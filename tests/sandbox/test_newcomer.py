"""A new account: what AWS refuses to it, in the shapes that were seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from reconciler.aws.errors import Closed, translate
from reconciler.sandbox.iam.newcomer import REFUSALS
from reconciler.sandbox.protocol.sessions import signed
from reconciler.sandbox.state.world import WORLD

from .cases import make_config, make_model
from .conformance import keep_bucket

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

SESSION = signed("sandbox")
ONCE = Config(retries={"total_max_attempts": 1})
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "apprunner lists": ("apprunner", "list_services", {}),
    "timestream lists": ("timestream-write", "list_databases", {}),
    "codecommit": ("codecommit", "create_repository", {"repositoryName": "a"}),
    "cloudtrail lake": ("cloudtrail", "create_event_data_store", {"Name": "a-store"}),
    "bedrock agents": ("bedrock-agent", "create_agent", {"agentName": "a"}),
    "a workteam": (
        "sagemaker",
        "create_workteam",
        {
            "WorkteamName": "a",
            "MemberDefinitions": [{"OidcMemberDefinition": {"Groups": ["a"]}}],
            "Description": "a",
        },
    ),
}


def sent(service: str, method: str, given: dict[str, Any]) -> ClientError | None:
    client = SESSION.client(service, region_name="eu-west-1", config=ONCE)
    try:
        getattr(client, method)(**given)
    except ClientError as error:
        return error
    return None


@pytest.mark.parametrize("what", CALLS)
def test_a_new_account_is_refused_and_told_so(aws: Sandbox, what: str) -> None:
    WORLD.newcomer = True
    service, method, given = CALLS[what]
    error = sent(service, method, given)
    assert error is not None
    found = translate(error, f"{service}.{method}")
    assert type(found) is Closed, error
    assert found.row is not None
    assert aws.calls


def test_every_shape_is_told(aws: Sandbox) -> None:
    assert aws.region
    for each in REFUSALS:
        answer: Any = {
            "Error": {"Code": each.code, "Message": each.message},
            "ResponseMetadata": {"HTTPStatusCode": each.status},
        }
        error = ClientError(answer, each.operation)
        assert type(translate(error, f"{each.service}.some_call")) is Closed


def test_an_account_that_is_not_new_is_let_in(aws: Sandbox) -> None:
    error = sent(*CALLS["codecommit"])
    assert error is None, error
    assert not WORLD.newcomer
    WORLD.newcomer = True
    aws.reset()
    assert not WORLD.newcomer


def test_a_member_makes_the_difference(aws: Sandbox) -> None:
    WORLD.newcomer = True
    client = aws.client("sagemaker")
    make_model(client)
    make_config(client)
    explained: dict[str, Any] = {
        "EndpointConfigName": "explained",
        "ProductionVariants": [
            {
                "VariantName": "a",
                "ModelName": "m",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
        ],
        "ExplainerConfig": {
            "ClarifyExplainerConfig": {
                "ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "1,2"}}
            }
        },
    }
    error = sent("sagemaker", "create_endpoint_config", explained)
    assert error is not None
    assert "no longer open to new customers" in str(error)
    names = [
        each["EndpointConfigName"] for each in client.list_endpoint_configs()["EndpointConfigs"]
    ]
    assert "explained" not in names
    assert names


HOOK = {"S3OutputPath": "s3://models/debug"}
ROLE = "arn:aws:iam::123456789012:role/r"
SIZE = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
TRAINS: dict[str, Any] = {
    "AlgorithmSpecification": {"TrainingImage": "x:1", "TrainingInputMode": "File"},
    "RoleArn": ROLE, "OutputDataConfig": {"S3OutputPath": "s3://models/x"},
    "ResourceConfig": SIZE, "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}  # fmt: skip
PROCESSES: dict[str, Any] = {
    "AppSpecification": {"ImageUri": "x:1"}, "RoleArn": ROLE,
    "ProcessingResources": {"ClusterConfig": SIZE},
}  # fmt: skip
STEPS: dict[str, tuple[dict[str, Any], str]] = {
    "a hook": (
        {"Type": "Training", "Arguments": {**TRAINS, "DebugHookConfig": HOOK}},
        "CreateTrainingJob",
    ),
    "a quality check": ({"Type": "QualityCheck", "Arguments": {}}, ""),
    "a bias check": ({"Type": "ClarifyCheck", "Arguments": {}}, ""),
    "a training": ({"Type": "Training", "Arguments": TRAINS}, "none"),
    "a processing": ({"Type": "Processing", "Arguments": PROCESSES}, "none"),
}


@pytest.mark.parametrize("newcomer", [True, False])
@pytest.mark.parametrize("what", STEPS)
def test_a_run_fails_at_the_step_whose_service_is_closed(
    aws: Sandbox, what: str, newcomer: bool
) -> None:
    step, operation = STEPS[what]
    keep_bucket("models")
    first = {"Name": "first", "Type": "Training", "Arguments": TRAINS}
    steps = [first, {"Name": "second", "DependsOn": ["first"], **step}]
    client = aws.client("sagemaker")
    definition = json.dumps({"Version": "2020-12-01", "Steps": steps})
    given = {"PipelineName": "p", "ClientRequestToken": "t" * 32}
    client.create_pipeline(**given, RoleArn=ROLE, PipelineDefinition=definition)
    WORLD.newcomer = newcomer
    at = client.start_pipeline_execution(**given)["PipelineExecutionArn"]
    aws.clock.advance(3600)
    status = client.describe_pipeline_execution(PipelineExecutionArn=at)["PipelineExecutionStatus"]
    steps = client.list_pipeline_execution_steps(PipelineExecutionArn=at)["PipelineExecutionSteps"]
    found = [each for each in steps if each["StepStatus"] != "Succeeded"]
    if not newcomer or operation == "none":
        assert (status, found) == ("Succeeded", [])
        return
    assert (status, [each["StepName"] for each in found]) == ("Failed", ["second"])
    (reason,) = [each["FailureReason"] for each in found]
    assert "is no longer open to new customers" in reason
    assert (f"sagemaker:{operation}" in reason) is bool(operation)
