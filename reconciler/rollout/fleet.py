"""How many instances the two versions need, by what is live: capacity comes before traffic."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from reconciler.rollout.phase import BACK, variant
from reconciler.rollout.values import Doing, Live, Marks, Step


def carrying(marks: Marks, live: Live) -> int:
    """The instances with which stable carries all traffic, which it gets back on the way home.

    They are those that it has when the first step begins: an autoscaler or a person may have set
    another count than its configuration begins with.
    """
    now = _now(marks, live)
    if marks.doing is not Doing.START or not now:
        return marks.stable_count
    return max(now, marks.stable_count if marks.over else 0)


def needed(marks: Marks, live: Live) -> tuple[Step, ...]:
    """The steps, each with the instances that its share of today's traffic needs.

    Where stable has more than it began with, the candidate gets its part of that many too.
    """
    now = _now(marks, live)
    if marks.doing in BACK or now <= marks.stable_count:
        return marks.steps
    return tuple(
        replace(each, count=max(each.count, ceil(round(each.share * now, 6))))
        for each in marks.steps
    )


def has(live: Live, marks: Marks, steps: tuple[Step, ...], step: int) -> bool:
    """Whether the candidate has the instances that `steps` say for this one."""
    found = variant(live, marks.candidate)
    need = steps[min(step, len(steps)) - 1].count if step >= 1 and steps else 0
    return found is not None and found.count is not None and found.count >= need


def _now(marks: Marks, live: Live) -> int:
    """The instances that stable is asked to have, beside the candidate; 0 where it is not known."""
    found = variant(live, marks.stable)
    return (found.asked_count or 0) if found is not None and live.config == marks.middle else 0
