"""What regions and accounts share: names of buckets; and what regions share: roles and budgets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from .conformance import ACCOUNT, refused
from .test_budgets import BUDGET, EIGHTY, MAIL, ME

if TYPE_CHECKING:
    from reconciler.sandbox.iam import roles
from reconciler.sandbox.iam import roles
from reconciler.sandbox.inprocess import Sandbox

IE, DE, US = "eu-west-1", "eu-central-1", "us-east-1"
NAME = {"Bucket": "a-name-of-all"}
STRANGER = "210987654321"


def make(client: Any, region: str = IE) -> Any:
    where = {} if region == US else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    return client.create_bucket(**NAME, **where)


def stranger(aws: Sandbox, service: str, region: str = IE) -> Any:
    """A client of another account."""
    role = f"arn:aws:iam::{STRANGER}:role/somebody"
    roles.put(role, roles.ADMINISTRATOR)
    found = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="somebody")["Credentials"]
    session = boto3.Session(
        found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], region
    )
    return session.client(service)


@pytest.mark.parametrize("region", [IE, DE])
def test_a_name_of_ours_cannot_be_made_again_in_any_region(aws: Sandbox, region: str) -> None:
    make(aws.client("s3"))
    again = aws.client("s3", region)
    where = {"LocationConstraint": region}
    refused(
        "BucketAlreadyOwnedByYou", "", again.create_bucket, **NAME, CreateBucketConfiguration=where
    )


def test_only_in_north_virginia_making_it_again_succeeds(aws: Sandbox) -> None:
    first, us = aws.client("s3"), aws.client("s3", US)
    make(first)
    refused("BucketAlreadyOwnedByYou", "", us.create_bucket, **NAME)
    first.delete_bucket(**NAME)
    make(us, US)
    assert make(us, US)["ResponseMetadata"]["HTTPStatusCode"] == 200
    where = {"LocationConstraint": IE}
    refused(
        "BucketAlreadyOwnedByYou", "", first.create_bucket, **NAME, CreateBucketConfiguration=where
    )


def test_a_name_of_another_account_is_not_available_and_not_shown(aws: Sandbox) -> None:
    make(aws.client("s3"))
    theirs = stranger(aws, "s3")
    where = {"LocationConstraint": IE}
    refused(
        "BucketAlreadyExists", "", theirs.create_bucket, **NAME, CreateBucketConfiguration=where
    )
    with pytest.raises(ClientError) as caught:
        theirs.head_bucket(**NAME)
    answer = caught.value.response["ResponseMetadata"]
    assert (answer["HTTPStatusCode"], answer["HTTPHeaders"]["x-amz-bucket-region"]) == (403, IE)
    refused("AccessDenied", "", theirs.get_bucket_versioning, **NAME)
    refused("AccessDenied", "", theirs.put_object, **NAME, Key="k", Body=b"")
    refused("AccessDenied", "", theirs.delete_bucket, **NAME)
    assert theirs.list_buckets()["Buckets"] == []
    aws.client("s3").delete_bucket(**NAME)
    make(theirs)


def test_a_policy_lets_another_account_in(aws: Sandbox) -> None:
    ours, theirs = aws.client("s3"), stranger(aws, "s3")
    make(ours)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": STRANGER},
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::a-name-of-all", "arn:aws:s3:::a-name-of-all/*"],
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    ours.put_bucket_policy(**NAME, Policy=document)
    theirs.put_object(**NAME, Key="k", Body=b"told")
    assert ours.get_object(**NAME, Key="k")["Body"].read() == b"told"


READS: dict[str, tuple[str, dict[str, str]]] = {
    "HeadBucket": ("head_bucket", {}),
    "GetBucketVersioning": ("get_bucket_versioning", {}),
    "GetObject": ("get_object", {"Key": "k"}),
}


@pytest.mark.parametrize(("method", "params"), READS.values(), ids=READS)
def test_another_region_says_where_a_bucket_is_and_clients_go_there(
    aws: Sandbox, method: str, params: dict[str, str]
) -> None:
    make(aws.client("s3"))
    aws.client("s3").put_object(**NAME, Key="k", Body=b"")
    answers = []
    client = boto3.Session("a", "b", region_name=DE).client("s3")
    client.meta.events.register(
        "response-received.s3", lambda response_dict, **_: answers.append(response_dict)
    )
    found = getattr(client, method)(**NAME, **params)
    assert [each["status_code"] for each in answers] == [301, 200]
    assert answers[0]["headers"]["x-amz-bucket-region"] == IE
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200
    if method == "head_bucket":
        assert found["BucketRegion"] == IE


def test_buckets_of_all_regions_are_listed_everywhere_with_where_they_are(aws: Sandbox) -> None:
    make(aws.client("s3"))
    for region in (IE, DE):
        (found,) = aws.client("s3", region).list_buckets(Prefix="a-")["Buckets"]
        assert (found["Name"], found["BucketRegion"]) == ("a-name-of-all", IE)
    assert aws.client("s3", DE).list_buckets(BucketRegion=DE)["Buckets"] == []


def test_a_role_is_one_for_all_regions_of_an_account(aws: Sandbox) -> None:
    role = {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}
    aws.client("iam").create_role(**role)
    there = aws.client("iam", DE)
    refused("EntityAlreadyExists", "", there.create_role, **role)
    assert there.get_role(RoleName="r")["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/r"
    theirs = stranger(aws, "iam")
    assert [each["RoleName"] for each in theirs.list_roles()["Roles"]] == ["somebody"]
    theirs.create_role(**role)
    there.delete_role(RoleName="r")
    assert aws.client("iam").list_roles()["Roles"] == []
    assert [each["RoleName"] for each in theirs.list_roles()["Roles"]] == ["r", "somebody"]


def test_a_budget_is_one_for_all_regions_of_an_account(aws: Sandbox) -> None:
    told = [{"Notification": EIGHTY, "Subscribers": [MAIL]}]
    aws.client("budgets").create_budget(**ME, Budget=BUDGET, NotificationsWithSubscribers=told)
    there = aws.client("budgets", DE)
    refused("DuplicateRecordException", "", there.create_budget, **ME, Budget=BUDGET)
    theirs = stranger(aws, "budgets")
    assert theirs.describe_budgets(AccountId=STRANGER).get("Budgets", []) == []
    there.delete_budget(**ME, BudgetName="ml")
    assert aws.client("budgets").describe_budgets(**ME)["Budgets"] == []
