"""Figures of bias between two groups, by Clarify's documented formulas. Pure.

Group `a` is the favoured one, `d` the other. All of them follow from counts, in an array by
stratum, group (a, d), truth (no, yes) and prediction (no, yes); before training there are no
predictions. A denominator of nothing gives nothing, and not 0.
Sources: SageMaker developer guide, "Pre-training Bias Metrics", "Post-training Data and Model Bias
Metrics", one page for each; logarithms are natural.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .score import ratio

BEFORE = {
    "CI": "class imbalance",
    "DPL": "difference in proportions of labels",
    "KL": "Kullback-Leibler divergence of the labels",
    "JS": "Jensen-Shannon divergence of the labels",
    "LP": "L2 norm of the difference of the labels",
    "TVD": "total variation distance of the labels",
    "KS": "Kolmogorov-Smirnov distance of the labels",
    "CDDL": "conditional demographic disparity of the labels",
}
AFTER = {
    "DPPL": "difference in positive proportions of predicted labels",
    "DI": "disparate impact",
    "DCAcc": "difference in conditional acceptance",
    "DCR": "difference in conditional rejection",
    "SD": "specificity difference",
    "RD": "recall difference",
    "DAR": "difference in acceptance rates",
    "DRR": "difference in rejection rates",
    "AD": "accuracy difference",
    "TE": "treatment equality",
    "CDDPL": "conditional demographic disparity of predicted labels",
    "EO": "equalised odds: the larger of the differences of true and false positive rates",
    "GE": "generalised entropy of all rows",
}
"""``EO`` is none of Clarify's. Its counterfactual flip test is not here: it needs all features."""


def less(first: float | None, second: float | None) -> float | None:
    """A difference, if both are known."""
    return None if first is None or second is None else first - second


def over(first: float | None, second: float | None) -> float | None:
    """A quotient, if both are known."""
    return None if first is None or not second else first / second


def before(counts: Any) -> dict[str, float | None]:
    """Of labels alone; `counts` by stratum, group and truth."""
    whole = counts.sum(axis=0)
    sizes, yes = whole.sum(axis=1), whole[:, 1]
    first, other = ratio(yes[0], sizes[0]), ratio(yes[1], sizes[1])
    found: dict[str, float | None] = {
        "CI": over(float(sizes[0] - sizes[1]), float(sizes.sum())),
        "DPL": less(first, other),
        "CDDL": disparity(counts),
    }
    if first is None or other is None:
        return {**found, **dict.fromkeys(("KL", "JS", "LP", "TVD", "KS"))}
    a, d = np.asarray([1 - first, first]), np.asarray([1 - other, other])
    gaps, middle = np.abs(a - d), (a + d) / 2
    mixed = less(_kl(a, middle), -(_kl(d, middle) or 0.0))
    return {
        **found,
        "KL": _kl(a, d),
        "JS": None if mixed is None else mixed / 2,
        "LP": float(math.sqrt(np.sum(gaps**2))),
        "TVD": float(np.sum(gaps) / 2),
        "KS": float(np.max(gaps)),
    }


def _kl(one: Any, other: Any) -> float | None:
    there = one > 0
    if np.any(other[there] == 0):
        return None
    return float(np.sum(one[there] * np.log(one[there] / other[there])))


def disparity(counts: Any) -> float | None:
    """Conditional demographic disparity: the mean over strata, weighted by their size.

    Within a stratum it is the other group's share of all that are rejected, less its share of all
    that are accepted. One in which nobody is rejected, or nobody accepted, says nothing.
    """
    total = sum_ = 0.0
    for stratum in counts:
        rejected, accepted = stratum[:, 0], stratum[:, 1]
        gap = less(ratio(rejected[1], rejected.sum()), ratio(accepted[1], accepted.sum()))
        if gap is not None:
            sum_ += gap * float(stratum.sum())
            total += float(stratum.sum())
    return over(sum_, total)


def after(counts: Any) -> dict[str, float | None]:
    """Of labels and predictions; `counts` by stratum, group, truth and prediction."""
    whole = counts.sum(axis=0)
    a, d = _Group(whole[0]), _Group(whole[1])
    recall, false = less(a.recall, d.recall), less(a.false_rate, d.false_rate)
    odds = None if recall is None or false is None else max(abs(recall), abs(false))
    return {
        "DPPL": less(a.accepted, d.accepted),
        "DI": over(d.accepted, a.accepted),
        "DCAcc": less(a.conditional_acceptance, d.conditional_acceptance),
        "DCR": less(d.conditional_rejection, a.conditional_rejection),
        "SD": less(d.specificity, a.specificity),
        "RD": recall,
        "DAR": less(a.precision, d.precision),
        "DRR": less(d.negative_precision, a.negative_precision),
        "AD": less(a.accuracy, d.accuracy),
        "TE": less(d.treatment, a.treatment),
        "CDDPL": disparity(counts.sum(axis=2)),
        "EO": odds,
        "GE": entropy(whole.sum(axis=0)),
    }


class _Group:
    """One group's rates, of its counts by truth and prediction."""

    def __init__(self, counts: Any) -> None:
        (tn, fp), (fn, tp) = counts
        count = tn + fp + fn + tp
        self.accepted = ratio(tp + fp, count)
        self.recall, self.false_rate = ratio(tp, tp + fn), ratio(fp, fp + tn)
        self.precision, self.negative_precision = ratio(tp, tp + fp), ratio(tn, tn + fn)
        self.specificity, self.accuracy = ratio(tn, tn + fp), ratio(tp + tn, count)
        self.conditional_acceptance = ratio(tp + fn, tp + fp)
        self.conditional_rejection = ratio(tn + fp, tn + fn)
        self.treatment = ratio(fn, fp)


def entropy(counts: Any) -> float | None:
    """Generalised entropy with the exponent 2, of benefits: prediction less truth, plus one."""
    (tn, fp), (fn, tp) = counts
    count, benefit = tn + fp + fn + tp, tn + tp + 2.0 * fp
    if not benefit:
        return None
    mean = benefit / count
    square = (tn + tp) / mean**2 + fp * (2 / mean) ** 2
    return float((square / count - 1) / 2)
