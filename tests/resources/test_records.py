"""What single records know: updates, not-found answers, rollbacks, tokens."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.change import (
    Action,
    Change,
    Effect,
    FieldChange,
    Observed,
    Reason,
    Status,
)
from reconciler.model.value import UNKNOWN, Ref
from reconciler.resources.api import load
from reconciler.resources.permissions import permission

from .samples import FEATURES, PLACE, SAMPLES

NEW = {"FeatureName": "age", "FeatureType": "Integral"}
TTL = {"Unit": "Days", "Value": 60}
DEFINITION = {"Steps": []}
MANY = [{"FeatureName": f"f{number}", "FeatureType": "String"} for number in range(120)]
BUDGET = SAMPLES["AWS::Budgets::Budget"]


OUTPUTS = {"EndpointArn": "arn", "LastModifiedTime": "2026-11-23 07:00"}
NOTED = [
    {"Key": "moorline:attempted", "Value": "b"},
    {"Key": "moorline:attempt-base", "Value": "a 2026-11-23T07:00 1"},
]


def updated(type_: str, live: dict[str, Any], desired: dict[str, Any]) -> list[tuple[str, Any]]:
    """The requests that lead from one state to another."""
    touched = tuple(
        FieldChange((prop,), live.get(prop), desired[prop], Effect.IN_PLACE)
        for prop in desired
        if live.get(prop) != desired[prop]
    )
    address = SAMPLES[type_].address
    change = Change(
        address, Action.UPDATE, Reason.DIFFERS, desired, Observed(live, OUTPUTS), touched
    )
    return [(request.method, request.params) for request in load()[type_].update(change)]


UPDATES: dict[str, tuple[str, dict[str, Any], dict[str, Any], list[tuple[str, Any]]]] = {
    "a feature is added": (
        "AWS::SageMaker::FeatureGroup",
        {"FeatureDefinitions": FEATURES},
        {"FeatureDefinitions": [*FEATURES, NEW]},
        [("update_feature_group", {"FeatureAdditions": [NEW]})],
    ),
    "a hundred features at most in one request": (
        "AWS::SageMaker::FeatureGroup",
        {"FeatureDefinitions": []},
        {"FeatureDefinitions": MANY},
        [
            ("update_feature_group", {"FeatureAdditions": MANY[:100]}),
            ("update_feature_group", {"FeatureAdditions": MANY[100:]}),
        ],
    ),
    "one kind of update in one request": (
        "AWS::SageMaker::FeatureGroup",
        {"FeatureDefinitions": FEATURES, "OnlineStoreConfig": {}},
        {
            "FeatureDefinitions": [*FEATURES, NEW],
            "OnlineStoreConfig": {"TtlDuration": TTL},
            "ThroughputConfig": {"ThroughputMode": "OnDemand"},
        },
        [
            ("update_feature_group", {"FeatureAdditions": [NEW]}),
            ("update_feature_group", {"OnlineStoreConfig": {"TtlDuration": TTL}}),
            ("update_feature_group", {"ThroughputConfig": {"ThroughputMode": "OnDemand"}}),
        ],
    ),
    "an endpoint moves and is told how": (
        "AWS::SageMaker::Endpoint",
        {"EndpointConfigName": "a"},
        {"EndpointConfigName": "b", "RetainAllVariantProperties": True},
        [
            ("add_tags", {"ResourceArn": "arn", "Tags": NOTED}),
            ("update_endpoint", {"EndpointConfigName": "b", "RetainAllVariantProperties": True}),
        ],
    ),
    "how to deploy is no change by itself": (
        "AWS::SageMaker::Endpoint",
        {"EndpointConfigName": "a"},
        {"EndpointConfigName": "a", "RetainAllVariantProperties": True},
        [],
    ),
    "an alarm is sent whole, without its tags": (
        "AWS::CloudWatch::Alarm",
        {"Threshold": 1, "Period": 60},
        {"Threshold": 2, "Period": 60, "Tags": []},
        [("put_metric_alarm", {"Threshold": 2, "Period": 60})],
    ),
    "tags alone are no put of an alarm": (
        "AWS::CloudWatch::Alarm",
        {"Threshold": 1},
        {"Threshold": 1, "Tags": [{"Key": "a", "Value": "b"}]},
        [],
    ),
    "a role's trust": (
        "AWS::IAM::Role",
        {"AssumeRolePolicyDocument": {"a": 1}},
        {"AssumeRolePolicyDocument": {"a": 2}},
        [("update_assume_role_policy", {"PolicyDocument": '{"a":2}'})],
    ),
    "a role keeps its description when its limit changes": (
        "AWS::IAM::Role",
        {"Description": "a", "MaxSessionDuration": 1},
        {"Description": "a", "MaxSessionDuration": 2},
        [("update_role", {"Description": "a", "MaxSessionDuration": 2})],
    ),
    "a boundary is taken off": (
        "AWS::IAM::Role",
        {"PermissionsBoundary": "arn"},
        {"PermissionsBoundary": ""},
        [("delete_role_permissions_boundary", {})],
    ),
    "a topic has one call for each attribute": (
        "AWS::SNS::Topic",
        {},
        {"DisplayName": "a", "ContentBasedDeduplication": True, "TopicPolicy": {"a": 1}},
        [
            (
                "set_topic_attributes",
                {"AttributeName": "ContentBasedDeduplication", "AttributeValue": "true"},
            ),
            ("set_topic_attributes", {"AttributeName": "DisplayName", "AttributeValue": "a"}),
            ("set_topic_attributes", {"AttributeName": "Policy", "AttributeValue": '{"a":1}'}),
        ],
    ),
    "a budget is sent whole, under another name": (
        "AWS::Budgets::Budget",
        {"Budget": {"BudgetLimit": {"Amount": 1, "Unit": "USD"}}},
        {"Budget": {"BudgetLimit": {"Amount": 2.5, "Unit": "USD"}}},
        [
            (
                "update_budget",
                {
                    "AccountId": Ref(BUDGET.address, "AccountId"),
                    "NewBudget": {
                        "BudgetName": BUDGET.name,
                        "BudgetLimit": {"Amount": "2.5", "Unit": "USD"},
                    },
                },
            )
        ],
    ),
    "a pipeline is sent whole": (
        "AWS::SageMaker::Pipeline",
        {"PipelineDescription": "a"},
        {
            "PipelineDescription": "b",
            "PipelineDefinition": {"PipelineDefinitionBody": DEFINITION},
        },
        [
            (
                "update_pipeline",
                {"PipelineDescription": "b", "PipelineDefinition": '{"Steps":[]}'},
            )
        ],
    ),
    "a key's description": (
        "AWS::KMS::Key",
        {"Description": "a"},
        {"Description": "b"},
        [("update_key_description", {"Description": "b"})],
    ),
}


@pytest.mark.parametrize("case", UPDATES)
def test_an_update_yields_its_requests(case: str) -> None:
    type_, live, desired, expected = UPDATES[case]
    assert updated(type_, live, desired) == expected


ENDPOINT = "AWS::SageMaker::Endpoint"
CONFIG = "AWS::SageMaker::EndpointConfig"
NO_ENDPOINT = 'Could not find endpoint "arn:aws:sagemaker:eu-west-1:1:endpoint/a".'
NO_CONFIG = (
    'Could not find endpoint configuration "arn:aws:sagemaker:eu-west-1:1:endpoint-config/a".'
)
ABSENT = [
    (ENDPOINT, "ValidationException", NO_ENDPOINT, True),
    (ENDPOINT, "ValidationException", NO_CONFIG, False),
    (CONFIG, "ValidationException", NO_CONFIG, True),
    (CONFIG, "ValidationException", NO_ENDPOINT, False),
    (ENDPOINT, "ValidationException", "1 validation error detected", False),
    ("AWS::SageMaker::Model", "ValidationException", 'Could not find model "a".', True),
    ("AWS::SageMaker::FeatureGroup", "ResourceNotFound", "Resource Not Found", True),
    (
        "AWS::SageMaker::ModelPackageGroup",
        "ValidationException",
        "ModelPackageGroup arn:aws:sagemaker:eu-west-1:1:model-package-group/a does not exist.",
        True,
    ),
    ("AWS::SageMaker::Pipeline", "ResourceNotFound", "Pipeline 'a' does not exist.", True),
    ("AWS::S3::Bucket", "404", "Not Found", True),
    ("AWS::S3::Bucket", "403", "Forbidden", False),
    ("AWS::S3::Bucket", "301", "Moved Permanently", False),
    ("AWS::KMS::Key", "NotFoundException", "Alias is not found.", True),
    ("AWS::KMS::Key", "KMSInvalidStateException", "is pending deletion", False),
    ("AWS::IAM::Role", "NoSuchEntity", "The role cannot be found.", True),
    ("AWS::IAM::Role", "NoSuchEntityException", "The role cannot be found.", True),
    ("AWS::SNS::Topic", "NotFound", "Topic does not exist", True),
    ("AWS::Budgets::Budget", "NotFoundException", "Unable to get budget", True),
]


@pytest.mark.parametrize(("type_", "code", "message", "expected"), ABSENT)
def test_only_the_documented_answer_means_absent(
    type_: str, code: str, message: str, expected: bool
) -> None:
    assert any(item.matches(code, message) for item in load()[type_].absent) is expected


PASSING = [
    (
        "AWS::SageMaker::Model",
        "Could not assume role arn:aws:iam::1:role/a. Please ensure that the role exists.",
    ),
    ("AWS::SageMaker::FeatureGroup", "The execution role ARN is invalid."),
    (ENDPOINT, NO_CONFIG),
    (ENDPOINT, "Cannot update in-progress endpoint"),
]


@pytest.mark.parametrize(("type_", "message"), PASSING)
def test_what_spreads_slowly_is_tried_again(type_: str, message: str) -> None:
    transient = load()[type_].transient
    assert any(item.matches("ValidationException", message) for item in transient)
    assert not any(item.matches("ValidationException", "Invalid image") for item in transient)


def found(config: str, reason: str = "", **outputs: Any) -> Observed:
    return Observed({"EndpointConfigName": config}, outputs, Status.READY, reason)


VERIFIED = {
    "the config asked for is live": ("b", found("b"), ""),
    "AWS rolled back silently": (
        "b",
        found("a", "alarm went off"),
        "SageMaker rolled the update to 'b' back to 'a': alarm went off",
    ),
    "a deployment is pending": (
        "b",
        found("b", PendingDeployment={"EndpointConfigName": "c"}),
        "a deployment from 'b' is still under way",
    ),
    "a variant is still moving": (
        "b",
        found("b", ProductionVariants=[{"VariantName": "blue", "VariantStatus": [{}]}]),
        "variants are not in place yet: blue",
    ),
    "the config is not known yet": (UNKNOWN, found("a"), ""),
}


@pytest.mark.parametrize("case", VERIFIED)
def test_an_endpoint_is_verified(case: str) -> None:
    wanted, live, expected = VERIFIED[case]
    assert load()[ENDPOINT].verify({"EndpointConfigName": wanted}, live) == expected


def test_a_bucket_names_its_region_everywhere_but_in_the_first() -> None:
    from dataclasses import replace

    from reconciler.plan import calls

    sample, record = SAMPLES["AWS::S3::Bucket"], load()["AWS::S3::Bucket"]
    change = Change(sample.address, Action.CREATE, Reason.ABSENT, sample.tagged({}), None)
    here = calls.create(change, record, PLACE)[0].params["CreateBucketConfiguration"]
    first = calls.create(change, record, replace(PLACE, region="us-east-1"))[0].params
    assert here["LocationConstraint"] == "eu-west-1"
    assert set(first["CreateBucketConfiguration"]) == {"Tags"}


PERMISSIONS = [
    ("s3", "head_bucket", ("s3:ListBucket",)),
    ("s3", "get_bucket_encryption", ("s3:GetEncryptionConfiguration",)),
    ("s3", "delete_bucket_lifecycle", ("s3:PutLifecycleConfiguration",)),
    ("budgets", "describe_budgets", ("budgets:ViewBudget",)),
    ("budgets", "delete_subscriber", ("budgets:ModifyBudget",)),
    ("budgets", "tag_resource", ("budgets:TagResource",)),
    ("resourcegroupstaggingapi", "get_resources", ("tag:GetResources",)),
    ("stepfunctions", "create_state_machine", ("states:CreateStateMachine",)),
    ("sagemaker", "create_model", ("sagemaker:CreateModel", "sagemaker:AddTags", "iam:PassRole")),
]


@pytest.mark.parametrize(("service", "method", "expected"), PERMISSIONS)
def test_the_permissions_of_a_call(service: str, method: str, expected: tuple[str, ...]) -> None:
    assert permission(service, method) == expected
