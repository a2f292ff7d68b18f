"""The notifications of a budget, each with its subscribers.

A notification is known by its type, operator, threshold and the threshold's type, of which AWS
leaves out the usual one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.value import Json, Props, canonical
from reconciler.resources.api import Request, Whole, members
from reconciler.resources.codecs import Codec, each, number, only
from reconciler.resources.parts import Reader

THRESHOLD = {"ThresholdType": "PERCENTAGE"}
"""What a notification means that does not say. Source: Notification (AWS Budgets API)."""
TOLD = only("ComparisonOperator", "NotificationType", "Threshold", "ThresholdType").then(
    each(Threshold=Codec(number().decode))
)


@dataclass(frozen=True, slots=True)
class Notifications:
    """When somebody is told, and who. A budget has few, so each is asked for its subscribers."""

    prop: str = "NotificationsWithSubscribers"
    last: bool = False
    reads: tuple[str, ...] = (
        "describe_notifications_for_budget",
        "describe_subscribers_for_notification",
    )
    writes: tuple[str, ...] = (
        "create_notification",
        "create_subscriber",
        "delete_notification",
        "delete_subscriber",
    )

    @property
    def wholes(self) -> Mapping[str, Whole]:
        listed, asked = self.reads
        each = members("ComparisonOperator", "NotificationType", "Threshold")
        who = Whole(items="Subscribers", each=members("Address", "SubscriptionType"))
        return {listed: Whole(items="Notifications", each=each), asked: who}

    def read(self, reader: Reader, key: Props) -> Json:
        listed, asked = self.reads
        found = []
        for item in reader.pages(listed, key, "Notifications"):
            told = TOLD.decode(item)
            who = reader.pages(asked, {**key, "Notification": told}, "Subscribers")
            found.append({"Notification": told, "Subscribers": who})
        return sorted(found, key=canonical)

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        have, want = _by_identity(before), _by_identity(after)
        for gone in sorted(have.keys() - want.keys()):
            yield Request("delete_notification", {"Notification": have[gone]["Notification"]})
        for key in sorted(want):
            if key in have:
                yield from _subscribers(have[key], want[key])
            else:
                yield Request("create_notification", want[key])


def _by_identity(items: Json) -> dict[bytes, Props]:
    return {
        canonical({**THRESHOLD, **TOLD.decode(item["Notification"])}): item for item in items or ()
    }


def _subscribers(before: Props, after: Props) -> Iterator[Request]:
    """Add before removing: a notification must always have a subscriber."""
    have = {canonical(who): who for who in before["Subscribers"]}
    want = {canonical(who): who for who in after["Subscribers"]}
    told = {"Notification": after["Notification"]}
    for new in sorted(want.keys() - have.keys()):
        yield Request("create_subscriber", {**told, "Subscriber": want[new]})
    for gone in sorted(have.keys() - want.keys()):
        yield Request("delete_subscriber", {**told, "Subscriber": have[gone]})
