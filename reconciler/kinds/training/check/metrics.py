"""The objective of a search is found somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reconciler.kinds.api import Problem
from reconciler.kinds.terms.image import Custom
from reconciler.kinds.training.spec import Training


def check(spec: Training) -> Iterator[Problem]:
    """Scripts and own images have to say where their objective is in the log."""
    if spec.tune is None or (spec.code is None and not isinstance(spec.algorithm, Custom)):
        return
    objective = spec.tune.objective
    if objective.regex is None and objective.metric not in spec.metrics:
        close = get_close_matches(objective.metric, sorted(spec.metrics), 1, 0.6)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        text = f"nothing says where {objective.metric!r} is in the log{hint}"
        yield Problem(("tune", "objective", "metric"), text, "add a 'regex'")
