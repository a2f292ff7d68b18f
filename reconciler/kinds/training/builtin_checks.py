"""An evaluation without a script: the model answers, and its answers are judged."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem
from reconciler.kinds.training.metrics import BINARY, BINARY_PROBLEM, REGRESSION, SCORED, problem
from reconciler.kinds.training.phases import Evaluate
from reconciler.kinds.training.spec import Training
from reconciler.model.value import Path

CSV = "text/csv"
_OF_SCRIPTS = ("image", "version", "python", "arguments", "environment")


def check(found: Evaluate, spec: Training) -> Iterator[Problem]:
    """What keeps it from being judged."""
    path: Path = ("evaluate",)
    if spec.register_ is None:
        yield Problem(path, "nothing says which image answers", "add 'register', or 'code'")
    elif CSV not in spec.register_.content_types or CSV not in spec.register_.response_types:
        text = "rows are CSV, and the image is not said to read and write that"
        yield Problem(path, text, "add text/csv to 'register', or evaluate by 'code'")
    for name in _OF_SCRIPTS:
        if name in found.model_fields_set:
            yield Problem((*path, name), f"{name!r} belongs to 'code'", "remove it, or add 'code'")
    kind = problem(found)
    if kind is None:
        known = f"{', '.join(sorted(BINARY))}; or {', '.join(sorted(REGRESSION))}"
        text = "'builtin' has other metrics, or none that go together"
        yield Problem((*path, "metrics"), text, f"there are: {known}")
        return
    decides = kind == BINARY_PROBLEM and not set(found.metrics) <= set(SCORED)
    if decides and found.threshold is None:
        which = ", ".join(sorted(set(found.metrics) - set(SCORED)))
        yield Problem(path, f"{which} need a decision", "add 'threshold'")
    if found.threshold is not None and not decides:
        text = "no metric here needs a decision"
        yield Problem((*path, "threshold"), text, "remove it")
