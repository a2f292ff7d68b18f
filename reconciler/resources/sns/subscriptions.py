"""The subscriptions of a topic: who is told, and who has yet to confirm that he wants to be.

A subscription is known by its protocol and its endpoint. AWS shows a password in the address of a
web hook as ``****``, so an address and its masked form are the same, and a change of the password
alone cannot be seen. An address that has not confirmed has no ARN: nothing can be sent about it,
and AWS forgets it by itself. Sources: Subscribe, ListSubscriptionsByTopic (SNS API).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.change import Change
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, Props
from reconciler.resources.api import Request, Whole, members
from reconciler.resources.parts import Reader
from reconciler.resources.review import Objection

PROP = "Subscription"
IDENTITY = ("Protocol", "Endpoint")
ARN = "SubscriptionArn"
WAITING = "PendingConfirmation"
LEFT = "Deleted"
"""What stands for the ARN of one that was unsubscribed and is still listed for a while."""
_PASSWORD = re.compile(r"^(https?://[^:/@\s]*:)(?:\{\{.*?\}\}|[^@/])+@")


def masked(endpoint: str) -> str:
    """An address as AWS shows it, without its password."""
    return _PASSWORD.sub(r"\1****@", endpoint)


def fades(item: Props) -> bool:
    """Whether AWS forgets it by itself: nobody has confirmed it, and nobody can take it back."""
    return item.get(ARN) == WAITING


def review(change: Change) -> Iterator[Objection]:
    """Who is not told yet, and what cannot be seen."""
    name = str(change.address)
    wanted = {_key(item) for item in change.desired.get(PROP) or ()}
    for item in change.live.get(PROP) or ():
        if not fades(item):
            continue
        who = f"{item['Protocol']} {masked(item['Endpoint'])!r}"
        if _key(item) in wanted:
            text = f"{who} of {name!r} has not confirmed its subscription and is told nothing"
            help_ = "confirm it from the message that AWS sent there; nothing can be sent instead"
        else:
            text = f"{who} of {name!r} is not declared any more and could still be confirmed"
            help_ = "nothing to do: AWS forgets it, as long as nobody follows the link"
        yield Objection("STATE003", text, help_, Severity.WARNING)


def _key(item: Props) -> tuple[Json, Json]:
    where = item["Endpoint"]
    return item["Protocol"], masked(where) if isinstance(where, str) else where


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Who is told."""

    prop: str = PROP
    last: bool = False
    reads: tuple[str, ...] = ("list_subscriptions_by_topic",)
    writes: tuple[str, ...] = ("subscribe", "unsubscribe")

    @property
    def wholes(self) -> Mapping[str, Whole]:
        each = members(*IDENTITY, ARN)
        same = {"TopicArn": "TopicArn"}
        return {self.reads[0]: Whole(items="Subscriptions", each=each, each_same=same)}

    def read(self, reader: Reader, key: Props) -> Json:
        found = reader.pages("list_subscriptions_by_topic", key, "Subscriptions")
        kept = (item for item in found if item[ARN] != LEFT)
        return [{name: item[name] for name in (*IDENTITY, ARN)} for item in kept]

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        have = {_key(item): item for item in before or ()}
        want = {_key(item): item for item in after or ()}
        for key in sorted(want.keys() - have.keys(), key=str):
            yield Request("subscribe", {name: want[key][name] for name in IDENTITY})
        for key in sorted(have.keys() - want.keys(), key=str):
            arn = have[key].get(ARN, "")
            if arn.startswith("arn:"):  # else there is none yet
                yield Request("unsubscribe", {ARN: arn}, bare=True)
