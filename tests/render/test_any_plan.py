"""What holds for every plan: it can be rendered, and nothing in it reaches the terminal raw."""

from __future__ import annotations

import json
import re
import unicodedata

from hypothesis import HealthCheck, given, settings, strategies as st
from sweeps import LONG

from reconciler.model.change import Action
from reconciler.model.event import StepFailed, StepSkipped, StepWaiting
from reconciler.model.plan import Plan, plan_to_json
from reconciler.render.text import drift, plan as render, progress

from .random_plans import addresses, plans, words

PAINT = re.compile(r"\x1b\[[0-9;]*m")
every_plan = settings(
    max_examples=300 if LONG else 15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def as_data(plan: Plan):
    return json.loads(json.dumps(plan_to_json(plan)))


def raw(text: str) -> set[str]:
    """Characters that a terminal might obey."""
    unpainted = PAINT.sub("", text.replace("\n", ""))
    return {char for char in unpainted if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}}


@every_plan
@given(plans(), st.booleans(), st.booleans(), st.integers(0, 200))
def test_control_characters_never_reach_the_terminal(plan, color, verbose, width):
    data = as_data(plan)
    for text in (render.text, drift.text):
        assert raw(text(data, color=color, verbose=verbose, width=width)) == set()


@every_plan
@given(plans())
def test_colour_changes_nothing_but_colour(plan):
    data = as_data(plan)
    for text in (render.text, drift.text):
        assert PAINT.sub("", text(data, color=True)) == text(data, color=False)


@every_plan
@given(plans())
def test_rendering_leaves_the_plan_alone(plan):
    data = as_data(plan)
    before = json.dumps(data)
    render.text(data, color=False, verbose=True)
    drift.as_json(data)
    assert json.dumps(data) == before


@every_plan
@given(addresses, words, words, words)
def test_no_event_writes_control_characters(address, one, two, three):
    events = [
        StepWaiting("s", address, one, 1.0),
        StepFailed("s", address, Action.UPDATE, 2.0, one, two, three),
        StepSkipped("s", address, Action.DELETE, 3.0, three),
    ]
    written: list[str] = []
    sink = progress.plain(written.append, clock_start=0.0, color=True)
    for event in events:
        sink(event)
    assert raw("".join(written)) == set()


@every_plan
@given(plans())
def test_drift_says_the_same_in_words_in_json_and_by_its_exit_code(plan):
    data = as_data(plan)
    differs = drift.differs(data)
    said = drift.text(data, color=False)
    assert ("No drift" in said) is not differs
    assert bool(drift.as_json(data)["drifted"]) is differs
    assert bool(plan.steps) is differs
