"""Combinations of phases, conditions, parameters and triggers that come to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Problem, seconds
from reconciler.kinds.terms import asset
from reconciler.kinds.terms.image import Custom
from reconciler.kinds.training import builtin_checks
from reconciler.kinds.training.channel import Data, Origin
from reconciler.kinds.training.metrics import evaluated, goal, of_training
from reconciler.kinds.training.origin import data_of, origins, replaced
from reconciler.kinds.training.parameters import COMMIT, INSTANCE_TYPE, defaults, thresholds
from reconciler.kinds.training.phases import BUILTIN, Baseline, Bias, Runs, own_code
from reconciler.kinds.training.registering import When, bounds
from reconciler.kinds.training.running import Trigger
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.steps.baseline import chosen
from reconciler.kinds.training.told import names
from reconciler.model.value import Path

_DAY = 86_400
_LONGEST = 9 * _DAY
"""Of a processing job. Source: SageMaker API, ProcessingMaxRuntimeInSeconds."""
_KEPT = 366


def check(spec: Training) -> Iterator[Problem]:
    """All of it."""
    outputs = frozenset(spec.prepare.outputs) if spec.prepare is not None else frozenset()
    for path, origin in (*origins(spec), *data_of(spec)):
        yield from _origin(origin, path, outputs)
    yield from _prepare(spec)
    yield from _evaluate(spec)
    yield from _baseline(spec)
    yield from _conditions(spec)
    yield from _parameters(spec)
    yield from _running(spec)


def _origin(data: Data, path: Path, outputs: frozenset[str]) -> Iterator[Problem]:
    group = data.feature_group if isinstance(data, Origin) else None
    given = [it for it in (data.from_, data.source, group) if it is not None]
    if len(given) != 1:
        others = (
            "'from', 'source' or 'featureGroup'"
            if isinstance(data, Origin)
            else ("'from' or 'source'")
        )
        yield Problem(path, "an input has one origin", f"give {others}")
        return
    if data.from_ is not None:
        if path[:2] == ("prepare", "reads"):
            yield Problem((*path, "from"), "the phase would read what it writes", "name a 'source'")
        elif data.from_.partition(".")[2] not in outputs:
            known = ", ".join(sorted(outputs)) or "nothing"
            text = f"the prepare phase does not write {data.from_.partition('.')[2]!r}"
            yield Problem((*path, "from"), text, f"it writes {known}")
    if data.path is not None and data.source is None:
        help_ = "remove 'path'"
        known = "the place of an offline store is known" if group else "'path' belongs to 'source'"
        yield Problem((*path, "path"), known, help_)
    if isinstance(data, Origin):
        yield from _history(data, path)


def _history(origin: Origin, path: Path) -> Iterator[Problem]:
    if origin.feature_group is None:
        for name, value in (("query", origin.query), ("asOf", origin.as_of)):
            if value is not None:
                help_ = "remove it, or name a 'featureGroup'"
                yield Problem((*path, name), f"{name!r} is for the history of features", help_)
        if origin.version is not None:
            help_ = "remove it, or name a 'featureGroup'"
            yield Problem((*path, "version"), "a DataSource has no major version", help_)
        return
    query = origin.query
    if query is None:
        return
    here = (*path, "query")
    if (query.sql is None) == (query.file is None):
        yield Problem(here, "give one of 'sql' and 'file'")
    elif query.sql is not None:
        yield from _sql(query.sql, origin.as_of, (*here, "sql"))


def _sql(sql: str, as_of: str | None, path: Path) -> Iterator[Problem]:
    if "{table}" not in sql:
        yield Problem(path, "the statement does not say {table}", "read from {table}")
    if as_of is not None and "{asOf}" not in sql:
        yield Problem(
            path, "'asOf' is given, and the statement does not say {asOf}", "compare with it"
        )
    if as_of is None and "{asOf}" in sql:
        yield Problem(path, "the statement says {asOf}, and there is no 'asOf'", "give 'asOf'")


def _script(runs: Runs, spec: Training, path: Path) -> Iterator[Problem]:
    if runs.code is None:
        yield Problem(path, "there is no script", "add 'code'")
    else:
        yield from asset.problems(runs.code, "file", (*path, "code"))
        if runs.code.source is not None and runs.code.digest is None:
            help_ = "add 'digest'"
            yield Problem((*path, "code"), "code has to be pinned to what was reviewed", help_)
    if runs.image is not None and runs.framework is not None:
        yield Problem((*path, "image"), "an image has its framework in it", "remove 'framework'")
    if runs.framework is None and runs.image is None and isinstance(spec.algorithm, Custom):
        return
    if runs.image is not None and (runs.version or runs.python):
        yield Problem((*path, "image"), "an image has one version", "remove 'version' and 'python'")


def _prepare(spec: Training) -> Iterator[Problem]:
    prepare, path = spec.prepare, ("prepare",)
    if prepare is None:
        return
    yield from _script(prepare, spec, path)
    yield from _runtime(prepare.max_runtime, path)
    if len(set(prepare.outputs)) < len(prepare.outputs):
        yield Problem((*path, "outputs"), "an output is here twice", "remove one of the two")
    given = prepare.reads or {n: it for n, it in spec.inputs.items() if it.from_ is None}
    if "code" in given:
        at = ("prepare", "reads", "code") if prepare.reads else ("inputs", "code")
        yield Problem(at, "'code' is where the script is", "call it otherwise")
    used = {it.from_.partition(".")[2] for _, it in (*origins(spec), *data_of(spec)) if it.from_}
    for index, name in enumerate(prepare.outputs):
        if name not in used | replaced(spec):
            text = f"nobody reads {name!r}"
            help_ = f"read it as 'prepare.{name}', or remove it"
            yield Problem((*path, "outputs", str(index)), text, help_)


def _evaluate(spec: Training) -> Iterator[Problem]:
    found, path = spec.evaluate, ("evaluate",)
    if found is None:
        return
    yield from _runtime(found.max_runtime, path)
    if own_code(found):
        yield from _script(found, spec, path)
        if found.threshold is not None:
            text = "a script has a threshold of its own"
            yield Problem((*path, "threshold"), text, "give it as an argument")
        if found.framework == BUILTIN:
            help_ = "remove 'framework', or 'code'"
            yield Problem((*path, "framework"), "'builtin' runs no script", help_)
    else:
        yield from builtin_checks.check(found, spec)
    if len(set(found.metrics)) < len(found.metrics):
        yield Problem((*path, "metrics"), "a metric is here twice", "remove one of the two")


def _baseline(spec: Training) -> Iterator[Problem]:
    found, path = spec.baseline, ("baseline",)
    if found is None:
        return
    yield from _runtime(found.max_runtime, path)
    if spec.register_ is None:
        yield Problem(path, "the files go with a version of a model", "add 'register'")
    if found.quality is None and found.bias is None:
        yield Problem(path, "give 'quality', 'bias' or both")
    if found.data is None and not chosen(spec):
        yield Problem(path, "nothing says which of the inputs it is about", "add 'data'")
    if found.columns and found.format != "csv":
        yield Problem((*path, "columns"), f"{found.format} has names of columns", "remove it")
    if found.quality is not None and found.quality.engine != BUILTIN and found.format != "csv":
        help_ = "use `builtin`, which reads all three"
        yield Problem((*path, "quality", "engine"), "Model Monitor's analysis reads CSV", help_)
    if found.bias is not None:
        yield from _bias(found, found.bias)


def _bias(found: Baseline, bias: Bias) -> Iterator[Problem]:
    path: Path = ("baseline",)
    if found.label is None:
        yield Problem((*path, "bias"), "nothing says which column is the label", "add 'label'")
    for name, column in (("label", found.label), ("bias.facet", bias.facet)):
        if found.columns and column is not None and column not in found.columns:
            known = ", ".join(found.columns)
            text = f"{column!r} is no column"
            yield Problem((*path, *name.split(".")), text, f"columns are: {known}")


def _runtime(duration: str, path: Path) -> Iterator[Problem]:
    if seconds(duration) > _LONGEST:
        yield Problem(
            (*path, "maxRuntime"), "a processing job runs 9 days at most", "use 9d or less"
        )


def _conditions(spec: Training) -> Iterator[Problem]:
    if spec.register_ is None:
        return
    for index, when in enumerate(spec.register_.when):
        yield from _when(spec, when, ("register", "when", str(index)))


def _when(spec: Training, when: When, path: Path) -> Iterator[Problem]:
    given = [*bounds(when), *(["notWorseThan"] if when.not_worse_than is not None else [])]
    if len(given) != 1:
        help_ = "give one of 'above', 'below', 'atLeast', 'atMost', 'notWorseThan'"
        yield Problem(path, "a condition has one bound", help_)
    if any(names(when.metric)) or "{" in when.metric:
        text = "the metric of a condition stands in a path, which has to be literal"
        yield Problem((*path, "metric"), text, "name a metric; bounds are parameters already")
        return
    if when.not_worse_than is not None:
        if not evaluated(spec, when.metric):
            text = f"{when.metric!r} is no metric of 'evaluate', which alone can be compared"
            yield Problem((*path, "metric"), text, "add it to 'evaluate.metrics'")
        if goal(when) is None:
            text = f"nothing says whether more or less of {when.metric!r} is better"
            yield Problem(path, text, "add `goal: maximize` or `goal: minimize`")
    elif when.goal is not None:
        yield Problem((*path, "goal"), "'goal' belongs to 'notWorseThan'", "remove it")
    elif not evaluated(spec, when.metric):
        yield from _reported(spec, when.metric, path)


def _reported(spec: Training, metric: str, path: Path) -> Iterator[Problem]:
    """A metric of the training job itself."""
    here = (*path, "metric")
    if spec.tune is not None:
        if metric != (best := spec.tune.objective.metric):
            text = "with tuning, the training says of the best job its objective alone"
            yield Problem(here, text, f"write {best!r}, or add it to 'evaluate.metrics'")
        return
    told = spec.code is None and not isinstance(spec.algorithm, Custom)
    if not told and metric not in of_training(spec):
        text = f"no step says what {metric!r} is"
        help_ = "add it to 'evaluate.metrics', or to 'metrics' with a regex"
        yield Problem(here, text, help_)


def _parameters(spec: Training) -> Iterator[Problem]:
    own = {INSTANCE_TYPE, COMMIT, *(name for name, _ in thresholds(spec).values())}
    for name in spec.parameters:
        if name in own:
            text = f"{name!r} is a parameter of every such training"
            yield Problem(("parameters", name), text, "call it otherwise", on_key=True)
    for path, value in _texts(spec):
        for name in names(value):
            if name not in spec.parameters:
                known = ", ".join(sorted(spec.parameters)) or "none"
                yield Problem(path, f"there is no parameter {name!r}", f"parameters are: {known}")


def _texts(spec: Training) -> Iterator[tuple[Path, str]]:
    """Texts in which a parameter may be named."""
    places: list[tuple[Path, Mapping[str, object]]] = [
        (("hyperparameters",), spec.hyperparameters),
        (("environment",), spec.environment),
    ]
    for name, phase in (("prepare", spec.prepare), ("evaluate", spec.evaluate)):
        if phase is not None:
            places.append(((name, "arguments"), phase.arguments))
            places.append(((name, "environment"), phase.environment))
    for path, given in places:
        for key, value in given.items():
            if isinstance(value, str):
                yield (*path, key), value


def _running(spec: Training) -> Iterator[Problem]:
    if spec.cache is not None and seconds(spec.cache) > _KEPT * _DAY:
        yield Problem(("cache",), "a cache is for a year at most", f"use {_KEPT}d or less")
    if spec.trigger is not None:
        yield from _trigger(spec.trigger, spec)


def _trigger(trigger: Trigger, spec: Training) -> Iterator[Problem]:
    path: Path = ("trigger",)
    if trigger.schedule is None and trigger.new_data is None and trigger.approval is None:
        yield Problem(path, "give 'schedule', 'newData' or 'approval'")
    if trigger.timezone is not None and trigger.schedule is None:
        yield Problem((*path, "timezone"), "'timezone' belongs to 'schedule'", "remove it")
    new = trigger.new_data
    if new is not None:
        here = (*path, "newData")
        if (new.source is None) == (new.data_pipeline is None):
            yield Problem(here, "give one of 'source' and 'dataPipeline'")
        if new.path is not None and new.source is None:
            yield Problem((*here, "path"), "'path' belongs to 'source'", "remove it")
    known = defaults(spec)
    for name, value in trigger.parameters.items():
        at = (*path, "parameters", name)
        if name not in known:
            help_ = f"parameters are: {', '.join(sorted(known))}"
            yield Problem(at, f"there is no parameter {name!r}", help_, on_key=True)
        elif type(value) is not type(known[name]) and not _fits(value, known[name]):
            text = f"{name!r} is {type(known[name]).__name__}, not {type(value).__name__}"
            yield Problem(at, text, "give a value of its type")


def _fits(value: object, default: object) -> bool:
    """Whether a value may stand where a number with a point is wanted."""
    return isinstance(default, float) and type(value) is int
