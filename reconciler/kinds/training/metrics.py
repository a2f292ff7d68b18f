"""Metrics of an evaluation: what Moorline's own computes, and which way is better."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.training.phases import Evaluate
from reconciler.kinds.training.registering import When
from reconciler.kinds.training.spec import Training

BINARY_PROBLEM, REGRESSION_PROBLEM = "binary", "regression"
SCORED = ("auc", "brier", "logLoss", "prAuc")
"""Metrics of two classes that need no decision, only scores."""
BINARY = (
    *SCORED, "accuracy", "balancedAccuracy", "f1", "falsePositiveRate", "matthews", "precision",
    "recall", "specificity",
)  # fmt: skip
REGRESSION = ("mae", "medianAbsoluteError", "mse", "r2", "rmse")
LOWER = frozenset({
    "brier", "error", "falsePositiveRate", "logLoss", "log_loss", "logloss", "loss", "mae", "mape",
    "medianAbsoluteError", "mse", "rmse",
})  # fmt: skip
HIGHER = frozenset({
    "accuracy", "auc", "average_precision", "balancedAccuracy", "f1", "map", "matthews", "ndcg",
    "prAuc", "pr_auc", "precision", "r2", "recall", "roc_auc", "specificity",
})  # fmt: skip


def goal(when: When) -> str | None:
    """Which way a metric is better: as said, or as is known of its name."""
    if when.goal is not None:
        return when.goal
    known = {**dict.fromkeys(LOWER, "minimize"), **dict.fromkeys(HIGHER, "maximize")}
    return known.get(when.metric)


def problem(evaluate: Evaluate) -> str | None:
    """The kind of problem that all metrics of an evaluation are of; nothing where none is."""
    for name, known in ((BINARY_PROBLEM, BINARY), (REGRESSION_PROBLEM, REGRESSION)):
        if set(evaluate.metrics) <= set(known):
            return name
    return None


def of_training(spec: Training) -> Iterator[str]:
    """Metrics that the training job reports, as far as the spec says."""
    yield from spec.metrics
    if spec.tune is not None:
        yield spec.tune.objective.metric


def evaluated(spec: Training, metric: str) -> bool:
    """Whether a metric comes of the evaluation, not of the training job."""
    return spec.evaluate is not None and metric in spec.evaluate.metrics
