"""The plan file: it reads back as the same plan."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings, strategies as st

from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Cause, Effect, FieldChange, Reason
from reconciler.model.diagnostic import Diagnostic, Severity, Span, ordered
from reconciler.model.plan import (
    FORMAT,
    Plan,
    Step,
    plan_from_json,
    plan_to_json,
    summary,
    to_bytes,
)
from reconciler.model.value import UNKNOWN, JsonText, Ref

from .test_value import joins, marks, plain, refs, words

trees = plain | refs | joins | marks | st.builds(JsonText, st.dictionaries(words, refs, max_size=1))
addresses = st.builds(Address, words.map(lambda text: text.replace("/", "-")), words)
spans = st.none() | st.builds(Span, words, st.integers(1, 99), st.integers(1, 99))
paths = st.lists(words, min_size=1, max_size=3).map(tuple)
props = st.dictionaries(words, trees, max_size=2)
calls = st.builds(Call, words, words, props, st.dictionaries(words, paths, max_size=1))
causes = st.sampled_from(Cause)
fields = st.builds(FieldChange, paths, trees, trees, st.sampled_from(Effect), spans, causes)
steps = st.builds(
    Step,
    id=words,
    address=addresses,
    action=st.sampled_from([action for action in Action if action is not Action.NONE]),
    reason=st.sampled_from(Reason),
    calls=st.lists(calls, max_size=2).map(tuple),
    needs=st.lists(words, max_size=2).map(tuple),
    guard=words,
    desired=props,
    fields=st.lists(fields, max_size=1).map(tuple),
    spec=words,
    at=spans,
    destroys=words,
    refused=words,
    cause=causes,
)
findings = st.builds(
    Diagnostic, words, words, spans, words, st.sampled_from(Severity), st.none() | addresses
)
plans = st.builds(
    Plan,
    environment=words,
    platform=words,
    account=words,
    region=words,
    steps=st.lists(steps, max_size=2).map(tuple),
    unchanged=st.integers(0, 9),
    diagnostics=st.lists(findings, max_size=2).map(tuple),
    observed_calls=st.integers(0, 9),
    commit=words,
)


@settings(max_examples=60, deadline=None)
@given(plans)
def test_a_plan_file_reads_back_as_the_same_plan(plan: Plan) -> None:
    assert plan_from_json(orjson.loads(to_bytes(plan))) == plan


@settings(max_examples=20, deadline=None)
@given(plans)
def test_a_plan_that_was_read_back_has_the_same_digest(plan: Plan) -> None:
    assert plan_from_json(orjson.loads(to_bytes(plan))).digest == plan.digest


MADE = Address("AWS::S3::Bucket", "raw")
STEP = Step(
    str(MADE),
    MADE,
    Action.CREATE,
    Reason.ABSENT,
    (
        Call(
            "s3", "create_bucket", {"Bucket": Ref(MADE, "Name"), "Policy": JsonText({"a": UNKNOWN})}
        ),
    ),
)
PLAN = Plan("dev", "acme", "123456789012", "eu-west-1", (STEP,))

DIGESTS = {
    "another step": (replace(PLAN, steps=()), False),
    "another account": (replace(PLAN, account="9"), False),
    "another guard": (replace(PLAN, steps=(replace(STEP, guard="x"),)), False),
    "another parameter": (
        replace(PLAN, steps=(replace(STEP, calls=(Call("s3", "create_bucket", {}),)),)),
        False,
    ),
    "another cause": (replace(PLAN, steps=(replace(STEP, cause=Cause.HAND),)), True),
    "another number of reads": (replace(PLAN, observed_calls=9), True),
    "a warning": (replace(PLAN, diagnostics=(Diagnostic("X", "y"),)), True),
}


@pytest.mark.parametrize(("plan", "same"), DIGESTS.values(), ids=DIGESTS.keys())
def test_the_digest_says_what_will_be_done_whatever_else_there_is(plan: Plan, same: bool) -> None:
    assert (plan.digest == PLAN.digest) is same


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(ValueError, match="newer"):
        plan_from_json({**plan_to_json(PLAN), "format_version": FORMAT + 1})


def test_the_summary_counts_a_replacement_once() -> None:
    old = replace(STEP, id=f"{STEP.id}#delete", action=Action.DELETE)
    new = replace(STEP, action=Action.REPLACE)
    counts = summary(replace(PLAN, steps=(old, new)))
    assert (counts["replace"], counts["delete"], counts["calls_planned"]) == (1, 0, 2)


def test_the_summary_counts_a_deletion() -> None:
    gone = replace(STEP, id=f"{STEP.id}#delete", action=Action.DELETE)
    assert summary(replace(PLAN, steps=(gone,)))["delete"] == 1


def test_a_plan_knows_its_errors_and_refusals() -> None:
    warning = Diagnostic("A", "a", severity=Severity.WARNING)
    error = Diagnostic("B", "b")
    refused = replace(STEP, id="refused", refused="no")
    plan = replace(PLAN, steps=(STEP, refused), diagnostics=(warning, error))
    assert (plan.errors, plan.refused, plan.is_empty) == ((error,), (refused,), False)


def test_the_calls_of_a_plan_are_those_that_will_be_sent() -> None:
    refused = replace(STEP, id="refused", refused="no")
    after = replace(STEP, id="after", needs=("refused",))
    assert (replace(PLAN, steps=(STEP, refused)).calls, PLAN.calls) == (1, 1)
    assert replace(PLAN, steps=(refused, after)).calls == 0


def test_findings_are_sorted_by_place_and_each_is_there_once() -> None:
    one, other = Diagnostic("A", "a", Span("f", 2, 1)), Diagnostic("B", "b", Span("f", 1, 1))
    assert ordered([one, other, one, Diagnostic("C", "c")]) == [Diagnostic("C", "c"), other, one]
