"""kind: Budget. How much the platform may cost, and who hears of it."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Kind, Maybe, Problem, Reference, Scope, Section, register
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props

TYPE = "AWS::Budgets::Budget"
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", examples=["ml@example.com"])]


class Threshold(Section):
    """A share of the amount at which subscribers are told."""

    percent: Annotated[float, Field(gt=0, le=1000)]
    """Per cent of the amount."""
    on: Literal["actual", "forecasted"] = "actual"
    """Whether what was spent counts, or what AWS expects by the end of the period."""


class Subscribers(Section):
    """Who is told."""

    emails: Annotated[tuple[Email, ...], Field(max_length=10)] = ()
    """At most 10 addresses."""
    topic: Maybe[Annotated[str, Reference("Monitor")]] = None
    """A Monitor whose topic gets the messages too."""


class Budget(Section):
    """How much the platform may cost, and who hears of it."""

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
    if not spec.subscribers.emails and spec.subscribers.topic is None:
        yield Problem(("subscribers",), "nobody is told", "add 'emails' or a 'topic'")
    seen: set[tuple[float, str]] = set()
    for index, threshold in enumerate(spec.thresholds):
        key = (threshold.percent, threshold.on)
        if key in seen:
            yield Problem(("thresholds", str(index)), "this threshold is here twice", "remove one")
        if threshold.on == "forecasted" and spec.period == "daily":
            path = ("thresholds", str(index), "on")
            yield Problem(path, "AWS forecasts no daily budgets", "use actual, or a longer period")
        seen.add(key)


def build(spec: Budget, scope: Scope) -> Iterator[Node]:
    subscribers = _subscribers(spec.subscribers, scope)
    told = ("subscribers",) if spec.subscribers.topic is None else ("subscribers", "topic")
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
        "NotificationType": threshold.on.upper(),
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": threshold.percent,
        "ThresholdType": "PERCENTAGE",
    }


def _subscribers(subscribers: Subscribers, scope: Scope) -> list[Json]:
    found = [{"SubscriptionType": "EMAIL", "Address": email} for email in subscribers.emails]
    if subscribers.topic is not None:
        topic = scope.export("Monitor", subscribers.topic, "topicArn")
        found.append({"SubscriptionType": "SNS", "Address": topic})
    return found


register(
    Kind(
        name="Budget",
        model=Budget,
        summary="How much the platform may cost, and who hears of it.",
        check=check,
        build=build,
        example="""\
amount: 4000
period: monthly
thresholds:
  - {percent: 80}
  - {percent: 100, on: forecasted}
subscribers: {emails: [ml-platform@example.com]}
""",
    )
)
