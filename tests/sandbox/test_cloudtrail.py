"""The event history of the sandbox: LookupEvents as documented, with every write in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from sweeps import sample

from reconciler.sandbox.iam import roles
from reconciler.sandbox.protocol.sessions import signed
from reconciler.sandbox.state import snapshot
from reconciler.sandbox.state.world import EVENTS, WORLD

from .conformance import ACCOUNT, call

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.sandbox.inprocess import Sandbox

NAMES = {"AttributeKey": "ResourceName"}


def client(service: str, who: str = "alice", region: str = "eu-west-1") -> Any:
    session = signed(who)
    return session.client(service, region_name=region)


def look(region: str = "eu-west-1", **params: Any) -> Any:
    """One page, checked by botocore's output shape."""
    return call(client("cloudtrail", region=region), "LookupEvents", **params)


def named(name: str, region: str = "eu-west-1") -> list[dict[str, Any]]:
    found = look(region, LookupAttributes=[{**NAMES, "AttributeValue": name}])["Events"]
    return [{**each, "said": json.loads(each["CloudTrailEvent"])} for each in found]


def topics(count: int, who: str = "alice") -> None:
    sns = client("sns", who)
    for number in range(count):
        sns.create_topic(Name=f"t{number}")


WRITES = {
    "cloudwatch": ("put_metric_alarm", "monitoring", {
        "AlarmName": "xxx", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1,
        "Threshold": 1.0, "MetricName": "m", "Namespace": "n", "Period": 60, "Statistic": "Sum"}),
    "s3": ("create_bucket", "s3", {
        "Bucket": "xxx", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
    "sns": ("create_topic", "sns", {"Name": "xxx"}),
    "iam": ("create_role", "iam", {"RoleName": "xxx", "AssumeRolePolicyDocument": "{}"}),
    "sagemaker": ("create_model_package_group", "sagemaker", {"ModelPackageGroupName": "xxx"}),
    "budgets": ("create_budget", "budgets", {"AccountId": ACCOUNT, "Budget": {
        "BudgetName": "xxx", "BudgetType": "COST", "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "1", "Unit": "USD"}}}),
}  # fmt: skip


@pytest.mark.parametrize("service", sample([*WRITES], 3))
def test_a_write_is_in_the_history(service: str, aws: Sandbox) -> None:
    method, source, params = WRITES[service]
    getattr(client(service), method)(**params)
    home = "us-east-1" if service in {"iam", "budgets"} else "eu-west-1"
    away = {"us-east-1": "eu-west-1", "eu-west-1": "us-east-1"}[home]
    (found,) = named("xxx", home)
    assert named("xxx", away) == []
    assert found["EventSource"] == found["said"]["eventSource"] == f"{source}.amazonaws.com"
    assert found["EventName"] == "".join(word.capitalize() for word in method.split("_"))
    assert (found["Username"], found["AccessKeyId"], found["ReadOnly"]) == (
        "alice",
        "alice",
        "false",
    )
    said = found["said"]
    assert said["userIdentity"]["arn"] == f"arn:aws:iam::{ACCOUNT}:user/alice"
    assert said["recipientAccountId"] == ACCOUNT
    assert said["awsRegion"] == home
    assert said["userAgent"].startswith("Boto3/")
    assert said["eventTime"].endswith("Z")
    assert "errorCode" not in said


def test_a_key_is_found_by_its_arn(aws: Sandbox) -> None:
    kms = client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    kms.enable_key_rotation(KeyId=arn.rpartition("/")[2])
    assert [each["EventName"] for each in named(arn)] == ["EnableKeyRotation", "CreateKey"]


def test_reads_and_data_are_not_in_it(aws: Sandbox) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bbb", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="bbb", Key="k", Body=b"x")
    s3.list_buckets()
    s3.get_bucket_versioning(Bucket="bbb")
    client("sns").list_topics()
    assert [each["EventName"] for each in look()["Events"]] == ["CreateBucket"]


def test_a_failed_call_says_so(aws: Sandbox) -> None:
    with pytest.raises(ClientError):
        client("sagemaker").delete_endpoint(EndpointName="none")
    aws.fail("sns", "CreateTopic", "AuthorizationError", status=403)
    with pytest.raises(ClientError):
        client("sns").create_topic(Name="no")
    assert named("none")[0]["said"]["errorCode"] == "ValidationException"
    assert named("no")[0]["said"]["errorCode"] == "AuthorizationError"


def test_secrets_are_hidden(aws: Sandbox) -> None:
    client("secretsmanager").create_secret(Name="s", SecretString="hunter2hunter2")
    assert "hunter2" not in str(look()["Events"])


WHO = {
    "sandbox": ("AssumedRole", "assumed-role/moorline-apply/moorline"),
    "root": ("Root", "root"),
    "bob": ("IAMUser", "user/bob"),
    "Admin:eve": ("AssumedRole", "assumed-role/Admin/eve"),
}


@pytest.mark.parametrize("access_key", WHO)
def test_a_key_says_who_it_is(access_key: str, aws: Sandbox) -> None:
    client("sns", access_key).create_topic(Name="t")
    who = named("t")[0]["said"]["userIdentity"]
    assert (who["type"], who["arn"].rpartition(":")[2]) == WHO[access_key]


def test_a_user_of_the_account_is_known_by_the_key(aws: Sandbox) -> None:
    iam = client("iam", "root")
    iam.create_user(UserName="frida")
    policy = json.dumps(roles.ADMINISTRATOR["all"])
    iam.put_user_policy(UserName="frida", PolicyName="all", PolicyDocument=policy)
    made = iam.create_access_key(UserName="frida")["AccessKey"]["AccessKeyId"]
    client("sns", made).create_topic(Name="t")
    assert named("t")[0]["Username"] == "frida"


def test_an_autoscaler_is_a_service(aws: Sandbox) -> None:
    from reconciler.sandbox.services.cloudtrail import trail as cloudtrail

    cloudtrail.scaled("e", "v", 3, "eu-west-1")
    who = named("e")[0]["said"]["userIdentity"]
    assert who["invokedBy"] == "application-autoscaling.amazonaws.com"
    assert "/aws-service-role/" in who["sessionContext"]["sessionIssuer"]["arn"]


def test_pages_are_newest_first(aws: Sandbox) -> None:
    topics(120)
    first = look()
    assert len(first["Events"]) == 50
    found, token = first["Events"], first["NextToken"]
    topics(1, "late")  # does not move the pages that are being read
    while token:
        page = look(NextToken=token)
        found, token = found + page["Events"], page.get("NextToken")
    names = [each["Resources"][0]["ResourceName"] for each in found]
    assert names == [f"t{number}" for number in range(119, -1, -1)]
    assert len(look(MaxResults=7)["Events"]) == 7


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"NextToken": "nonsense"}, "InvalidNextTokenException"),
        ({"NextToken": "WyJhIiwgMV0="}, "InvalidNextTokenException"),
        (
            {"LookupAttributes": [{**NAMES, "AttributeValue": v} for v in "ab"]},
            "InvalidLookupAttributesException",
        ),
        (
            {"LookupAttributes": [{"AttributeKey": "Color", "AttributeValue": "red"}]},
            "InvalidLookupAttributesException",
        ),
        ({"StartTime": 20.0, "EndTime": 10.0}, "InvalidTimeRangeException"),
        ({"EventCategory": "data"}, "InvalidEventCategoryException"),
    ],
)
def test_what_is_wrong_is_refused(params: dict[str, Any], code: str, aws: Sandbox) -> None:
    with pytest.raises(ClientError, match=code):
        look(**params)


@pytest.mark.parametrize(
    ("key", "value", "count"),
    [
        ("EventName", "CreateTopic", 2),
        ("EventName", "createtopic", 0),
        ("EventSource", "sns.amazonaws.com", 2),
        ("Username", "bob", 1),
        ("AccessKeyId", "alice", 1),
        ("ResourceType", "AWS::SNS::Name", 2),
        ("ResourceName", "t", 0),
        ("ReadOnly", "true", 0),
        ("ReadOnly", "false", 2),
    ],
)
def test_one_attribute_filters(key: str, value: str, count: int, aws: Sandbox) -> None:
    topics(1)
    topics(1, "bob")
    found = look(LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}])
    assert len(found["Events"]) == count


