"""What hangs on a budget: notifications, their subscribers, and tags."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError

from reconciler.sandbox.services.budgets.store import (
    Budget,
    Notification,
    duplicate,
    find,
    missing,
    page,
)

IDENTITY = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
MOST_NOTIFICATIONS = 10
MOST_OF_TYPE = {"EMAIL": 10, "SNS": 1}
Budgets = dict[str, Budget]
Params = dict[str, Any]


def _identity(details: dict[str, Any]) -> tuple[Any, ...]:
    full = {"ThresholdType": "PERCENTAGE"} | details
    return tuple(float(full[name]) if name == "Threshold" else full[name] for name in IDENTITY)


def _find(budget: Budget, details: dict[str, Any]) -> Notification:
    for notification in budget.notifications:
        if _identity(notification.details) == _identity(details):
            return notification
    text = "Unable to find notification - the notification doesn't exist."
    raise missing(text)


def _shown(details: dict[str, Any]) -> dict[str, Any]:
    """The usual type of a threshold is left out. Source: aws/aws-cli#7145."""
    usual = details["ThresholdType"] == "PERCENTAGE"
    return {k: v for k, v in details.items() if not (usual and k == "ThresholdType")}


def _stored(details: dict[str, Any]) -> dict[str, Any]:
    full = {"ThresholdType": "PERCENTAGE", "NotificationState": "OK"} | details
    return full | {"Threshold": float(full["Threshold"])}


def add_notification(
    budget: Budget, details: dict[str, Any], subscribers: list[dict[str, str]]
) -> None:
    """Append a notification; refuses duplicates and more than AWS allows."""
    if any(_identity(item.details) == _identity(details) for item in budget.notifications):
        text = "Unable to create notification - the notification already exists."
        raise duplicate(text)
    if len(budget.notifications) >= MOST_NOTIFICATIONS:
        raise _too_many(f"more than {MOST_NOTIFICATIONS} notifications in a budget")
    if not subscribers:
        text = "Unable to create notification - give at least one subscriber."
        raise JsonRESTError("InvalidParameterException", text)
    notification = Notification(_stored(details), [])
    for subscriber in subscribers:
        _add_subscriber(notification, subscriber)
    budget.notifications.append(notification)


def _add_subscriber(notification: Notification, subscriber: dict[str, str]) -> None:
    if subscriber in notification.subscribers:
        text = "Unable to create subscriber - the subscriber already exists."
        raise duplicate(text)
    kind = subscriber["SubscriptionType"]
    present = sum(item["SubscriptionType"] == kind for item in notification.subscribers)
    if present >= MOST_OF_TYPE[kind]:
        raise _too_many(f"more than {MOST_OF_TYPE[kind]} {kind} subscribers of a notification")
    notification.subscribers.append(dict(subscriber))


def _too_many(what: str) -> JsonRESTError:
    return JsonRESTError("CreationLimitExceededException", f"You can't have {what}.")


def create_notification(budgets: Budgets, params: Params) -> None:
    """CreateNotification."""
    budget = find(budgets, params["BudgetName"], "create notification")
    add_notification(budget, params["Notification"], params["Subscribers"])


def update_notification(budgets: Budgets, params: Params) -> None:
    """UpdateNotification: subscribers stay."""
    budget = find(budgets, params["BudgetName"], "update notification")
    notification = _find(budget, params["OldNotification"])
    new = params["NewNotification"]
    others = [item for item in budget.notifications if item is not notification]
    if any(_identity(item.details) == _identity(new) for item in others):
        text = "Unable to update notification - the notification already exists."
        raise duplicate(text)
    notification.details = _stored(new)


def delete_notification(budgets: Budgets, params: Params) -> None:
    """DeleteNotification, with its subscribers."""
    budget = find(budgets, params["BudgetName"], "delete notification")
    budget.notifications.remove(_find(budget, params["Notification"]))


def describe_notifications(budgets: Budgets, params: Params) -> dict[str, Any]:
    """DescribeNotificationsForBudget."""
    budget = find(budgets, params["BudgetName"], "get notifications")
    found = [_shown(item.details) for item in budget.notifications]
    return page(found, params, "Notifications", 100)


def describe_for_account(budgets: Budgets, params: Params) -> dict[str, Any]:
    """DescribeBudgetNotificationsForAccount."""
    found = [
        {
            "BudgetName": name,
            "Notifications": [_shown(item.details) for item in budget.notifications],
        }
        for name, budget in sorted(budgets.items())
    ]
    return page(found, params, "BudgetNotificationsForAccount", 50)


def create_subscriber(budgets: Budgets, params: Params) -> None:
    """CreateSubscriber."""
    budget = find(budgets, params["BudgetName"], "create subscriber")
    _add_subscriber(_find(budget, params["Notification"]), params["Subscriber"])


def update_subscriber(budgets: Budgets, params: Params) -> None:
    """UpdateSubscriber."""
    budget = find(budgets, params["BudgetName"], "update subscriber")
    subscribers = _find(budget, params["Notification"]).subscribers
    subscribers[_index(subscribers, params["OldSubscriber"])] = dict(params["NewSubscriber"])


def delete_subscriber(budgets: Budgets, params: Params) -> None:
    """DeleteSubscriber; the notification goes with its last subscriber (documented)."""
    budget = find(budgets, params["BudgetName"], "delete subscriber")
    notification = _find(budget, params["Notification"])
    del notification.subscribers[_index(notification.subscribers, params["Subscriber"])]
    if not notification.subscribers:
        budget.notifications.remove(notification)


def _index(subscribers: list[dict[str, str]], wanted: dict[str, str]) -> int:
    if wanted not in subscribers:
        text = "Unable to find subscriber - the subscriber doesn't exist."
        raise missing(text)
    return subscribers.index(wanted)


def describe_subscribers(budgets: Budgets, params: Params) -> dict[str, Any]:
    """DescribeSubscribersForNotification."""
    budget = find(budgets, params["BudgetName"], "get subscribers")
    found = _find(budget, params["Notification"]).subscribers
    return page(found, params, "Subscribers", 100)


def _by_arn(budgets: Budgets, params: Params) -> Budget:
    return find(budgets, params["ResourceARN"].partition(":budget/")[2], "find resource")


def tag(budgets: Budgets, params: Params) -> None:
    """TagResource."""
    new = {item["Key"]: item["Value"] for item in params["ResourceTags"]}
    _by_arn(budgets, params).tags |= new


def untag(budgets: Budgets, params: Params) -> None:
    """UntagResource."""
    for key in params["ResourceTagKeys"]:
        _by_arn(budgets, params).tags.pop(key, None)


def list_tags(budgets: Budgets, params: Params) -> dict[str, Any]:
    """ListTagsForResource."""
    tags = _by_arn(budgets, params).tags
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]}


OPERATIONS = {
    "CreateNotification": create_notification,
    "UpdateNotification": update_notification,
    "DeleteNotification": delete_notification,
    "DescribeNotificationsForBudget": describe_notifications,
    "DescribeBudgetNotificationsForAccount": describe_for_account,
    "CreateSubscriber": create_subscriber,
    "UpdateSubscriber": update_subscriber,
    "DeleteSubscriber": delete_subscriber,
    "DescribeSubscribersForNotification": describe_subscribers,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": list_tags,
}
