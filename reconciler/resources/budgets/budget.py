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
from reconciler.model.value import Props, Ref
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
from reconciler.resources.aside import Aside
from reconciler.resources.budgets.notifications import THRESHOLD, Notifications
from reconciler.resources.codecs import (
    Codec,
    each,
    moment,
    number,
    only,
    values,
)
from reconciler.resources.keeping import kept

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
        AutoAdjustData=only("AutoAdjustType", "HistoricalOptions"),
    )
)
SENT = Codec(encode=lambda value: {k: v for k, v in value.items() if k not in EMPTY or v})
ROOT = each(Budget=SENT.then(DATA))


FILTERS = (("FilterExpression", "Metrics"), ("CostFilters", "CostTypes"))
LIMITS = (("AutoAdjustData",), ("PlannedBudgetLimits",), ("BudgetLimit",))
"""Members of which a put has one group or another, the telling one first. Source: UpdateBudget."""
KEPT = ("BillingViewArn", "TimePeriod", "TimePeriod.End", "TimePeriod.Start")
OFF = ("UseAmortized", "UseBlended")
COST_TYPES = (
    "IncludeCredit",
    "IncludeDiscount",
    "IncludeOtherSubscription",
    "IncludeRecurring",
    "IncludeRefund",
    "IncludeSubscription",
    "IncludeSupport",
    "IncludeTax",
    "IncludeUpfront",
    *OFF,
)
TOLD = "NotificationsWithSubscribers"
TELLS = ("Notification.NotificationType", "Notification.Threshold")


def carried(live: Props, wanted: Props) -> Iterator[str]:
    """What a put takes along: of filters and of limits the group that the spec has, else AWS."""
    yield from KEPT
    for groups in (FILTERS, LIMITS):
        for has in (wanted, live):
            if group := next((each for each in groups if any(has.get(it) for it in each)), ()):
                yield from group
                break
    yield from (f"CostTypes.{name}" for name in COST_TYPES)


def update(change: Change) -> Iterator[Request]:
    """A put of the whole budget; alone among the calls it takes no `BudgetName`."""
    if change.touches("Budget"):
        live, wanted = change.live.get("Budget") or {}, change.desired["Budget"]
        whole = kept(live, wanted, carried(live, wanted))
        budget = {**ROOT.encode({"Budget": whole})["Budget"], "BudgetName": change.address.name}
        account = Ref(change.address, "AccountId")
        yield Request("update_budget", {"AccountId": account, "NewBudget": budget}, bare=True)


register(
    Resource(
        type="AWS::Budgets::Budget",
        service="budgets",
        aside=Aside(needs={"create_budget": ("budgets:TagResource",)}),
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
        home=(TOLD,),
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
        sets=frozenset({TOLD, f"{TOLD}.Subscribers"}),
        told_by={TOLD: TELLS, f"{TOLD}.Subscribers": ("SubscriptionType", "Address")},
        defaults={
            **{f"{TOLD}.Notification.{key}": value for key, value in THRESHOLD.items()},
            **{f"Budget.CostTypes.{name}": name not in OFF for name in COST_TYPES},
            "Budget.TimePeriod.End": "2087-06-15T00:00:00Z",
        },
        refers=("AWS::SNS::Topic",),
        update=update,
    )
)
