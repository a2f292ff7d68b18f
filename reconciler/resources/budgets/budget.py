"""AWS::Budgets::Budget.

Limit, filters, period, notifications, subscribers and tags change in place; the
name does not. The properties are CloudFormation's: the budget itself is nested
under `Budget`, its name included. Amounts are numbers here and text in the API. A filter
expression is shown only where it is asked for, and an empty filter must not be sent: a budget
takes `FilterExpression` and `Metrics` or `CostFilters` and `CostTypes`. Source: UpdateBudget.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.model.value import Ref
from reconciler.resources.api import (
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
from reconciler.resources.budgets.notifications import Notifications
from reconciler.resources.codecs import (
    Codec,
    each,
    moment,
    number,
    only,
    values,
)

ACCOUNT = {"AccountId": "{account}"}
BUDGET = {**ACCOUNT, "BudgetName": "{name}"}
ARN = "arn:{partition}:budgets::{account}:budget/{name}"
TAGGED = {"ResourceARN": ARN}
SHOWN = {"ShowFilterExpression": True}
EMPTY = ("CostFilters", "FilterExpression")
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
SENT = Codec(encode=lambda value: {k: v for k, v in value.items() if k not in EMPTY or v})
ROOT = each(Budget=SENT.then(DATA))


def update(change: Change) -> Iterator[Request]:
    """A put of the whole budget; alone among the calls it takes no `BudgetName`."""
    if change.touches("Budget"):
        budget = {**ROOT.encode(change.desired)["Budget"], "BudgetName": change.address.name}
        account = Ref(change.address, "AccountId")
        yield Request("update_budget", {"AccountId": account, "NewBudget": budget}, bare=True)


register(
    Resource(
        type="AWS::Budgets::Budget",
        service="budgets",
        reach=Reach.GLOBAL,
        name="Budget.BudgetName",
        key=BUDGET,
        read=Op("describe_budget", {**BUDGET, **SHOWN}),
        whole=Whole(
            has=members("Budget.BudgetType", "Budget.TimeUnit"),
            same={"BudgetName": ("Budget.BudgetName",)},
        ),
        create=Op("create_budget", {**ACCOUNT, "Budget": {"BudgetName": "{name}"}}),
        delete=Op("delete_budget", BUDGET),
        absent=(absent("NotFound"),),
        predict={"AccountId": "{account}", "Arn": ARN},
        arn=ARN,
        home=("NotificationsWithSubscribers",),
        limit=100,
        root=ROOT,
        listings=(
            Listing(
                method="describe_budgets",
                at="Budgets",
                name="BudgetName",
                params={**ACCOUNT, **SHOWN, "MaxResults": 100},
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
