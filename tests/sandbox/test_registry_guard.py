"""What a registry's policies refuse, asked of the sandbox: approvals, stages, overwritten files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.kinds.api import load
from reconciler.kinds.model_registry import guard
from reconciler.registry import approval
from reconciler.sandbox.inprocess import ACCOUNT, Sandbox
from reconciler.sandbox.seed import register_package

from .test_guard import ROLE, allow, refused, role, session

ARN = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:model-package/fraud/1"
RISK = f"arn:aws:iam::{ACCOUNT}:role/risk"


def protect(aws: Sandbox, approver: str) -> None:
    spec = load()["ModelRegistry"].model.model_validate(
        {"approval": {"approvers": (approver,)}, "stages": {"production": {"movers": (approver,)}}}
    )
    found = [*guard.statements(spec, f"{ARN.rpartition('/')[0]}/*")]
    policy = json.dumps({"Version": "2012-10-17", "Statement": found})
    aws.client("sagemaker").put_model_package_group_policy(
        ModelPackageGroupName="fraud", ResourcePolicy=policy
    )


def cycle(stage: str) -> dict[str, Any]:
    return {"ModelPackageArn": ARN, "ModelLifeCycle": {"Stage": stage, "StageStatus": "Approved"}}


@pytest.mark.scenario("T59")
def test_the_policy_of_a_group_refuses_to_approve_and_to_jump(aws: Sandbox) -> None:
    register_package(aws.client("sagemaker"), "fraud", approved=False)
    protect(aws, RISK)
    there = role(aws, allow("*"))("sagemaker")
    approved = {"ModelPackageArn": ARN, "ModelApprovalStatus": "Approved"}
    code, said, _ = refused(there.update_model_package, **approved)
    assert (code, "explicit deny" in said) == ("AccessDeniedException", True)
    forged = {"ModelPackageArn": ARN, "CustomerMetadataProperties": {approval.BY: "me"}}
    assert refused(there.update_model_package, **forged)[0] == "AccessDeniedException"
    assert refused(there.update_model_package, **cycle("Production"))[0] == "AccessDeniedException"
    there.update_model_package(**cycle("Staging"))
    assert refused(there.update_model_package, **cycle("Production"))[0] == "AccessDeniedException"
    protect(aws, ROLE)
    mine = session(aws)("sagemaker")
    mine.update_model_package(**approved)
    mine.update_model_package(**cycle("Production"))
    assert refused(mine.update_model_package, **cycle("Staging"))[0] == "AccessDeniedException"
    shown = mine.describe_model_package(ModelPackageName=ARN)
    assert shown["ModelLifeCycle"]["Stage"] == "Production"


@pytest.mark.scenario("T32")
def test_a_principal_that_is_there_twice_is_refused(aws: Sandbox) -> None:
    register_package(aws.client("sagemaker"), "fraud")
    root = f"arn:aws:iam::{ACCOUNT}:root"
    statement = {"Effect": "Allow", "Principal": {"AWS": [root, root]},
                 "Action": "sagemaker:DescribeModelPackage", "Resource": ARN}  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with pytest.raises(ClientError, match="duplicate principal"):
        aws.client("sagemaker").put_model_package_group_policy(
            ModelPackageGroupName="fraud", ResourcePolicy=policy
        )


def test_a_file_that_is_registered_is_put_once(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(
        Bucket="acme-models", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    deny = {"Effect": "Deny", "Principal": "*", "Resource": "arn:aws:s3:::acme-models/registered/*"}
    once = {**deny, "Action": "s3:PutObject",
            "Condition": {"Null": {"s3:if-none-match": "true"},
                          "Bool": {"s3:ObjectCreationOperation": "true"}}}  # fmt: skip
    stays = {**deny, "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"]}
    policy = {"Version": "2012-10-17", "Statement": [once, stays]}
    s3.put_bucket_policy(Bucket="acme-models", Policy=json.dumps(policy))
    mine = role(aws, allow("*"))("s3")
    at = {"Bucket": "acme-models", "Key": "registered/ab/model.tar.gz"}
    assert refused(mine.put_object, **at, Body=b"1")[0] == "AccessDenied"
    mine.put_object(**at, Body=b"1", IfNoneMatch="*")
    assert refused(mine.put_object, **at, Body=b"2", IfNoneMatch="*")[0] == "PreconditionFailed"
    assert refused(mine.delete_object, **at)[0] == "AccessDenied"
    upload = mine.create_multipart_upload(**at)["UploadId"]
    part = mine.upload_part(**at, UploadId=upload, PartNumber=1, Body=b"2")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    done = {**at, "UploadId": upload, "MultipartUpload": parts}
    assert refused(mine.complete_multipart_upload, **done)[0] == "AccessDenied"
    assert mine.get_object(**at)["Body"].read() == b"1"
