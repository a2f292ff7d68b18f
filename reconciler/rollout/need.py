"""How many instances the target has to begin with, so that what serves now loses none.

The steps say how many a version has that carries all traffic, and the target begins with no more.
A person, or an autoscaler, may have given a live variant more than that since.
"""

from __future__ import annotations

from reconciler.rollout.phase import near, share, variant
from reconciler.rollout.values import Live, Marks


def planned(marks: Marks) -> int:
    """The most instances of any step: what whoever started it was told of the end."""
    return max((each.count for each in marks.steps), default=0)


def beyond(marks: Marks, live: Live) -> int:
    """The instances that serve now, where they are more than planned; else 0.

    Once the candidate has all traffic, its own are enough. Before that nobody has seen how many
    are, so those of either variant count.
    """
    whole = share(live, marks.candidate)
    alone = whole is not None and near(whole, 1)
    names = (marks.candidate,) if alone else (marks.candidate, marks.stable)
    count = max(has(live, name) for name in names)
    return count if count > planned(marks) else 0


def has(live: Live, name: str) -> int:
    """The instances that a variant is to have, which are those that an update can retain."""
    found = variant(live, name)
    if found is None:
        return 0
    return found.count or 0 if found.asked_count is None else found.asked_count


def carried(marks: Marks, live: Live) -> bool:
    """Whether the stable variant, whose name the target's has, is there with as many."""
    found, wanted = variant(live, marks.stable), beyond(marks, live)
    return not wanted or (found is not None and found.count is not None and found.count >= wanted)
