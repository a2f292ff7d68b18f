"""A pause counts as it was meant on a clock that sleeps less than it is told."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from reconciler.aws.clock import RealClock
from reconciler.aws.fresh import Patience


def test_looks_on_a_fast_clock_are_as_many_as_on_a_slow_one() -> None:
    clock = RealClock(10_000.0)
    session: Any = SimpleNamespace(clock=clock, interrupted=bool)
    step: Any = SimpleNamespace(id="x", address="x")
    patience = Patience(session, lambda _: None, step)
    began = time.monotonic()
    until, looks = clock.now() + 30.0, 0
    while patience.waits(until, "looking"):
        looks += 1
    assert 8 <= looks <= 9  # 1, 2, 4, five seconds each, and what is left
    assert time.monotonic() - began < 5.0
