"""A test that runs, by its marks alone: the function has this, as nothing here needs specs."""

from __future__ import annotations

from reconciler.aws.rollout.reading import Reading
from reconciler.rollout import trialmarks
from reconciler.rollout.abtest import Look, without_spec
from reconciler.rollout.values import RolloutAction, Signals


def unspecced(reading: Reading, now: float, word: str) -> tuple[Signals, RolloutAction] | None:
    """What is done about it; nothing where there is none."""
    if trialmarks.TAG not in reading.tags:
        return None
    marks = trialmarks.read(reading.tags, [each.name for each in reading.live.variants])
    if marks is None or marks.ended:
        return None
    return Signals(word=word), without_spec(reading.live, marks, Look(now=now, word=word))
