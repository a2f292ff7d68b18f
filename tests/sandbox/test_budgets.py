"""Budgets with their notifications, subscribers and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conformance import ACCOUNT, refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

ARN = f"arn:aws:budgets::{ACCOUNT}:budget/ml"
ME = {"AccountId": ACCOUNT}
NAMED = {**ME, "BudgetName": "ml"}
MAIL = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
TOPIC = {"SubscriptionType": "SNS", "Address": "arn:aws:sns:eu-west-1:123456789012:alerts"}
EIGHTY = {
    "NotificationType": "ACTUAL",
    "ComparisonOperator": "GREATER_THAN",
    "Threshold": 80,
}
NINETY = EIGHTY | {"Threshold": 90.0}
BUDGET = {
    "BudgetName": "ml",
    "BudgetLimit": {"Amount": "100", "Unit": "USD"},
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
}


@pytest.fixture
def client(aws: Sandbox) -> Any:
    found = aws.client("budgets")
    found.create_budget(
        **ME,
        Budget=BUDGET,
        NotificationsWithSubscribers=[{"Notification": EIGHTY, "Subscribers": [MAIL, TOPIC]}],
        ResourceTags=[{"Key": "owner", "Value": "risk"}],
    )
    return found


def notifications(client: Any) -> list[float]:
    found = client.describe_notifications_for_budget(**NAMED)["Notifications"]
    return [item["Threshold"] for item in found]


def subscribers(client: Any, notification: dict[str, Any] = EIGHTY) -> list[dict[str, str]]:
    of = {**NAMED, "Notification": notification}
    found: list[dict[str, str]] = client.describe_subscribers_for_notification(**of)["Subscribers"]
    return found


def test_a_budget_is_shown_with_the_servers_defaults(client: Any) -> None:
    shown = client.describe_budget(**NAMED)["Budget"]
    assert shown["BudgetLimit"] == {"Amount": "100.0", "Unit": "USD"}
    assert (shown["CostTypes"]["IncludeTax"], shown["CostTypes"]["UseBlended"]) == (True, False)
    assert shown["TimePeriod"]["Start"].day == 1
    assert shown["TimePeriod"]["End"].year == 2087


def test_a_partial_cost_type_keeps_the_other_defaults(client: Any) -> None:
    changed = BUDGET | {"CostTypes": {"IncludeTax": False}}
    client.update_budget(**ME, NewBudget=changed)
    types = client.describe_budget(**NAMED)["Budget"]["CostTypes"]
    assert (types["IncludeTax"], types["IncludeCredit"]) == (False, True)


def test_an_update_replaces_the_budget_and_keeps_its_notifications(client: Any) -> None:
    client.update_budget(**ME, NewBudget=BUDGET | {"BudgetLimit": {"Amount": "7.5", "Unit": "USD"}})
    assert client.describe_budget(**NAMED)["Budget"]["BudgetLimit"]["Amount"] == "7.5"
    assert notifications(client) == [80.0]


def test_notifications_are_created_updated_and_deleted(client: Any) -> None:
    client.create_notification(**NAMED, Notification=NINETY, Subscribers=[MAIL])
    seventy = EIGHTY | {"Threshold": 70}
    client.update_notification(**NAMED, OldNotification=EIGHTY, NewNotification=seventy)
    assert notifications(client) == [70.0, 90.0]
    assert subscribers(client, seventy) == [MAIL, TOPIC]
    client.delete_notification(**NAMED, Notification=seventy)
    assert notifications(client) == [90.0]


def test_subscribers_are_created_updated_and_deleted(client: Any) -> None:
    other = MAIL | {"Address": "b@example.com"}
    of = {**NAMED, "Notification": EIGHTY}
    client.create_subscriber(**of, Subscriber=other)
    client.update_subscriber(
        **of, OldSubscriber=MAIL, NewSubscriber=MAIL | {"Address": "c@example.com"}
    )
    client.delete_subscriber(**of, Subscriber=TOPIC)
    assert [item["Address"] for item in subscribers(client)] == ["c@example.com", "b@example.com"]


def test_a_notification_goes_with_its_last_subscriber(client: Any) -> None:
    for subscriber in (MAIL, TOPIC):
        client.delete_subscriber(**NAMED, Notification=EIGHTY, Subscriber=subscriber)
    assert notifications(client) == []


def test_tags_are_listed_added_and_removed(client: Any) -> None:
    client.tag_resource(ResourceARN=ARN, ResourceTags=[{"Key": "stage", "Value": "dev"}])
    client.untag_resource(ResourceARN=ARN, ResourceTagKeys=["owner"])
    found = client.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"]
    assert found == [{"Key": "stage", "Value": "dev"}]


def test_budgets_and_their_notifications_come_in_pages(client: Any) -> None:
    for number in range(4):
        client.create_budget(**ME, Budget=BUDGET | {"BudgetName": f"more-{number}"})
    pages = client.get_paginator("describe_budgets").paginate(
        **ME, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["Budgets"]) for page in pages] == [2, 2, 1]
    found = client.describe_budget_notifications_for_account(**ME, MaxResults=2)
    assert found["BudgetNotificationsForAccount"][0]["BudgetName"] == "ml"
    assert "NextToken" in found


REFUSALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a second budget of the name": (
        "DuplicateRecordException",
        "create_budget",
        {**ME, "Budget": BUDGET},
    ),
    "a budget without a limit": (
        "InvalidParameterException",
        "create_budget",
        {**ME, "Budget": {"BudgetName": "x", "BudgetType": "COST", "TimeUnit": "MONTHLY"}},
    ),
    "an update of a missing budget": (
        "NotFoundException",
        "update_budget",
        {**ME, "NewBudget": BUDGET | {"BudgetName": "nope"}},
    ),
    "a missing budget": ("NotFoundException", "describe_budget", {**ME, "BudgetName": "nope"}),
    "deleting a missing budget": (
        "NotFoundException",
        "delete_budget",
        {**ME, "BudgetName": "nope"},
    ),
    "the same notification again": (
        "DuplicateRecordException",
        "create_notification",
        {**NAMED, "Notification": EIGHTY | {"ThresholdType": "PERCENTAGE"}, "Subscribers": [MAIL]},
    ),
    "a missing notification": (
        "NotFoundException",
        "describe_subscribers_for_notification",
        {**NAMED, "Notification": NINETY},
    ),
    "the same subscriber again": (
        "DuplicateRecordException",
        "create_subscriber",
        {**NAMED, "Notification": EIGHTY, "Subscriber": MAIL},
    ),
    "a second topic": (
        "CreationLimitExceededException",
        "create_subscriber",
        {
            **NAMED,
            "Notification": EIGHTY,
            "Subscriber": TOPIC | {"Address": TOPIC["Address"] + "2"},
        },
    ),
    "tags of a missing budget": (
        "NotFoundException",
        "list_tags_for_resource",
        {"ResourceARN": ARN + "x"},
    ),
}


@pytest.mark.parametrize(("code", "method", "given"), REFUSALS.values(), ids=REFUSALS.keys())
def test_budgets_refuse(client: Any, code: str, method: str, given: dict[str, Any]) -> None:
    refused(code, "", getattr(client, method), **given)


TAGGED = {"Tags": {"Key": "moorline:platform", "Values": ["acme"]}}
BOTH = {"And": [TAGGED, {"Tags": {"Key": "moorline:environment", "Values": ["dev"]}}]}
UNBLENDED = {"Metrics": ["UnblendedCost"]}


def test_a_filter_expression_is_shown_only_where_it_is_asked_for(client: Any) -> None:
    new = BUDGET | UNBLENDED | {"FilterExpression": BOTH}
    client.update_budget(**ME, NewBudget=new)
    asked = {"ShowFilterExpression": True}
    budgets = (client.describe_budget(**NAMED), client.describe_budget(**NAMED, **asked))
    plain, full = (answer["Budget"] for answer in budgets)
    assert ("FilterExpression" in plain, full["FilterExpression"]) == (False, BOTH)
    assert {"CostFilters", "CostTypes"} & full.keys() == set()
    (listed,) = client.describe_budgets(**ME, **asked)["Budgets"]
    assert listed["FilterExpression"] == BOTH


@pytest.mark.parametrize(
    "filters",
    [
        {"FilterExpression": BOTH},
        {"FilterExpression": BOTH, "CostFilters": {}, **UNBLENDED},
        {"FilterExpression": BOTH, "CostTypes": {"IncludeTax": True}, **UNBLENDED},
        {"FilterExpression": {"And": [TAGGED]}, **UNBLENDED},
        {"FilterExpression": {}, **UNBLENDED},
        {"FilterExpression": {"Not": {}}, **UNBLENDED},
    ],
    ids=["no metric", "both filters", "types", "one to join", "nothing", "not nothing"],
)
def test_filters_that_do_not_go_together_are_refused(client: Any, filters: Any) -> None:
    update = client.update_budget
    refused("InvalidParameterException", "", update, **ME, NewBudget=BUDGET | filters)


def test_the_usual_type_of_a_threshold_is_left_out(client: Any) -> None:
    of = {**NAMED, "Subscribers": [MAIL]}
    client.create_notification(**of, Notification={**NINETY, "ThresholdType": "PERCENTAGE"})
    client.create_notification(**of, Notification={**NINETY, "ThresholdType": "ABSOLUTE_VALUE"})
    shown = client.describe_notifications_for_budget(**NAMED)["Notifications"]
    assert [each.get("ThresholdType") for each in shown] == [None, None, "ABSOLUTE_VALUE"]
