"""What AWS refuses of an `autoscale`, or takes and never acts on. Limits: AWS_FACTS 1.7."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem, seconds
from reconciler.kinds.rollout.autoscale import Autoscale, Custom, Stepped, Target
from reconciler.kinds.rollout.autoscale.called import WOKEN, followed, named, stepped
from reconciler.kinds.rollout.autoscale.figures import FIGURES, ZERO
from reconciler.kinds.rollout.serve.serverless import Serverless
from reconciler.kinds.terms.alarm import looked_back
from reconciler.model.value import Path

AT: Path = ("autoscale",)


def problems(spec: Autoscale, mode: str) -> Iterator[Problem]:
    """All of it; a mode without an endpoint says so elsewhere."""
    if mode not in FIGURES:
        return
    yield from _bounds(spec, mode)
    if not (spec.targets or spec.steps or spec.schedules):
        text = "nothing says when anything comes or goes"
        yield Problem(AT, text, "add 'targets', 'steps' or 'schedules'", "MODE005")
    for index, each in enumerate(spec.targets):
        yield from _targeted(each, mode, (*AT, "targets", str(index)))
    for index, step in enumerate(spec.steps):
        yield from _stepped(step, mode, (*AT, "steps", str(index)))
    yield from _twice(spec)
    yield from _wake(spec, mode)


def warm(spec: Autoscale, serve: Serverless) -> Iterator[Problem]:
    """Whether there are warm containers, and whether as many of them may run as may be kept warm.

    Source: SageMaker API reference, ProductionVariantServerlessConfig, ProvisionedConcurrency.
    """
    if serve.provisioned is None:
        text = "there are no warm containers that could be more or fewer"
        help_ = "add 'provisioned' to 'serve.serverless', or remove it"
        yield Problem(AT, text, help_, "MODE005")
        return
    for path, most in _mosts(spec):
        if most > serve.max_concurrent:
            text = f"{most} may be kept warm, and {serve.max_concurrent} may run"
            help_ = "raise 'maxConcurrent' of 'serve.serverless', or lower it"
            yield Problem(path, text, help_, "MODE005")


def _mosts(spec: Autoscale) -> Iterator[tuple[Path, int]]:
    yield (*AT, "atMost"), spec.at_most
    for name, each in spec.schedules.items():
        if each.at_most is not None:
            yield (*AT, "schedules", name, "atMost"), each.at_most


def _bounds(spec: Autoscale, mode: str) -> Iterator[Problem]:
    if spec.at_most < spec.at_least:
        text = f"at most {spec.at_most} is less than at least {spec.at_least}"
        yield Problem((*AT, "atMost"), text, "raise it")
    for name, each in spec.schedules.items():
        here = (*AT, "schedules", name)
        if each.at_least is None and each.at_most is None:
            yield Problem(here, "it changes nothing", "give 'atLeast' or 'atMost'")
        least = spec.at_least if each.at_least is None else each.at_least
        most = spec.at_most if each.at_most is None else each.at_most
        if most < least:
            text = f"from then on at most {most} is less than at least {least}"
            yield Problem(here, text, "say both, or change one of them")
    if mode in ZERO:
        return
    bounds: list[tuple[Path, int]] = [((*AT, "atLeast"), spec.at_least)]
    bounds += [
        ((*AT, "schedules", name, "atLeast"), each.at_least)
        for name, each in spec.schedules.items()
        if each.at_least is not None
    ]
    for path, number in bounds:
        if number == 0:
            text = "with 0 nothing would answer, and nothing brings the first one back"
            yield Problem(path, text, "use 1 or more; async and components go to zero", "MODE006")


def _known(metric: str | Custom, mode: str, path: Path) -> Iterator[Problem]:
    if isinstance(metric, str) and metric not in FIGURES[mode]:
        known = ", ".join(FIGURES[mode])
        text = f"{metric!r} is no metric that {_mode(mode)} scales by"
        help_ = f"use {known}, or give 'metric' with its 'namespace'"
        yield Problem((*path, "metric"), text, help_, "MODE005")


def _mode(mode: str) -> str:
    return "an endpoint of components" if mode == "components" else f"a {mode} endpoint"


def _targeted(rule: Target, mode: str, path: Path) -> Iterator[Problem]:
    yield from _known(rule.metric, mode, path)
    if not isinstance(rule.metric, str):
        if mode == "serverless":
            text = "AWS scales warm containers by their utilization alone"
            help_ = "use ProvisionedConcurrencyUtilization"
            yield Problem((*path, "metric"), text, help_, "MODE005")
        return
    figure = FIGURES[mode].get(rule.metric)
    if figure is None:
        return
    if figure.share != isinstance(rule.value, str):
        said = "a share" if figure.share else "a number"
        help_ = "write it with %, as in 70%" if figure.share else "write it without %"
        yield Problem((*path, "value"), f"{rule.metric} is {said}", help_)
    if figure.predefined and rule.statistic is not None:
        text = f"{rule.metric} has a statistic of its own"
        yield Problem((*path, "statistic"), text, "remove it")


def _stepped(rule: Stepped, mode: str, path: Path) -> Iterator[Problem]:
    yield from _known(rule.metric, mode, path)
    if (rule.above is None) == (rule.below is None):
        yield Problem(path, "a rule has one level", "give 'above' or 'below'")
    yield from looked_back(seconds(rule.for_), (*path, "for"))
    bounds = [each.beyond for each in rule.steps]
    if bounds != sorted(set(bounds)) or bounds[0] != 0:
        text = "steps begin at 0 and go on from there, each once"
        yield Problem((*path, "steps"), text, "put them in order, the first without 'beyond'")
    if len({each.add > 0 for each in rule.steps}) > 1 or any(not it.add for it in rule.steps):
        text = "one rule either adds or takes away"
        yield Problem((*path, "steps"), text, "make two rules of it")


def _twice(spec: Autoscale) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, each in enumerate(spec.targets):
        name = named(each.metric)
        if name in seen:
            path = (*AT, "targets", str(index))
            yield Problem(path, f"{name} is followed twice", "remove one of them")
        seen.add(name)
    sides: set[tuple[str, bool]] = set()
    for index, step in enumerate(spec.steps):
        metric = named(step.metric)
        side = (metric, step.above is not None)
        if side in sides:
            path = (*AT, "steps", str(index))
            yield Problem(path, f"{metric} has such a rule already", "put its steps into that one")
        sides.add(side)
    yield from _alike(spec)


def _alike(spec: Autoscale) -> Iterator[Problem]:
    """Metrics of other names whose policies would have the same one: the last would be the only."""
    known: dict[str, str] = {WOKEN: WOKEN} if spec.wake is not None else {}
    rules = [("targets", at, followed(it), it.metric) for at, it in enumerate(spec.targets)]
    rules += [("steps", at, stepped(it), it.metric) for at, it in enumerate(spec.steps)]
    for member, at, policy, of in rules:
        path, metric = (*AT, member, str(at)), named(of)
        if not policy.strip("-") or policy in {"above", "below"}:
            text = f"a policy is called after its metric, and {metric!r} has no letter and no digit"
            yield Problem(path, text, "use a metric with a name")
        elif known.setdefault(policy, metric) != metric:
            text = f"{metric} and {known[policy]} would have one policy, {policy!r}"
            yield Problem(path, text, "leave one of them out, or call one of the metrics otherwise")


def _wake(spec: Autoscale, mode: str) -> Iterator[Problem]:
    """With none there is no figure for each, and nobody adds the first one."""
    here = (*AT, "wake")
    zero = spec.at_least == 0 or any(it.at_least == 0 for it in spec.schedules.values())
    if spec.wake is not None and mode not in ZERO:
        text = "only a queue, or requests to a component, say that somebody waits for the first one"
        yield Problem(here, text, "remove it", "MODE003")
    elif mode in ZERO and zero and spec.wake is None:
        text = "at 0 there is no figure for each of them, so nobody would ever add the first one"
        yield Problem((*AT, "atLeast"), text, "add `wake: {}`", "MODE006")
    if spec.wake is not None:
        yield from looked_back(seconds(spec.wake.for_), (*here, "for"))
