"""Model Monitor's files for data: statistics and constraints, written from a reference and read.

They are the neutral form in which a baseline changes engines, either way. What they have no place
for (bins, minimum sample, levels) stands beside them under ``moorline``, which Model Monitor's
readers pass over. Source: SageMaker developer guide, "Schema for Statistics", "Schema for
Constraints", "Schema for Violations".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from . import VERSION, sketch
from .faults import DataError
from .reference import KIND, Method, of_weighted
from .table import CATEGORY, NUMBER, TEXT

THRESHOLD = 0.1
_RULES = {
    "missingColumn": "missing_column_check",
    "extraColumn": "extra_column_check",
    "completeness": "completeness_check",
    "type": "data_type_check",
    "categories": "categorical_values_check",
}
"""Model Monitor's words for our rules; it has none for ranges."""


def statistics(reference: Mapping[str, Any]) -> dict[str, Any]:
    """``statistics.json``."""
    features = [_feature(name, each) for name, each in reference["columns"].items()]
    return {
        "version": 0.0,
        "dataset": {"item_count": reference["rows"]},
        "features": features,
        "moorline": {"version": VERSION, "method": reference["method"]},
    }


def _kind(known: Mapping[str, Any]) -> str:
    if known["type"] != NUMBER:
        return "String"
    return "Unknown" if not known["present"] else "Integral" if known["whole"] else "Fractional"


def _feature(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    common = {
        "num_present": known["present"],
        "num_missing": known["missing"] + known.get("invalid", 0) + known.get("infinite", 0),
    }
    told = {"name": name, "inferred_type": _kind(known)}
    if known["type"] == NUMBER:
        numbers: dict[str, Any] = {"common": common}
        if known["present"]:
            mean = known["mean"]
            total = None if mean is None else mean * known["present"]
            numbers.update(
                mean=mean,
                sum=total if total is not None and math.isfinite(total) else None,
                std_dev=known["deviation"],
                min=known["least"],
                max=known["most"],
                distribution={
                    "kll": {
                        "buckets": sketch.buckets(known),
                        "sketch": {
                            "parameters": {"c": sketch.C, "k": sketch.K},
                            "data": sketch.of_points(known),
                        },
                    }
                },
            )
        return {**told, "numerical_statistics": numbers}
    words: dict[str, Any] = {"common": common, "distinct_count": known.get("distinct", 0)}
    if known["type"] == CATEGORY:
        words["distinct_count"] = len(known["values"])
        found = [{"value": value, "count": count} for value, count in known["values"].items()]
        words["distribution"] = {"categorical": {"buckets": found}}
    return {**told, "string_statistics": words}


def constraints(reference: Mapping[str, Any]) -> dict[str, Any]:
    """``constraints.json``."""
    features = []
    for name, known in reference["columns"].items():
        there = known["present"] + known["missing"]
        told: dict[str, Any] = {
            "name": name,
            "inferred_type": _kind(known),
            "completeness": known["present"] / there if there else 0.0,
        }
        if known["type"] == NUMBER and known["present"]:
            told["num_constraints"] = {"is_non_negative": known["least"] >= 0}
        if known["type"] == CATEGORY:
            told["string_constraints"] = {"domains": list(known["values"])}
        features.append(told)
    return {
        "version": 0.0,
        "features": features,
        "monitoring_config": {
            "evaluate_constraints": "Enabled",
            "emit_metrics": "Enabled",
            "datatype_check_threshold": THRESHOLD,
            "domain_content_threshold": THRESHOLD,
            "distribution_constraints": {
                "perform_comparison": "Enabled",
                "comparison_threshold": THRESHOLD,
                "comparison_method": "Robust",
                "categorical_comparison_threshold": THRESHOLD,
                "categorical_drift_method": "LInfinity",
            },
        },
    }


def violations(report: Mapping[str, Any]) -> dict[str, Any]:
    """``constraint_violations.json`` of a comparison; what it has no words for is beside."""
    found, beside = [], []
    for each in report["quality"]:
        if each["status"] != "VIOLATED":
            continue
        told = {"feature_name": each["column"], "description": each["text"]}
        if each["rule"] in _RULES:
            found.append({**told, "constraint_check_type": _RULES[each["rule"]]})
        else:
            beside.append({**told, "constraint_check_type": each["rule"]})
    for each in report["drift"]:
        if each["status"] == "VIOLATED":
            measures = ", ".join(
                f"{name} {each['measures'][name]:.4g} (from {each['levels'][name]:g})"
                for name in each["effects"]
            )
            found.append(
                {
                    "feature_name": each["feature"],
                    "constraint_check_type": "baseline_drift_check",
                    "description": f"{measures}; adjusted p {each['pAdjusted']:.3g}",
                }
            )
    return {"violations": found, **({"moorline": beside} if beside else {})}


def imported(told: Any, bounds: Any, method: Method) -> tuple[dict[str, Any], dict[str, Any]]:
    """A reference of Model Monitor's files, and the rules that its constraints ask for.

    Args:
        told: ``statistics.json``.
        bounds: ``constraints.json``, or nothing.
        method: how the reference is made.

    Distributions are those of the sketches: ten buckets would understate a drift.

    Raises:
        DataError: it is no such file.
    """
    if not isinstance(told, dict) or not isinstance(told.get("features"), list):
        raise DataError("the statistics are none of Model Monitor's: they have no features")
    bounds = {} if bounds is None else bounds
    if not isinstance(bounds, dict) or not isinstance(bounds.get("features", []), list):
        raise DataError("the constraints are none of Model Monitor's")
    named = [each for each in bounds.get("features", []) if isinstance(each, dict)]
    by_name = {each.get("name"): each for each in named}
    columns: dict[str, Any] = {}
    for each in told["features"]:
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str):
            raise DataError("a feature of the statistics has no name")
        try:
            columns[name] = _column(each, by_name.get(name) or {}, method)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DataError(f"the statistics of {name!r} lack {error}") from error
    about = told.get("dataset")
    rows = int(about.get("item_count", 0)) if isinstance(about, dict) else 0
    reference = {
        "kind": KIND, "version": VERSION, "rows": rows, "method": method.said(), "columns": columns,
    }  # fmt: skip
    return reference, _asked(bounds)


