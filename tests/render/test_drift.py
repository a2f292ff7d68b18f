"""The morning report, as text and as JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.change import Cause, Reason
from reconciler.render.comment import comment
from reconciler.render.formats import Context
from reconciler.render.html import changes as html
from reconciler.render.markdown.view import view
from reconciler.render.text import drift, plan

from . import golden, plans
from .plans import changed, data, made, removed, replaced, span, updated

MISSING = made("SNS::Topic", "acme-prod-pages", at=span("monitoring/fraud", 4))
FOUND = (
    plans.ALARM,
    MISSING,
    plans.APPENDED,
    plans.ADOPTED,
    *plans.LOST_GROUP,
    plans.SUPERSEDED,
    removed("Events::Rule", "acme-prod-old", spec="Monitor/old"),
    *replaced("SageMaker::Endpoint", "acme-prod-dead", reason=Reason.FAILED),
)
KINDS = {
    "changed": plans.ALARM,
    "missing": MISSING,
    "foreign": plans.ADOPTED,
    "superseded": plans.SUPERSEDED,
    "undeclared": removed("Events::Rule", "acme-prod-old"),
    "failed": replaced("SageMaker::Endpoint", "e", reason=Reason.FAILED)[1],
}


@pytest.mark.parametrize(
    ("name", "steps", "more"),
    [
        pytest.param("everything", FOUND, {"diagnostics": (plans.deferred(),)}, id="all kinds"),
        pytest.param("nothing", (), {"unchanged": 60}, id="nothing differs"),
    ],
)
def test_it_reads_as_in_the_golden_file(name, steps, more):
    shown = drift.text(data(*steps, **more), color=False, seconds=2.0)
    golden.check(f"drift-{name}", shown)


def test_a_difference_is_shown_as_an_apply_would_make_it():
    shown = drift.text(data(plans.ALARM), color=False)
    assert "Threshold  400000 → 250000   (apply restores 250000)" in shown


def test_a_known_cause_is_named():
    fields = tuple(replace(each, cause=Cause.HAND) for each in plans.ALARM.fields)
    (found,) = drift.as_json(data(replace(plans.ALARM, fields=fields)))["drifted"]
    assert [field["cause"] for field in found["fields"]] == ["changed-by-hand"]
    shown = drift.text(data(replace(plans.ALARM, fields=fields)), color=False)
    assert "(changed by hand; apply restores 250000)" in shown


def test_what_was_deleted_by_hand_is_said():
    shown = drift.text(data(replace(MISSING, cause=Cause.HAND)), color=False)
    assert "(deleted by hand; apply creates it)" in shown


def test_the_summary_counts_both_sides():
    shown = drift.text(data(plans.ALARM, MISSING, unchanged=57), color=False)
    assert shown.endswith("2 resources differ from the specs: 2 unknown who. 57 are as declared.")


def test_what_only_aws_has_is_removed_by_an_apply():
    alarm = updated(
        "CloudWatch::Alarm", "a", changed("AlarmActions", ["arn:x", "arn:y"], ["arn:x"])
    )
    assert "AlarmActions  - arn:y   (apply removes it)" in drift.text(data(alarm), color=False)


def test_verbose_shows_every_difference():
    many = updated("Glue::Job", "job", *(changed(f"P{i}", 0, i) for i in range(1, 31)))
    assert "P30" not in drift.text(data(many), color=False)
    assert "P30" in drift.text(data(many), color=False, verbose=True)


@pytest.mark.parametrize(("kind", "step"), KINDS.items(), ids=KINDS)
def test_json_names_the_kind_of_drift(kind, step):
    (found,) = drift.as_json(data(step))["drifted"]
    assert found["kind"] == kind


def test_json_has_declared_and_live_values():
    report = drift.as_json(data(plans.ALARM))
    (found,) = report["drifted"]
    assert found["fields"] == [
        {
            "path": ["Threshold"],
            "declared": 250000,
            "live": 400000.0,
            "at": {"file": "specs/rollout/fraud.yaml", "line": 21, "column": 3},
            "cause": "unknown",
        }
    ]
    counts = {"by-hand": 0, "by-another": 0, "not-yet-applied": 0, "owned": 0, "unknown": 1}
    assert {key: report[key] for key in report if key != "drifted"} == {
        "origins": counts,
        "environment": "prod",
        "account": "123456789012",
        "region": "eu-west-1",
        "unchanged": 58,
        "calls": 31,
        "owned": [],
        "diagnostics": [],
    }


def test_a_replacement_drifts_once():
    old, new = plans.LOST_GROUP
    report = drift.as_json(data(old, replace(new, fields=())))
    assert [(each["action"], each["destroys"]) for each in report["drifted"]] == [
        ("replace", "records")
    ]


HAND = {"class": "human", "name": "alice", "via": "console", "at": "", "why": ""}
TOOL = {"class": "tool", "name": "Terraform", "via": "", "at": "", "why": ""}


def caused(cause, by=None):
    """The report's data for an alarm that differs for a reason."""
    found = data(replace(plans.ALARM, fields=tuple(
        replace(each, cause=cause) for each in plans.ALARM.fields
    )))  # fmt: skip
    found["steps"][0]["by"] = by
    return found


