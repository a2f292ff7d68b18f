"""What every service refuses: characters of tags, sizes of policies, buckets of another place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox

from .cases import FEATURES
from .conformance import IMAGE, ROLE, keep_bucket, refused

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
BUDGET = {
    "BudgetName": "b",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "1", "Unit": "USD"},
}
ALARM = {
    "AlarmName": "a",
    "Namespace": "n",
    "MetricName": "m",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
Make = Callable[[Sandbox, str], Any]


def tagged(value: str) -> list[dict[str, str]]:
    return [{"Key": "owner", "Value": value}]


def bucket(aws: Sandbox, value: str) -> None:
    keep_bucket("some-bucket")
    aws.client("s3").put_bucket_tagging(Bucket="some-bucket", Tagging={"TagSet": tagged(value)})


MAKES: dict[str, tuple[str, Make]] = {
    "s3": ("InvalidTag", bucket),
    "kms": (
        "TagException",
        lambda aws, value: aws.client("kms").create_key(
            Tags=[{"TagKey": "owner", "TagValue": value}]
        ),
    ),
    "sns": (
        "InvalidParameter",
        lambda aws, value: aws.client("sns").create_topic(Name="t", Tags=tagged(value)),
    ),
    "cloudwatch": (
        "InvalidParameterValue",
        lambda aws, value: aws.client("cloudwatch").put_metric_alarm(**ALARM, Tags=tagged(value)),
    ),
    "iam": (
        "InvalidInput",
        lambda aws, value: aws.client("iam").create_role(
            RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=tagged(value)
        ),
    ),
    "budgets": (
        "InvalidParameterException",
        lambda aws, value: aws.client("budgets").create_budget(
            AccountId=ACCOUNT, Budget=BUDGET, ResourceTags=tagged(value)
        ),
    ),
    "sagemaker": (
        "ValidationException",
        lambda aws, value: aws.client("sagemaker").create_model_package_group(
            ModelPackageGroupName="g", Tags=tagged(value)
        ),
    ),
}


@pytest.mark.parametrize("service", MAKES)
def test_every_service_refuses_characters_that_tags_do_not_have(aws: Sandbox, service: str) -> None:
    code, make = MAKES[service]
    for value in ("R&D", "a,b", "हिन्दी"):
        refused(code, "", lambda value=value: make(aws, value))
    make(aws, "équipe 1_a.b:c/d=e+f-g@h")


def policy(size: int) -> str:
    """A policy of so many characters, white space not counted."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/"}
    whole = {"Version": "2012-10-17", "Statement": [statement]}
    bare = json.dumps(whole, separators=(",", ":"))
    return bare.replace("a/", f"a/{'x' * (size - len(bare))}")


def test_inline_policies_are_counted_in_all_without_white_space(aws: Sandbox) -> None:
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="r", PolicyName="a", PolicyDocument=policy(10_000) + " " * 900)
    text = "Maximum policy size of 10240 bytes exceeded for role r"
    more = {"RoleName": "r", "PolicyName": "b", "PolicyDocument": policy(241)}
    refused("LimitExceeded", text, iam.put_role_policy, **more)
    iam.put_role_policy(**{**more, "PolicyName": "a"})  # it takes the place of the first


def test_policies_of_every_service_have_a_size(aws: Sandbox) -> None:
    iam, s3, kms, sns = (aws.client(name) for name in ("iam", "s3", "kms", "sns"))
    refused("LimitExceeded", "ACLSizePerRole", iam.create_role,
            RoleName="r", AssumeRolePolicyDocument=policy(2049))  # fmt: skip
    refused("LimitExceeded", "PolicySize", iam.create_policy,
            PolicyName="p", PolicyDocument=policy(6145))  # fmt: skip
    refused("LimitExceededException", "32768", kms.create_key, Policy=policy(32_769))
    keep_bucket("some-bucket")
    refused("PolicyTooLarge", "", s3.put_bucket_policy,
            Bucket="some-bucket", Policy=policy(20_481))  # fmt: skip
    refused("InvalidParameter", "too large", sns.create_topic,
            Name="t", Attributes={"Policy": policy(30_721)})  # fmt: skip


@pytest.mark.parametrize("region", ["", "us-west-2"])
def test_sagemaker_takes_buckets_of_its_own_region(aws: Sandbox, region: str) -> None:
    sagemaker = aws.client("sagemaker", region=REGION)
    if region:
        keep_bucket("far", region)
    group = {
        "FeatureGroupName": "g",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at",
        "FeatureDefinitions": FEATURES,
        "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://far/x"}},
        "RoleArn": ROLE,
    }
    refused("ValidationException", "Invalid S3Uri", sagemaker.create_feature_group, **group)
    served = {"Image": IMAGE, "ModelDataUrl": "s3://far/m.tar.gz"}
    refused("ValidationException", "model data at s3://far/m.tar.gz", sagemaker.create_model,
            ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=served)  # fmt: skip


@pytest.mark.parametrize("left", ["nothing", "another file", "a deleted one", "the file"])
def test_a_model_needs_its_file(aws: Sandbox, left: str) -> None:
    kept = {"another file": ["m.tar.gz.old"], "nothing": []}.get(left, ["m.tar.gz"])
    keep_bucket("near", REGION, *kept)
    if left == "a deleted one":
        on = {"Status": "Enabled"}
        aws.client("s3").put_bucket_versioning(Bucket="near", VersioningConfiguration=on)
        aws.client("s3").delete_object(Bucket="near", Key="m.tar.gz")
    served = {"Image": IMAGE, "ModelDataUrl": "s3://near/m.tar.gz"}
    model = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": served}
    make = aws.client("sagemaker").create_model
    if left == "the file":
        assert make(**model)["ModelArn"]
    else:
        refused("ValidationException", "Could not find model data at", make, **model)
