"""Parts: how a property with calls of its own is read, and which calls change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.value import Ref
from reconciler.resources.api import OWNERSHIP
from reconciler.resources.budgets.notifications import Notifications
from reconciler.resources.codecs import text
from reconciler.resources.kms.alias import Alias
from reconciler.resources.kms.rotation import Period
from reconciler.resources.parts import Facet, Keyed, Members, Part, Switch
from reconciler.resources.sns.topic import Subscriptions

POLICY = Facet(
    prop="Policy",
    stem="policy",
    answer="Policy",
    request="Policy",
    codec=text(),
    unset=frozenset({"NoPolicy"}),
)
VERSIONING = Facet(
    prop="Versioning", stem="versioning", request="Versioning", off={"Status": "Suspended"}
)
LOGGING = Facet(prop="Logging", stem="logging", answer="Enabled", request="Status", off={})
FIXED = Facet(prop="Fixed", stem="fixed", request="Fixed", remove=None, params={"Name": "default"})
RULES = Facet(prop="Rules", stem="rules_configuration", remove="delete_rules")
ROTATION = Switch(prop="Rotation", get="get_rotation", at="Key.On", on="enable", off="disable")
ATTACHED = Members(
    prop="Attached",
    list_="list_attached",
    at="Attached",
    field="Arn",
    add="attach",
    remove="detach",
    param="PolicyArn",
)
INLINE = Keyed(
    prop="Inline",
    stem="inline",
    list_="list_inline",
    at="Names",
    name="Name",
    value="Document",
    codec=text(),
)
NAMED = [{"Name": "a", "Document": {"x": 1}}, {"Name": "b", "Document": {"x": 2}}]
HALF = {
    "Notification": {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 50,
        "ThresholdType": "PERCENTAGE",
    },
    "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "a@example.com"}],
}
ALL = {**HALF, "Notification": {**HALF["Notification"], "Threshold": 100}}
OTHER = {"SubscriptionType": "EMAIL", "Address": "b@example.com"}
MAIL = {"Protocol": "email", "Endpoint": "a@example.com"}
HOOK = {"Protocol": "https", "Endpoint": "https://example.com"}
OWN = Ref(Address("AWS::KMS::Key", "data"), "KeyId")
OURS = [*OWNERSHIP, "moorline:name"]

CALLS: dict[str, tuple[Part, Any, Any, list[tuple[str, Any]]]] = {
    "put a facet": (POLICY, None, {"a": 1}, [("put_policy", {"Policy": '{"a":1}'})]),
    "delete a facet": (POLICY, {"a": 1}, None, [("delete_policy", {})]),
    "nothing to delete": (POLICY, None, None, []),
    "switch off where nothing deletes": (
        VERSIONING,
        {"Status": "Enabled"},
        None,
        [("put_versioning", {"Versioning": {"Status": "Suspended"}})],
    ),
    "an empty value switches off": (LOGGING, {"a": 1}, None, [("put_logging", {"Status": {}})]),
    "a facet that cannot be removed": (FIXED, {"a": 1}, None, []),
    "a facet with parameters of its own": (
        FIXED,
        None,
        {"a": 1},
        [("put_fixed", {"Name": "default", "Fixed": {"a": 1}})],
    ),
    "a delete method of another name": (RULES, {"a": 1}, None, [("delete_rules", {})]),
    "a facet that is the request": (RULES, None, {"a": 1}, [("put_rules_configuration", {"a": 1})]),
    "switch on": (ROTATION, False, True, [("enable", {})]),
    "switch off": (ROTATION, True, None, [("disable", {})]),
    "a new switch is set": (ROTATION, None, False, [("disable", {})]),
    "a switch that is right": (ROTATION, True, True, []),
    "add before removing": (
        ATTACHED,
        ["a", "b"],
        ["b", "c"],
        [("attach", {"PolicyArn": "c"}), ("detach", {"PolicyArn": "a"})],
    ),
    "members in another order": (ATTACHED, ["a", "b"], ["b", "a"], []),
    "put the named items that differ": (
        INLINE,
        NAMED,
        [{"Name": "a", "Document": {"x": 3}}, NAMED[1]],
        [("put_inline", {"Name": "a", "Document": '{"x":3}'})],
    ),
    "delete the named items that are gone": (
        INLINE,
        NAMED,
        NAMED[:1],
        [("delete_inline", {"Name": "b"})],
    ),
    "a first alias": (
        Alias(),
        None,
        "alias/data",
        [("create_alias", {"AliasName": "alias/data", "TargetKeyId": OWN})],
    ),
    "a key that goes loses its alias": (
        Alias(),
        "alias/data",
        None,
        [("delete_alias", {"AliasName": "alias/data"})],
    ),
    "another period": (Period(), 365, 90, [("enable_key_rotation", {"RotationPeriodInDays": 90})]),
    "the same period": (Period(), 90, 90, []),
    "subscribe": (Subscriptions(), None, [MAIL], [("subscribe", MAIL)]),
    "unsubscribe": (
        Subscriptions(),
        [{**HOOK, "SubscriptionArn": "arn:1"}],
        None,
        [("unsubscribe", {"SubscriptionArn": "arn:1"})],
    ),
    "who has not confirmed cannot be unsubscribed": (
        Subscriptions(),
        [{**MAIL, "SubscriptionArn": "PendingConfirmation"}],
        None,
        [],
    ),
    "who has not confirmed is not asked again": (
        Subscriptions(),
        [{**MAIL, "SubscriptionArn": "PendingConfirmation"}],
        [MAIL],
        [],
    ),
    "a new notification": (Notifications(), None, [HALF], [("create_notification", HALF)]),
    "another threshold": (
        Notifications(),
        [HALF],
        [ALL],
        [
            ("delete_notification", {"Notification": HALF["Notification"]}),
            ("create_notification", ALL),
        ],
    ),
    "subscribers change while the notification stays": (
        Notifications(),
        [HALF],
        [{**HALF, "Subscribers": [OTHER]}],
        [
            ("create_subscriber", {"Notification": HALF["Notification"], "Subscriber": OTHER}),
            (
                "delete_subscriber",
                {"Notification": HALF["Notification"], "Subscriber": HALF["Subscribers"][0]},
            ),
        ],
    ),
    "80 and 80.0 are one threshold": (
        Notifications(),
        [HALF],
        [{**HALF, "Notification": {**HALF["Notification"], "Threshold": 50.0}}],
        [],
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_part_yields_the_calls_of_a_change(case: str) -> None:
    part, before, after, expected = CALLS[case]
    assert [(request.method, request.params) for request in part.calls(before, after)] == expected


class Answers:
    """A reader that gives prepared answers; an error code stands for a refusal."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers

    def call(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self.answers[method]
        return found(params) if callable(found) else found

    def maybe(
        self, method: str, params: Mapping[str, Any], unset: frozenset[str]
    ) -> Mapping[str, Any] | None:
        found = self.answers[method]
        if isinstance(found, str):
            assert found in unset
            return None
        return self.call(method, params)

    def pages(self, method: str, params: Mapping[str, Any], at: str) -> list[Any]:
        return list(self.call(method, params)[at])

    def of(self, service: str, absent: Any) -> Answers:  # noqa: ARG002 - as the protocol has it
        return self


READ: dict[str, tuple[Part, dict[str, Any], Any]] = {
    "a facet": (POLICY, {"get_policy": {"Policy": '{"a": 1}'}}, {"a": 1}),
    "a facet that is not set": (POLICY, {"get_policy": "NoPolicy"}, None),
    "never set reads like switched off": (
        VERSIONING,
        {"get_versioning": {}},
        {"Status": "Suspended"},
    ),
    "nothing is logged": (LOGGING, {"get_logging": {}}, None),
    "a switch": (ROTATION, {"get_rotation": {"Key": {"On": True}}}, True),
    "a switch that AWS does not mention": (ROTATION, {"get_rotation": {}}, False),
    "members": (
        ATTACHED,
        {"list_attached": {"Attached": [{"Arn": "b"}, {"Arn": "a"}]}},
        ["a", "b"],
    ),
    "named items": (
        INLINE,
        {"list_inline": {"Names": ["b", "a"]}, "get_inline": {"Document": '{"x": 1}'}},
        [{"Name": "a", "Document": {"x": 1}}, {"Name": "b", "Document": {"x": 1}}],
    ),
    "the oldest alias": (
        Alias(),
        {
            "list_aliases": {
                "Aliases": [
                    {"AliasName": "alias/a", "CreationDate": "2026-02-01"},
                    {"AliasName": "alias/z", "CreationDate": "2026-01-01"},
                ]
            }
        },
        "alias/z",
    ),
    "a key without an alias": (Alias(), {"list_aliases": {"Aliases": []}}, None),
    "notifications with their subscribers": (
        Notifications(),
        {
            "describe_notifications_for_budget": {
                "Notifications": [
                    {**HALF["Notification"], "Threshold": 50.0, "NotificationState": "OK"}
                ]
            },
            "describe_subscribers_for_notification": {"Subscribers": HALF["Subscribers"]},
        },
        [HALF],
    ),
}


@pytest.mark.parametrize("case", READ)
def test_a_part_reads_its_property(case: str) -> None:
    part, answers, expected = READ[case]
    assert part.read(Answers(answers), {}) == expected
