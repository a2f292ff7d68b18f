"""When a training job of a search is stopped early.

Source: SageMaker developer guide, "Stop training jobs early": the objective of an epoch is compared
with the median of the running averages of earlier jobs.
"""

from __future__ import annotations

from collections.abc import Sequence

FIRST = 2
"""The first epoch, from zero, after which a job is compared: the sandbox's own number."""


def worse(curve: Sequence[float], others: Sequence[Sequence[float]], *, minimize: bool) -> bool:
    """Whether a job is stopped now, as it is worse than the median of earlier ones.

    Args:
        curve: The objective after each epoch of the job until now.
        others: The same of jobs that are complete.
        minimize: Whether less is better.
    """
    count = len(curve)
    means = sorted(sum(each[:count]) / count for each in others if len(each) >= count)
    if count <= FIRST or not means:
        return False
    middle = means[len(means) // 2]
    return min(curve) > middle if minimize else max(curve) < middle


def stops(
    curve: Sequence[float], others: Sequence[Sequence[float]], *, minimize: bool
) -> int | None:
    """After which epoch a job is stopped whose whole curve is known; none where it is not."""
    epochs = range(FIRST, len(curve) - 1)
    return next(
        (each for each in epochs if worse(curve[: each + 1], others, minimize=minimize)), None
    )
