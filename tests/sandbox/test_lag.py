"""The sandbox lags on demand: so many reads after a write are answered as before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.backends import get_backend
from moto.core.model_instances import model_data

from reconciler.sandbox.door import names
from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox
from reconciler.sandbox.protocol import own
from reconciler.sandbox.server.control import Control
from reconciler.sandbox.state.lag import LONGEST
from reconciler.sandbox.state.world import WORLD

from .test_guard import allow, role

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
WHERE = {"LocationConstraint": REGION}
IMAGE = {"Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/x:1"}


def told(call: Callable[..., Any], **params: Any) -> str:
    """The error code of a call, or ok."""
    try:
        call(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


@pytest.mark.parametrize("reads", [1, 5])
def test_what_was_made_is_not_found_at_first(reads: int, aws: Sandbox) -> None:
    aws.lag(reads)
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    found = [told(iam.get_role, RoleName="r") for _ in range(reads + 1)]
    assert found == [*["NoSuchEntity"] * reads, "ok"]
    listed = [len(iam.list_roles()["Roles"]) for _ in range(reads + 1)]
    assert listed == [*[0] * reads, 1]
    written = [told(iam.tag_role, RoleName="r", Tags=[]) for _ in range(reads + 1)]
    assert written == [*["NoSuchEntity"] * reads, "ok"]


def test_old_values_and_what_was_deleted_show_for_a_while(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="b-b", CreateBucketConfiguration=WHERE)
    aws.lag(1)
    s3.put_bucket_versioning(Bucket="b-b", VersioningConfiguration={"Status": "Enabled"})
    seen = [s3.get_bucket_versioning(Bucket="b-b").get("Status") for _ in range(2)]
    assert seen == [None, "Enabled"]
    s3.delete_bucket(Bucket="b-b")
    assert [told(s3.head_bucket, Bucket="b-b") for _ in range(2)] == ["ok", "404"]


def test_a_listing_and_the_tag_index_lag_by_themselves(aws: Sandbox) -> None:
    aws.lag(2)
    sns, index = aws.client("sns"), aws.client("resourcegroupstaggingapi")
    sns.create_topic(Name="t", Tags=[{"Key": "team", "Value": "risk"}])
    topics = [len(sns.list_topics()["Topics"]) for _ in range(3)]
    tagged = [len(index.get_resources()["ResourceTagMappingList"]) for _ in range(3)]
    assert (topics, tagged) == ([0, 0, 1], [0, 0, 1])


def test_another_service_does_not_see_it_either_where_it_looks(aws: Sandbox) -> None:
    aws.lag(1)
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    arn = role["Role"]["Arn"]
    model = {"ModelName": "m", "ExecutionRoleArn": arn, "PrimaryContainer": IMAGE}
    sagemaker = aws.client("sagemaker")
    made = [told(sagemaker.create_model, **model) for _ in range(2)]
    assert made == ["ValidationException", "ok"]
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1}
    config = {"EndpointConfigName": "c", "ProductionVariants": [
        {**variant, "InstanceType": "ml.m5.large"}]}  # fmt: skip
    built = [told(sagemaker.create_endpoint_config, **config) for _ in range(2)]
    assert built == ["ValidationException", "ok"]


def test_a_new_key_denies_and_is_not_found_and_its_policy_spreads(aws: Sandbox) -> None:
    aws.lag(1)
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert told(kms.enable_key_rotation, KeyId=key) == "AccessDeniedException"
    assert [told(kms.describe_key, KeyId=key) for _ in range(2)] == ["NotFoundException", "ok"]
    assert [told(kms.enable_key_rotation, KeyId=key) for _ in range(2)] == [
        "NotFoundException",
        "ok",
    ]


def test_what_is_refused_takes_no_effect_and_what_is_taken_does_once(aws: Sandbox) -> None:
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    aws.lag(1)
    iam.delete_role(RoleName="r")
    again = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}
    assert [told(iam.create_role, **again) for _ in range(3)] == [
        "EntityAlreadyExists",
        "ok",
        "EntityAlreadyExists",
    ]


def test_only_some_writes_lag_and_a_reset_ends_it(aws: Sandbox) -> None:
    aws.lag({"*": 0, "s3.*": 2})
    iam, s3 = aws.client("iam"), aws.client("s3")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    assert told(iam.get_role, RoleName="r") == "ok"
    s3.create_bucket(Bucket="b-b", CreateBucketConfiguration=WHERE)
    assert told(s3.head_bucket, Bucket="b-b") == "404"
    aws.reset()
    assert not WORLD.lag.on
    with pytest.raises(ValueError, match="fewer than none"):
        aws.lag(-1)


def test_objects_do_not_lag(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="b-b", CreateBucketConfiguration=WHERE)
    aws.lag(5)
    s3.put_bucket_versioning(Bucket="b-b", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="b-b", Key="a", Body=b"x")
    assert told(s3.get_object, Bucket="b-b", Key="a") == "ok"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="b-b")["Contents"]] == ["a"]
    s3.create_bucket(Bucket="b-new", CreateBucketConfiguration=WHERE)
    assert told(s3.list_objects_v2, Bucket="b-new") == "NoSuchBucket"


def test_nothing_lags_for_ever(aws: Sandbox) -> None:
    aws.lag(5)
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert told(kms.describe_key, KeyId=key) != "ok"
    aws.clock.advance(LONGEST["kms"])
    assert told(kms.describe_key, KeyId=key) == "ok"
    assert told(kms.list_resource_tags, KeyId=key) == "ok"


def test_the_control_api_switches_it(aws: Sandbox, tmp_path: Any) -> None:
    control = Control(
        state=tmp_path, account=aws.account, region=aws.region, stop=lambda: None, speed=1.0
    )
    ask = control.answer
    on = {"reads": {"*": 5}, "writes": 0}
    assert ask("POST", "/moorline/lag", b'{"reads": 5}') == (200, on)
    assert ask("GET", "/moorline/lag", b"")[1] == on
    assert ask("DELETE", "/moorline/lag", b"")[1] == {"reads": {}, "writes": 0}


LOCKED = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/nobody"}
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def policy(principal: Any, action: str = "kms:*") -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("text", "bypass", "end"),
    [
        (policy(ROOT), False, "ok"),
        (policy(ROOT, "kms:Decrypt"), False, "MalformedPolicyDocumentException"),
        (policy(ROOT, "kms:Decrypt"), True, "ok"),
        (policy({"Service": "sns.amazonaws.com"}), False, "MalformedPolicyDocumentException"),
        (policy(LOCKED), True, "MalformedPolicyDocumentException"),
        ("{", True, "MalformedPolicyDocumentException"),
        ("[]", True, "MalformedPolicyDocumentException"),
        ('{"Version": "2012-10-17"}', True, "MalformedPolicyDocumentException"),
    ],
)
def test_a_key_policy_leaves_its_writer_able_to_change_it(
    text: str, bypass: bool, end: str, aws: Sandbox
) -> None:
    kms = aws.client("kms")
    given = {"Policy": text, "BypassPolicyLockoutSafetyCheck": bypass}
    assert told(kms.create_key, **given) == end
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert told(kms.put_key_policy, KeyId=key, PolicyName="default", **given) == end


TAGGED = {"StringEquals": {"aws:ResourceTag/owner": "risk"}}
PUT = {"Effect": "Allow", "Action": "kms:PutKeyPolicy", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "owner", "end"),
    [
        ([], "risk", "MalformedPolicyDocumentException"),
        ([PUT], "risk", "ok"),
        ([PUT | {"Condition": TAGGED}], "risk", "ok"),
        ([PUT | {"Condition": TAGGED}], "fraud", "MalformedPolicyDocumentException"),
    ],
    ids=["may not", "may", "may with the tags that it is made with", "has other tags"],
)
def test_a_key_policy_that_leaves_it_to_iam_asks_iam(
    statements: list[dict[str, Any]], owner: str, end: str, aws: Sandbox
) -> None:
    kms = role(aws, allow("kms:CreateKey", "kms:TagResource"), *statements)("kms")
    tags = [{"TagKey": "owner", "TagValue": owner}]
    assert told(kms.create_key, Policy=policy(ROOT), Tags=tags) == end


def test_stale_reads_leave_nothing_behind(aws: Sandbox) -> None:
    """Moto notes down every object there ever was, and a stale read makes those of a service."""
    iam, trust = aws.client("iam"), '{"Version":"2012-10-17","Statement":[]}'
    aws.lag(5)

    def noted() -> int:
        models = (each for found in model_data.values() for each in found.values())
        return sum(len(each.instances_tracked) for each in models)  # type: ignore[attr-defined]

    for number in range(4):
        iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=trust)
    before = noted()
    for _ in range(5):
        iam.list_roles()
    assert noted() == before


def test_what_is_beside_moto_lags_too_and_takes_effect_once(aws: Sandbox) -> None:
    aws.lag(2)
    glue, redshift = aws.client("glue"), aws.client("redshift-serverless")
    rules = {"Name": "orders", "Ruleset": "Rules = [RowCount > 0]"}
    assert told(glue.create_data_quality_ruleset, **rules) == "ok"
    name = {"namespaceName": "sales"}
    assert told(redshift.create_namespace, **name) == "ok"
    unseen = [told(glue.get_data_quality_ruleset, Name="orders") for _ in range(3)]
    assert unseen == [*["EntityNotFoundException"] * 2, "ok"]
    listed = [len(glue.list_data_quality_rulesets()["Rulesets"]) for _ in range(3)]
    assert listed == [0, 0, 1]
    assert told(glue.create_data_quality_ruleset, **rules) == "AlreadyExistsException"
    unseen = [told(redshift.get_namespace, **name) for _ in range(3)]
    assert unseen == [*["ResourceNotFoundException"] * 2, "ok"]


def test_the_state_of_every_service_that_has_names_is_found() -> None:
    """A service of which no state is found would never lag, whatever is asked."""
    for service in names.services():
        if service not in own.SERVICES:
            assert get_backend(service).service_name == service
    assert "redshift-serverless" in names.services() & own.SERVICES.keys()
