"""How many instances the versions need, by what is live: capacity comes before traffic.

The steps say how many the new version has with a share of the traffic, and the target begins with
no more than the last of them. A person or an autoscaler may have given a live variant more.
"""

from __future__ import annotations

from math import ceil

from reconciler.rollout.phase import BACK, near, share, variant
from reconciler.rollout.values import Doing, Live, Marks


def has(live: Live, name: str) -> int:
    """The instances that a variant is to have, which are those that an update can retain."""
    found = variant(live, name)
    if found is None:
        return 0
    return found.count or 0 if found.asked_count is None else found.asked_count


def carrying(marks: Marks, live: Live) -> int:
    """The instances with which stable carries all traffic, which it gets back on the way home.

    They are those that it has when the first step begins: an autoscaler or a person may have set
    another count than its configuration begins with.
    """
    now = _beside(marks, live)
    if marks.doing is not Doing.START or not now:
        return marks.stable_count
    return max(now, marks.stable_count if marks.over else 0)


def grown(marks: Marks, live: Live) -> int:
    """The stable variant's instances, where they are more than it began with; else 0.

    The next step gives the candidate its part of that many.
    """
    now = _beside(marks, live)
    return max(marks.grown, now if now > marks.stable_count and marks.doing not in BACK else 0)


def of_step(marks: Marks, step: int, most: int | None = None) -> int:
    """The candidate's instances at a step, as they are announced, or by what is `grown` now."""
    if step < 1 or not marks.steps:
        return 0
    found = marks.steps[min(step, len(marks.steps)) - 1]
    whole = marks.grown if most is None else most
    return max(found.count, ceil(round(found.share * whole, 6)))


def enough(marks: Marks, live: Live, count: int) -> bool:
    """Whether the candidate has so many."""
    found = variant(live, marks.candidate)
    return found is not None and found.count is not None and found.count >= count


def beyond(marks: Marks, live: Live) -> int:
    """The instances that serve now, where they are more than the target begins with; else 0.

    Once the candidate has all traffic, its own are enough. Before that nobody has seen how many
    are, so those of either variant count.
    """
    whole = share(live, marks.candidate)
    alone = whole is not None and near(whole, 1)
    names = (marks.candidate,) if alone else (marks.candidate, marks.stable)
    count = max(has(live, name) for name in names)
    return count if count > max((each.count for each in marks.steps), default=0) else 0


def carried(marks: Marks, live: Live) -> bool:
    """Whether the stable variant, whose name the target's has, is there with as many."""
    found, wanted = variant(live, marks.stable), beyond(marks, live)
    return not wanted or (found is not None and found.count is not None and found.count >= wanted)


def _beside(marks: Marks, live: Live) -> int:
    """The instances that stable is asked to have, beside the candidate; 0 where it is not known."""
    return has(live, marks.stable) if live.config == marks.middle else 0
