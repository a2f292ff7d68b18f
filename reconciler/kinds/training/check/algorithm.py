"""What a built-in algorithm trains on, reports, and lets vary.

Source: `facts.algorithms`. What contradicts it is an error; what it does not speak of is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reconciler.facts.algorithms import Algorithm, Tunable, gpus
from reconciler.facts.distribution import processor
from reconciler.facts.instances import family
from reconciler.kinds.api import Path, Problem, Scope
from reconciler.kinds.training.check.names import builtin
from reconciler.kinds.training.compute import typed
from reconciler.kinds.training.metrics import evaluated
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.tuning import Continuous, Integers, Tune
from reconciler.model.diagnostic import Severity

_CHANNELS = ("train", "validation", "test")
_XGBOOST = "xgboost"
_ONLY_LOSS = "linear-learner"
"""Reports one metric after each epoch, ``objective_loss``."""


def check(spec: Training) -> Iterator[Problem]:
    """What contradicts what is known of the algorithm."""
    known = builtin(spec)
    if known is None:
        return
    for path, each in typed(spec.compute):
        if (kind := processor(each)) and kind not in known.processors:
            runs = " and ".join(sorted(known.processors)).upper()
            text = f"{known.name} trains on {runs} instances, and {each} is none"
            yield Problem(path, text, f"choose a {runs.split()[0]} instance")
    if spec.compute.instances > 1 and not known.several:
        text = f"{known.name} trains on one instance"
        yield Problem(("compute", "instances"), text, "write `instances: 1`")
    for path, metric, tuned in _metrics(spec):
        yield from _metric(known, spec, metric, path, tuned=tuned)
    if spec.tune is not None:
        yield from _ranges(known, spec.tune)


def report(spec: Training, scope: Scope) -> None:
    """What nothing is known of, or what costs something."""
    known = builtin(spec)
    if known is None:
        return
    for path, each in typed(spec.compute):
        if processor(each) == "gpu" and "gpu" in known.processors and family(each) not in gpus():
            some = ", ".join(sorted(gpus()))
            text = f"AWS speaks of {some} for {known.name}, and not of {each} ({known.as_of})"
            scope.problem(path, text, help="try it first", severity=Severity.WARNING)
    if spec.tune is not None:
        _doubtful(known, spec.tune, scope)


def _metrics(spec: Training) -> Iterator[tuple[Path, str, bool]]:
    """Metrics that something depends on, and whether a search improves them."""
    if spec.tune is not None:
        yield ("tune", "objective", "metric"), spec.tune.objective.metric, True
        return
    for index, when in enumerate(spec.register_.when if spec.register_ else ()):
        if when.not_worse_than is None and not evaluated(spec, when.metric):
            yield ("register", "when", str(index), "metric"), when.metric, False


def _metric(
    known: Algorithm, spec: Training, metric: str, path: Path, *, tuned: bool
) -> Iterator[Problem]:
    channel, _, name = metric.partition(":")
    trained = channel == "train" and f"validation:{name}" in known.metrics and not tuned
    if metric not in known.metrics and not trained:
        close = get_close_matches(metric, known.metrics, 1, 0.5)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        some = ", ".join(known.metrics) or "none"
        text = f"{known.name} reports no metric {metric!r}{hint}"
        yield Problem(path, text, f"it reported {some} on {known.as_of}")
        return
    if channel in _CHANNELS and channel not in spec.inputs:
        text = f"{metric!r} is computed on a channel {channel!r}, and there is none"
        yield Problem(path, text, f"add `{channel}` to 'inputs', or choose another metric")
    elif known.name == _XGBOOST and not tuned and name not in (asked := _asked(spec) or {name}):
        text = f"'eval_metric' asks for {', '.join(sorted(asked))}, and not for {name}"
        yield Problem(path, text, f"add {name} to 'eval_metric' in 'hyperparameters'")


def _asked(spec: Training) -> set[str]:
    """The metrics that XGBoost is asked for; none when it chooses by itself."""
    said = spec.hyperparameters.get("eval_metric", "")
    return {each.strip() for each in said.split(",") if each} if isinstance(said, str) else set()


def _ranges(known: Algorithm, tune: Tune) -> Iterator[Problem]:
    for kind in ("integer", "continuous"):
        for name, span in getattr(tune.ranges, kind).items():
            said = known.tunable.get(known.called(name))
            if said is not None:
                yield from _span(f"{name} of {known.name}", said, span, (kind, name))
    for name, values in tune.ranges.categorical.items():
        said = known.tunable.get(known.called(name))
        if said is None or said.type == "categorical":
            continue
        for index, value in enumerate(values):
            if not _number(value, whole=said.type == "integer"):
                text = f"{name} of {known.name} is {said.type}, and {value!r} is not"
                path = ("tune", "ranges", "categorical", name, str(index))
                yield Problem(path, text, f"AWS suggests {said.suggested}")


def _span(
    what: str, said: Tunable, span: Integers | Continuous, at: tuple[str, str]
) -> Iterator[Problem]:
    path: Path = ("tune", "ranges", *at)
    if said.type not in {at[0], "continuous"}:
        also = f"; AWS suggests {said.suggested}" if said.suggested else ""
        help_ = f"move it to '{said.type}'{also}"
        yield Problem(path, f"{what} is {said.type}", help_, on_key=True)
        return
    for end, value in (("atLeast", span.at_least), ("atMost", span.at_most)):
        if not said.takes(value):
            text = f"{what} is within {said.valid}, and {value} is not"
            yield Problem((*path, end), text, f"AWS suggests {said.suggested}")


def _number(value: str, *, whole: bool) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return number.is_integer() if whole else True


def _doubtful(known: Algorithm, tune: Tune, scope: Scope) -> None:
    metric, path = tune.objective.metric, ("tune", "objective")
    if (way := known.metrics.get(metric, tune.objective.goal)) != tune.objective.goal:
        text = f"AWS says to {way} {metric!r}"
        scope.problem((*path, "goal"), text, help=f"write `goal: {way}`", severity=Severity.WARNING)
    late = not known.epochs or (known.name == _ONLY_LOSS and not metric.endswith(":objective_loss"))
    stops = "earlyStopping" if tune.early_stopping else "strategy"
    if late and (tune.early_stopping or tune.strategy == "hyperband"):
        scope.problem(
            ("tune", stops),
            f"AWS does not say that {known.name} reports {metric!r} after each epoch, without"
            " which no job is stopped early",
            help="see whether it does, or leave it out",
            code="SPEC040",
            severity=Severity.WARNING,
        )
    for kind in ("integer", "continuous", "categorical"):
        for name in getattr(tune.ranges, kind):
            here = ("tune", "ranges", kind, name)
            said = known.tunable.get(known.called(name))
            if said is None:
                some = ", ".join(sorted(known.tunable)) or "none"
                text = f"AWS does not list {name!r} among what can be tuned of {known.name}"
                help_ = f"it listed {some} on {known.as_of}"
                scope.problem(here, text, help=help_, severity=Severity.WARNING)
            elif kind == "integer" and said.type == "continuous":
                text = f"{name} of {known.name} is continuous"
                help_ = "move it to 'continuous'"
                scope.problem(here, text, help=help_, severity=Severity.WARNING)
