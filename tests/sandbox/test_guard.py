"""IAM in the sandbox: what a role may not do is refused, in each service's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox.iam import principals, roles
from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox
from reconciler.sandbox.state.world import WORLD

from .conformance import keep_bucket

ROLE = f"arn:aws:iam::{ACCOUNT}:role/ci/worker"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        }
    ],
}
OURS = {"aws:ResourceTag/moorline:platform": "acme"}


def allow(*actions: str, on: Any = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **rest}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(aws: Sandbox, *statements: dict[str, Any], **more: Any) -> Callable[[str], Any]:
    """Clients of a session of a new role that has these statements."""
    iam = aws.client("iam")
    iam.create_role(
        RoleName="worker", Path="/ci/", AssumeRolePolicyDocument=json.dumps(TRUST), **more
    )
    if statements:
        iam.put_role_policy(
            RoleName="worker", PolicyName="own", PolicyDocument=document(*statements)
        )
    return session(aws)


def session(aws: Sandbox, arn: str = ROLE) -> Callable[[str], Any]:
    lent = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="run-1")["Credentials"]
    keys = {
        "aws_access_key_id": lent["AccessKeyId"],
        "aws_secret_access_key": lent["SecretAccessKey"],
        "aws_session_token": lent["SessionToken"],
    }
    return lambda service: boto3.client(service, region_name=REGION, **keys)


def refused(call: Callable[..., Any], **given: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**given)
    error, meta = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return error["Code"], error["Message"], meta["HTTPStatusCode"]


REFUSALS = [
    ("iam", "list_roles", {}, "AccessDenied", "iam:ListRoles"),
    ("s3", "list_buckets", {}, "AccessDenied", "s3:ListAllMyBuckets"),
    ("s3", "get_bucket_policy", {"Bucket": "b-b"}, "AccessDenied", "s3:GetBucketPolicy"),
    ("sns", "list_topics", {}, "AccessDenied", "sns:ListTopics"),
    ("cloudwatch", "describe_alarms", {}, "AccessDenied", "cloudwatch:DescribeAlarms"),
    ("sagemaker", "list_models", {}, "AccessDeniedException", "sagemaker:ListModels"),
    ("kms", "list_keys", {}, "AccessDeniedException", "kms:ListKeys"),
    ("budgets", "describe_budgets", {"AccountId": ACCOUNT}, "AccessDeniedException",
     "budgets:ViewBudget"),
    ("resourcegroupstaggingapi", "get_resources", {}, "AccessDeniedException", "tag:GetResources"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "method", "given", "code", "action"), REFUSALS)
def test_a_role_without_policies_is_refused_in_the_service_s_own_words(
    aws: Sandbox, service: str, method: str, given: dict[str, Any], code: str, action: str
) -> None:
    clients = role(aws)

    said, message, status = refused(getattr(clients(service), method), **given)

    assert (said, status) == (code, 403)
    assert f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/run-1 is not authorized" in message
    assert f"perform: {action} on resource:" in message


@pytest.mark.parametrize(("service", "method", "given", "code", "action"), REFUSALS)
def test_a_role_that_may_is_let_in(
    aws: Sandbox, service: str, method: str, given: dict[str, Any], code: str, action: str
) -> None:
    if service == "s3":
        aws.client("s3").create_bucket(
            Bucket="b-b", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    clients = role(aws, allow(action))

    ask = getattr(clients(service), method)
    if method == "get_bucket_policy":
        assert refused(ask, **given)[0] == "NoSuchBucketPolicy"
    else:
        ask(**given)


def test_who_it_is_may_always_be_asked(aws: Sandbox) -> None:
    found = role(aws)("sts").get_caller_identity()

    assert found["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/run-1"


def test_names_confine(aws: Sandbox) -> None:
    make = role(aws, allow("sns:CreateTopic", on=f"arn:aws:sns:{REGION}:{ACCOUNT}:acme-dev-*"))(
        "sns"
    ).create_topic

    make(Name="acme-dev-watch")
    code, message, _ = refused(make, Name="acme-prod-watch")

    assert code == "AccessDenied"
    assert message.endswith("because no identity-based policy allows the sns:CreateTopic action")


def test_tags_of_what_is_there_confine(aws: Sandbox) -> None:
    admin = aws.client("sns")
    arns = {
        platform: admin.create_topic(
            Name=f"of-{platform}", Tags=[{"Key": "moorline:platform", "Value": platform}]
        )["TopicArn"]
        for platform in ("acme", "other")
    }
    delete = role(aws, allow("sns:DeleteTopic", Condition={"StringEquals": OURS}))(
        "sns"
    ).delete_topic

    assert refused(delete, TopicArn=arns["other"])[0] == "AccessDenied"
    delete(TopicArn=arns["acme"])


def test_passing_a_role_is_asked_for_too(aws: Sandbox) -> None:
    statements = [allow("sagemaker:CreateModel", "sagemaker:AddTags")]
    make = role(aws, *statements)("sagemaker").create_model
    roles.put(HOST, {}, HOSTS)
    given = {
        "ModelName": "m",
        "ExecutionRoleArn": HOST,
        "PrimaryContainer": {"Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/x:1"},
    }

    code, message, _ = refused(make, **given)
    assert (code, "iam:PassRole" in message) == ("AccessDeniedException", True)

    passing = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    aws.client("iam").put_role_policy(
        RoleName="worker",
        PolicyName="own",
        PolicyDocument=document(*statements, allow("iam:PassRole", Condition=passing)),
    )
    make(**given)


def test_a_boundary_bounds_and_a_denial_denies(aws: Sandbox) -> None:
    made = aws.client("iam").create_policy(
        PolicyName="limit", PolicyDocument=document(allow("sns:*"))
    )
    clients = role(aws, allow("*"), PermissionsBoundary=made["Policy"]["Arn"])

    clients("sns").list_topics()
    assert "no permissions boundary allows" in refused(clients("kms").list_keys)[1]

    denied = {"Effect": "Deny", "Action": "sns:ListTopics", "Resource": "*"}
    aws.client("iam").put_role_policy(
        RoleName="worker", PolicyName="own", PolicyDocument=document(allow("*"), denied)
    )
    assert "explicit deny" in refused(clients("sns").list_topics)[1]


def test_a_key_s_policy_decides(aws: Sandbox) -> None:
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    describe = role(aws, allow("kms:*"))("kms").describe_key

    describe(KeyId=key)
    nobody = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"}
    kms.put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=document({**allow("kms:*"), "Principal": nobody}),
        BypassPolicyLockoutSafetyCheck=True,
    )
    assert refused(describe, KeyId=key)[0] == "AccessDeniedException"


def test_a_policy_of_a_bucket_denies(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="b-b", CreateBucketConfiguration={"LocationConstraint": REGION})
    clients = role(aws, allow("s3:*"))
    clients("s3").put_object(Bucket="b-b", Key="a/b", Body=b"x")

    shut = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    on = {"Resource": ["arn:aws:s3:::b-b/a/*"]}
    s3.put_bucket_policy(Bucket="b-b", Policy=document(shut | on))

    assert refused(clients("s3").get_object, Bucket="b-b", Key="a/b")[0] == "AccessDenied"


def test_a_role_that_is_not_there_is_nobody_s(aws: Sandbox) -> None:
    take = aws.client("sts").assume_role

    assert refused(take, RoleArn=ROLE, RoleSessionName="xx")[0] == "AccessDenied"


def test_a_role_may_not_take_itself(aws: Sandbox) -> None:
    take = role(aws)("sts").assume_role

    assert refused(take, RoleArn=ROLE, RoleSessionName="again")[0] == "AccessDenied"


def test_a_call_of_which_nothing_is_known_is_refused(aws: Sandbox) -> None:
    clients = role(aws, allow("*"))

    code, message, _ = refused(clients("sqs").list_queues)

    assert code == "AccessDeniedException"
    assert "nothing is known of sqs ListQueues" in message


@pytest.mark.parametrize("text", ["{}", "no JSON", '{"Statement": [{"Effect": "Allow"}]}'])
def test_a_malformed_policy_allows_nothing(aws: Sandbox, text: str) -> None:
    clients = role(aws, allow("sns:*"))
    roles.put(ROLE, {"own": {}})
    principals.role(ROLE).policies["own"] = text

    assert refused(clients("sns").list_topics)[0] == "AccessDenied"


def test_a_call_that_does_not_say_what_it_is_about_is_refused(aws: Sandbox) -> None:
    """KMS finds the key in the ciphertext, which the derivation cannot read."""
    key = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    sealed = aws.client("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]

    clients = role(aws, allow("*"))
    assert refused(clients("kms").decrypt, CiphertextBlob=sealed)[0] == "AccessDeniedException"


def test_it_can_be_switched_off(aws: Sandbox) -> None:
    clients = role(aws)
    WORLD.iam = "off"

    clients("sns").list_topics()


def test_a_refused_call_is_in_the_trail(aws: Sandbox) -> None:
    refused(role(aws)("sns").create_topic, Name="x")

    found = aws.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateTopic"}]
    )["Events"]
    assert json.loads(found[0]["CloudTrailEvent"])["errorCode"] == "AccessDenied"


def test_a_change_takes_effect_late(aws: Sandbox) -> None:
    clients, iam = role(aws), aws.client("iam")
    WORLD.iam_lag = 30.0
    policy = {"RoleName": "worker", "PolicyName": "own"}
    iam.put_role_policy(**policy, PolicyDocument=document(allow("sns:*")))

    assert refused(clients("sns").list_topics)[0] == "AccessDenied"
    aws.clock.advance(31)
    clients("sns").list_topics()

    iam.delete_role_policy(**policy)
    clients("sns").list_topics()
    aws.clock.advance(31)
    assert refused(clients("sns").list_topics)[0] == "AccessDenied"


def test_a_new_role_cannot_be_taken_at_once(aws: Sandbox) -> None:
    WORLD.iam_lag = 10.0
    aws.client("iam").create_role(RoleName="fresh", AssumeRolePolicyDocument=json.dumps(TRUST))
    fresh = f"arn:aws:iam::{ACCOUNT}:role/fresh"

    take = aws.client("sts").assume_role
    assert refused(take, RoleArn=fresh, RoleSessionName="run")[0] == "AccessDenied"
    aws.clock.advance(11)
    take(RoleArn=fresh, RoleSessionName="run")


# -- what services do with the roles that they are given

HOSTS = {
    **TRUST,
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
        }
    ],
}
HOST = f"arn:aws:iam::{ACCOUNT}:role/host"
READS = allow("s3:GetObject", on="arn:aws:s3:::models/*")
PULLS = allow(
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)


def deployed(aws: Sandbox, *statements: dict[str, Any], trust: dict[str, Any] = HOSTS) -> Any:
    """What an endpoint is like in the end whose model has a role with these statements."""
    roles.put(HOST, {"own": json.loads(document(*statements))} if statements else {}, trust)
    sagemaker = aws.client("sagemaker")
    keep_bucket("models", REGION, "m.tar.gz")
    sagemaker.create_model(
        ModelName="m",
        ExecutionRoleArn=HOST,
        PrimaryContainer={
            "Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/x:1",
            "ModelDataUrl": "s3://models/m.tar.gz",
        },
    )
    variant = {"VariantName": "a", "ModelName": "m", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(
        EndpointConfigName="c", ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    aws.clock.advance(3600)
    return sagemaker.describe_endpoint(EndpointName="e")


def test_an_endpoint_whose_role_may_do_its_work_comes_up(aws: Sandbox) -> None:
    found = deployed(aws, READS, PULLS)

    assert (found["EndpointStatus"], found.get("FailureReason")) == ("InService", None)


@pytest.mark.parametrize(
    ("statements", "trust", "lacks"),
    [
        ([PULLS], HOSTS, "s3:GetObject"),
        ([READS], HOSTS, "ecr:GetAuthorizationToken"),
        ([READS, PULLS], TRUST, "sts:AssumeRole"),
    ],
    ids=["the archive", "the image", "the role itself"],
)
def test_an_endpoint_whose_role_may_not_fails(
    aws: Sandbox, statements: list[dict[str, Any]], trust: dict[str, Any], lacks: str
) -> None:
    found = deployed(aws, *statements, trust=trust)

    assert found["EndpointStatus"] == "Failed"
    assert f"is not authorized to perform: {lacks} on resource" in found["FailureReason"]


def test_a_feature_group_whose_role_may_not_write_fails(aws: Sandbox) -> None:
    roles.put(HOST, {}, HOSTS)
    sagemaker = aws.client("sagemaker")
    aws.client("s3").create_bucket(
        Bucket="offline", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    sagemaker.create_feature_group(
        FeatureGroupName="g",
        RecordIdentifierFeatureName="id",
        EventTimeFeatureName="ts",
        FeatureDefinitions=[
            {"FeatureName": "id", "FeatureType": "String"},
            {"FeatureName": "ts", "FeatureType": "String"},
        ],
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": "s3://offline/x"}},
        RoleArn=HOST,
    )
    aws.clock.advance(3600)
    found = sagemaker.describe_feature_group(FeatureGroupName="g")

    assert found["FeatureGroupStatus"] == "CreateFailed"
    assert "s3:GetBucketAcl" in found["FailureReason"]


def test_a_malformed_trust_policy_lets_no_service_in(aws: Sandbox) -> None:
    found = deployed(aws, READS, PULLS, trust={"Statement": []} | {"Version": "x"})

    assert found["EndpointStatus"] == "Failed"
