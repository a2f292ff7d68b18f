"""How many requests the plan of the example takes when nothing has changed."""

from __future__ import annotations

from itertools import takewhile

from sweeps import only_long

from benchmarks.call_counts import BARS, DATA_BAR, Tally, example, life
from reconciler.sandbox.inprocess import sandbox


@only_long
def test_an_unchanged_example_is_planned_with_few_requests() -> None:
    tally = Tally()
    with sandbox() as aws:
        phases = life(aws, example(), tally)
        counts = {phase: each for phase, *each in takewhile(lambda it: it[0] != "change", phases)}
    total, wrote, polls, resources = counts["plan"]
    assert (wrote, polls) == (0, 0)
    assert resources > 80
    assert total <= BARS["example"]["plan"] * resources
    calls, count = tally.data()
    assert count > 25
    assert calls <= DATA_BAR * count
