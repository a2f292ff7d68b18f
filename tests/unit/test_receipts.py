"""Receipts as values: their JSON, what a run leaves in one, and the causes they tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings, strategies as st

from reconciler.drift import cause
from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Cause, Effect, FieldChange, Reason
from reconciler.model.event import (
    REFUSED,
    CallFailed,
    CallSent,
    StepFailed,
    StepFinished,
    StepSkipped,
)
from reconciler.model.plan import Plan, Step, plan_to_json
from reconciler.model.receipt import (
    FORMAT,
    CallRecord,
    Receipt,
    ReceiptError,
    ResourceRecord,
    Result,
    StepRecord,
    from_bytes,
    new_id,
    to_bytes,
)
from reconciler.model.value import SENSITIVE, UNKNOWN
from reconciler.receipts import intent
from reconciler.receipts.collect import Collector, Run
from reconciler.resources import api

from .fakes import RESOURCES, live
from .test_plan_json import addresses
from .test_value import plain, words

seconds = st.floats(0, 9e6).map(lambda number: round(number, 3))
steps = st.builds(
    StepRecord, words, addresses, words, words, st.sampled_from(Result), words, words, seconds
)
calls = st.builds(CallRecord, words, words, words, words, seconds, st.integers(1, 9), words)
values = st.dictionaries(words, plain, max_size=2)
left = st.builds(ResourceRecord, values, words, st.none() | values)
receipts = st.builds(
    Receipt,
    **dict.fromkeys(
        ("id", "environment", "platform", "account", "region", "who", "started", "ended", "plan"),
        words,
    ),
    result=st.sampled_from(Result),
    commit=words,
    changed=st.booleans(),
    resumes=words,
    reverts=words,
    steps=st.lists(steps, max_size=2).map(tuple),
    calls=st.lists(calls, max_size=2).map(tuple),
    resources=st.dictionaries(addresses, left, max_size=2),
    specs=st.dictionaries(words, words, max_size=2),
)


@settings(max_examples=60, deadline=None)
@given(receipts)
def test_a_receipt_reads_back_as_the_same_receipt(receipt: Receipt) -> None:
    assert to_bytes(from_bytes(to_bytes(receipt), "x")) == to_bytes(receipt)
    assert from_bytes(to_bytes(receipt), "x").steps == receipt.steps


EMPTY = Receipt("1", "dev", "acme", "1", "eu-west-1", "me", "", "", "", Result.DONE)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"{}", b'{"format_version": 1}', b"null"],
    ids=["empty", "cut short", "a list", "no fields", "one field", "null"],
)
def test_what_is_no_receipt_is_said(raw: bytes) -> None:
    with pytest.raises(ReceiptError, match="some file"):
        from_bytes(raw, "some file")


@pytest.mark.parametrize("version", [0, -1, True, None, "1", 1.0, [1]], ids=repr)
def test_what_is_no_format_is_refused(version: object) -> None:
    odd = {**orjson.loads(to_bytes(EMPTY)), "format_version": version}
    with pytest.raises(ReceiptError, match="none that there ever was"):
        from_bytes(orjson.dumps(odd), "x")


def test_a_newer_format_is_refused() -> None:
    newer = {**orjson.loads(to_bytes(EMPTY)), "format_version": FORMAT + 1}
    with pytest.raises(ReceiptError, match="newer"):
        from_bytes(orjson.dumps(newer), "x")


def test_ids_sort_by_time() -> None:
    start = datetime(2026, 11, 23, 9, 59, 59, 998_000, UTC)
    ids = [new_id(start + timedelta(milliseconds=step), "x") for step in range(4)]
    assert ids == sorted(set(ids))
    assert new_id(start, "x") != new_id(start, "y")


# -- what a run leaves

A, B, C = (Address("M::Base", name) for name in "abc")


def step(address: Address, action: Action = Action.UPDATE, **more: Any) -> Step:
    return Step(str(address), address, action, Reason.DIFFERS, spec=f"Kind/{address.name}", **more)


PLAN = Plan("dev", "acme", "1", "eu-west-1", (step(A), step(B), step(C)), same={})
RUN = Run("now", "me", "2026", "f00", specs={"Kind/a": "1"})
CALL = Call("made", "update_it", {"Secret": "hunter2"})


def heard(plan: Plan, *events: Any, before: Receipt | None = None) -> Receipt:
    collector = Collector(plan, RUN, RESOURCES, before)
    for event in events:
        collector(event)
    return collector.receipt("later")


def finished(address: Address, desired: Any, **more: Any) -> StepFinished:
    return StepFinished(str(address), address, Action.UPDATE, 1.0, desired, **more)


def test_a_run_leaves_its_steps_calls_and_resources() -> None:
    receipt = heard(
        PLAN,
        CallSent(str(A), CALL, 0.0, 0.5, 2),
        finished(A, {"Size": 2.0, "Tags": [{"Key": "k", "Value": "v"}]}, live=live({"Size": 3})),
        CallFailed(str(B), CALL, 0.0, 0.25, 1, "AccessDenied"),
        StepFailed(str(B), B, Action.UPDATE, 1.0, "APPLY002", "hunter2 is wrong"),
        StepSkipped(str(C), C, Action.UPDATE, 1.0, str(B)),
    )
    assert receipt.result is Result.FAILED
    assert [(each.result, each.code, each.cause) for each in receipt.steps] == [
        (Result.DONE, "", ""),
        (Result.FAILED, "APPLY002", ""),
        (Result.SKIPPED, "", str(B)),
    ]
    assert [(each.attempts, each.error, each.subject) for each in receipt.calls] == [
        (2, "", "a"),
        (1, "AccessDenied", "b"),
    ]
    assert receipt.resources[A].applied == {"Size": 2, "Tags": {"k": "v"}}
    assert receipt.resources[A].observed is not None
    assert receipt.resources[A].observed["Size"] == 3
    assert b"hunter2" not in to_bytes(receipt)


def test_a_step_that_did_not_end_is_unfinished() -> None:
    assert {each.result for each in heard(PLAN).steps} == {Result.UNFINISHED}
    assert heard(PLAN).result is Result.UNFINISHED


def test_before_the_first_write_it_says_what_will_not_begin() -> None:
    held = replace(step(B), needs=(str(A),))
    plan = replace(PLAN, steps=(replace(step(A), refused="no"), held, step(C)))
    assert [(each.result, each.cause) for each in heard(plan).steps] == [
        (Result.SKIPPED, REFUSED),
        (Result.SKIPPED, str(A)),
        (Result.UNFINISHED, ""),
    ]


def test_what_a_run_does_not_touch_stays_as_it_was_left() -> None:
    kept = {at: ResourceRecord({"Size": 1}, "before") for at in (A, B, C)}
    other = Address("M::Base", "d")
    gone = replace(PLAN, steps=(step(A), step(B, Action.DELETE)), same={other: {"Size": 9}})
    receipt = heard(
        gone,
        finished(A, {"Size": 2}),
        StepFinished(str(B), B, Action.DELETE, 1.0),
        before=replace(EMPTY, resources=kept),
    )
    assert {at.name: (it.applied["Size"], it.by) for at, it in receipt.resources.items()} == {
        "a": (2, "now"),
        "c": (1, "before"),
        "d": (9, "now"),
    }


def test_a_secret_reference_masks_what_is_live() -> None:
    desired = {"Size": "{{resolve:secretsmanager:x}}"}
    receipt = heard(PLAN, finished(A, desired, live=live({"Size": "hunter2"})))
    assert b"hunter2" not in to_bytes(receipt)
    assert b"resolve:secretsmanager" in to_bytes(receipt)


# -- causes

ALARM = api.load()["AWS::CloudWatch::Alarm"]
GROUP = api.load()["AWS::SageMaker::FeatureGroup"]
FEATURES = [{"FeatureName": "id", "FeatureType": "String"}]
LEFT: dict[str, Any] = {
    "Threshold": 250,
    "AlarmActions": ["arn:x"],
    "Tags": {"owner": "a"},
    "Odd": "asked",
}
CAUSES: dict[str, tuple[tuple[str, ...], Any, Any, Cause]] = {
    "the spec moved": (("Threshold",), 250, 300, Cause.SPEC),
    "somebody moved it": (("Threshold",), 400, 250, Cause.HAND),
    "a float is the same number": (("Threshold",), 250.0, 300, Cause.SPEC),
    "both moved": (("Threshold",), 400, 300, Cause.BOTH),
    "both say something new that is the same": (("Threshold",), 400, 400, Cause.BOTH),
    "never applied, and AWS has a value": (("Unit",), "Seconds", "Count", Cause.AWS),
    "never applied, and AWS has none": (("Unit",), None, "Count", Cause.SPEC),
    "AWS never took it": (("Odd",), "kept", "asked", Cause.AWS),
    "AWS never took it, and then somebody came": (("Odd",), "third", "asked", Cause.HAND),
    "a tag of the spec": (("Tags", "owner"), "a", "b", Cause.SPEC),
    "a tag by hand": (("Tags", "owner"), "c", "a", Cause.HAND),
    "an extra tag": (("Tags", "extra"), "x", None, Cause.HAND),
    "a removed tag": (("Tags", "owner"), None, "a", Cause.HAND),
    "an item of a list": (("AlarmActions", "0"), "arn:y", "arn:x", Cause.HAND),
    "not known yet, and live as it was": (("Threshold",), 250, UNKNOWN, Cause.SPEC),
    "not known yet, and live moved": (("Threshold",), 400, UNKNOWN, Cause.UNKNOWN),
    "a secret": (("Threshold",), SENSITIVE, 250, Cause.UNKNOWN),
}


@pytest.mark.parametrize(("path", "before", "after", "expected"), CAUSES.values(), ids=CAUSES)
def test_the_cause_when(path: Any, before: Any, after: Any, expected: Cause) -> None:
    change = FieldChange(path, before, after, Effect.IN_PLACE)
    record = ResourceRecord(LEFT, "x", {**LEFT, "Odd": "kept"})
    assert cause.of_field(change, record, ALARM) is expected


def test_the_cause_of_an_item_that_is_known_by_its_key() -> None:
    record = ResourceRecord({"FeatureDefinitions": FEATURES}, "x")
    path = ("FeatureDefinitions", "id", "FeatureType")
    change = FieldChange(path, "Integral", "String", Effect.REPLACE)
    assert cause.of_field(change, record, GROUP) is Cause.HAND


AT = Address("AWS::CloudWatch::Alarm", "a")
MOVED = FieldChange(("Threshold",), 400, 250, Effect.IN_PLACE)
WHOLE: dict[str, tuple[Reason, bool, Cause]] = {
    "missing and left by us": (Reason.ABSENT, True, Cause.HAND),
    "missing and new": (Reason.ABSENT, False, Cause.SPEC),
    "undeclared and left by us": (Reason.NOT_DECLARED, True, Cause.SPEC),
    "undeclared and unknown": (Reason.NOT_DECLARED, False, Cause.UNKNOWN),
    "failed": (Reason.FAILED, True, Cause.AWS),
}


@pytest.mark.parametrize(("reason", "ours", "expected"), WHOLE.values(), ids=WHOLE)
def test_the_cause_of_a_whole_resource_that_is(reason: Reason, ours: bool, expected: Cause) -> None:
    last = replace(EMPTY, resources={AT: ResourceRecord({}, "x")} if ours else {})
    plan = Plan("dev", "acme", "1", "eu", (Step(str(AT), AT, Action.CREATE, reason),))
    assert cause.explain(plan, last, api.load()).steps[0].cause is expected


COUNT = ("ProductionVariants", "primary", "DesiredInstanceCount")
ENDPOINT, CONFIG = (
    Address(f"AWS::SageMaker::{type_}", "e") for type_ in ("Endpoint", "EndpointConfig")
)


@pytest.mark.parametrize(
    ("live", "declared", "expected"),
    [(2, 1, Cause.SPEC), (9, 2, Cause.HAND), (9, 3, Cause.BOTH)],
)
def test_a_count_is_compared_with_the_config_that_was_applied(
    live: int, declared: int, expected: Cause
) -> None:
    variants = [{"VariantName": "primary", "InitialInstanceCount": 2}]
    left = {
        ENDPOINT: ResourceRecord({"EndpointConfigName": "e"}, "x"),
        CONFIG: ResourceRecord({"ProductionVariants": variants}, "x"),
    }
    change = FieldChange(COUNT, live, declared, Effect.IN_PLACE)
    update = Step(str(ENDPOINT), ENDPOINT, Action.UPDATE, Reason.DIFFERS, fields=(change,))
    plan = Plan("dev", "acme", "1", "eu", (update,))
    found = cause.explain(plan, replace(EMPTY, resources=left), api.load())
    assert found.steps[0].fields[0].cause is expected
    left.pop(CONFIG)
    found = cause.explain(plan, replace(EMPTY, resources=left), api.load())
    assert found.steps[0].fields[0].cause is Cause.UNKNOWN


def without_causes(plan: Plan) -> Any:
    data = plan_to_json(plan)
    for each in data["steps"]:
        for part in (each, *each["fields"]):
            del part["cause"]
    return data


def test_a_plan_with_causes_is_the_same_plan() -> None:
    plan = Plan("dev", "acme", "1", "eu", (replace(step(A), address=AT, fields=(MOVED,)),))
    last = replace(EMPTY, resources={AT: ResourceRecord({"Threshold": 250}, "x")})
    found = cause.explain(plan, last, api.load())
    assert found.steps[0].fields[0].cause is Cause.HAND
    assert without_causes(found) == without_causes(plan)
    assert cause.explain(plan, None, api.load()) == plan


# -- going on


def test_a_resumed_plan_is_what_was_meant_and_is_still_pending() -> None:
    records = [StepRecord(str(at), at, "update", f"Kind/{at.name}", Result.FAILED) for at in (A, B)]
    last = replace(EMPTY, steps=tuple(records), specs={"Kind/a": "1", "Kind/b": "1"})
    plan, gone = intent.resumed(PLAN, last, {"Kind/a": "1", "Kind/b": "2"})
    assert [each.address.name for each in plan.steps] == ["a"]
    assert [(each.step.address.name, each.why) for each in gone] == [
        ("b", "Kind/b has changed since 1"),
        ("c", "not in the plan of 1"),
    ]


def test_what_needs_a_step_that_is_left_out_is_left_out() -> None:
    chain = replace(PLAN, steps=(step(A, needs=(str(C),)), step(B), step(C)))
    records = [StepRecord(str(at), at, "update", "", Result.FAILED) for at in (A, B)]
    plan, gone = intent.resumed(chain, replace(EMPTY, steps=tuple(records)), {})
    assert [each.address.name for each in plan.steps] == ["b"]
    assert {each.step.address.name for each in gone} == {"a", "c"}


def test_a_resumed_plan_is_the_whole_plan_when_nothing_else_changed() -> None:
    records = [
        StepRecord(each.id, each.address, "update", "", Result.FAILED) for each in PLAN.steps
    ]
    assert intent.resumed(PLAN, replace(EMPTY, steps=tuple(records)), {}) == (PLAN, ())
