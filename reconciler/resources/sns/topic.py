"""AWS::SNS::Topic, with its access policy and its subscriptions.

All attributes but `FifoTopic` change in place, one call each. An e-mail
address has to confirm its subscription; until then it counts as subscribed and
cannot be taken back: it stays a difference until AWS forgets it, after three days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.change import Change, Effect
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Companion,
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
from reconciler.resources.codecs import each, flag, number, rename, takes, text, wrapped
from reconciler.resources.narrow import Narrowing, exchanged
from reconciler.resources.parts import Reader

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


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Who is told. Two subscriptions of a topic differ in their endpoint."""

    prop: str = "Subscription"
    last: bool = False
    reads: tuple[str, ...] = ("list_subscriptions_by_topic",)
    writes: tuple[str, ...] = ("subscribe", "unsubscribe")

    @property
    def wholes(self) -> Mapping[str, Whole]:
        each = members("Endpoint", "Protocol", "SubscriptionArn")
        same = {"TopicArn": "TopicArn"}
        return {self.reads[0]: Whole(items="Subscriptions", each=each, each_same=same)}

    def read(self, reader: Reader, key: Props) -> Json:
        found = reader.pages("list_subscriptions_by_topic", key, "Subscriptions")
        members = ("Protocol", "Endpoint", "SubscriptionArn")
        return [{name: item[name] for name in members} for item in found]

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        have = {(item["Protocol"], item["Endpoint"]): item for item in before or ()}
        want = {(item["Protocol"], item["Endpoint"]) for item in after or ()}
        for protocol, endpoint in sorted(want - have.keys(), key=str):
            yield Request("subscribe", {"Protocol": protocol, "Endpoint": endpoint})
        for item in sorted(have.keys() - want, key=str):
            arn = have[item].get("SubscriptionArn", "")
            if arn.startswith("arn:"):  # else it is "PendingConfirmation"
                yield Request("unsubscribe", {"SubscriptionArn": arn}, bare=True)


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
        keyed={"Subscription": "Endpoint"},
        policies=frozenset({"TopicPolicy"}),
        documents=frozenset({"ArchivePolicy"}),
        defaults={"ContentBasedDeduplication": False, "FifoTopic": False, "SignatureVersion": "1"},
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
