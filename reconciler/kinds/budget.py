"""kind: Budget. How much the platform may cost, and who hears of it."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Kind,
    Maybe,
    Problem,
    Reference,
    Scope,
    Section,
    Share,
    percent,
    register,
)
from reconciler.kinds.terms.account import Email
from reconciler.kinds.terms.name import BudgetName, named
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props

TYPE = "AWS::Budgets::Budget"
_MOST = 1000


class Threshold(Section):
    """A share of the amount at which subscribers are told."""

    at: Share
    """The share of the amount, above 0% and at most 1000%."""
    of: Literal["actual", "forecasted"] = "actual"
    """Whether what was spent counts, or what AWS expects by the end of the period."""


class Subscribers(Section):
    """Who is told."""

    needs = ("emails", "monitor")

    emails: Annotated[tuple[Email, ...], Field(max_length=10)] = ()
    """At most 10 addresses."""
    monitor: Maybe[Annotated[str, Reference("Monitor")]] = None
    """A Monitor whose topic gets the messages too."""


class Budget(Section):
    """How much the platform may cost, and who hears of it."""

    aws_name: Maybe[BudgetName] = None
    """The name of the budget in AWS. By default it is made of platform, environment and spec."""
    amount: Annotated[float, Field(gt=0)]
    """The limit for one period."""
    currency: Literal["USD"] = "USD"
    """AWS bills in US dollars."""
    period: Literal["daily", "monthly", "quarterly", "annually"] = "monthly"
    """When counting starts anew."""
    covers: Literal["platform", "region", "account"] = "platform"
    """``platform`` counts what carries the tags of this platform and environment, ``region``
    only what of it is in this region, ``account`` everything in the account. Activate the cost
    allocation tags ``moorline:platform`` and ``moorline:environment`` once in the billing
    console: AWS counts by a tag from then on."""
    thresholds: Annotated[tuple[Threshold, ...], Field(min_length=1, max_length=5)]
    """At most 5."""
    subscribers: Subscribers
    """Who is told when a threshold is passed."""


def check(spec: Budget) -> Iterator[Problem]:
    if not spec.subscribers.emails and spec.subscribers.monitor is None:
        yield Problem(("subscribers",), "nobody is told", "add 'emails' or a 'monitor'")
    seen: set[tuple[float, str]] = set()
    for index, threshold in enumerate(spec.thresholds):
        key = (percent(threshold.at), threshold.of)
        if not 0 < key[0] <= _MOST:
            path = ("thresholds", str(index), "at")
            yield Problem(path, "a threshold is above 0% and at most 1000%", "use 1% to 1000%")
        if key in seen:
            yield Problem(("thresholds", str(index)), "this threshold is here twice", "remove one")
        if threshold.of == "forecasted" and spec.period == "daily":
            path = ("thresholds", str(index), "of")
            yield Problem(path, "AWS forecasts no daily budgets", "use actual, or a longer period")
        seen.add(key)


def build(spec: Budget, scope: Scope) -> Iterator[Node]:
    subscribers = _subscribers(spec.subscribers, scope)
    told = ("subscribers",) if spec.subscribers.monitor is None else ("subscribers", "monitor")
    yield scope.node(
        scope.address(TYPE),
        {
            "Budget": {
                "BudgetType": "COST",
                "TimeUnit": spec.period.upper(),
                "BudgetLimit": {"Amount": spec.amount, "Unit": spec.currency},
                **_filters(spec, scope),
            },
            "NotificationsWithSubscribers": [
                {"Notification": _notification(threshold), "Subscribers": subscribers}
                for threshold in spec.thresholds
            ],
        },
        lines={
            ("Budget", "BudgetLimit"): ("amount",),
            ("Budget", "TimeUnit"): ("period",),
            ("Budget", "CostFilters"): ("covers",),
            ("Budget", "FilterExpression"): ("covers",),
            ("NotificationsWithSubscribers",): ("thresholds",),
            **{
                ("NotificationsWithSubscribers", str(index), "Subscribers"): told
                for index in range(len(spec.thresholds))
            },
        },
    )


def _filters(spec: Budget, scope: Scope) -> Props:
    """Cost filters do not say how they join two tags, an expression does.

    Source: `Expression` of the Budgets API.
    """
    if spec.covers == "account":
        return {"CostFilters": {}, "FilterExpression": {}}
    place = scope.place
    tags = {"moorline:platform": place.platform, "moorline:environment": place.environment}
    both: list[Json] = [{"Tags": _equals(key, value)} for key, value in tags.items()]
    if spec.covers == "region":
        both.append({"Dimensions": _equals("REGION", place.region)})
    return {"FilterExpression": {"And": both}, "Metrics": ["UnblendedCost"]}


def _equals(key: str, value: str) -> Props:
    return {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}


def _notification(threshold: Threshold) -> Props:
    return {
        "NotificationType": threshold.of.upper(),
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": percent(threshold.at),
        "ThresholdType": "PERCENTAGE",
    }


def _subscribers(subscribers: Subscribers, scope: Scope) -> list[Json]:
    found = [{"SubscriptionType": "EMAIL", "Address": email} for email in subscribers.emails]
    if subscribers.monitor is not None:
        topic = scope.export("Monitor", subscribers.monitor, "topicArn")
        found.append({"SubscriptionType": "SNS", "Address": topic})
    return found


register(
    Kind(
        name="Budget",
        model=Budget,
        summary="How much the platform may cost, and who hears of it.",
        check=check,
        build=build,
        named=lambda spec: named(TYPE, spec.aws_name),
        example="""\
amount: 4000
period: monthly
thresholds:
  - {at: 80%}
  - {at: 100%, of: forecasted}
subscribers: {emails: [ml-platform@example.com]}
""",
    )
)
