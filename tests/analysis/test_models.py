"""Figures of models against values by hand, scikit-learn and fairlearn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from reconciler.analysis import classes, parity, regression, score

from .made import random


def answers(seed: int, rows: int = 400, ties: int = 0) -> tuple[Any, Any, Any]:
    r = random(seed)
    truth = r.random(rows) < 0.3
    points = np.clip(r.normal(0.35 + 0.25 * truth, 0.2), 0, 1)
    if ties:
        points = np.round(points * ties) / ties
    return truth, points, points >= 0.5


@pytest.mark.parametrize("ties", [0, 4, 1])
@pytest.mark.parametrize("seed", range(4))
def test_yes_or_no_is_judged_as_by_scikit_learn(seed: int, ties: int) -> None:
    truth, points, marks = answers(seed, ties=ties)
    found = score.figures(truth, points, marks)
    specificity = metrics.recall_score(~truth, ~marks)
    assert found == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(truth, marks),
            "auc": metrics.roc_auc_score(truth, points),
            "balancedAccuracy": metrics.balanced_accuracy_score(truth, marks),
            "brier": metrics.brier_score_loss(truth, points),
            "f1": metrics.f1_score(truth, marks),
            "falsePositiveRate": 1 - specificity,
            "logLoss": metrics.log_loss(truth, points),
            "matthews": metrics.matthews_corrcoef(truth, marks),
            "prAuc": metrics.average_precision_score(truth, points),
            "precision": metrics.precision_score(truth, marks),
            "recall": metrics.recall_score(truth, marks),
            "specificity": specificity,
        }
    )
    assert set(found) == set(score.NAMES)


def test_figures_by_hand() -> None:
    truth = np.asarray([True, True, False, False])
    points = np.asarray([0.9, 0.3, 0.5, 0.1])
    found = score.figures(truth, points, points >= 0.4)
    assert (found["auc"], found["recall"], found["precision"]) == (0.75, 0.5, 0.5)
    assert (found["f1"], found["accuracy"], found["prAuc"]) == (0.5, 0.5, pytest.approx(5 / 6))


@pytest.mark.parametrize("truth", [[True, True], [False, False]])
def test_of_one_class_alone_nothing_is_said_that_needs_two(truth: list[bool]) -> None:
    marks = np.asarray([False, False])
    found = score.figures(np.asarray(truth), np.asarray([0.2, 0.3]), marks)
    assert (found["auc"], found["balancedAccuracy"], found["matthews"]) == (None, None, None)
    assert found["precision"] is None
    assert found["recall"] == (0.0 if truth[0] else None)


def test_scores_that_are_no_probabilities_have_no_loss() -> None:
    truth, points, _ = answers(1)
    found = score.scores(truth, points * 10 - 3)
    assert (found["logLoss"], found["brier"]) == (None, None)
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(truth, points))


@pytest.mark.parametrize("seed", range(3))
def test_several_classes_are_judged_as_by_scikit_learn(seed: int) -> None:
    r = random(seed)
    truth = r.choice(4, 300, p=[0.5, 0.3, 0.15, 0.05])
    chances = r.dirichlet([1] * 4, 300) + 0.6 * np.eye(4)[truth]
    chances /= chances.sum(axis=1, keepdims=True)
    marks = chances.argmax(axis=1)
    expected = {
        "accuracy": metrics.accuracy_score(truth, marks),
        "auc": metrics.roc_auc_score(truth, chances, multi_class="ovr", average="macro"),
        "balancedAccuracy": metrics.balanced_accuracy_score(truth, marks),
        "logLoss": metrics.log_loss(truth, chances),
    }
    for average in ("macro", "weighted"):
        three = metrics.precision_recall_fscore_support(truth, marks, average=average)
        names = ("Precision", "Recall", "F1")
        expected |= {f"{average}{name}": it for name, it in zip(names, three[:3], strict=True)}
    assert classes.figures(truth, marks, 4, chances) == pytest.approx(expected)
    assert set(expected) == set(classes.NAMES)


def test_a_class_that_is_never_predicted_is_not_left_out() -> None:
    found = classes.figures(np.asarray([0, 0, 1]), np.asarray([0, 0, 0]), 3)
    assert found["macroPrecision"] == pytest.approx(1 / 3)
    assert found["balancedAccuracy"] == 0.5


def test_numbers_are_judged_as_by_scikit_learn() -> None:
    r = random(3)
    truth = r.normal(50, 10, 200)
    told = truth + r.normal(1, 4, 200)
    assert regression.figures(truth, told) == pytest.approx(
        {
            "mae": metrics.mean_absolute_error(truth, told),
            "meanError": float(np.mean(told - truth)),
            "medianAbsoluteError": metrics.median_absolute_error(truth, told),
            "mse": metrics.mean_squared_error(truth, told),
            "r2": metrics.r2_score(truth, told),
            "rmse": metrics.root_mean_squared_error(truth, told),
        }
    )


def test_numbers_too_large_to_square_and_truths_that_do_not_vary() -> None:
    huge = regression.figures(np.asarray([1e308, -1e308]), np.asarray([-1e308, 1e308]))
    assert (huge["rmse"], huge["mse"]) == (None, None)
    assert regression.figures(np.asarray([2.0, 2.0]), np.asarray([2.0, 3.0]))["r2"] is None


# By hand: 100 of the favoured group, 50 others.
#              no/no no/yes   yes/no yes/yes
A = np.asarray([[40.0, 10.0], [10.0, 40.0]])
D = np.asarray([[20.0, 5.0], [15.0, 10.0]])
BOTH = np.asarray([[A, D]])
HAND = {
    "CI": 50 / 150,
    "DPL": 0.5 - 0.5,
    "DPPL": 0.5 - 0.3,
    "DI": 0.3 / 0.5,
    "DCAcc": 50 / 50 - 25 / 15,
    "DCR": 25 / 35 - 50 / 50,
    "SD": 20 / 25 - 40 / 50,
    "RD": 40 / 50 - 10 / 25,
    "DAR": 40 / 50 - 10 / 15,
    "DRR": 20 / 35 - 40 / 50,
    "AD": 80 / 100 - 30 / 50,
    "TE": 15 / 5 - 10 / 10,
    "CDDPL": 35 / 85 - 15 / 65,
    "EO": 0.4,
}


@pytest.mark.parametrize("name", HAND)
def test_bias_by_hand(name: str) -> None:
    found = {**parity.before(BOTH.sum(axis=3)), **parity.after(BOTH)}
    assert found[name] == pytest.approx(HAND[name])


def test_bias_of_labels_by_hand() -> None:
    counts = np.asarray([[[20.0, 80.0], [30.0, 20.0]]])  # 0.8 and 0.4 say yes
    found = parity.before(counts)
    log = np.log
    middle = (0.3 + 0.1, 0.6)  # of no: (0.2 + 0.6) / 2; of yes: (0.8 + 0.4) / 2
    assert found == pytest.approx(
        {
            "CI": 1 / 3,
            "DPL": 0.4,
            "KL": 0.2 * log(0.2 / 0.6) + 0.8 * log(0.8 / 0.4),
            "JS": (0.2 * log(0.2 / middle[0]) + 0.8 * log(0.8 / middle[1])
                   + 0.6 * log(0.6 / middle[0]) + 0.4 * log(0.4 / middle[1])) / 2,
            "LP": np.sqrt(2 * 0.4**2),
            "TVD": 0.4,
            "KS": 0.4,
            "CDDL": 30 / 50 - 20 / 100,
        }
    )  # fmt: skip


def test_generalised_entropy_is_that_of_its_rows() -> None:
    benefits = np.repeat([1, 2, 0, 1], [A[0, 0] + D[0, 0], 15, 25, 50])
    mean = benefits.mean()
    hand = float(np.mean((benefits / mean) ** 2 - 1) / 2)
    assert parity.entropy(A + D) == pytest.approx(hand)
    assert parity.entropy(np.asarray([[0.0, 0.0], [5.0, 0.0]])) is None


FAIRNESS = Path(__file__).parents[2] / ".venv" / "formats" / "fairness"
"""Where `make readers` puts fairlearn: with it comes pandas, which makes every command slower."""
ASKED = (
    "demographic_parity_difference", "equal_opportunity_difference", "equalized_odds_difference",
    "demographic_parity_ratio",
)  # fmt: skip
ASK = """
import json, sys
from fairlearn import metrics
for about in json.load(sys.stdin):
    print(json.dumps([float(getattr(metrics, name)(**about)) for name in sys.argv[1:]]))
