"""How a search goes on: its strategy, how many jobs it has, when it ends.

Limits: SageMaker developer guide, Resource limits for automatic model tuning, Hyperband and Grid
search in How hyperparameter tuning works, and Warm start tuning restrictions; SageMaker API,
HyperbandStrategyConfig (from which hyperparameters ``MaxResource`` is read) and ResourceLimits.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from reconciler.kinds.api import Path, Problem, Scope, seconds
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.tuning import Tune
from reconciler.model.diagnostic import Severity

_MOST_JOBS = 750
"""With every strategy but random."""
_AT_LEAST, _AT_MOST = 120, 30 * 86_400
_RESOURCE = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")


def check(spec: Training) -> Iterator[Problem]:
    """Problems of the search."""
    if spec.tune is None:
        return
    tune, path = spec.tune, ("tune",)
    if tune.strategy == "hyperband":
        yield from _hyperband(spec, tune, path)
    elif tune.epochs is not None:
        text = "only hyperband gives its jobs epochs"
        yield Problem((*path, "epochs"), text, "remove it, or write `strategy: hyperband`")
    if tune.strategy == "grid":
        yield from _grid(tune, path)
    else:
        yield from _jobs(tune, path)
    yield from _time(spec, tune, path)
    yield from _end(tune, path)


def report(spec: Training, scope: Scope) -> None:
    """Say what is taken without being described."""
    tune = spec.tune
    if tune is None or tune.warm_start is None or tune.strategy in {"bayesian", "random"}:
        return
    scope.problem(
        ("tune", "warmStart"),
        f"AWS describes a warm start of bayesian and random searches, and none of {tune.strategy}",
        help="use bayesian or random, or remove 'warmStart'",
        severity=Severity.WARNING,
    )


def _hyperband(spec: Training, tune: Tune, path: Path) -> Iterator[Problem]:
    if tune.early_stopping:
        help_ = "remove 'earlyStopping'"
        yield Problem((*path, "earlyStopping"), "hyperband stops jobs by itself", help_)
    epochs = tune.epochs
    if epochs is None and not any(name in spec.hyperparameters for name in _RESOURCE):
        text = "nothing says how many epochs a job of hyperband may have"
        help_ = f"add `epochs: {{atMost: …}}`, or fix one of {', '.join(_RESOURCE)}"
        yield Problem((*path, "strategy"), text, help_)
    elif epochs is not None and epochs.at_least > epochs.at_most:
        text = f"the range {epochs.at_least} to {epochs.at_most} is empty"
        yield Problem((*path, "epochs", "atMost"), text, "raise 'atMost'")


def _grid(tune: Tune, path: Path) -> Iterator[Problem]:
    ranges = tune.ranges
    if ranges.integer or ranges.continuous:
        kind = "integer" if ranges.integer else "continuous"
        help_ = "list the values under 'categorical'"
        yield Problem((*path, "ranges", kind), "a grid has categorical ranges only", help_)
        return
    points = prod(len(values) for values in ranges.categorical.values())
    if points > _MOST_JOBS:
        text = f"the grid has {points:,} points, and tuning {_MOST_JOBS} jobs at most"
        yield Problem((*path, "ranges", "categorical"), text, "give fewer values, or use random")
    if tune.max_jobs is not None and tune.max_jobs != points:
        text = f"a grid tries every point, and this one has {points:,}"
        yield Problem((*path, "maxJobs"), text, f"write {points}, or remove 'maxJobs'")
    if tune.max_parallel_jobs > points:
        text = f"more jobs at a time than the {points} of the grid"
        yield Problem((*path, "maxParallelJobs"), text, "lower 'maxParallelJobs'")


def _jobs(tune: Tune, path: Path) -> Iterator[Problem]:
    if tune.max_jobs is None:
        yield Problem(path, "the number of jobs is missing", "add `maxJobs: …`")
        return
    if tune.max_parallel_jobs > tune.max_jobs:
        text = "more jobs at a time than in all"
        yield Problem((*path, "maxParallelJobs"), text, "lower 'maxParallelJobs'")
    if tune.strategy != "random" and tune.max_jobs > _MOST_JOBS:
        text = f"{tune.strategy} tuning has {_MOST_JOBS} jobs at most"
        yield Problem((*path, "maxJobs"), text, "lower it, or use random")


def _time(spec: Training, tune: Tune, path: Path) -> Iterator[Problem]:
    if tune.max_runtime is None:
        return
    here, longest = (*path, "maxRuntime"), seconds(tune.max_runtime)
    if not _AT_LEAST <= longest <= _AT_MOST:
        yield Problem(here, "a search runs for 2m to 30d", "use 2m or more, and 30d or less")
    elif longest < seconds(spec.compute.max_runtime) and "max_runtime" in (
        spec.compute.model_fields_set
    ):
        text = f"the search ends before one of its jobs may, after {spec.compute.max_runtime}"
        yield Problem(here, text, f"use {spec.compute.max_runtime} or more")


def _end(tune: Tune, path: Path) -> Iterator[Problem]:
    ends = tune.ends_when
    if ends is not None and not ends.converged and ends.reaches is None:
        if ends.not_improving is None:
            yield Problem((*path, "endsWhen"), "nothing ends it", "say what does")
        elif tune.max_jobs is not None and ends.not_improving >= tune.max_jobs:
            text = f"with {tune.max_jobs} jobs in all this ends nothing"
            yield Problem((*path, "endsWhen", "notImproving"), text, "lower it")
    if tune.warm_start is not None:
        jobs = tune.warm_start.jobs
        for index, name in enumerate(jobs):
            if name in jobs[:index]:
                yield Problem((*path, "warmStart", "jobs", str(index)), f"{name} is here twice")