@pytest.mark.parametrize(
    ("cause", "by", "title", "word"),
    [
        (Cause.HAND, HAND, "Changed by hand: 1", "changed by hand"),
        (Cause.HAND, None, "Changed by hand: 1", "changed by hand"),
        (Cause.HAND, TOOL, "Changed by another: 1", "changed by another"),
        (Cause.BOTH, TOOL, "Changed by another: 1", "another changed it too"),
        (Cause.SPEC, None, "Not yet applied: 1", "the spec changed; apply sets 250000"),
        (Cause.AWS, None, "Changed by another: 1", "set by AWS"),
        (Cause.UNKNOWN, HAND, "Changed by hand: 1", "alice"),
        (Cause.UNKNOWN, None, "Unknown who: 1", "apply restores 250000"),
    ],
)
def test_what_differs_stands_under_why_it_does(cause, by, title, word):
    found = caused(cause, by)
    shown = drift.text(found, color=False)
    assert f"\n{title}\n  ~ changed" in shown
    assert word in shown
    assert ("by hand" in shown) is (title == "Changed by hand: 1")
    said = comment.document(found, Context(drift=True))
    assert f"#### {title}" in said
    assert ("changed by hand" in said) is (title == "Changed by hand: 1")


@pytest.mark.parametrize(
    ("field", "sign", "does"),
    [
        (changed("AlarmActions", ["arn:x", "arn:y"], ["arn:x"]), "-", "removes"),
        (changed("AlarmActions", ["arn:x"], ["arn:x", "arn:y"]), "+", "adds"),
    ],
)
def test_a_sign_means_on_every_page_what_it_means_in_a_plan(field, sign, does):
    found = data(updated("CloudWatch::Alarm", "a", field))
    context = Context(drift=True)
    assert f"{sign} arn:y" in plan.text(found, color=False)
    assert f"{sign} arn:y   (apply {does} it)" in drift.text(found, color=False)
    assert f"`{sign} arn:y` · an apply {does} it" in comment.document(found, context)
    (one,) = html.changes(view(found, context).entries, context)
    (other,) = html.changes(view(found, Context()).entries, Context())
    assert [row["sign"] for row in one["rows"]] == [row["sign"] for row in other["rows"]] == [sign]


@pytest.mark.parametrize(
    ("step", "sign"),
    [(MISSING, "+"), (removed("Events::Rule", "old"), "-"), (plans.ADOPTED, ">")],
    ids=["missing", "undeclared", "foreign"],
)
def test_a_whole_resource_has_the_sign_of_what_an_apply_does(step, sign):
    context = Context(drift=True)
    assert f"\n  {sign} " in drift.text(data(step), color=False)
    (shown,) = html.changes(view(data(step), context).entries, context)
    assert shown["sign"] == sign
