"""The morning report, as text and as JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.change import Cause, Reason
from reconciler.render.text import drift

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


def test_a_difference_is_shown_from_declared_to_live():
    shown = drift.text(data(plans.ALARM), color=False)
    assert "Threshold  250000 → 400000   (apply restores 250000)" in shown


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
    assert shown.endswith("2 resources differ from the specs, 57 are as declared.")


def test_what_only_aws_has_is_removed_by_an_apply():
    alarm = updated(
        "CloudWatch::Alarm", "a", changed("AlarmActions", ["arn:x", "arn:y"], ["arn:x"])
    )
    assert "AlarmActions  + arn:y   (apply removes it)" in drift.text(data(alarm), color=False)


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
    assert {key: report[key] for key in report if key != "drifted"} == {
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
