"""What a change in place loses, type by type, and what lets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Observed, Reason
from reconciler.model.diagnostic import Severity
from reconciler.model.loss import Approval, Loss
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.plan import approvals, protect
from reconciler.plan.diff import compare
from reconciler.resources.api import HOLDS_TAG, MAKING_TAG, load

BUCKET = Address("AWS::S3::Bucket", "acme-prod-raw-1")
GROUP = Address("AWS::SageMaker::FeatureGroup", "acme-prod-customer-v1")
KEY = Address("AWS::KMS::Key", "acme-prod-core-data")
TOPIC = Address("AWS::SNS::Topic", "acme-prod-watch")
ENDPOINT = Address("AWS::SageMaker::Endpoint", "acme-prod-scorer")
TODAY = date(2026, 11, 23)


def lost(address: Address, live: Any, desired: Any, **more: Any) -> list[str]:
    """Classes that the change loses."""
    resource = load()[address.type]
    outputs, targets = more.pop("outputs", {}), more.pop("targets", {})
    observed = Observed(live, outputs, tags=more.get("tags"))
    change = compare(address, desired, observed, resource)
    found = protect.narrowings(replace(change, targets=targets), resource)
    return [loss.destroys for loss in found]


# -- buckets


def rule(**more: Any) -> dict[str, Any]:
    return {"Id": "r", "Status": "Enabled", **more}


def rules(*many: dict[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": list(many)}}


def versions(days: int, newest: int | None = None) -> dict[str, Any]:
    more = {} if newest is None else {"NewerNoncurrentVersions": newest}
    return {"NoncurrentVersionExpiration": {"NoncurrentDays": days, **more}}


DAYS = rule(ExpirationInDays=90)
BY_TAG = {"TagFilters": [{"Key": "tmp", "Value": "yes"}]}
LIFECYCLE: dict[str, tuple[Any, Any, list[str]]] = {
    "one day sooner": (rules(DAYS), rules(rule(ExpirationInDays=89)), ["records"]),
    "one day later": (rules(DAYS), rules(rule(ExpirationInDays=91)), []),
    "as before, with another rule that removes nothing": (
        rules(DAYS),
        rules(DAYS, rule(Id="x", Transitions=[])),
        [],
    ),
    "a rule where there was no configuration": (
        {"LifecycleConfiguration": None},
        rules(DAYS),
        ["records"],
    ),
    "a rule where there was no rule": (rules(), rules(DAYS), ["records"]),
    "no rule any more": (rules(DAYS), rules(rule(Id="x", Transitions=[])), []),
    "a rule that was off": (rules({**DAYS, "Status": "Disabled"}), rules(DAYS), ["records"]),
    "a rule that goes off": (rules(DAYS), rules({**DAYS, "Status": "Disabled"}), []),
    "a rule with another name": (rules(DAYS), rules({**DAYS, "Id": "new"}), []),
    "a wider prefix": (rules({**DAYS, "Prefix": "a/"}), rules({**DAYS, "Prefix": ""}), ["records"]),
    "a narrower prefix": (rules(DAYS), rules({**DAYS, "Prefix": "tmp/"}), []),
    "another prefix": (
        rules({**DAYS, "Prefix": "a/"}),
        rules({**DAYS, "Prefix": "b/"}),
        ["records"],
    ),
    "fewer tags": (rules({**DAYS, **BY_TAG}), rules({**DAYS, "TagFilters": []}), ["records"]),
    "more tags": (rules(DAYS), rules({**DAYS, **BY_TAG}), []),
    "smaller objects too": (
        rules({**DAYS, "ObjectSizeGreaterThan": "9"}),
        rules({**DAYS, "ObjectSizeGreaterThan": "8"}),
        ["records"],
    ),
    "larger objects only": (
        rules({**DAYS, "ObjectSizeGreaterThan": "9"}),
        rules({**DAYS, "ObjectSizeGreaterThan": "10"}),
        [],
    ),
    "an earlier date": (
        rules(rule(ExpirationDate="2027-01-02T00:00:00Z")),
        rules(rule(ExpirationDate="2027-01-01T00:00:00Z")),
        ["records"],
    ),
    "days in place of a date": (
        rules(rule(ExpirationDate="2027-01-02T00:00:00Z")),
        rules(DAYS),
        ["records"],
    ),
    "old versions sooner": (rules(rule(**versions(30))), rules(rule(**versions(29))), ["history"]),
    "old versions later": (rules(rule(**versions(30))), rules(rule(**versions(31))), []),
    "fewer old versions spared": (
        rules(rule(**versions(30, 5))),
        rules(rule(**versions(30, 4))),
        ["history"],
    ),
    "more old versions spared": (
        rules(rule(**versions(30))),
        rules(rule(**versions(30, 1))),
        [],
    ),
    "objects and versions": (
        rules(),
        rules({**DAYS, **versions(30)}),
        ["records", "history"],
    ),
}


@pytest.mark.parametrize(("live", "desired", "expected"), LIFECYCLE.values(), ids=LIFECYCLE)
def test_a_lifecycle_with(live: Any, desired: Any, expected: list[str]) -> None:
    assert lost(BUCKET, live, desired) == expected


def encrypted(key: str | None) -> dict[str, Any]:
    by = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    rule = {"ServerSideEncryptionByDefault": by}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


def versioned(status: str) -> dict[str, Any]:
    return {"VersioningConfiguration": {"Status": status}}


def ttl(value: int | None, unit: str = "Days") -> dict[str, Any]:
    duration = {} if value is None else {"TtlDuration": {"Unit": unit, "Value": value}}
    return {"OnlineStoreConfig": {"EnableOnlineStore": True, "TtlDuration": {}, **duration}}


SUBSCRIPTION = [{"Protocol": "sqs", "Endpoint": "arn:q"}]
NARROWED: dict[str, tuple[Address, Any, Any, list[str]]] = {
    "a bucket with another key": (BUCKET, encrypted("arn:1"), encrypted("arn:2"), ["keys"]),
    "a bucket without its key": (BUCKET, encrypted("arn:1"), encrypted(None), ["keys"]),
    "a bucket with a key for once": (BUCKET, encrypted(None), encrypted("arn:1"), []),
    "versions suspended": (BUCKET, versioned("Enabled"), versioned("Suspended"), ["history"]),
    "versions turned on": (BUCKET, versioned("Suspended"), versioned("Enabled"), []),
    "another bucket policy": (BUCKET, {"BucketPolicy": {"Statement": []}},
                              {"BucketPolicy": {"Statement": [{"Effect": "Deny"}]}}, []),
    "a shorter time to live": (GROUP, ttl(30), ttl(29), ["records"]),
    "a longer time to live": (GROUP, ttl(30), ttl(31), []),
    "the same time to live in another unit": (GROUP, ttl(7), ttl(1, "Weeks"), []),
    "a shorter time to live in another unit": (GROUP, ttl(7), ttl(167, "Hours"), ["records"]),
    "a time to live for once": (GROUP, ttl(None), ttl(30), ["records"]),
    "no time to live any more": (GROUP, ttl(30), ttl(None), []),
    "a key switched off": (KEY, {"Enabled": True}, {"Enabled": False}, ["keys"]),
    "a key switched on": (KEY, {"Enabled": False}, {"Enabled": True}, []),
    "no rotation any more": (KEY, {"EnableKeyRotation": True},
                             {"EnableKeyRotation": False}, ["keys"]),
    "rotation for once": (KEY, {"EnableKeyRotation": False}, {"EnableKeyRotation": True}, []),
    "another key policy": (KEY, {"KeyPolicy": {"Statement": []}},
                           {"KeyPolicy": {"Statement": [{"Effect": "Deny"}]}}, []),
    "another deletion window": (KEY, {"PendingWindowInDays": 30}, {"PendingWindowInDays": 7}, []),
    "a topic with another key": (TOPIC, {"KmsMasterKeyId": "a"}, {"KmsMasterKeyId": "b"}, ["keys"]),
    "a topic without its key": (TOPIC, {"KmsMasterKeyId": "a"}, {"KmsMasterKeyId": ""}, ["keys"]),
    "a topic with a key for once": (TOPIC, {}, {"KmsMasterKeyId": "b"}, []),
    "a topic with fewer subscriptions": (TOPIC, {"Subscription": SUBSCRIPTION},
                                         {"Subscription": []}, []),
}  # fmt: skip


@pytest.mark.parametrize(("at", "live", "desired", "expected"), NARROWED.values(), ids=NARROWED)
def test_narrowing(at: Address, live: Any, desired: Any, expected: list[str]) -> None:
    assert lost(at, live, desired) == expected


# -- endpoints


def variant(name: str, **more: Any) -> dict[str, Any]:
    return {"VariantName": name, **more}


TWO = [variant("a", DesiredInstanceCount=2, CurrentInstanceCount=2)]
SERVERLESS = [variant("a", CurrentServerlessConfig={"MaxConcurrency": 20, "MemorySizeInMB": 1024})]
RETAINED = {"RetainAllVariantProperties": True}
NOT_COUNTS = [{"VariantPropertyType": "DesiredInstanceCount"}]
CAPACITY: dict[str, tuple[Any, Any, Any, list[str]]] = {
    "fewer instances": (TWO, [variant("a", InitialInstanceCount=1)], {}, ["traffic"]),
    "as many instances": (TWO, [variant("a", InitialInstanceCount=2)], {}, []),
    "more instances": (TWO, [variant("a", InitialInstanceCount=3)], {}, []),
    "a variant that goes away": (TWO, [variant("b", InitialInstanceCount=9)], {}, ["traffic"]),
    "one more variant": (
        TWO,
        [variant("a", InitialInstanceCount=2), variant("b", InitialInstanceCount=1)],
        {},
        [],
    ),
    "fewer instances that are retained": (
        TWO, [variant("a", InitialInstanceCount=1)], RETAINED, [],
    ),
    "fewer instances where counts are not retained": (
        TWO,
        [variant("a", InitialInstanceCount=1)],
        {**RETAINED, "ExcludeRetainedVariantProperties": NOT_COUNTS},
        ["traffic"],
    ),
    "less concurrency": (
        SERVERLESS, [variant("a", ServerlessConfig={"MaxConcurrency": 19})], {}, ["traffic"],
    ),
    "as much concurrency": (
        SERVERLESS, [variant("a", ServerlessConfig={"MaxConcurrency": 20})], {}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("live", "wanted", "how", "expected"), CAPACITY.values(), ids=CAPACITY)
def test_an_endpoint_with(live: Any, wanted: Any, how: Any, expected: list[str]) -> None:
    found = lost(
        ENDPOINT,
        {"EndpointConfigName": "old"},
        {"EndpointConfigName": "new", **how},
        outputs={"ProductionVariants": live},
        targets={"EndpointConfigName": {"ProductionVariants": wanted}},
    )
    assert found == expected


def test_an_endpoint_whose_config_stays_loses_nothing_however_it_was_scaled() -> None:
    found = lost(
        ENDPOINT,
        {"EndpointConfigName": "same"},
        {"EndpointConfigName": "same"},
        outputs={"ProductionVariants": [variant("a", DesiredInstanceCount=9)]},
        targets={"EndpointConfigName": {"ProductionVariants": [variant("a")]}},
    )
    assert found == []


# -- the tag

MARKED = {HOLDS_TAG: "records", "owner": "x"}
TAGGED: dict[str, tuple[dict[str, str], list[str]]] = {
    "kept": (MARKED, []),
    "taken off": ({"owner": "x"}, ["records"]),
    "changed": ({**MARKED, HOLDS_TAG: "history"}, ["records"]),
}


@pytest.mark.parametrize(("tags", "expected"), TAGGED.values(), ids=TAGGED)
def test_the_mark_is(tags: dict[str, str], expected: list[str]) -> None:
    desired = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    assert lost(TOPIC, {}, desired, tags=MARKED) == expected


def test_a_bucket_whose_making_was_interrupted_holds_nothing_to_lose() -> None:
    assert lost(BUCKET, rules(), rules(DAYS), tags={MAKING_TAG: "yes"}) == []


HELD = {
    "the type": (BUCKET, {}, ["records"]),
    "the tag": (TOPIC, {HOLDS_TAG: "history"}, ["history"]),
    "both alike": (BUCKET, {HOLDS_TAG: "records"}, ["records"]),
    "both": (BUCKET, {HOLDS_TAG: "history"}, ["records", "history"]),
    "the type, whatever nonsense the tag says": (BUCKET, {HOLDS_TAG: "?"}, ["records"]),
    "neither": (TOPIC, {HOLDS_TAG: "?"}, []),
}


@pytest.mark.parametrize(("at", "tags", "expected"), HELD.values(), ids=HELD)
def test_what_a_deletion_loses_is_said_by(
    at: Address, tags: dict[str, str], expected: list[str]
) -> None:
    change = Change(at, Action.DELETE, Reason.NOT_DECLARED, {}, Observed({}, tags=tags))
    assert [loss.destroys for loss in protect.removal(change, load()[at.type])] == expected


# -- approvals


def approval(address: str = str(BUCKET), allows: str = "records", until: str = "2026-11-23") -> Any:
    return Approval(address, allows, "FRAUD-812", "alice", date.fromisoformat(until))


def judged(*approvals: Approval, allow: str = "", losses: tuple[str, ...] = ("records",)) -> Step:
    step = Step("id", BUCKET, Action.UPDATE, Reason.DIFFERS)
    step = replace(step, losses=tuple(Loss(each, "it is lost") for each in losses))
    allowed = frozenset(filter(None, [allow]))
    return protect.judge(step, Policy(allowed, approvals=approvals, today=TODAY))


APPROVED = {
    "by its exact address": (approval(), True),
    "by the beginning of its name": (approval("AWS::S3::Bucket/acme-prod-*"), True),
    "by its type": (approval("AWS::S3::Bucket/*"), True),
    "not by another name": (approval("AWS::S3::Bucket/acme-prod-raw"), False),
    "not by another type": (approval("AWS::SNS::Topic/*"), False),
    "not for another class": (approval(allows="history"), False),
    "on its last day": (approval(until="2026-11-23"), True),
    "not a day later": (approval(until="2026-11-22"), False),
}


@pytest.mark.parametrize(("given", "passes"), APPROVED.values(), ids=APPROVED)
def test_a_loss_is_approved(given: Approval, passes: bool) -> None:
    step = judged(given)
    assert (not step.refused, step.approval == given) == (passes, passes)


def test_every_class_of_a_step_needs_a_permission_of_its_own() -> None:
    both = ("records", "keys")
    assert judged(approval(), losses=both).destroys == "keys"
    assert judged(approval(), losses=both).refused != ""
    assert judged(approval(), losses=both, allow="keys").refused == ""
    assert judged(approval(), approval(allows="keys"), losses=both).refused == ""


def test_an_allowed_class_needs_no_approval() -> None:
    step = judged(allow="records")
    assert (step.destroys, step.refused, step.approval) == ("records", "", None)


def test_without_a_day_no_approval_counts() -> None:
    step = Step("id", BUCKET, Action.UPDATE, Reason.DIFFERS, losses=(Loss("records", "lost"),))
    assert protect.judge(step, Policy(approvals=(approval(until="9999-12-30"),))).refused != ""


REVIEWED = {
    "one that is used": (approval(), []),
    "one that has ended": (approval(until="2026-11-22"), [("PROTECT001", Severity.WARNING)]),
    "one that matches nothing": (
        approval("AWS::S3::Bucket/other"),
        [("PROTECT002", Severity.NOTE)],
    ),
}


@pytest.mark.parametrize(("given", "expected"), REVIEWED.values(), ids=REVIEWED)
def test_of_an_approval_is_said_about(given: Approval, expected: list[Any]) -> None:
    found = approvals.review(Policy(approvals=(given,), today=TODAY), [judged(given)])
    assert [(each.code, each.severity) for each in found] == expected
