"""Whatever goes wrong while planning, nothing that exists is created, nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from crash.stages import Name, Stage
from sweeps import sample

from reconciler.model.plan import Plan
from reconciler.sandbox.door.faults import Fault

from .weather import FAULTS, KINDS, PASSING, arm, in_small_pages

Stages = Callable[[Name], Stage]
ASKED = [kind for kind in KINDS if kind not in {"stale", "a time-out after the effect"}]

EVERY = {"denied": 48}
"""Of the reads one in so many is struck, otherwise one in 72; in `make test-long` each."""


def whole(stage: Stage) -> None:
    """The platform as the stage `destroy` finds it, to be planned and not destroyed."""
    stage.again()


def calls_of_a_plan(stage: Stage) -> int:
    whole(stage)
    before = stage.scene.session.total
    assert stage.scene.plan().is_empty
    return stage.scene.session.total - before


def moves(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


@pytest.mark.parametrize("kind", ASKED)
def test_a_plan_of_what_is_there_is_empty_whichever_read_meets_trouble(
    kind: str, stages: Stages
) -> None:
    stage = stages("destroy")
    total = calls_of_a_plan(stage)
    whole(stage)
    for nth in sample(range(1, total + 1), EVERY.get(kind, 72)):
        stage.scene.restart()
        arm(Fault("*", nth=nth, **KINDS[kind]))
        plan = stage.scene.plan()
        FAULTS.clear()
        assert moves(plan) == [], (nth, kind)
        assert (plan.diagnostics == ()) == (kind in PASSING), (nth, kind)


@pytest.mark.parametrize("kind", ASKED)
def test_a_listing_whose_second_page_fails_hides_nothing(kind: str, stages: Stages) -> None:
    stage = stages("destroy")
    whole(stage)
    for nth in sample(range(1, 6), 5):
        stage.scene.restart()
        in_small_pages(stage.scene)
        arm(fault := Fault("*", nth=nth, further=True, **KINDS[kind]))
        plan = stage.scene.plan()
        FAULTS.clear()
        assert fault.fired
        assert moves(plan) == [], (nth, kind)
        assert (plan.diagnostics == ()) == (kind in PASSING), (nth, kind)


@pytest.mark.parametrize("kind", ["denied", "refused"])
def test_a_destroy_leaves_what_it_could_not_read_and_says_so(kind: str, stages: Stages) -> None:
    stage = stages("destroy")
    whole(stage)
    everything = set(moves(stage.scene.plan(destroy=True)))
    before = stage.scene.session.total
    stage.scene.plan(destroy=True)
    for nth in sample(range(1, stage.scene.session.total - before + 1), 24):
        stage.scene.restart()
        arm(Fault("*", nth=nth, **KINDS[kind]))
        plan = stage.scene.plan(destroy=True)
        FAULTS.clear()
        assert set(moves(plan)) <= everything, (nth, kind)
        assert plan.diagnostics != () or set(moves(plan)) == everything, (nth, kind)
