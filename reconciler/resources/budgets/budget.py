"""AWS::Budgets::Budget.

Limit, filters, period, notifications, subscribers and tags change in place; the
name does not. The properties are CloudFormation's: the budget itself is nested
under `Budget`, its name included. Amounts are numbers here and text in the API.
A notification is known by its type, operator and threshold; state
`ThresholdType` always, because AWS does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.change import Change
from reconciler.model.value import Json, Props, Ref, canonical
from reconciler.resources.api import Listing, Op, Request, Resource, Tagging, absent, register
from reconciler.resources.codecs import (
    Codec,
    each,
    moment,
    number,
    only,
    values,
)
from reconciler.resources.parts import Reader

ACCOUNT = {"AccountId": "{account}"}
BUDGET = {**ACCOUNT, "BudgetName": "{name}"}
ARN = "arn:{partition}:budgets::{account}:budget/{name}"
TAGGED = {"ResourceARN": ARN}
AMOUNT = each(Amount=number())
DATA = only(
    "AutoAdjustData",
    "BillingViewArn",
    "BudgetLimit",
    "BudgetName",
    "BudgetType",
    "CostFilters",
    "CostTypes",
    "FilterExpression",
    "Metrics",
    "PlannedBudgetLimits",
    "TimePeriod",
    "TimeUnit",
).then(
    each(
        BudgetLimit=AMOUNT,
        PlannedBudgetLimits=values(AMOUNT),
        TimePeriod=each(End=moment(), Start=moment()),
    )
)
ROOT = each(Budget=DATA)
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

    def read(self, reader: Reader, key: Props) -> Json:
        listed, asked = self.reads
        found = []
        for item in reader.pages(listed, key, "Notifications"):
            told = TOLD.decode(item)
            who = reader.pages(asked, {**key, "Notification": told}, "Subscribers")
            found.append({"Notification": told, "Subscribers": who})
        return sorted(found, key=canonical) or None

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
    return {canonical(TOLD.decode(item["Notification"])): item for item in items or ()}


def _subscribers(before: Props, after: Props) -> Iterator[Request]:
    """Add before removing: a notification must always have a subscriber."""
    have = {canonical(who): who for who in before["Subscribers"]}
    want = {canonical(who): who for who in after["Subscribers"]}
    told = {"Notification": after["Notification"]}
    for new in sorted(want.keys() - have.keys()):
        yield Request("create_subscriber", {**told, "Subscriber": want[new]})
    for gone in sorted(have.keys() - want.keys()):
        yield Request("delete_subscriber", {**told, "Subscriber": have[gone]})


def update(change: Change) -> Iterator[Request]:
    """A put of the whole budget; alone among the calls it takes no `BudgetName`."""
    if change.touches("Budget"):
        budget = {**DATA.encode(change.desired["Budget"]), "BudgetName": change.address.name}
        account = Ref(change.address, "AccountId")
        yield Request("update_budget", {"AccountId": account, "NewBudget": budget}, bare=True)


register(
    Resource(
        type="AWS::Budgets::Budget",
        service="budgets",
        name="Budget.BudgetName",
        key=BUDGET,
        read=Op("describe_budget", BUDGET),
        create=Op("create_budget", {**ACCOUNT, "Budget": {"BudgetName": "{name}"}}),
        delete=Op("delete_budget", BUDGET),
        absent=(absent("NotFound"),),
        predict={"AccountId": "{account}", "Arn": ARN},
        arn=ARN,
        limit=100,
        root=ROOT,
        listings=(
            Listing(
                method="describe_budgets",
                at="Budgets",
                name="BudgetName",
                params={**ACCOUNT, "MaxResults": 100},
                codec=Codec(lambda item: {"Budget": DATA.decode(item)}),
                created="LastUpdatedTime",
                complete=True,
            ),
        ),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
            at="ResourceTags",
            tags="ResourceTags",
            keys="ResourceTagKeys",
            create="ResourceTags",
            indexed=False,
        ),
        parts=(Notifications(),),
        sets=frozenset(
            {"NotificationsWithSubscribers", "NotificationsWithSubscribers.Subscribers"}
        ),
        refers=("AWS::SNS::Topic",),
        update=update,
    )
)
