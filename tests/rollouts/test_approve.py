"""A step that waits for a person: held however good it was, told, and passed by a promote."""

from __future__ import annotations

import pytest

from reconciler.render.sections.rollouts import head
from reconciler.render.text import rollout as text
from reconciler.rollout.shown import Shown, shown
from reconciler.rollout.values import Act, Phase, Step
from reconciler.sandbox.inprocess import Sandbox

from .made import NAME
from .stage import Stage, rollout
from .test_driver import rest

GATED = (Step(0.05, 1, 600), Step(0.5, 2, 600, gate=True), Step(1.0, 4, 600))


@pytest.fixture
def gated(aws: Sandbox) -> Stage:
    return Stage(aws).set(rollout(steps=GATED, hold=86_400))


def status(stage: Stage) -> str:
    found = stage.look()
    assert found.reading is not None
    told = shown(Shown(name="scorer", environment="dev", endpoint=NAME, now=found.now,
                       live=found.reading.live, rollout=found.rollout, signals=found.signals,
                       action=found.action))  # fmt: skip
    return f"{text.status(told, color=False)}\n{head({**told, 'status': 'starts'})}"


@pytest.mark.scenario("R21")
def test_it_is_held_until_a_person_says_promote(gated: Stage) -> None:
    *_, last = gated.run()
    assert last.action is not None
    assert (last.action.act, last.action.phase) == (Act.HOLD, Phase.PAUSED)
    assert gated.weights["candidate"] == gated.weights["primary"]
    said = status(gated)
    assert "● 50 % ‖" in said
    assert "hold until" in said
    assert "step 2 was good and waits for `promote`; say resume, promote or abort" in said
    assert "50 % for 10 min, then waits for promote, 100 % for 10 min" in said
    gated.advance("promote")
    assert rest(gated) is Phase.COMPLETED


@pytest.mark.scenario("R21")
def test_it_goes_back_where_nobody_says_so_in_time(gated: Stage) -> None:
    [*_, _] = gated.run()
    gated.settle(86_401)
    assert rest(gated) is Phase.ROLLED_BACK
