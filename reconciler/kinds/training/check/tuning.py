"""What a search varies, and how many jobs it has."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Path, Problem
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.tuning import Continuous, Integers, Tune

_RANGES = 30
_MOST_JOBS = 750
"""With every strategy but random."""


def check(spec: Training) -> Iterator[Problem]:
    """Problems of the search."""
    if spec.tune is not None:
        yield from _tune(spec.tune, ("tune",))
        yield from _fixed_and_varied(spec, spec.tune)


def _tune(tune: Tune, path: Path) -> Iterator[Problem]:
    ranges = tune.ranges
    numeric = {**ranges.integer, **ranges.continuous}
    names = [*ranges.integer, *ranges.continuous, *ranges.categorical]
    if not names:
        yield Problem((*path, "ranges"), "there is nothing to vary", "add a range")
    if len(names) > _RANGES:
        text = f"tuning varies {_RANGES} hyperparameters at most, here are {len(names)}"
        yield Problem((*path, "ranges"), text, "fix some of them")
    if len(set(names)) < len(names):
        help_ = "keep each in one kind of range"
        yield Problem((*path, "ranges"), "a hyperparameter is here twice", help_)
    if tune.strategy == "hyperband" and tune.early_stopping:
        help_ = "remove 'earlyStopping'"
        yield Problem((*path, "earlyStopping"), "hyperband stops jobs by itself", help_)
    yield from _jobs(tune, path, numeric=bool(numeric))
    for kind in ("integer", "continuous"):
        for name, span in getattr(ranges, kind).items():
            yield from _range(span, (*path, "ranges", kind, name))


def _jobs(tune: Tune, path: Path, *, numeric: bool) -> Iterator[Problem]:
    if tune.strategy == "grid":
        if numeric:
            help_ = "list the values under 'categorical'"
            yield Problem((*path, "ranges"), "a grid has categorical ranges only", help_)
        if tune.max_jobs is not None:
            yield Problem((*path, "maxJobs"), "a grid tries every point", "remove 'maxJobs'")
        return
    if tune.max_jobs is None:
        yield Problem(path, "the number of jobs is missing", "add `maxJobs: …`")
        return
    if tune.max_parallel_jobs > tune.max_jobs:
        text = "more jobs at a time than in all"
        yield Problem((*path, "maxParallelJobs"), text, "lower 'maxParallelJobs'")
    if tune.strategy != "random" and tune.max_jobs > _MOST_JOBS:
        text = f"{tune.strategy} tuning has {_MOST_JOBS} jobs at most"
        yield Problem((*path, "maxJobs"), text, "lower it, or use random")


def _range(span: Integers | Continuous, path: Path) -> Iterator[Problem]:
    least, most = span.at_least, span.at_most
    if least >= most:
        text = f"the range {least} to {most} is empty"
        yield Problem((*path, "atMost"), text, "raise 'atMost'")
    elif span.scaling == "logarithmic" and least <= 0:
        yield Problem((*path, "atLeast"), "a logarithmic range is above 0", "raise 'atLeast'")
    elif span.scaling == "reverseLogarithmic":
        inside = least >= 0 and most < 1
        if isinstance(span, Integers) or not inside:
            text = "reverse logarithmic scaling is for numbers from 0 to below 1"
            yield Problem((*path, "scaling"), text, "choose another scaling")


def _fixed_and_varied(spec: Training, tune: Tune) -> Iterator[Problem]:
    ranges = tune.ranges
    for kind in ("integer", "continuous", "categorical"):
        for name in getattr(ranges, kind):
            if name in spec.hyperparameters:
                text = f"{name!r} is fixed in 'hyperparameters' and varied here"
                yield Problem(("tune", "ranges", kind, name), text, "remove one of the two")
