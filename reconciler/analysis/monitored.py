"""Model Monitor's and Clarify's files for models: quality and bias.

Sources: SageMaker developer guide, "Model quality metrics and Amazon CloudWatch monitoring",
"Monitor model quality" (constraints), "Analysis Results" (Clarify), "Schema for Bias Drift
Violations".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import parity
from .evaluate import BINARY, MULTICLASS, PROBLEMS, REGRESSION

_GROUPS = {
    BINARY: "binary_classification",
    MULTICLASS: "multiclass_classification",
    REGRESSION: "regression",
}
_NAMES = {
    BINARY: {
        "accuracy": "accuracy", "auc": "auc", "f1": "f1", "falsePositiveRate":
        "false_positive_rate", "precision": "precision", "recall": "recall",
        "specificity": "true_negative_rate",
    },
    MULTICLASS: {
        "accuracy": "accuracy", "weightedF1": "weighted_f1", "weightedPrecision":
        "weighted_precision", "weightedRecall": "weighted_recall",
    },
    REGRESSION: {"mae": "mae", "mse": "mse", "r2": "r2", "rmse": "rmse"},
}  # fmt: skip
"""Model Monitor's names, of the figures that it has."""


def _figures(report: Mapping[str, Any]) -> dict[str, float]:
    names = _NAMES[report["problem"]]
    found = {
        names[name]: each["value"] for name, each in report["metrics"].items() if name in names
    }
    return {name: value for name, value in found.items() if value is not None}


def quality_statistics(report: Mapping[str, Any]) -> dict[str, Any]:
    """``statistics.json`` of model quality."""
    metrics: dict[str, Any] = {
        name: {"value": value, "standard_deviation": "NaN"}
        for name, value in _figures(report).items()
    }
    counts = report.get("confusion")
    if report["problem"] == BINARY and counts:
        metrics["confusion_matrix"] = {
            "0": {"0": counts["trueNegative"], "1": counts["falsePositive"]},
            "1": {"0": counts["falseNegative"], "1": counts["truePositive"]},
        }
    group = f"{_GROUPS[report['problem']]}_metrics"
    return {"version": 0.0, "dataset": {"item_count": report["rows"]}, group: metrics}


def quality_constraints(report: Mapping[str, Any]) -> dict[str, Any]:
    """``constraints.json`` of model quality: that nothing gets worse than it is."""
    lower = {_NAMES[report["problem"]].get(each) for each in PROBLEMS[report["problem"]].LOWER}
    bounds = {
        name: {
            "threshold": value,
            "comparison_operator": "GreaterThanThreshold" if name in lower else "LessThanThreshold",
        }
        for name, value in _figures(report).items()
    }
    return {"version": 0.0, f"{_GROUPS[report['problem']]}_constraints": bounds}


def quality_violations(report: Mapping[str, Any]) -> dict[str, Any]:
    """``constraint_violations.json`` of model quality."""
    names = _NAMES[report["problem"]]
    found = []
    for each in report["judged"]:
        if each["status"] == "VIOLATED":
            high = "atMost" in each["limit"]
            metric = names.get(each["metric"], each["metric"])
            bound = each["limit"]["atMost" if high else "atLeast"]
            word = "greater" if high else "less"
            found.append(
                {
                    "constraint_check_type": "GreaterThanThreshold"
                    if high
                    else "LessThanThreshold",
                    "metric_name": metric,
                    "description": f"Metric {metric} with {each['value']:.6g} was {word} than the"
                    f" threshold {bound:.6g}, and so was all of its interval",
                }
            )
    return {"violations": found}


def analysis(report: Mapping[str, Any]) -> dict[str, Any]:
    """Clarify's ``analysis.json`` of bias, of all rows."""
    found: dict[str, Any] = {"version": "1.0"}
    parts = (("pre_training", parity.BEFORE), ("post_training", parity.AFTER))
    for part, words in parts:
        facets: dict[str, list[dict[str, Any]]] = {}
        for each in report["results"]:
            if each["segment"]:
                continue
            metrics = [
                {"name": name, "description": words[name], "value": metric["value"]}
                for name, metric in each["metrics"].items()
                if name in words and name != "EO"
            ]
            if metrics:
                told = {"value_or_threshold": each["group"], "metrics": metrics}
                facets.setdefault(each["facet"], []).append(told)
        if facets:
            found[f"{part}_bias_metrics"] = {
                "label": report["label"],
                "label_value_or_threshold": ",".join(report["positive"]),
                "facets": facets,
            }
    return found


def bias_violations(report: Mapping[str, Any]) -> dict[str, Any]:
    """``constraint_violations.json`` of bias."""
    return {
        "version": "1.0",
        "violations": [
            {
                "facet": each["facet"],
                "facet_value": each["group"],
                "metric_name": name,
                "constraint_check_type": "bias_drift_check",
                "description": f"{name} is {each['metrics'][name]['value']:.6g}, and all of its"
                " interval lies beyond the limit",
                **({"moorline_segment": each["segment"]} if each["segment"] else {}),
            }
            for each in report["results"]
            for name in each["violations"]
        ],
    }
