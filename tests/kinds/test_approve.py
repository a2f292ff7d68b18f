"""A step of a canary after which a person has to say promote, and how long that is waited for."""

from __future__ import annotations

from reconciler.kinds.rollout.told import course
from reconciler.kinds.terms.canary import steps_of

from . import specs
from .test_canary import CANARY, built, canary, live, marked
from .world import problems

GATED = "{steps: [5%, {weight: 50%, bake: 30m, approve: true}, 100%], hold: 2d}"
SPEC = CANARY.replace("{steps: [5%, 50%, 100%], bake: 10m}", GATED)


def test_a_step_may_wait_for_a_person() -> None:
    found = steps_of(canary(GATED), 4)
    assert [(step.bake, step.gate) for step in found] == [
        (600, False), (1800, True), (600, False)
    ]  # fmt: skip
    assert not any(step.gate for step in steps_of(canary("{steps: [5%, 100%]}"), 4))


def test_marks_have_it_and_how_long_it_is_waited_for() -> None:
    nodes, _ = built(live(), spec=SPEC)
    marks = marked(nodes)
    assert marks is not None
    assert ([step.gate for step in marks.steps], marks.hold) == ([False, True, False], 172_800)


def test_the_plan_says_where_it_waits_and_what_happens_then() -> None:
    _, made = built(live(), spec=SPEC)
    (said,) = [each.message for each in made.found if each.code == "CANARY001"]
    assert "50 % after 10m (2 instances, 30m, then it waits for `promote`)" in said
    assert "it goes back after 2d" in said
    assert "waits for `promote`" not in course(steps_of(canary("{steps: [5%, 100%]}"), 4))


def test_a_person_watches_steps_that_nothing_else_does() -> None:
    each = "{weight: 5%, approve: true}, {weight: 100%, approve: true}"
    assert problems("Rollout", specs.FALLBACK + f"strategy: {{canary: {{steps: [{each}]}}}}") == []
    some = "{weight: 5%, approve: true}, 100%"
    found = problems("Rollout", specs.FALLBACK + f"strategy: {{canary: {{steps: [{some}]}}}}")
    assert [each.path for each in found] == [("strategy", "canary")]


def test_nobody_is_asked_for_a_few_minutes_only() -> None:
    spec = specs.FALLBACK + "analysis: [{metric: Invocation5XXErrors, atMost: 1%}]\n"
    found = problems("Rollout", f"{spec}strategy: {{canary: {{steps: [100%], hold: 5m}}}}")
    assert [each.path for each in found] == [("strategy", "canary", "hold")]
