"""AWS::SNS::Topic, the same as the rest of the sandbox has."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    document,
    listed as tag_list,
    name,
    pick,
    retag,
    strings,
    taken,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD

TEXTS = (
    "DisplayName",
    "FifoThroughputScope",
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
)
FLAGS = ("ContentBasedDeduplication", "FifoTopic")
SET = (*TEXTS, *FLAGS, "ArchivePolicy", "MaximumMessageSize")


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateTopic answers with the ARN of one that is there; the handler looks first."""
    called = name(props, "TopicName", WORLD.next_number(), "Topic")
    if props.get("FifoTopic") and "TopicName" not in props:
        called += ".fifo"
    arn = aws.arn("sns", called)
    if read(aws, (arn,)) is not None:
        raise taken(arn)
    given = strings(pick(props, SET))
    tags = props.get("Tags") or []
    aws("sns", "CreateTopic", Name=called, Attributes=given, Tags=tags)
    for each in props.get("Subscription") or ():
        aws("sns", "Subscribe", TopicArn=arn, **pick(each, ("Protocol", "Endpoint")))
    return (arn,)


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """GetTopicAttributes, subscriptions and tags."""
    arn = parts[0]
    if not arn.startswith("arn:"):
        return None
    found = aws.look("sns", "GetTopicAttributes", TopicArn=arn)
    if found is None:
        return None
    given = found["Attributes"]
    shown: Props = {"TopicArn": arn, "TopicName": arn.rpartition(":")[2], **pick(given, TEXTS)}
    shown |= {key: given[key] == "true" for key in FLAGS if key in given}
    if given.get("ArchivePolicy"):
        shown["ArchivePolicy"] = document(given["ArchivePolicy"])
    if given.get("MaximumMessageSize"):
        shown["MaximumMessageSize"] = int(given["MaximumMessageSize"])
    to = [
        pick(each, ("Protocol", "Endpoint"))
        for each in aws.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=arn)
    ]
    shown |= {"Subscription": to} if to else {}
    tags = aws("sns", "ListTagsForResource", ResourceArn=arn).get("Tags") or []
    named = {each["Key"]: each["Value"] for each in tags}
    return shown | ({"Tags": tag_list(named)} if named else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """SetTopicAttributes for each attribute that differs, subscriptions and tags."""
    arn = parts[0]
    for key in SET:
        if key != "FifoTopic" and before.get(key) != after.get(key):
            value = strings({key: after[key]})[key] if key in after else ""
            aws("sns", "SetTopicAttributes", TopicArn=arn, AttributeName=key, AttributeValue=value)
    _subscribe(aws, arn, before, after)
    retag(
        before,
        after,
        lambda put: aws("sns", "TagResource", ResourceArn=arn, Tags=tag_list(put)),
        lambda gone: aws("sns", "UntagResource", ResourceArn=arn, TagKeys=gone),
    )


def _subscribe(aws: Aws, arn: str, before: Props, after: Props) -> None:
    old, new = before.get("Subscription") or [], after.get("Subscription") or []
    for each in new:
        if each not in old:
            aws("sns", "Subscribe", TopicArn=arn, **pick(each, ("Protocol", "Endpoint")))
    now = aws.pages("sns", "ListSubscriptionsByTopic", "Subscriptions", TopicArn=arn)
    for each in [*now]:
        known = pick(each, ("Protocol", "Endpoint"))
        if known in old and known not in new:
            aws("sns", "Unsubscribe", SubscriptionArn=each["SubscriptionArn"])


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteTopic."""
    aws("sns", "DeleteTopic", TopicArn=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListTopics."""
    for each in aws.pages("sns", "ListTopics", "Topics"):
        yield (each["TopicArn"],)
