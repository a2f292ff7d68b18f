"""AWS::SNS::Topic, with its access policy and its subscriptions.

All attributes but `FifoTopic` change in place, one call each; what others have set stays. An
address may have to confirm its subscription: until then it counts as subscribed.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change, Effect
from reconciler.resources.api import (
    Companion,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import each, flag, number, rename, takes, text, wrapped
from reconciler.resources.narrow import Narrowing, exchanged
from reconciler.resources.review import Pending
from reconciler.resources.sns.subscriptions import (
    IDENTITY,
    PROP,
    Subscriptions,
    fades,
    masked,
    review,
)

ARN = "arn:{partition}:sns:{region}:{account}:{name}"
TOPIC = {"TopicArn": ARN}
TAGGED = {"ResourceArn": ARN}
TAKEN = (
    "ArchivePolicy",
    "ContentBasedDeduplication",
    "DisplayName",
    "FifoThroughputScope",
    "FifoTopic",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "SignatureVersion",
    "TopicPolicy",
    "TracingConfig",
)
VALUES = each(
    ArchivePolicy=text(),
    ContentBasedDeduplication=flag(),
    FifoTopic=flag(),
    MaximumMessageSize=number(),
    TopicPolicy=text(),
)
ATTRIBUTES = (
    wrapped("Attributes").then(rename(Policy="TopicPolicy")).then(VALUES).then(takes(*TAKEN))
)


def update(change: Change) -> Iterator[Request]:
    """One call for each attribute."""
    touched = {prop: change.desired.get(prop, "") for prop in TAKEN if change.touches(prop)}
    attributes = ATTRIBUTES.encode(touched)["Attributes"]
    for name in sorted(attributes):
        yield Request(
            "set_topic_attributes", {"AttributeName": name, "AttributeValue": attributes[name]}
        )


register(
    Resource(
        type="AWS::SNS::Topic",
        service="sns",
        aside=Aside(
            needs={"create_topic": ("sns:TagResource",)},
            set_by={"TopicPolicy": ("add_permission", "remove_permission")},
            told_by_arn=True,
        ),
        reach=Reach.REGIONAL,
        name="TopicName",
        key=TOPIC,
        read=Op("get_topic_attributes", TOPIC),
        whole=Whole(
            has=members("Attributes.Owner"),
            policies=members("Attributes.Policy"),
            same={"TopicArn": ("Attributes.TopicArn",)},
        ),
        create=Op("create_topic", {"Name": "{name}"}),
        delete=Op("delete_topic", TOPIC),
        absent=(absent("NotFound"),),
        transient=(absent("InvalidParameter", r"(?i)policy.*principal|principal.*policy"),),
        outputs={"TopicArn": ("TopicArn",)},
        created={"TopicArn": ("TopicArn",)},
        predict={"TopicArn": ARN},
        arn=ARN,
        limit=256,
        upsert=True,
        root=ATTRIBUTES,
        listings=(
            # CreateTopic overwrites nothing: it gives the topic that is there, or refuses
            Listing(method="list_topics", at="Topics", name="TopicArn", absence=True, sparing=True),
        ),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
        ),
        parts=(Subscriptions(),),
        companions=(
            Companion(
                "TopicPolicy",
                "AWS::SNS::TopicPolicy",
                {"Topics": ["{TopicArn}"], "PolicyDocument": "{value}"},
            ),
        ),
        effects={
            "DataProtectionPolicy": Effect.UNSUPPORTED,
            "DeliveryStatusLogging": Effect.UNSUPPORTED,
            "TopicPolicy": Effect.IN_PLACE,
        },
        keyed={PROP: IDENTITY},
        masked={f"{PROP}.Endpoint": masked},
        fading={PROP: fades},
        policies=frozenset({"TopicPolicy"}),
        documents=frozenset({"ArchivePolicy"}),
        # what a topic was made without, or before AWS had it (API text of CreateTopic)
        defaults={
            "ContentBasedDeduplication": False,
            "FifoThroughputScope": "Topic",
            "FifoTopic": False,
            "MaximumMessageSize": 262144,
            "SignatureVersion": "1",
            "TracingConfig": "PassThrough",
        },
        apart=frozenset({"DisplayName", PROP, "TracingConfig"}),
        pending=Pending(review=review),
        narrows=(
            Narrowing(
                path="KmsMasterKeyId",
                destroys="keys",
                lost=exchanged("messages are not kept under the present key any more"),
            ),
        ),
        refers=("AWS::IAM::Role", "AWS::KMS::Key", "AWS::Lambda::Function"),
        update=update,
    )
)
