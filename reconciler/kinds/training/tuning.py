"""Many training jobs that search for the best hyperparameters."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Section, seconds
from reconciler.model.value import Json, Props

Scalar: TypeAlias = bool | int | float | str
MetricName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255)]
Hyperparameter: TypeAlias = Annotated[str, Field(min_length=1, max_length=256)]
Category: TypeAlias = Annotated[str, Field(max_length=256)]
TuningJobName: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$")]
Regex: TypeAlias = Annotated[str, Field(min_length=1, max_length=500)]
Scaling: TypeAlias = Literal["auto", "linear", "logarithmic", "reverseLogarithmic"]


class Objective(Section):
    """The metric that tuning improves."""

    metric: MetricName
    """The name of the metric."""
    goal: Literal["maximize", "minimize"]
    """Which way is better."""
    regex: Maybe[Regex] = None
    """Finds the value in the log. Built-in algorithms report theirs by themselves."""


class Integers(Section):
    """Whole numbers to try."""

    at_least: int
    """The smallest value."""
    at_most: int
    """The largest value."""
    scaling: Scaling = "auto"
    """How values are spread between the two."""


class Continuous(Section):
    """Numbers to try."""

    at_least: float
    """The smallest value."""
    at_most: float
    """The largest value."""
    scaling: Scaling = "auto"
    """How values are spread between the two."""


class Ranges(Section):
    """What tuning varies; hyperparameters by name."""

    needs = ("integer", "continuous", "categorical")

    integer: dict[Hyperparameter, Integers] = Field(default_factory=dict)
    """Whole numbers."""
    continuous: dict[Hyperparameter, Continuous] = Field(default_factory=dict)
    """Numbers."""
    categorical: dict[
        Hyperparameter, Annotated[tuple[Category, ...], Field(min_length=1, max_length=30)]
    ] = Field(default_factory=dict)
    """Texts from a list."""


class Epochs(Section):
    """How much of a resource hyperband gives a job: epochs, or whatever else it reports after."""

    at_least: Annotated[int, Field(ge=1, le=20_000)] = 1
    """No job is stopped before it had so many."""
    at_most: Annotated[int, Field(ge=1, le=20_000)]
    """A job that had so many is stopped."""


class EndsWhen(Section):
    """When a search has found enough, before it had all its jobs."""

    needs = ("reaches", "notImproving", "converged")

    reaches: Maybe[float] = None
    """A job whose objective is this good ends it."""
    not_improving: Maybe[Annotated[int, Field(ge=3)]] = None
    """So many jobs in a row that are not better by 1 % end it."""
    converged: bool = False
    """SageMaker ends it when it expects no more than 1 % from further jobs."""


class WarmStart(Section):
    """Earlier searches that this one learns from."""

    jobs: Annotated[tuple[TuningJobName, ...], Field(min_length=1, max_length=5)]
    """Their names in AWS. Each has ended, and has the same objective and hyperparameters."""
    type: Literal["identicalData", "transferLearning"]
    """Whether data and image are still the same, or may be others."""


class Tune(Section):
    """Many training jobs that search for the best hyperparameters."""

    objective: Objective
    ranges: Ranges
    max_jobs: Maybe[Annotated[int, Field(ge=1, le=10_000)]] = None
    """How many jobs in all. A grid has as many as it has points."""
    max_parallel_jobs: Annotated[int, Field(ge=1, le=100)] = 1
    """How many at a time; fewer learn more from each other."""
    strategy: Literal["bayesian", "random", "hyperband", "grid"] = "bayesian"
    """How the next values are chosen."""
    epochs: Maybe[Epochs] = None
    """How much hyperband gives a job; needed unless a hyperparameter says it, as ``epochs``."""
    early_stopping: bool = False
    """Stop jobs that will not win. Hyperband does so by itself."""
    max_runtime: Maybe[Duration] = None
    """The search is stopped after this long. At most 30d."""
    ends_when: Maybe[EndsWhen] = None
    """When it has found enough."""
    warm_start: Maybe[WarmStart] = None
    """Begin with what earlier searches found."""
    seed: Maybe[Annotated[int, Field(ge=0, le=2_147_483_647)]] = None
    """The same number leads to about the same values again."""


_GOALS = {"maximize": "Maximize", "minimize": "Minimize"}
_STRATEGIES = {"bayesian": "Bayesian", "random": "Random", "hyperband": "Hyperband", "grid": "Grid"}
_STARTS = {
    "identicalData": "IdenticalDataAndAlgorithm",
    "transferLearning": "TransferLearning",
}
_SCALES = {
    "auto": "Auto",
    "linear": "Linear",
    "logarithmic": "Logarithmic",
    "reverseLogarithmic": "ReverseLogarithmic",
}


def config(tune: Tune, *, quoted: bool) -> Props:
    """The ``HyperParameterTuningJobConfig``; `quoted` when a script reads JSON texts."""
    limits: dict[str, Json] = {"MaxParallelTrainingJobs": tune.max_parallel_jobs}
    if tune.max_jobs is not None:
        limits["MaxNumberOfTrainingJobs"] = tune.max_jobs
    if tune.max_runtime is not None:
        limits["MaxRuntimeInSeconds"] = seconds(tune.max_runtime)
    objective = {"Type": _GOALS[tune.objective.goal], "MetricName": tune.objective.metric}
    return {
        "Strategy": _STRATEGIES[tune.strategy],
        **_strategy(tune),
        "HyperParameterTuningJobObjective": objective,
        "ResourceLimits": limits,
        "ParameterRanges": _ranges(tune, quoted=quoted),
        "TrainingJobEarlyStoppingType": "Auto" if tune.early_stopping else "Off",
        **_ending(tune),
        **({"RandomSeed": tune.seed} if tune.seed is not None else {}),
    }


def warm_start(tune: Tune) -> dict[str, Json]:
    """The ``WarmStartConfig`` beside it, or nothing."""
    if tune.warm_start is None:
        return {}
    parents = [{"HyperParameterTuningJobName": name} for name in tune.warm_start.jobs]
    return {
        "WarmStartConfig": {
            "ParentHyperParameterTuningJobs": parents,
            "WarmStartType": _STARTS[tune.warm_start.type],
        }
    }


def _strategy(tune: Tune) -> dict[str, Json]:
    if tune.epochs is None:
        return {}
    given = {"MinResource": tune.epochs.at_least, "MaxResource": tune.epochs.at_most}
    return {"StrategyConfig": {"HyperbandStrategyConfig": given}}


def _ending(tune: Tune) -> dict[str, Json]:
    """The ``TuningJobCompletionCriteria``, or nothing."""
    ends = tune.ends_when
    if ends is None:
        return {}
    criteria: dict[str, Json] = {}
    if ends.reaches is not None:
        criteria["TargetObjectiveMetricValue"] = ends.reaches
    if ends.not_improving is not None:
        count = {"MaxNumberOfTrainingJobsNotImproving": ends.not_improving}
        criteria["BestObjectiveNotImproving"] = count
    if ends.converged:
        criteria["ConvergenceDetected"] = {"CompleteOnConvergence": "Enabled"}
    return {"TuningJobCompletionCriteria": criteria}


def _written(value: Scalar) -> str:
    """A value as the text that SageMaker takes."""
    return value if isinstance(value, str) else json.dumps(value)


def _ranges(tune: Tune, *, quoted: bool) -> Props:
    ranges = tune.ranges
    kinds: dict[str, Mapping[str, Integers | Continuous]] = {
        "IntegerParameterRanges": ranges.integer,
        "ContinuousParameterRanges": ranges.continuous,
    }
    found: dict[str, Json] = {
        kind: [
            {
                "Name": name,
                "MinValue": _written(span.at_least),
                "MaxValue": _written(span.at_most),
                "ScalingType": _SCALES[span.scaling],
            }
            for name, span in spans.items()
        ]
        for kind, spans in kinds.items()
        if spans
    }
    if ranges.categorical:
        found["CategoricalParameterRanges"] = [
            {"Name": name, "Values": [json.dumps(v) if quoted else v for v in values]}
            for name, values in ranges.categorical.items()
        ]
    return found
