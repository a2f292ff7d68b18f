"""Figures for CloudWatch: requests of `PutMetricData`, and lines in the embedded metric format.

Dimensions are few by default, since each set of them is a metric that is paid for: a feature has
figures of its own only where it is critical. Sources: CloudWatch API reference, PutMetricData
(1,000 metrics and 1 MB a request, values within 2^360); CloudWatch user guide, "Specification:
Embedded metric format" (100 metrics a line).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from .faults import ConfigError
from .settings import Settings

NAMESPACE = "Moorline/Monitor"
_REQUEST, _LINE = 500, 100
_MOST = 2.0**360
_DIMENSIONS = 29


class Target:
    """Where figures go."""

    def __init__(self, namespace: str, dimensions: Mapping[str, str], send: bool) -> None:
        self.namespace, self.dimensions, self.send = namespace, dict(dimensions), send


def target_of(said: Settings) -> Target:
    """Where a configuration sends figures.

    Raises:
        ConfigError: CloudWatch would refuse it.
    """
    namespace = said.text("namespace", NAMESPACE)
    if namespace.startswith("AWS/"):
        raise ConfigError(said.at("namespace"), "begins with AWS/, which is AWS's own")
    inner = said.inner("dimensions", {})
    dimensions = {name: inner.text(name) for name in inner.data}
    if len(dimensions) > _DIMENSIONS:
        raise ConfigError(inner.path, "are more than 29, and a feature is one more")
    send = said.truth("send", default=False)
    said.finish()
    return Target(namespace, dimensions, send)


class Figure:
    """One value."""

    def __init__(
        self, name: str, value: float | None, unit: str = "None", **dimensions: str
    ) -> None:
        self.name, self.value, self.unit, self.dimensions = name, value, unit, dimensions

    @property
    def usable(self) -> bool:
        """Whether CloudWatch takes it."""
        return self.value is not None and math.isfinite(self.value) and abs(self.value) <= _MOST


def requests(figures: Sequence[Figure], target: Target, when: datetime) -> list[dict[str, Any]]:
    """What is sent by `PutMetricData`, in as many requests as it takes."""
    data = [
        {
            "MetricName": each.name,
            "Dimensions": [
                {"Name": name, "Value": value}
                for name, value in {**target.dimensions, **each.dimensions}.items()
            ],
            "Timestamp": when.isoformat(),
            "Value": each.value,
            "Unit": each.unit,
        }
        for each in figures
        if each.usable
    ]
    return [
        {"Namespace": target.namespace, "MetricData": data[at : at + _REQUEST]}
        for at in range(0, len(data), _REQUEST)
    ]


def send(client: Any, asked: Sequence[Mapping[str, Any]]) -> None:
    """Send requests by a client of boto3."""
    for each in asked:
        client.put_metric_data(**each)


def lines(figures: Sequence[Figure], target: Target, when: datetime) -> Iterator[str]:
    """The same as lines for a log, of which CloudWatch Logs makes metrics."""
    by_dimensions: dict[tuple[tuple[str, str], ...], list[Figure]] = {}
    for each in figures:
        if each.usable:
            key = tuple({**target.dimensions, **each.dimensions}.items())
            by_dimensions.setdefault(key, []).append(each)
    stamp = int(when.timestamp() * 1000)
    for key, found in by_dimensions.items():
        for at in range(0, len(found), _LINE):
            part = found[at : at + _LINE]
            about = {
                "Namespace": target.namespace,
                "Dimensions": [[name for name, _ in key]],
                "Metrics": [{"Name": each.name, "Unit": each.unit} for each in part],
            }
            body = {"_aws": {"Timestamp": stamp, "CloudWatchMetrics": [about]}, **dict(key)}
            yield json.dumps({**body, **{each.name: each.value for each in part}})


def of_comparison(report: Mapping[str, Any]) -> list[Figure]:
    """The figures of a comparison."""
    drift, quality = report["drift"], report["quality"]
    judged = [each for each in drift if each["pAdjusted"] is not None]
    drifted = [each for each in drift if each["status"] == "VIOLATED"]
    broken = [each for each in quality if each["status"] == "VIOLATED"]
    found = [
        *_common(report),
        Figure("FeaturesDrifted", len(drifted), "Count"),
        Figure("FeaturesJudged", len(judged), "Count"),
        Figure("RulesBroken", len(broken), "Count"),
        Figure("DriftedShare", len(drifted) / len(judged) if judged else None),
    ]
    for each in drift:
        if each["critical"]:
            name = each["feature"]
            found.append(Figure("Drifted", float(each["status"] == "VIOLATED"), Feature=name))
            found += [
                Figure(measure, value, Feature=name) for measure, value in each["measures"].items()
            ]
    return found


def of_evaluation(report: Mapping[str, Any]) -> list[Figure]:
    """The figures of an evaluation."""
    labels = report.get("labels") or {}
    return [
        *_common(report),
        *(Figure(name, each["value"]) for name, each in report["metrics"].items()),
        Figure("LabelCoverage", labels.get("coverage")),
    ]


def of_bias(report: Mapping[str, Any]) -> list[Figure]:
    """The figures of bias, of all rows; segments are in the report alone."""
    found = _common(report)
    for each in report["results"]:
        if not each["segment"]:
            about = {"Facet": each["facet"], "Group": each["group"]}
            for name, metric in each["metrics"].items():
                found.append(Figure(f"bias_metric_{name}", metric["value"], **about))
    return found


def _common(report: Mapping[str, Any]) -> list[Figure]:
    status = report["status"]
    return [
        Figure("RunCompleted", 1.0, "Count"),
        Figure("Records", report["rows"], "Count"),
        Figure("Violations", float(status == "VIOLATED"), "Count"),
        Figure("NoData", float(status == "NO_DATA"), "Count"),
        Figure("Insufficient", float(status == "INSUFFICIENT"), "Count"),
    ]
