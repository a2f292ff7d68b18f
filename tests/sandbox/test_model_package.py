"""Model package versions, approval, group policies and pipelines' executions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.seed import register_package

from .cases import ARN, PIPELINE, SPECIFICATION, TOKEN
from .conformance import call, refused

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