def test_times_filter(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    topics(1)
    then = aws.clock.today()
    aws.clock.advance(3600)
    topics(1, "bob")
    assert [e["Username"] for e in look(EndTime=then)["Events"]] == ["alice"]
    assert [e["Username"] for e in look(StartTime=aws.clock.today())["Events"]] == ["bob"]
    aws.clock.advance(90 * 86400 - 1800)
    assert [e["Username"] for e in look()["Events"]] == ["bob"]


def test_it_throttles_when_asked(aws: Sandbox) -> None:
    aws.throttle(1.0)
    aws.clock.configure(mode="manual")
    look()
    with pytest.raises(ClientError, match="ThrottlingException"):
        boto3.Session(aws_access_key_id="x", aws_secret_access_key="x").client(
            "cloudtrail", region_name="eu-west-1", config=_once()
        ).lookup_events()
    aws.clock.advance(1)
    look()


def _once() -> Any:
    from botocore.config import Config

    return Config(retries={"total_max_attempts": 1, "mode": "standard"})


def test_the_memory_is_bounded(aws: Sandbox) -> None:
    topics(2)
    assert WORLD.events.maxlen == EVENTS
    WORLD.events.extend([WORLD.events[0]] * (EVENTS + 5))
    assert len(WORLD.events) == EVENTS


def test_the_history_outlives_the_process(aws: Sandbox, tmp_path: Path) -> None:
    topics(3)
    key = b"k" * 32
    snapshot.save(tmp_path / "s", key)
    aws.reset()
    assert look()["Events"] == []
    assert snapshot.load(tmp_path / "s", key)
    assert len(look()["Events"]) == 3
    topics(1, "bob")
    assert look()["Events"][0]["Username"] == "bob"
    aws.reset()
