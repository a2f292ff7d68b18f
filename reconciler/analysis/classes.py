"""How good a model of several classes is. Pure; classes are numbers from 0.

Means over classes leave none out that is in the truth: one that is never predicted has the
precision 0 there, as with scikit-learn, since leaving it out would praise the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .score import auc

NAMES = (
    "accuracy", "auc", "balancedAccuracy", "logLoss", "macroF1", "macroPrecision", "macroRecall",
    "weightedF1", "weightedPrecision", "weightedRecall",
)  # fmt: skip
SCORED = ("auc", "logLoss")
LOWER = ("logLoss",)
_EPSILON = float(np.finfo(float).eps)
"""Of a probability that was nothing, as with scikit-learn."""
_SLACK = 1e-3
"""How far from one a row of probabilities may add up."""


def matrix(truth: Any, decided: Any, classes: int) -> Any:
    """Counts: a row for each true class, a column for each predicted one."""
    return np.bincount(truth * classes + decided, minlength=classes * classes).reshape(
        classes, classes
    )


def figures(
    truth: Any, decided: Any, classes: int, probabilities: Any = None
) -> dict[str, float | None]:
    """All figures; `probabilities` has a row for each truth and a column for each class."""
    if not truth.size:
        return {}
    table = matrix(truth, decided, classes).astype(float)
    right, actual, predicted = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    used = (actual + predicted) > 0
    recall = _part(right, actual)
    precision = _part(right, predicted)
    f1 = _part(2 * right, actual + predicted)
    weights = actual / actual.sum()
    found: dict[str, float | None] = {
        "accuracy": float(right.sum() / actual.sum()),
        "balancedAccuracy": float(np.mean(recall[actual > 0])),
    }
    for name, values in (("Precision", precision), ("Recall", recall), ("F1", f1)):
        found[f"macro{name}"] = float(np.mean(values[used]))
        found[f"weighted{name}"] = float(np.sum(values * weights))
    if probabilities is not None:
        found.update(_scores(truth, probabilities, classes))
    return dict(sorted(found.items()))


def _part(count: Any, of: Any) -> Any:
    return np.divide(count, of, out=np.zeros_like(count), where=of > 0)


def _scores(truth: Any, probabilities: Any, classes: int) -> dict[str, float | None]:
    """Of each class against the others, where all of them are in the truth."""
    each = [auc(truth == one, probabilities[:, one]) for one in range(classes)]
    known = [value for value in each if value is not None]
    found: dict[str, float | None] = {
        "auc": float(np.mean(known)) if len(known) == classes else None,
        "logLoss": None,
    }
    if np.min(probabilities) >= 0 and np.max(probabilities) <= 1:
        sums = probabilities.sum(axis=1)
        if np.all(np.abs(sums - 1) < _SLACK):
            sure = probabilities[np.arange(truth.size), truth] / sums
            found["logLoss"] = float(-np.mean(np.log(np.clip(sure, _EPSILON, 1))))
    return found