"""


def fairlearns(cases: list[dict[str, list[int]]]) -> list[list[float]]:
    """What fairlearn makes of each case."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, *ASKED], input=json.dumps(cases), text=True, check=True,
        capture_output=True, env={**os.environ, "PYTHONPATH": str(FAIRNESS)},
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.skipif(not FAIRNESS.is_dir(), reason="fairlearn comes with `make readers`")
def test_bias_is_fairlearns() -> None:
    cases, ours = [], []
    for seed in range(3):
        r = random(seed)
        group = r.random(500) < 0.3
        truth, marks = r.random(500) < 0.4, r.random(500) < 0.5 - 0.2 * group
        counts = np.zeros((1, 2, 2, 2))
        np.add.at(counts, (0, group.astype(int), truth.astype(int), marks.astype(int)), 1)
        found = parity.after(counts)
        about = {"y_true": truth, "y_pred": marks, "sensitive_features": group}
        cases.append({name: value.astype(int).tolist() for name, value in about.items()})
        ratio = found["DI"] or 0
        differences = [abs(found["DPPL"] or 0), abs(found["RD"] or 0), found["EO"]]
        ours.append([*differences, min(ratio, 1 / ratio)])
    for mine, theirs in zip(ours, fairlearns(cases), strict=True):
        assert mine == pytest.approx(theirs)


def test_what_is_divided_by_nothing_is_nothing() -> None:
    nobody = np.asarray([[[[5.0, 0.0], [5.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]])
    found = {**parity.before(nobody.sum(axis=3)), **parity.after(nobody)}
    assert {name for name, value in found.items() if value is not None} == {"CI", "CDDL", "GE"}
    assert parity.before(np.asarray([[[0.0, 5.0], [5.0, 0.0]]]))["KL"] is None
    strata = np.asarray([[[4.0, 0.0], [2.0, 0.0]], [[4.0, 2.0], [2.0, 2.0]]])
    assert parity.disparity(strata) == pytest.approx(2 / 6 - 2 / 4)
