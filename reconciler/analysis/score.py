"""How good a model that says yes or no is: figures of truths, scores and decisions. Pure.

A figure whose denominator is nothing is nothing, and not 0: with one class alone there is no AUC.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NAMES = (
    "accuracy", "auc", "balancedAccuracy", "brier", "f1", "falsePositiveRate", "logLoss",
    "matthews", "prAuc", "precision", "recall", "specificity",
)  # fmt: skip
SCORED = ("auc", "brier", "logLoss", "prAuc")
"""Those that need a score; the others need a decision."""
LOWER = ("brier", "falsePositiveRate", "logLoss")
"""Those that are better when they are lower."""
_EPSILON = float(np.finfo(float).eps)
"""Of a probability that was nothing, as with scikit-learn."""


def ratio(count: float, of: float) -> float | None:
    """A share, or nothing of nothing."""
    return float(count / of) if of else None


def confusion(truth: Any, decided: Any) -> dict[str, int]:
    """Counts of true and false positives and negatives; both are arrays of truths."""
    return {
        "truePositive": int(np.sum(truth & decided)),
        "falsePositive": int(np.sum(~truth & decided)),
        "falseNegative": int(np.sum(truth & ~decided)),
        "trueNegative": int(np.sum(~truth & ~decided)),
    }


def decisions(truth: Any, decided: Any) -> dict[str, float | None]:
    """Figures of decisions."""
    counts = confusion(truth, decided)
    tp, fp = counts["truePositive"], counts["falsePositive"]
    fn, tn = counts["falseNegative"], counts["trueNegative"]
    recall, specificity = ratio(tp, tp + fn), ratio(tn, tn + fp)
    both = None if recall is None or specificity is None else (recall + specificity) / 2
    product = float(tp + fp) * float(tp + fn) * float(tn + fp) * float(tn + fn)
    return {
        "accuracy": ratio(tp + tn, tp + tn + fp + fn),
        "balancedAccuracy": both,
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
        "falsePositiveRate": None if specificity is None else 1 - specificity,
        "matthews": float((tp * tn - fp * fn) / np.sqrt(product)) if product else None,
        "precision": ratio(tp, tp + fp),
        "recall": recall,
        "specificity": specificity,
    }


def scores(truth: Any, score: Any) -> dict[str, float | None]:
    """Figures of scores; those of probabilities only where all scores are from 0 to 1."""
    found: dict[str, float | None] = {
        "auc": auc(truth, score), "prAuc": average_precision(truth, score),
        "brier": None, "logLoss": None,
    }  # fmt: skip
    if score.size and np.min(score) >= 0 and np.max(score) <= 1:
        found["brier"] = float(np.mean((score - truth) ** 2))
        sure = np.clip(np.where(truth, score, 1 - score), _EPSILON, 1)
        found["logLoss"] = float(-np.mean(np.log(sure)))
    return found


def auc(truth: Any, score: Any) -> float | None:
    """The chance that a positive has a higher score than a negative; ties are a half."""
    positives = int(np.sum(truth))
    negatives = truth.size - positives
    if not positives or not negatives:
        return None
    ranks = _ranks(score)
    over = float(np.sum(ranks[truth])) - positives * (positives + 1) / 2
    return float(over / positives / negatives)


def _ranks(values: Any) -> Any:
    """Ranks from 1, the mean one for equals."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[where.ravel()]


def average_precision(truth: Any, score: Any) -> float | None:
    """Precision over recall, added up in steps, as scikit-learn's average precision is."""
    positives = int(np.sum(truth))
    if not positives:
        return None
    order = np.argsort(-score, kind="mergesort")
    ranked, hits = score[order], np.cumsum(truth[order])
    last = np.append(np.nonzero(np.diff(ranked))[0], ranked.size - 1)
    precision, recall = hits[last] / (last + 1), hits[last] / positives
    return float(np.sum(np.diff(np.append(0.0, recall)) * precision))


def figures(truth: Any, score: Any, decided: Any) -> dict[str, float | None]:
    """All that can be said of what is given; a score or decisions may be nothing."""
    found: dict[str, float | None] = {}
    if decided is not None:
        found.update(decisions(truth, decided))
    if score is not None:
        found.update(scores(truth, score))
    return dict(sorted(found.items()))
