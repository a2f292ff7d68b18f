"""Kill the process before or after the effect of any call; the next one finishes the work.

The next process has nothing but AWS. The end must be that of a run that nobody
disturbed: nothing twice, nothing forgotten, nothing left to plan.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.seed import register_package

from .live import difference, state
from .scene import Axe, Example, is_write, spread
from .stages import NAMES, Name, Stage, stage

Stages = Callable[[Name], Stage]
PARTS = 4
"""A sweep is cut into so many tests, for the workers of a test run to share."""
CHUNKS = [(name, part) for name in NAMES for part in range(PARTS)]
WHERE = pytest.mark.parametrize("after", [False, True], ids=["before", "after"])


def converges(stage: Stage, axe: Axe) -> None:
    stage.scene.finish(destroy=stage.destroy)
    assert difference(stage.reference, state(stage.scene)) == {}, axe.fallen


@WHERE
@pytest.mark.parametrize(("name", "part"), CHUNKS, ids="{}".format)
def test_killed_at_any_write(name: Name, part: int, *, after: bool, stages: Stages) -> None:
    """Before a write AWS is as it was after the one before, so those kills are sampled."""
    stage = stages(name)
    for nth in range(1 + part, stage.writes + 1, PARTS if after else 3 * PARTS):
        converges(stage, stage.killed(nth, after=after))


@pytest.mark.parametrize("name", NAMES)
def test_killed_at_a_read(name: Name, stages: Stages) -> None:
    stage = stages(name)
    for nth in spread(stage.calls, stage.calls // 8):
        converges(stage, stage.killed(nth, after=True, writes=False))


@pytest.mark.parametrize("name", NAMES)
def test_killed_twice(name: Name, stages: Stages) -> None:
    stage = stages(name)
    for nth in spread(stage.writes - 1, stage.writes // 5):
        stage.killed(nth, after=True)
        stage.scene.dies(axe := Axe(2, after=True), destroy=stage.destroy)
        converges(stage, axe)


@pytest.mark.parametrize("name", NAMES)
def test_killed_with_eight_steps_at_a_time(name: Name, stages: Stages) -> None:
    stage = stages(name)
    stage.scene.workers = 8
    try:
        for nth in spread(stage.writes, stage.writes // 6):
            converges(stage, stage.killed(nth, after=bool(nth % 2)))
    finally:
        stage.scene.workers = 1


def test_nothing_is_sent_after_the_kill(stages: Stages) -> None:
    stage = stages("apply")
    stage.again()
    before = stage.scene.aws.calls.copy()
    stage.scene.dies(Axe(5, after=True))
    sent = stage.scene.aws.calls - before
    assert sum(count for call, count in sent.items() if is_write(call)) == 5


# -- the example of this repository


SAMPLES = range(3)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_example_survives_a_kill_during_its_first_apply(
    sample: int, aws: Sandbox, tmp_path
) -> None:
    aws.reset()
    first = stage(Example(aws), tmp_path / "empty")
    for nth in range(1 + 5 * sample, first.writes + 1, 15):
        converges(first, first.killed(nth, after=bool(nth % 2)))


def test_the_example_survives_a_kill_while_a_model_goes_live(aws: Sandbox, tmp_path) -> None:
    aws.reset()
    scene = Example(aws)
    scene.finish()
    register_package(scene.client("sagemaker"), "acme-local-fraud", approved=True)
    rollout = stage(scene, tmp_path / "approved")
    for nth in range(1, rollout.writes + 1):
        converges(rollout, rollout.killed(nth, after=True))
