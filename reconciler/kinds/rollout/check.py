"""Combinations that SageMaker refuses. Limits: AWS_FACTS 1.2 and 1.3."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem, gibibytes, percent, seconds
from reconciler.kinds.rollout import expose
from reconciler.kinds.rollout.analysis import alarm_name
from reconciler.kinds.rollout.spec import Capture, Packaged, Realtime, Rollout, realtime_of
from reconciler.kinds.rollout.standing import weighed
from reconciler.kinds.terms import canary, deployment
from reconciler.kinds.terms.alarm import limit_problems

_ALL = 100
_VOLUME = (1, 512)
_STARTUP = (60, 3600)


def check(spec: Rollout) -> Iterator[Problem]:
    if isinstance(spec.model, Packaged):
        yield from _check_packaged(spec.model)
    realtime = realtime_of(spec)
    serve = ("serve", "realtime")
    if realtime.volume and not _VOLUME[0] <= gibibytes(realtime.volume) <= _VOLUME[1]:
        yield Problem((*serve, "volume"), "a disk has 1 to 512 GiB", "use 512GiB or less")
    timeouts = {
        "downloadTimeout": realtime.download_timeout,
        "startupTimeout": realtime.startup_timeout,
    }
    for name, limit in timeouts.items():
        if limit and not _STARTUP[0] <= seconds(limit) <= _STARTUP[1]:
            yield Problem((*serve, name), "this timeout is 1m to 1h", "use 1m to 1h")
    if spec.strategy is not None:
        alarms = len(spec.analysis) if spec.on_failure == "rollback" else 0
        yield from deployment.problems(spec.strategy, realtime.instances, alarms)
        yield from _check_canary(spec, realtime)
    if realtime.instance_type.startswith("ml.inf1.") and _guarded(spec):
        text = "SageMaker has no guardrails for Inf1: it would move all traffic at once, unwatched"
        yield Problem((*serve, "instanceType"), text, "use Inf2, or remove strategy and analysis")
    if spec.capture is not None:
        yield from _check_capture(spec.capture)
    code = spec.model.environment.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
    if spec.network_isolation and code.startswith("s3://"):
        text = "an isolated container cannot download its code"
        help_ = "put it into the model file, and write /opt/ml/model/code"
        yield Problem(("model", "environment", "SAGEMAKER_SUBMIT_DIRECTORY"), text, help_)
    yield from _check_analysis(spec)
    yield from expose.problems(spec.expose, realtime.variant, moves=weighed(spec))


def _check_canary(spec: Rollout, realtime: Realtime) -> Iterator[Problem]:
    if spec.strategy is None or spec.strategy.canary is None:
        return
    watched = bool(spec.analysis)
    yield from canary.problems(spec.strategy.canary, realtime.instances, watched=watched)
    if realtime.variant == canary.NAME:
        text = f"the version that takes over is called {canary.NAME!r}, so this one is not"
        yield Problem(("serve", "realtime", "variant"), text, "use another name, such as primary")


def _check_capture(capture: Capture) -> Iterator[Problem]:
    """SageMaker takes whole per cent. Source: SageMaker API, InitialSamplingPercentage."""
    sampling = percent(capture.sampling)
    if isinstance(sampling, float) or sampling > _ALL:
        text = "a sample is a whole share of 0% to 100%"
        yield Problem(("capture", "sampling"), text, "use 0% to 100%")
    if capture.path and capture.to is None:
        yield Problem(("capture", "path"), "a path needs a DataSource", "add 'to'")


def _guarded(spec: Rollout) -> bool:
    """Whether somebody relies on the steps or the alarms of a deployment by SageMaker."""
    if spec.strategy is not None and spec.strategy.canary is not None:
        return False
    steps = spec.strategy is not None and spec.strategy.blue_green is not None
    return steps or bool(spec.analysis and spec.on_failure == "rollback")


def _check_packaged(model: Packaged) -> Iterator[Problem]:
    yield from model.artifact.problems(("model", "artifact"))
    if (model.image is None) == (model.framework is None):
        yield Problem(("model",), "a model file needs one image", "give 'framework' or 'image'")
    if model.framework is not None and model.version is None:
        yield Problem(("model", "framework"), "a framework has a version", 'add `version: "…"`')
    for name in ("version", "python"):
        if model.image is not None and getattr(model, name) is not None:
            yield Problem(("model", name), "an image has its own version", f"remove {name!r}")


def _check_analysis(spec: Rollout) -> Iterator[Problem]:
    names: set[str] = set()
    for index, rule in enumerate(spec.analysis):
        path = ("analysis", str(index))
        wrong = [*limit_problems(rule, path)]
        yield from wrong
        if wrong:
            continue
        longest = deployment.watched_seconds(spec.strategy)
        if spec.on_failure == "rollback" and seconds(rule.for_) > longest:
            text = f"the new fleet is watched for {longest} s in all, so this is never found"
            yield Problem((*path, "for"), text, "shorten it, or have the strategy bake longer")
        if (name := alarm_name(rule)) in names:
            yield Problem(path, "this expectation is here twice", "remove one of them")
        names.add(name)
