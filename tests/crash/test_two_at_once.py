"""Two applies at once on one environment, with nothing between them but guards.

One run goes on at a time; a seed decides at which calls the other one takes over.
No resource is partly one's and partly the other's, whoever loses stops with a message, and a
rerun of either one gives exactly what it declares.
"""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from engine.platform import client
from sweeps import LONG

from reconciler.aws.apply import Outcome
from reconciler.model.event import Event, StepFailed
from reconciler.sandbox.inprocess import Sandbox

from .live import State, difference, state
from .scene import CHANGED, EDITS, SMALL, Saved, Scene, small

SEEDS = range(40 if LONG else 1)
PATIENCE = 60
STALE = {"APPLY001", "APPLY002", "APPLY003", "APPLY004", "APPLY007", "APPLY008"}
"""It moved, it is refused, it is there already, it vanished, or it is not as asked."""

STAYS = next(edit for edit in EDITS if edit[0] == "n: integral")
"""The feature that both add: no rerun could take back what one of them alone has added."""

TWINS = "AWS::KMS::Key"
"""The only type of which each can make one, as AWS chooses its id; one gets the name."""


class Turns:
    """Lets one of two runs call AWS at a time."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._turn = threading.Condition()
        self._whose = 0
        self._ended: set[int] = set()
        self.switches = 0

    def leave(self, me: int) -> None:
        with self._turn:
            self._ended.add(me)
            self._turn.notify_all()

    def take(self, me: int) -> None:
        """Before each call: perhaps the other one first."""
        other = 1 - me
        with self._turn:
            if self._whose == me and other not in self._ended and self._random.random() < 0.3:
                self._whose, self.switches = other, self.switches + 1
                self._turn.notify_all()
            assert self._turn.wait_for(
                lambda: self._whose == me or other in self._ended, PATIENCE
            ), "neither run goes on"


class TakingTurns:
    """The clients of one of the two runs."""

    def __init__(self, turns: Turns, number: int) -> None:
        self._turns, self._number = turns, number

    def client(self, service: str) -> Any:
        return _Client(client(service), self._turns, self._number)


class _Client:
    def __init__(self, inner: Any, turns: Turns, number: int) -> None:
        self._inner, self._turns, self._number = inner, turns, number

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name in {"can_paginate", "get_paginator", "meta"}:
            return method

        def call(**params: Any) -> Any:
            self._turns.take(self._number)
            return method(**params)

        return call


def race(scenes: list[Scene], seed: int) -> tuple[list[Outcome], list[StepFailed], int]:
    """Both plan, then both apply, by turns."""
    plans = [scene.settled_plan() for scene in scenes]
    turns = Turns(seed)
    events: list[Event] = []
    outcomes: dict[int, Outcome] = {}

    def run(number: int) -> None:
        scenes[number].session.clients = TakingTurns(turns, number)
        try:
            outcomes[number] = scenes[number].carry_out(plans[number], events)
        finally:
            turns.leave(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    failed = [event for event in events if isinstance(event, StepFailed)]
    return [outcomes[0], outcomes[1]], failed, turns.switches


GROUNDS = ["an empty account", "a platform"]
Ground = tuple[Saved, list[str], list[State]]
"""Where both begin; what each declares; the start and what each would make of it alone."""


@pytest.fixture(
    scope="module", params=["an empty account", "a platform"] if LONG else ["a platform"]
)
def ground(request: pytest.FixtureRequest, aws: Sandbox) -> Ground:
    aws.reset()
    texts = [SMALL, CHANGED]
    for old, new in (("fraud:1\n", "fraud:3\n"), ("90d", "60d"), STAYS):
        assert old in SMALL
        texts[0] = texts[0].replace(old, new)
    if request.param == "a platform":
        small(aws).finish()
    saved = Saved(aws)
    ends = [state(small(aws))]
    for text in texts:
        saved.back()
        scene = small(aws, text)
        scene.finish()
        ends.append(state(scene))
    return saved, texts, ends


@pytest.mark.parametrize("seed", SEEDS)
def test_two_applies_make_nothing_twice_and_a_rerun_of_either_converges(
    seed: int, ground: Ground, aws: Sandbox
) -> None:
    saved, texts, ends = ground
    saved.back()
    scenes = [small(aws, text) for text in texts]
    outcomes, failed, switches = race(scenes, seed)
    assert switches > 3
    assert {event.code for event in failed} <= STALE
    assert all(event.message for event in failed)
    assert all(outcome.ok or outcome.failed for outcome in outcomes)
    left = state(scenes[0])
    mixed = {label for label, body in left.items() if body not in [end.get(label) for end in ends]}
    assert {label.partition("/")[0] for label in mixed} <= {TWINS}
    again = seed % 2
    scenes[again].finish(runs=2)
    assert difference(ends[1 + again], state(scenes[again])) == {}
