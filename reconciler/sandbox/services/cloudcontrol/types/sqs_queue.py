"""AWS::SQS::Queue, made in moto's SQS."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    document,
    listed as tag_list,
    name,
    pairs,
    pick,
    retag,
    strings,
    taken,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD

NUMBERS = (
    "DelaySeconds",
    "KmsDataKeyReusePeriodSeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
)
FLAGS = ("ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled")
TEXTS = ("DeduplicationScope", "FifoThroughputLimit", "KmsMasterKeyId")
DOCUMENTS = ("RedriveAllowPolicy", "RedrivePolicy")
SET = (*NUMBERS, *FLAGS, *TEXTS, *DOCUMENTS)
DEFAULTS: Props = {
    "DelaySeconds": 0,
    "MaximumMessageSize": 262144,
    "MessageRetentionPeriod": 345600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "VisibilityTimeout": 30,
}
"""What AWS goes back to where an update leaves a number out. Source: CreateQueue."""


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateQueue."""
    called = name(props, "QueueName", WORLD.next_number(), "Queue")
    if props.get("FifoQueue") and "QueueName" not in props:
        called += ".fifo"
    if found := aws.look("sqs", "GetQueueUrl", QueueName=called):
        raise taken(found["QueueUrl"])
    attributes = strings(pick(props, SET))
    made = aws("sqs", "CreateQueue", QueueName=called, Attributes=attributes, tags=pairs(props))
    return (made["QueueUrl"],)


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """GetQueueAttributes and its tags. A name is no address of a queue, though moto takes one."""
    if not parts[0].startswith("https://"):
        return None
    found = aws.look("sqs", "GetQueueAttributes", QueueUrl=parts[0], AttributeNames=["All"])
    if found is None:
        return None
    given = found["Attributes"]
    shown: Props = {"QueueUrl": parts[0], "Arn": given["QueueArn"]}
    shown["QueueName"] = given["QueueArn"].rpartition(":")[2]
    shown |= {key: int(given[key]) for key in NUMBERS if key in given}
    shown |= {key: given[key] == "true" for key in FLAGS if key in given}
    shown |= pick(given, TEXTS)
    shown |= {key: document(given[key]) for key in DOCUMENTS if given.get(key)}
    tags = aws("sqs", "ListQueueTags", QueueUrl=parts[0]).get("Tags") or {}
    return shown | ({"Tags": tag_list(tags)} if tags else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """SetQueueAttributes with what differs."""
    wanted = {**pick(DEFAULTS, DEFAULTS), **pick(after, SET)}
    wanted |= {key: "" for key in (*TEXTS, *DOCUMENTS) if before.get(key) and not after.get(key)}
    differs = {key: value for key, value in wanted.items() if before.get(key) != value}
    differs.pop("FifoQueue", None)
    if differs:
        aws("sqs", "SetQueueAttributes", QueueUrl=parts[0], Attributes=strings(differs))
    retag(
        before,
        after,
        lambda put: aws("sqs", "TagQueue", QueueUrl=parts[0], Tags=put),
        lambda gone: aws("sqs", "UntagQueue", QueueUrl=parts[0], TagKeys=gone),
    )


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteQueue."""
    aws("sqs", "DeleteQueue", QueueUrl=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListQueues."""
    for url in aws("sqs", "ListQueues").get("QueueUrls") or ():
        yield (url,)
