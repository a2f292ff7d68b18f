"""Values that AWS leaves out, fills in or masks, and items that one member does not tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.aws.outputs import Outputs
from reconciler.drift import cause
from reconciler.model.address import Address
from reconciler.model.change import Action, Observed
from reconciler.model.plan import Plan
from reconciler.model.value import put
from reconciler.plan.diff import compare, guard
from reconciler.resources.api import Resource, load
from reconciler.resources.items import named
from reconciler.resources.keeping import kept
from reconciler.resources.sns.subscriptions import Subscriptions, masked

from .fakes import PLACE

TYPES = load()
DEFAULTS = [(type_, path) for type_ in sorted(TYPES) for path in sorted(TYPES[type_].defaults)]


def differing(type_: str, desired: Any, live: Any) -> list[str]:
    address = Address(type_, "x")
    change = compare(address, desired, Observed(live, tags={}), TYPES[type_])
    return [".".join(field.path) for field in change.fields]


def lists(resource: Resource) -> frozenset[str]:
    """Places of a type that hold lists."""
    known = {*resource.sets, *resource.keyed}
    return frozenset(known | {"BucketEncryption.ServerSideEncryptionConfiguration", "Containers"})


def around(resource: Resource, path: str, value: Any) -> dict[str, Any]:
    """Properties in which a value stands at a dotted path, in an item of every list on the way."""

    def inside(names: list[str], place: str) -> Any:
        if not names:
            return value
        here = f"{place}.{names[0]}" if place else names[0]
        inner = inside(names[1:], here)
        if here in lists(resource) and names[1:]:
            inner = [{**identity(resource, here), **inner}]
        return {names[0]: inner}

    found: dict[str, Any] = inside(path.split("."), "")
    return found


def identity(resource: Resource, place: str) -> dict[str, Any]:
    """What an item needs in order to be known at all."""
    keys = resource.keyed.get(place, ())
    item: dict[str, Any] = {}
    for key in (keys,) if isinstance(keys, str) else keys:
        item = put(item, key, "same")
    return item


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}-other"


@pytest.mark.parametrize(("type_", "path"), DEFAULTS)
def test_an_answer_without_a_default_is_one_with_it(type_: str, path: str) -> None:
    resource = TYPES[type_]
    value = resource.defaults[path]
    whole, lacking = around(resource, path, value), around(resource, path, None)
    assert differing(type_, whole, lacking) == []
    assert differing(type_, around(resource, path, other(value)), lacking) != []
    seen = [guard(Observed(each, tags={}), resource) for each in (whole, lacking)]
    assert seen[0] == seen[1]


def test_an_object_that_is_missing_is_one_of_defaults() -> None:
    mode = {"ThroughputConfig": {"ThroughputMode": "OnDemand"}}
    assert differing("AWS::SageMaker::FeatureGroup", mode, {}) == []
    more = {"ThroughputConfig": {"ThroughputMode": "Provisioned"}}
    assert differing("AWS::SageMaker::FeatureGroup", more, {}) == ["ThroughputConfig"]


# -- budgets


def told(**more: Any) -> dict[str, Any]:
    usual = {"ComparisonOperator": "GREATER_THAN", "NotificationType": "ACTUAL", "Threshold": 80}
    return {"Notification": {**usual, **more}, "Subscribers": []}


def test_two_notifications_that_differ_in_the_type_of_their_threshold_are_two() -> None:
    share, amount = told(ThresholdType="PERCENTAGE"), told(ThresholdType="ABSOLUTE_VALUE")
    prop = "NotificationsWithSubscribers"
    type_ = "AWS::Budgets::Budget"
    assert differing(type_, {prop: [share, amount]}, {prop: [amount, told()]}) == []
    assert differing(type_, {prop: [share, amount]}, {prop: [told()]}) == [prop]
    (part,) = TYPES[type_].parts
    assert [*part.calls([told()], [share])] == []
    (made,) = part.calls([told()], [share, amount])
    assert (made.method, made.params["Notification"]) == (
        "create_notification",
        amount["Notification"],
    )


# -- subscriptions

HOOK = "https://relay:secret@hooks.example.com/alarm"
SHOWN = "https://relay:****@hooks.example.com/alarm"
MASKS = {
    HOOK: SHOWN,
    "http://u:p@h": "http://u:****@h",
    "https://u:{{resolve:secretsmanager:a/b}}@h": "https://u:****@h",
    SHOWN: SHOWN,
    "https://h/a@b": "https://h/a@b",
    "https://h:443/a@b": "https://h:443/a@b",
    "https://u@h": "https://u@h",
    "a@example.com": "a@example.com",
}


@pytest.mark.parametrize(("endpoint", "shown"), MASKS.items())
def test_only_the_password_of_an_address_is_masked(endpoint: str, shown: str) -> None:
    assert masked(endpoint) == shown


def subscribed(endpoint: str, protocol: str = "https", arn: str = "arn:1") -> dict[str, Any]:
    return {"Endpoint": endpoint, "Protocol": protocol, "SubscriptionArn": arn}


def asked(endpoint: str, protocol: str = "https") -> dict[str, Any]:
    return {"Endpoint": endpoint, "Protocol": protocol}


ENDPOINTS: dict[str, tuple[list[Any], list[Any], list[str], list[str]]] = {
    "masked": ([asked(HOOK)], [subscribed(SHOWN)], [], []),
    "by another protocol too": (
        [asked("a@b.c", "email"), asked("a@b.c", "email-json")],
        [subscribed("a@b.c", "email")],
        ["Subscription.email-json:a@b.c"],
        ["subscribe"],
    ),
    "by another protocol": (
        [asked("a@b.c", "email")],
        [subscribed("a@b.c", "email-json")],
        ["Subscription.email-json:a@b.c", "Subscription.email:a@b.c"],
        ["subscribe", "unsubscribe"],
    ),
    "not confirmed": (
        [asked("a@b.c", "email")],
        [subscribed("a@b.c", "email", "PendingConfirmation")],
        [],
        [],
    ),
    "not confirmed, and not declared": (
        [],
        [subscribed("a@b.c", "email", "PendingConfirmation")],
        [],
        [],
    ),
}


@pytest.mark.parametrize(("want", "have", "paths", "sent"), ENDPOINTS.values(), ids=ENDPOINTS)
def test_a_subscription_is_known_by_protocol_and_endpoint(
    want: Any, have: Any, paths: list[str], sent: list[str]
) -> None:
    found = differing("AWS::SNS::Topic", {"Subscription": want}, {"Subscription": have})
    assert found == paths
    assert [each.method for each in Subscriptions().calls(have, want)] == sent


def test_who_has_not_confirmed_is_told_of_in_every_plan() -> None:
    resource = TYPES["AWS::SNS::Topic"]
    have = [subscribed("a@b.c", "email", "PendingConfirmation")]
    for want in ([asked("a@b.c", "email")], []):
        live = Observed({"Subscription": have}, tags={})
        change = compare(Address(resource.type, "x"), {"Subscription": want}, live, resource)
        assert [each.code for each in resource.pending.review(change)] == ["STATE003"]  # type: ignore[union-attr]


class Listed:
    """A reader of one page."""

    def __init__(self, *found: Any) -> None:
        self.found = [*found]

    def pages(self, *_: Any) -> list[Any]:
        return self.found


def test_who_has_left_is_not_subscribed_though_still_listed() -> None:
    found: Any = Listed(subscribed("a@b.c", "email", "Deleted"), subscribed("d@e.f", "email"))
    assert [each["Endpoint"] for each in Subscriptions().read(found, {})] == ["d@e.f"]


def test_what_aws_has_just_named_is_not_removed_in_the_same_step() -> None:
    outputs, here, there = Outputs(TYPES, PLACE), Address("T", "x"), Address("T", "y")
    outputs.answered(here, "subscribe", {"SubscriptionArn": "arn:1"})
    params = {"SubscriptionArn": "arn:1"}
    assert outputs.undoes(here, "unsubscribe", params)
    assert not outputs.undoes(here, "untag_resource", params)
    assert not outputs.undoes(here, "unsubscribe", {"SubscriptionArn": "arn:2"})
    assert not outputs.undoes(there, "unsubscribe", params)


# -- items that nothing tells apart


def test_items_without_what_identifies_them_are_compared_as_a_whole() -> None:
    bucket, rule = TYPES["AWS::S3::Bucket"], {"Status": "Enabled"}
    place = "LifecycleConfiguration.Rules"
    assert named([rule, rule], "Id", place, bucket) is None
    assert named([{"Id": "a"}, {"Id": "a"}], "Id", place, bucket) is None
    one, two = ({**rule, "ExpirationInDays": days} for days in (1, 2))
    many = {"LifecycleConfiguration": {"Rules": [one, two]}}
    same = {"LifecycleConfiguration": {"Rules": [two, one]}}
    fewer = {"LifecycleConfiguration": {"Rules": [one]}}
    assert differing(bucket.type, many, same) == []
    assert differing(bucket.type, many, fewer) == [place]


def test_the_cause_of_a_difference_is_found_by_all_that_identifies_its_item() -> None:
    kept_ = {"Subscription": [asked("a@b.c", "email"), asked("a@b.c", "email-json")]}
    path = ("Subscription", "email-json:a@b.c", "Protocol")
    assert cause._at(kept_, path, TYPES["AWS::SNS::Topic"]) == "email-json"


# -- puts of the whole


def puts() -> Iterator[Any]:
    yield "an unmentioned member", {"a": 1, "b": 2}, {"a": 3}, ["b"], {"a": 3, "b": 2}
    yield "a mentioned member", {"b": 2}, {"b": 3}, ["b"], {"b": 3}
    yield "an empty one", {"b": []}, {"a": 1}, ["b"], {"a": 1}
    yield "of an object", {"o": {"b": 2}}, {"o": {"a": 1}}, ["o.b"], {"o": {"a": 1, "b": 2}}
    yield "of no object", {"o": {"b": 2}}, {"a": 1}, ["o.b"], {"a": 1}
    yield "of items", {"o": [{"b": 2}]}, {"o": [{"a": 1}]}, ["o.*.b"], {"o": [{"a": 1, "b": 2}]}
    yield "of other items", {"o": [{"b": 2}]}, {"o": []}, ["o.*.b"], {"o": []}
    yield "of nothing live", None, {"a": 1}, ["b"], {"a": 1}


@pytest.mark.parametrize(
    ("live", "wanted", "paths", "sent"), [each[1:] for each in puts()], ids=[e[0] for e in puts()]
)
def test_a_put_keeps(live: Any, wanted: Any, paths: list[str], sent: Any) -> None:
    assert kept(live, wanted, paths) == sent


WHOLE: dict[str, tuple[str, Any, Any, Any]] = {
    "who is told of an alarm": (
        "AWS::CloudWatch::Alarm",
        {"Threshold": 2, "EvaluationPeriods": 3, "MetricName": "m"},
        {
            "Threshold": 1,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "MetricName": "m",
            "OKActions": ["arn:1"],
            "Unit": "Seconds",
        },
        {
            "Threshold": 2,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "MetricName": "m",
            "OKActions": ["arn:1"],
            "Unit": "Seconds",
        },
    ),
    "nothing of an alarm that means nothing there": (
        "AWS::CloudWatch::Alarm",
        {"Metrics": [{"Id": "a", "Expression": "1"}], "EvaluationPeriods": 1},
        {"EvaluationPeriods": 3, "DatapointsToAlarm": 3, "MetricName": "m", "Unit": "Seconds"},
        {"Metrics": [{"Id": "a", "Expression": "1"}], "EvaluationPeriods": 1},
    ),
    "how long a role's sessions last": (
        "AWS::IAM::Role",
        {"Description": "new"},
        {"Description": "old", "MaxSessionDuration": 7200},
        {"Description": "new", "MaxSessionDuration": 7200},
    ),
    "what a budget counts": (
        "AWS::Budgets::Budget",
        {"Budget": {"BudgetLimit": {"Amount": 2, "Unit": "USD"}}},
        {
            "Budget": {
                "BudgetLimit": {"Amount": 1, "Unit": "USD"},
                "CostFilters": {"Service": ["Amazon SageMaker"]},
                "CostTypes": {"IncludeTax": False},
            }
        },
        {
            "BudgetLimit": {"Amount": "2", "Unit": "USD"},
            "CostFilters": {"Service": ["Amazon SageMaker"]},
            "CostTypes": {"IncludeTax": False},
            "BudgetName": "x",
        },
    ),
}


@pytest.mark.parametrize(("type_", "want", "have", "sent"), WHOLE.values(), ids=WHOLE)
def test_a_put_of_the_whole_resource_keeps(type_: str, want: Any, have: Any, sent: Any) -> None:
    resource = TYPES[type_]
    change = compare(Address(type_, "x"), want, Observed(have, tags={}), resource)
    (request,) = resource.update(change)
    assert request.params.get("NewBudget", request.params) == sent


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_what_is_carried_comes_with_the_description(type_: str) -> None:
    about = TYPES[type_]
    assert not about.carried & {part.prop for part in about.parts}, "a part is put by itself"
    assert not about.carried & set(about.created)


def test_what_no_call_changes_is_drift_like_the_rest() -> None:
    topic = TYPES["AWS::SNS::Topic"]
    want, have = {"DisplayName": "a"}, Observed({"DisplayName": "b"}, tags={})
    change = compare(Address(topic.type, "x"), want, have, topic)
    plan = Plan("e", "p", "a", "r", unchanged=3, staying=(change,))
    found, owned = cause.apart(plan, {})
    assert [(each.action, each.fields) for each in found.steps] == [(Action.NONE, change.fields)]
    assert (found.unchanged, owned) == (2, ())
