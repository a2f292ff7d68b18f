"""SNS: mail subscriptions wait for a person to confirm, and a topic is created but once."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.sns.responses import SNSResponse

from reconciler.sandbox.protocol.errors import Refused

WAITING_FOR_PERSON = ("email", "email-json")


def install() -> None:
    """Repair subscriptions."""
    response: Any = SNSResponse
    subscribe, create = response.subscribe, response.create_topic
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
        return ActionResult(answer | {"Subscriptions": shown})

    return listed


def _shown(subscription: Any) -> dict[str, str]:  # noqa: ANN401  (moto's subscription)
    waiting = subscription.protocol in WAITING_FOR_PERSON
    return {
        "SubscriptionArn": "PendingConfirmation" if waiting else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }
