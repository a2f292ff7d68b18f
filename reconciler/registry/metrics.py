"""Metrics in an evaluation report, whoever wrote it.

``{"metrics": {NAME: {"value": 0.95}}}`` is the analysis runtime's form; Model Monitor's has groups
such as ``binary_classification_metrics`` in its place. Source: SageMaker developer guide, "Model
Quality Metrics".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def metrics_of(report: object) -> dict[str, float]:
    """The value of each metric by its name; a name that two groups give differently is left out.

    A value that is no number (``"NaN"``, a list, true) is no metric.
    """
    found: dict[str, float] = {}
    unclear: set[str] = set()
    groups = report.values() if isinstance(report, Mapping) else ()
    for group in groups:
        for name, body in group.items() if isinstance(group, Mapping) else ():
            value = _number(body)
            if value is None:
                continue
            if found.setdefault(str(name), value) != value:
                unclear.add(str(name))
    return {name: value for name, value in found.items() if name not in unclear}


def _number(body: Any) -> float | None:  # noqa: ANN401 - any JSON
    value = body.get("value") if isinstance(body, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
