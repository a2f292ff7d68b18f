"""SNS: an e-mail subscription waits for its owner to confirm, which in a sandbox never happens."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sns.responses import SNSResponse

WAITING_FOR_PERSON = ("email", "email-json")


def install() -> None:
    """Repair subscriptions."""
    response: Any = SNSResponse
    subscribe = response.subscribe
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

    response.subscribe = subscribe_
    response.list_subscriptions_by_topic = _hiding(by_topic)
    response.list_subscriptions = _hiding(everywhere)


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
