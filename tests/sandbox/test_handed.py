"""Roles that SageMaker is handed: whether they are there, and let it take them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox.iam import principals, roles
from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox
from reconciler.sandbox.state.world import WORLD

from .conformance import keep_bucket
from .test_guard import HOST, HOSTS, PULLS, READS, TRUST, allow, deployed, refused, role

IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/x:1"
STEPS = json.dumps({"Version": "2020-12-01", "Steps": []})
OTHERWISE = {"VolumeKmsKeyId": "k", "InstanceGroups": {"Get": "Steps.x"}}
FEATURES = [{"FeatureName": each, "FeatureType": "String"} for each in ("id", "ts")]
HANDED = {
    "create_model": {
        "ModelName": "m", "ExecutionRoleArn": HOST, "PrimaryContainer": {"Image": IMAGE},
    },
    "create_pipeline": {
        "PipelineName": "p", "RoleArn": HOST, "PipelineDefinition": STEPS,
        "ClientRequestToken": "t" * 32,
    },
    "create_feature_group": {
        "FeatureGroupName": "g", "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "ts", "FeatureDefinitions": FEATURES, "RoleArn": HOST,
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://offline/x"}},
    },
}  # fmt: skip


@pytest.mark.parametrize("method", HANDED)
def test_a_role_that_is_not_there_or_not_for_sagemaker_is_refused(
    aws: Sandbox, method: str
) -> None:
    """As long as it has not spread, too: an apply then tries again."""
    send = getattr(role(aws, allow("*"))("sagemaker"), method)
    keep_bucket("offline")

    missing = refused(send, **HANDED[method])
    roles.put(HOST, {}, TRUST)
    closed = refused(send, **HANDED[method])
    roles.put(HOST, {}, HOSTS)

    assert missing == closed
    assert (missing[0], missing[2]) == ("ValidationException", 400)
    assert "ensure that the role exists" in missing[1] or "role ARN is invalid" in missing[1]
    send(**HANDED[method])


def test_a_role_is_not_looked_at_before_it_may_be_passed(aws: Sandbox) -> None:
    statements = allow("sagemaker:*")
    send = role(aws, statements)("sagemaker").create_model

    assert refused(send, **HANDED["create_model"])[0] == "AccessDeniedException"


def test_an_administrator_hands_over_whatever_it_likes(aws: Sandbox) -> None:
    """So do seeds and tests, whose roles nobody made."""
    keep_bucket("offline")
    for method, given in HANDED.items():
        getattr(aws.client("sagemaker"), method)(**given)


def test_a_role_that_is_new_cannot_be_handed_over_at_once(aws: Sandbox) -> None:
    send = role(aws, allow("*"))("sagemaker").create_model
    WORLD.iam_lag = 30.0
    aws.client("iam").create_role(RoleName="host", AssumeRolePolicyDocument=json.dumps(HOSTS))

    assert refused(send, **HANDED["create_model"])[0] == "ValidationException"
    aws.clock.advance(31)
    send(**HANDED["create_model"])


@pytest.mark.parametrize(("lag", "ends"), [(30.0, "InService"), (600.0, "Failed")])
def test_policies_are_early_enough_that_spread_before_a_deployment_needs_them(
    aws: Sandbox, lag: float, ends: str
) -> None:
    roles.put(HOST, {}, HOSTS)
    WORLD.iam_lag = lag
    principals.remember(HOST)

    assert deployed(aws, READS, PULLS)["EndpointStatus"] == ends


@pytest.mark.parametrize(
    "body",
    [
        {"Steps": [{"Name": "x", "Type": "Processing"}]},
        {"Steps": [{"Name": "x", "Type": "Condition", "Arguments": {"Conditions": [{}]}}]},
        {"Steps": [{"Name": "x", "Type": "Wait", "Arguments": {"Get": "Parameters.none"}}]},
        {"Steps": [{"Name": "x", "Type": "Wait", "Arguments": [OTHERWISE]}]},
        {"Steps": {"x": {"Type": "Wait"}}},
        {"Steps": ["x"]},
        {"Steps": [], "Parameters": ["x"]},
        {"Steps": [], "Parameters": [{"DefaultValue": "x"}]},
        {},
    ],
    ids=str,
)
def test_a_pipeline_of_another_form_is_refused(aws: Sandbox, body: dict[str, Any]) -> None:
    roles.put(HOST, {}, HOSTS)
    given = {"PipelineName": "p", "RoleArn": HOST, "ClientRequestToken": "u" * 32}
    make = aws.client("sagemaker").create_pipeline
    body = {"Version": "2020-12-01", **body}
    with pytest.raises(ClientError, match="Unable to parse pipeline definition"):
        make(**given, PipelineDefinition=json.dumps(body))
