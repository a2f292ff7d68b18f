"""A plan as text: what is loud, what is quiet, and what the last line says."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from reconciler.model.change import Effect, Reason
from reconciler.model.diagnostic import Diagnostic
from reconciler.render.text import plan as render

from . import golden, plans
from .plans import changed, data, made, removed, replaced, span, updated

WHOLE = (
    *plans.LOST_GROUP,
    plans.MODEL,
    plans.ENDPOINT,
    plans.APPENDED,
    plans.PIPELINE,
    plans.ADOPTED,
    plans.SUPERSEDED,
)
FAILED = replaced(
    "SageMaker::Endpoint", "acme-prod-fraud", reason=Reason.FAILED, at=span("rollout/fraud", 9)
)
NEEDY = replace(plans.PIPELINE, needs=(plans.LOST_GROUP[1].id,))
GONE = removed("S3::Bucket", "acme-prod-raw", destroys="records", spec="DataSource/raw")
REFUSED = "protection.allow of the environment does not list 'records'"
CASES = {
    "a plan of every action": (WHOLE, {"diagnostics": (plans.deferred(),)}, {"seconds": 1.93}),
    "every value when verbose": (WHOLE, {}, {"verbose": True}),
    "colours": (WHOLE, {}, {"color": True}),
    "a narrow terminal": (WHOLE, {}, {"width": 60}),
    "nothing to do": ((), {"unchanged": 60}, {"seconds": 0.8}),
    "errors and no step": ((), {"diagnostics": (Diagnostic("PLAN001", "not ours"),)}, {}),
    "a failed resource is made again": (FAILED, {}, {}),
    "a destructive step that is allowed": ((GONE,), {}, {}),
    "a refused removal": ((replace(GONE, refused=REFUSED),), {}, {}),
    "a step that needs a refused one": ((*plans.LOST_GROUP, NEEDY), {}, {}),
}


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_it_reads_as_in_the_golden_file(name, case):
    steps, more, options = case
    shown = render.text(data(*steps, **more), **{"color": False, **options})
    golden.check(f"plan-{name.replace(' ', '-')}", shown)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_spec_lines_end_at_the_right_edge(width):
    lines = render.text(data(plans.MODEL, plans.ENDPOINT), color=False, width=width).splitlines()
    ends = [line for line in lines if line.endswith("specs/rollout/fraud.yaml:9")]
    assert {len(line) for line in ends} == {width}


def test_destructive_steps_come_before_all_others():
    shown = render.text(data(plans.MODEL, *plans.LOST_GROUP), color=False)
    assert shown.index("DESTRUCTIVE") < shown.index("+ create")


def test_a_replacement_is_one_thing():
    old, new = replaced("Events::Rule", "acme-prod-rule", changed("A", 1, 2, Effect.REPLACE))
    shown = render.text(data(old, new), color=False)
    assert shown.count("acme-prod-rule") == 1
    assert shown.endswith("Plan: 1 to replace, 58 unchanged. 2 calls to apply.")


def test_the_calls_of_refused_steps_and_of_those_that_need_them_are_not_counted():
    shown = render.text(data(*plans.LOST_GROUP, NEEDY, plans.MODEL), color=False)
    assert "Plan: 1 to create, 1 refused, 1 held back, 58 unchanged. 1 call to apply." in shown


def test_orphans_count_as_deletions():
    shown = render.text(data(plans.SUPERSEDED, GONE), color=False)
    assert shown.endswith("Plan: 2 to delete, 58 unchanged. 2 calls to apply.")


def test_a_step_with_many_changes_shows_the_first_twelve():
    many = updated("Glue::Job", "acme-prod-job", *(changed(f"P{i}", 0, i) for i in range(1, 31)))
    short, full = (render.text(data(many), color=False, verbose=v) for v in (False, True))
    assert "… and 18 more; --verbose shows all" in short
    assert "P30" not in short
    assert "P30" in full


def test_long_values_are_cut_where_they_begin_to_differ():
    base = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/prod/fraud/serving/image"
    one = updated("SageMaker::Model", "m", changed("Image", f"{base}:1.0.0", f"{base}:2.0.0"))
    shown = render.text(data(one), color=False)
    assert ":1.0.0 → " in shown
    assert shown.splitlines()[3].endswith(":2.0.0")


def test_without_colour_there_is_no_escape_sequence():
    assert "\x1b" not in render.text(data(*WHOLE), color=False)


def test_twenty_thousand_changes_take_less_than_two_seconds():
    steps = [
        updated(
            "CloudWatch::Alarm",
            f"acme-prod-alarm-{number}",
            *(changed(f"Prop{each}/Inner", number, number + each) for each in range(1, 9)),
            at=span("rollout/fraud", number),
        )
        for number in range(2500)
    ]
    plan_json = data(*steps, made("SNS::Topic", "t"))
    start = time.process_time()
    render.text(plan_json, color=True)
    assert time.process_time() - start < 2
