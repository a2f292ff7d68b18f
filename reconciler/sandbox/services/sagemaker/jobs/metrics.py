"""Metrics of simulated training jobs: scripted ones, else numbers from a fixed seed.

They measure nothing. The same hyperparameters give the same numbers, and numbers of a search have
one optimum, so that searches and early stopping have something to do.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.sandbox.state.trainings import Script

EPOCHS = 10
"""Values that a simulated training prints of a metric, the last one final."""
XGBOOST = "xgboost"


def names(algorithm: Mapping[str, Any], hyperparameters: Mapping[str, str]) -> list[str]:
    """The metrics that a job will have, as far as its definition says.

    XGBoost, built in, prints those of `eval_metric` for the channels train and validation.
    """
    found = [str(each["Name"]) for each in algorithm.get("MetricDefinitions") or ()]
    if found or XGBOOST not in str(algorithm.get("TrainingImage", "")):
        return found
    wanted = str(hyperparameters.get("eval_metric") or "rmse").split(",")
    return [f"{channel}:{name.strip()}" for channel in ("train", "validation") for name in wanted]


def values(
    wanted: Iterable[str], script: Script, hyperparameters: Mapping[str, str], trial: int = 0
) -> dict[str, float]:
    """The final value of each metric.

    Args:
        wanted: Names of metrics.
        script: What the job meets; its values count, others are simulated.
        hyperparameters: Of the job.
        trial: Which one of a search, from zero.
    """
    found = {name: simulated(name, hyperparameters) for name in wanted}
    for name, told in script.metrics.items():
        found[name] = float(told[trial % len(told)] if isinstance(told, list) else told)
    return found


def simulated(name: str, hyperparameters: Mapping[str, str]) -> float:
    """A number between a half and one, the nearer to one the nearer each parameter is to a best."""
    distance = [
        _share(f"{name} {key} {value}") * 0.2 + abs(_place(value) - _share(f"{name} {key}")) * 0.8
        for key, value in sorted(hyperparameters.items())
        if not key.startswith(("sagemaker_", "_tuning"))
    ]
    mean = sum(distance) / len(distance) if distance else _share(name)
    return round(1.0 - 0.5 * mean, 6)


def _place(value: str) -> float:
    """A value between zero and one: numbers keep their order."""
    try:
        number = float(json.loads(value)) if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        return _share(str(value))
    return 0.5 + math.atan(math.log10(abs(number) + 1e-9)) / math.pi


def _share(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


def curve(final: float, *, minimize: bool) -> list[float]:
    """What a metric was after each epoch, coming nearer to its end."""
    start = final * 1.1 if minimize else final * 0.9
    return [final + (start - final) * math.exp(-0.5 * number) for number in range(EPOCHS)]
