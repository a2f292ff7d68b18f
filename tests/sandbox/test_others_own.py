"""What AWS hides, keeps listed, and lets nobody take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.s3.models import s3_backends

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

SYSTEM = {"Key": "aws:cloudformation:stack-name", "Value": "data"}
TEAM = {"Key": "team", "Value": "ml"}


@pytest.fixture
def s3(aws: Sandbox) -> Any:
    """A bucket that a stack made."""
    found = aws.client("s3")
    where = {"LocationConstraint": "eu-west-1"}
    found.create_bucket(Bucket="data", CreateBucketConfiguration=where)
    backend: Any = s3_backends[aws.account]["aws"]
    backend.tagger.tag_resource(backend.get_bucket("data").arn, [SYSTEM])
    return found


REFUSED = {
    "removed": ([TEAM], "System tags cannot be removed by requester"),
    "changed": ([{**SYSTEM, "Value": "x"}], "System tags cannot be added/updated by requester"),
    "added": ([SYSTEM, {"Key": "aws:x", "Value": ""}], "cannot be added"),
}


@pytest.mark.parametrize(("tags", "said"), REFUSED.values(), ids=REFUSED)
def test_tags_of_the_system_are_not_to_be(s3: Any, tags: list[Any], said: str) -> None:
    with pytest.raises(ClientError, match=f"InvalidTag.*{said}"):
        s3.put_bucket_tagging(Bucket="data", Tagging={"TagSet": tags})
    with pytest.raises(ClientError, match="cannot be removed"):
        s3.delete_bucket_tagging(Bucket="data")


def test_tags_of_the_system_are_carried_along(s3: Any) -> None:
    s3.put_bucket_tagging(Bucket="data", Tagging={"TagSet": [TEAM, SYSTEM]})
    found = s3.get_bucket_tagging(Bucket="data")["TagSet"]
    assert sorted(tag["Key"] for tag in found) == [SYSTEM["Key"], TEAM["Key"]]


def test_a_password_is_not_shown_and_who_left_is_listed_for_a_while(aws: Sandbox) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="pages")["TopicArn"]
    hook = {"TopicArn": topic, "Protocol": "https", "Endpoint": "https://u:p@hooks.example.com/a"}
    arn = sns.subscribe(**hook, ReturnSubscriptionArn=True)["SubscriptionArn"]

    def shown() -> list[tuple[str, str]]:
        found = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        return [(each["SubscriptionArn"], each["Endpoint"]) for each in found]

    masked = "https://u:****@hooks.example.com/a"
    assert shown() == [(arn, masked)]
    sns.unsubscribe(SubscriptionArn=arn)
    assert shown() == [("Deleted", masked)]
    sns.subscribe(**hook)
    assert len(shown()) == 1
    sns.unsubscribe(SubscriptionArn=shown()[0][0])
    aws.clock.advance(3601)
    assert shown() == []
