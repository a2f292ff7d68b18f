"""Combinations that SageMaker refuses. Limits: AWS_FACTS 5.3 and 5.4."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem, seconds
from reconciler.kinds.terms import asset
from reconciler.kinds.terms.image import Custom
from reconciler.kinds.training import phase_checks
from reconciler.kinds.training.spec import Code, Training
from reconciler.kinds.training.tuning import Continuous, Integers, Tune
from reconciler.model.value import Path

_DAY = 86_400
_LONGEST = 28 * _DAY
_WARM = 6 * 3600
_RANGES = 30
_WAITING = 3600
_WITHOUT_CHECKPOINTS = frozenset({
    "blazingtext", "factorization-machines", "forecasting-deepar", "ipinsights", "kmeans", "knn",
    "lda", "linear-learner", "ntm", "object2vec", "pca", "randomcutforest", "seq2seq",
})  # fmt: skip
"""Built-in algorithms that keep no checkpoints, so their spot jobs wait for an hour at most.
Source: SageMaker developer guide, Managed spot training, and Use checkpoints (which do)."""
_MOST_JOBS = 750
"""With every strategy but random."""


def check(spec: Training) -> Iterator[Problem]:
    yield from _compute(spec)
    if spec.code is not None:
        yield from _code(spec.code)
    if spec.code is not None and spec.network_isolation:
        text = "an isolated container cannot download its code, which it does by itself"
        help_ = "use an image that has the code in it, or remove 'networkIsolation'"
        yield Problem(("networkIsolation",), text, help_)
    if spec.tune is not None:
        yield from _tune(spec.tune, ("tune",))
        yield from _fixed_and_varied(spec, spec.tune)
    yield from _metrics(spec)
    yield from phase_checks.check(spec)


def _code(code: Code) -> Iterator[Problem]:
    yield from asset.problems(code, "folder", ("code",))
    if code.source is not None and code.commit is None and code.digest is None:
        help_ = "add 'commit' or 'digest'"
        yield Problem(("code",), "code has to be pinned to what was reviewed", help_)
    if code.folder is not None and code.commit is not None:
        help_ = "remove it: the folder is read from the commit that is planned"
        yield Problem(("code", "commit"), "'commit' belongs to 'source'", help_)


def _compute(spec: Training) -> Iterator[Problem]:
    compute, path = spec.compute, ("compute",)
    runtime = seconds(compute.max_runtime)
    if runtime > _LONGEST:
        yield Problem((*path, "maxRuntime"), "a job runs 28 days at most", "use 28d or less")
    if compute.spot is not None and seconds(compute.spot.max_wait) < runtime:
        text = "a spot job cannot wait for less time than it may run"
        help_ = f"use {compute.max_runtime} or more"
        yield Problem((*path, "spot", "maxWait"), text, help_)
    name = "" if isinstance(spec.algorithm, Custom) else spec.algorithm.framework
    if compute.spot is not None and name in _WITHOUT_CHECKPOINTS:
        if seconds(compute.spot.max_wait) > _WAITING:
            text = f"{name} keeps no checkpoints, so its spot jobs may take an hour at most"
            yield Problem((*path, "spot", "maxWait"), text, "use 1h, or remove 'spot'")
        if spec.checkpoints:
            yield Problem(("checkpoints",), f"{name} keeps no checkpoints", "remove it")
    if compute.spot is not None and compute.keep_alive is not None:
        help_ = "remove 'spot' or 'keepAlive'"
        yield Problem((*path, "keepAlive"), "spot instances cannot be kept warm", help_)
    if compute.keep_alive is not None and seconds(compute.keep_alive) > _WARM:
        yield Problem((*path, "keepAlive"), "instances stay warm for 6 hours at most", "use 6h")
    if spec.encrypt_traffic and compute.instances == 1:
        text = "one instance has no traffic to encrypt"
        yield Problem(("encryptTraffic",), text, "raise 'instances', or remove it")


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


def _metrics(spec: Training) -> Iterator[Problem]:
    """Scripts and own images have to say where their metrics are in the log."""
    wanted: list[tuple[Path, str, str | None]] = []
    if spec.tune is not None:
        objective = spec.tune.objective
        wanted.append((("tune", "objective"), objective.metric, objective.regex))
    if spec.code is None and not isinstance(spec.algorithm, Custom):
        return
    found = {*spec.metrics, *(name for _, name, regex in wanted if regex is not None)}
    for path, name, _ in wanted:
        if name not in found:
            text = f"nothing says where {name!r} is in the log"
            yield Problem((*path, "metric"), text, "add a 'regex'")