def _column(each: Mapping[str, Any], bound: Mapping[str, Any], method: Method) -> dict[str, Any]:
    if "numerical_statistics" in each:
        numbers = each["numerical_statistics"]
        found = _base(numbers, NUMBER)
        found.update(invalid=0, infinite=0)
        if not found["present"]:
            return found
        values, weights = sketch.weighted(
            numbers["distribution"]["kll"].get("sketch", {}).get("data")
        )
        if not values.size:
            raise KeyError("a sketch")
        whole = of_weighted(values, weights, method)
        least, most = float(numbers["min"]), float(numbers["max"])
        whole.update(mean=numbers["mean"], deviation=numbers["std_dev"], least=least, most=most)
        return {**found, **whole, "present": int(weights.sum())}
    words = each["string_statistics"]
    found = _base(words, TEXT)
    buckets = words.get("distribution", {}).get("categorical", {}).get("buckets")
    if not buckets:
        return {**found, "distinct": int(words.get("distinct_count", 0))}
    values_ = {str(it["value"]): int(it["count"]) for it in buckets}
    for domain in bound.get("string_constraints", {}).get("domains", ()):
        values_.setdefault(str(domain), 0)
    return {**found, "type": CATEGORY, "values": values_, "present": sum(values_.values())}


def _base(part: Mapping[str, Any], type_: str) -> dict[str, Any]:
    common = part["common"]
    return {
        "type": type_,
        "present": int(common["num_present"]),
        "missing": int(common["num_missing"]),
    }


def _asked(bounds: Mapping[str, Any]) -> dict[str, Any]:
    """What constraints say, in the words of a comparison's configuration."""
    said = bounds.get("monitoring_config") or {}
    shares = said.get("distribution_constraints") or {}
    drift: dict[str, Any] = {}
    if "comparison_threshold" in shares:
        drift[NUMBER] = {"ks": shares["comparison_threshold"]}
    if "categorical_comparison_threshold" in shares:
        drift[CATEGORY] = {"linf": shares["categorical_comparison_threshold"]}
    quality = {}
    for theirs, ours in (
        ("datatype_check_threshold", "type"),
        ("domain_content_threshold", "categories"),
    ):
        if theirs in said:
            quality[ours] = said[theirs]
    return {"drift": {"levels": drift}, "quality": quality}
