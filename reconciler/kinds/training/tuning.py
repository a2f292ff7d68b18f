"""Many training jobs that search for the best hyperparameters."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Maybe, Section

MetricName: TypeAlias = Annotated[str, Field(min_length=1, max_length=255)]
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

    integer: dict[str, Integers] = Field(default_factory=dict)
    """Whole numbers."""
    continuous: dict[str, Continuous] = Field(default_factory=dict)
    """Numbers."""
    categorical: dict[str, Annotated[tuple[str, ...], Field(min_length=1, max_length=30)]] = Field(
        default_factory=dict
    )
    """Texts from a list."""


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
    early_stopping: bool = False
    """Stop jobs that will not win. Hyperband does so by itself."""
