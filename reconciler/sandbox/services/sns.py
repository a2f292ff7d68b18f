"""SNS: mail subscriptions wait for a person to confirm, and a topic is created but once.

A password in the address of a web hook is never shown, and who unsubscribes stays listed for a
while without an ARN. Sources: hashicorp/terraform#11108, ansible/ansible#20086.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.sns.models import SNSBackend
from moto.sns.responses import SNSResponse

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.state.world import WORLD

WAITING_FOR_PERSON = ("email", "email-json")
PASSWORD = re.compile(r"^(https?://[^:/@]*:)[^@]+@")
ATTRIBUTE = "moorline_unsubscribed"
REMEMBERED = 3600.0
"""Virtual seconds for which one that was unsubscribed is still listed."""
NAMES = {"sns": frozenset({"Name"})}
UNSEEN = (
    ("sns.[CS]*", "iam", "InvalidParameter",
     "Invalid parameter: Policy Error: PrincipalNotFound"),
)  # fmt: skip


def install() -> None:
    """Repair subscriptions."""
    response: Any = SNSResponse
    subscribe, create = response.subscribe, response.create_topic
    backend: Any = SNSBackend
    backend.unsubscribe = _remembering(backend.unsubscribe)
    by_topic, everywhere = response.list_subscriptions_by_topic, response.list_subscriptions

    def subscribe_(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
        answer: ActionResult = subscribe(self)
        full = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
        if self._get_param("Protocol") in WAITING_FOR_PERSON:
            arn = answer.result["SubscriptionArn"]  # type: ignore[index]  # moto's result is a dict
            self.backend.subscriptions[arn].attributes["PendingConfirmation"] = True
            if not full:
                return ActionResult({"SubscriptionArn": "pending confirmation"})
        return answer

    def create_topic(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
        _refuse_other_settings(self)
        answer: ActionResult = create(self)
        return answer

    response.create_topic = create_topic
    response.subscribe = subscribe_
    response.list_subscriptions_by_topic = _hiding(by_topic)
    response.list_subscriptions = _hiding(everywhere)


def _remembering(unsubscribe: Any) -> Any:  # noqa: ANN401  (a method of moto's backend)
    def unsubscribed(self: Any, subscription_arn: str) -> None:  # noqa: ANN401
        gone = self.subscriptions.get(subscription_arn)
        unsubscribe(self, subscription_arn)
        if gone is not None:
            self.__dict__.setdefault(ATTRIBUTE, []).append((WORLD.clock.now(), gone))

    return unsubscribed


def _left(backend: Any, topic: str | None) -> list[Any]:  # noqa: ANN401
    """Who unsubscribed lately, and is not subscribed again."""
    now = WORLD.clock.now()
    live = {_identity(each) for each in backend.subscriptions.values()}
    return [
        each
        for when, each in backend.__dict__.get(ATTRIBUTE, ())
        if now - when < REMEMBERED
        and each.topic_arn in backend.topics
        and topic in (None, each.topic_arn)
        and _identity(each) not in live
    ]


def _identity(subscription: Any) -> tuple[str, str, str]:  # noqa: ANN401
    return subscription.topic_arn, subscription.protocol, subscription.endpoint


def _refuse_other_settings(self: Any) -> None:  # noqa: ANN401  (moto's response)
    """CreateTopic on an existing topic answers its ARN only if nothing given differs."""
    arn = f":{self.current_account}:{self._get_param('Name')}"
    present = next((item for key, item in self.backend.topics.items() if key.endswith(arn)), None)
    if present is None:
        return
    tags = self._get_tags()
    if tags and tags != present._tags:  # noqa: SLF001  (moto keeps them there)
        raise Refused("InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists")
    for name, value in self._get_attributes().items():
        if getattr(present, camelcase_to_underscores(name), value) != value:
            text = f"Invalid parameter: Attributes Reason: Topic already exists with other {name}"
            raise Refused("InvalidParameter", text)


def _hiding(list_: Any) -> Any:  # noqa: ANN401  (a moto method)
    def listed(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
        answer = list_(self).result
        shown = [_shown(subscription) for subscription in answer["Subscriptions"]]
        if not answer.get("NextToken"):
            gone = _left(self.backend, self._get_param("TopicArn"))
            shown += [_shown(each) | {"SubscriptionArn": "Deleted"} for each in gone]
        return ActionResult(answer | {"Subscriptions": shown})

    return listed


def _shown(subscription: Any) -> dict[str, str]:  # noqa: ANN401  (moto's subscription)
    waiting = subscription.protocol in WAITING_FOR_PERSON
    return {
        "SubscriptionArn": "PendingConfirmation" if waiting else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": PASSWORD.sub(r"\1****@", subscription.endpoint),
        "TopicArn": subscription.topic_arn,
    }
