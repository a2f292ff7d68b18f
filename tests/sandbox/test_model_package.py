"""Model package versions, approval, group policies and pipelines' executions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.seed import register_package
from reconciler.sandbox.services.sagemaker import model_package
from reconciler.sandbox.services.sagemaker.store import Call

from .cases import ARN, PIPELINE, SPECIFICATION, TOKEN
from .conformance import ACCOUNT, call, refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

GROUP = {"ModelPackageGroupName": "fraud"}
INVALID = "ValidationException"


def versions(client: Any, **filters: Any) -> list[int]:
    found = call(client, "ListModelPackages", **GROUP, **filters)["ModelPackageSummaryList"]
    return [item["ModelPackageVersion"] for item in found]


def test_versions_are_numbered_from_one_and_never_used_again(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    arns = [register_package(client, "fraud") for _ in range(3)]
    assert arns == [f"{ARN}:model-package/fraud/{number}" for number in (1, 2, 3)]
    call(client, "DeleteModelPackage", ModelPackageName=arns[2])
    assert register_package(client, "fraud") == f"{ARN}:model-package/fraud/4"
    assert versions(client) == [1, 2, 4]


def test_versions_are_filtered_by_approval_and_sorted(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    for approved in (True, False, True):
        register_package(client, "fraud", approved=approved)
    newest_first = {"SortBy": "CreationTime", "SortOrder": "Descending"}
    assert versions(client, ModelApprovalStatus="Approved", **newest_first) == [3, 1]
    assert versions(client, ModelApprovalStatus="PendingManualApproval") == [2]


def test_approval_and_metadata_change(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    arn = register_package(client, "fraud", approved=False, metadata={"a": "1", "b": "2"})
    call(
        client,
        "UpdateModelPackage",
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved",
        ApprovalDescription="looks good",
        CustomerMetadataProperties={"c": "3"},
        CustomerMetadataPropertiesToRemove=["a"],
    )
    shown = call(client, "DescribeModelPackage", ModelPackageName=arn)
    assert shown["ModelApprovalStatus"] == "Approved"
    assert shown["ApprovalDescription"] == "looks good"
    assert shown["CustomerMetadataProperties"] == {"b": "2", "c": "3"}
    assert shown["LastModifiedTime"] > shown["CreationTime"]


def test_versions_are_described_in_batches(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    arn, missing = register_package(client, "fraud"), f"{ARN}:model-package/fraud/9"
    found = call(client, "BatchDescribeModelPackage", ModelPackageArnList=[arn, missing])
    assert list(found["ModelPackageSummaries"]) == [arn]
    assert list(found["BatchDescribeModelPackageErrorMap"]) == [missing]


def test_a_repeated_token_makes_no_second_version(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    client.create_model_package_group(**GROUP)
    given = {**GROUP, "InferenceSpecification": SPECIFICATION, "ClientToken": TOKEN}
    arns = {client.create_model_package(**given)["ModelPackageArn"] for _ in range(2)}
    assert len(arns) == 1


def test_a_group_with_versions_cannot_be_deleted(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    arn = register_package(client, "fraud")
    refused("ConflictException", "not empty", client.delete_model_package_group, **GROUP)
    client.delete_model_package(ModelPackageName=arn)
    client.delete_model_package_group(**GROUP)


def test_a_version_of_a_missing_group_is_refused(aws: Sandbox) -> None:
    make = aws.client("sagemaker").create_model_package
    refused(INVALID, "does not exist.", make, **GROUP, InferenceSpecification=SPECIFICATION)


def test_a_group_policy_is_put_read_and_deleted(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    read = client.get_model_package_group_policy
    refused(INVALID, "Cannot find Model Package Group", read, **GROUP)
    client.create_model_package_group(**GROUP)
    refused(INVALID, "Cannot find resource policy", read, **GROUP)
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    call(client, "PutModelPackageGroupPolicy", **GROUP, ResourcePolicy=policy)
    assert call(client, "GetModelPackageGroupPolicy", **GROUP) == {"ResourcePolicy": policy}
    call(client, "DeleteModelPackageGroupPolicy", **GROUP)
    refused(INVALID, "Cannot find resource policy", read, **GROUP)
    bad = client.put_model_package_group_policy
    refused(INVALID, "not valid JSON", bad, **GROUP, ResourcePolicy="{")


def test_a_pipeline_update_replaces_what_is_given_and_keeps_the_rest(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    PIPELINE.create(client)
    definition = json.dumps({"Version": "2020-12-01", "Steps": [], "Metadata": {}})
    call(client, "UpdatePipeline", PipelineName="train", PipelineDefinition=definition)
    shown = PIPELINE.describe(client)
    assert (shown["PipelineDefinition"], shown["PipelineDescription"]) == (definition, "Trains")
    bad = client.update_pipeline
    refused(INVALID, "not valid JSON", bad, PipelineName="train", PipelineDefinition="{")


def test_a_pipeline_definition_is_read_from_s3(aws: Sandbox) -> None:
    client, s3 = aws.client("sagemaker"), aws.client("s3")
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    s3.create_bucket(Bucket="definitions", **where)
    s3.put_object(Bucket="definitions", Key="train.json", Body=b'{"Steps": []}')
    given = {key: value for key, value in PIPELINE.given.items() if key != "PipelineDefinition"}
    location = {"Bucket": "definitions", "ObjectKey": "train.json"}
    client.create_pipeline(**given, PipelineDefinitionS3Location=location)
    assert PIPELINE.describe(client)["PipelineDefinition"] == '{"Steps": []}'
    location["ObjectKey"] = "nope.json"
    update = client.update_pipeline
    where_ = {"PipelineName": "train", "PipelineDefinitionS3Location": location}
    refused(INVALID, "Cannot read", update, **where_)


def test_pipelines_are_listed_by_prefix(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    for name in ("train-a", "score-a", "train-b"):
        PIPELINE.create(client, PipelineName=name)
    found = call(client, "ListPipelines", PipelineNamePrefix="train", SortBy="Name")
    names = [item["PipelineName"] for item in found["PipelineSummaries"]]
    assert sorted(names) == ["train-a", "train-b"]


def test_an_execution_runs_and_succeeds_and_blocks_deletion_meanwhile(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    aws.clock.configure(mode="manual")
    rows = {"Name": "rows", "Type": "Integer", "DefaultValue": 1}
    body = {"Version": "2020-12-01", "Parameters": [rows], "Steps": []}
    PIPELINE.create(client, PipelineDefinition=json.dumps(body))
    parameters = [{"Name": "rows", "Value": "10"}]
    started = call(
        client, "StartPipelineExecution", PipelineName="train", PipelineParameters=parameters
    )
    arn = started["PipelineExecutionArn"]
    shown = call(client, "DescribePipelineExecution", PipelineExecutionArn=arn)
    assert shown["PipelineExecutionStatus"] == "Executing"
    refused("ConflictException", "running", client.delete_pipeline, PipelineName="train")
    aws.clock.advance(600)
    (listed,) = call(client, "ListPipelineExecutions", PipelineName="train")[
        "PipelineExecutionSummaries"
    ]
    assert (listed["PipelineExecutionArn"], listed["PipelineExecutionStatus"]) == (arn, "Succeeded")
    shown = call(client, "ListPipelineParametersForExecution", PipelineExecutionArn=arn)
    assert shown["PipelineParameters"] == parameters
    client.delete_pipeline(PipelineName="train")


def test_a_repeated_request_token_makes_no_second_pipeline_or_execution(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    arns = {PIPELINE.create(client, ClientRequestToken=TOKEN)["PipelineArn"] for _ in range(2)}
    start = {"PipelineName": "train", "ClientRequestToken": TOKEN}
    runs = {client.start_pipeline_execution(**start)["PipelineExecutionArn"] for _ in range(2)}
    assert (len(arns), len(runs)) == (1, 1)


def test_each_change_of_a_version_is_an_event(aws: Sandbox) -> None:
    client, logs = aws.client("sagemaker"), aws.client("logs")
    logs.create_log_group(logGroupName="told")
    target = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:told"
    pattern = {"source": ["aws.sagemaker"], "detail": {"ModelApprovalStatus": ["Approved"]}}
    aws.client("events").put_rule(Name="r", EventPattern=json.dumps(pattern))
    aws.client("events").put_targets(Rule="r", Targets=[{"Id": "l", "Arn": target}])
    arn = register_package(client, "fraud", approved=False)
    stage = {"Stage": "Staging", "StageStatus": "Approved"}
    given = {"ModelPackageArn": arn, "ModelLifeCycle": stage}
    call(client, "UpdateModelPackage", **given, ModelApprovalStatus="Approved")
    aws.clock.advance(1)
    (event,) = logs.filter_log_events(logGroupName="told")["events"]
    told = json.loads(event["message"])
    assert told["detail-type"] == "SageMaker Model Package State Change"
    assert told["detail"]["ModelPackageVersion"] == 1
    assert told["detail"]["ModelLifeCycle"] == stage
    listed = call(client, "ListModelPackages", **GROUP)["ModelPackageSummaryList"]
    assert listed[0]["ModelLifeCycle"] == stage
    found = call(client, "BatchDescribeModelPackage", ModelPackageArnList=[arn])
    assert "ModelLifeCycle" not in found["ModelPackageSummaries"][arn]


@pytest.mark.scenario("T29", "T30", "T40", "T72")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Missing ARN"),
        ({**GROUP, "ModelPackageName": "x"}, "either"),
        ({**GROUP, "Tags": [{"Key": "a", "Value": "b"}]}, "Tags cannot be provided"),
        ({"ModelPackageName": "x"}, "are required for unversioned"),
    ],
)
def test_a_package_is_a_version_or_has_a_name(aws: Sandbox, given: Any, said: str) -> None:
    client = aws.client("sagemaker")
    register_package(client, "fraud")
    make = client.create_model_package
    refused(INVALID, said, make, InferenceSpecification=SPECIFICATION, **given)
    assert call(client, "ListModelPackages")["ModelPackageSummaryList"] == []
    (listed,) = call(client, "ListModelPackages", ModelPackageType="Versioned")[
        "ModelPackageSummaryList"
    ]
    assert "ModelPackageName" not in listed or listed["ModelPackageArn"].endswith("fraud/1")


def test_metadata_and_specifications_have_a_most(aws: Sandbox) -> None:
    client = aws.client("sagemaker")
    arn = register_package(client, "fraud", metadata={f"k{n}": "v" for n in range(49)})
    update = client.update_model_package
    more = {"a": "1", "b": "2"}
    given = {"ModelPackageArn": arn, "CustomerMetadataProperties": more}
    refused(INVALID, "50 customer metadata", update, **given)
    call(client, "UpdateModelPackage", **given, CustomerMetadataPropertiesToRemove=["k0"])
    extra = {"Name": "x", "Containers": SPECIFICATION["Containers"]}
    many = [{**extra, "Name": f"x{number}"} for number in range(15)]
    added = {"ModelPackageArn": arn, "AdditionalInferenceSpecificationsToAdd": many}
    call(client, "UpdateModelPackage", **added)
    added["AdditionalInferenceSpecificationsToAdd"] = [extra]
    refused(INVALID, "15 additional", update, **added)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_version_of_another_account_is_there_by_the_policy_of_its_group(
    aws: Sandbox, allowed: bool
) -> None:
    client, theirs = aws.client("sagemaker"), "210987654321"
    arn = register_package(client, "fraud")
    if allowed:
        statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{theirs}:root"},
                     "Action": ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"],
                     "Resource": [arn, f"{ARN}:model-package-group/fraud"]}  # fmt: skip
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        call(client, "PutModelPackageGroupPolicy", **GROUP, ResourcePolicy=policy)
    there = Call(sagemaker_backends[theirs]["eu-west-1"], {"ModelPackageName": arn})
    listed = Call(there.backend, {"ModelPackageGroupName": f"{ARN}:model-package-group/fraud"})
    if allowed:
        assert model_package.describe(there)["ModelPackageArn"] == arn
        assert len(model_package.list_(listed)["ModelPackageSummaryList"]) == 1
        return
    for asked, operation in ((there, model_package.describe), (listed, model_package.list_)):
        with pytest.raises(Refused, match="no resource-based policy"):
            operation(asked)
