"""Combinations that SageMaker refuses. Limits: AWS_FACTS 1.2 and 1.3."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem, percent
from reconciler.kinds.rollout import ab, expose, preview, shadow, together, variant
from reconciler.kinds.rollout.analysis import called
from reconciler.kinds.rollout.autoscale import checks as autoscale
from reconciler.kinds.rollout.expected import faults
from reconciler.kinds.rollout.serve import fleet_of, mode_of, path_of
from reconciler.kinds.rollout.spec import Capture, Packaged, Rollout
from reconciler.kinds.rollout.standing import weighed
from reconciler.kinds.rollout.watching import watched
from reconciler.kinds.terms import canary, freeze, shadow as terms

_ALL = 100


def check(spec: Rollout) -> Iterator[Problem]:
    if isinstance(spec.model, Packaged):
        yield from _check_packaged(spec.model)
    yield from together.problems(spec)
    yield from _check_canary(spec)
    yield from _check_beside(spec)
    if spec.autoscale is not None:
        yield from autoscale.problems(spec.autoscale, mode_of(spec))
        if spec.serve.serverless is not None:
            yield from autoscale.warm(spec.autoscale, spec.serve.serverless)
    if spec.capture is not None:
        yield from _check_capture(spec.capture)
    code = spec.model.environment.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
    if spec.network_isolation and code.startswith("s3://"):
        text = "an isolated container cannot download its code"
        help_ = "put it into the model file, and write /opt/ml/model/code"
        yield Problem(("model", "environment", "SAGEMAKER_SUBMIT_DIRECTORY"), text, help_)
    yield from _check_analysis(spec)
    serving, moves = fleet_of(spec).variant, weighed(spec)
    tested = ab.weights_of(spec)
    yield from expose.problems(spec.expose, mode_of(spec), serving, moves=moves, tested=tested)


def _check_canary(spec: Rollout) -> Iterator[Problem]:
    if spec.strategy is None or spec.strategy.canary is None:
        if spec.drive is not None and not ab.test_of(spec) and not shadow.shadow_of(spec):
            text = "nothing is driven: only canaries, tests and shadows are driven by Moorline"
            yield Problem(("drive",), text, "remove it, or use 'strategy: {canary: …}'")
        return
    fleet, watched = fleet_of(spec), bool(spec.analysis)
    yield from canary.problems(spec.strategy.canary, fleet.instances, watched=watched)
    if fleet.variant == canary.NAME:
        text = f"the version that takes over is called {canary.NAME!r}, so this one is not"
        yield Problem((*path_of(spec), "variant"), text, "use another name, such as primary")


def _check_beside(spec: Rollout) -> Iterator[Problem]:
    """Tests and shadows, with the models that they bring."""
    yield from ab.check(spec)
    if (first := preview.shadow_of(spec)) is not None:
        yield from terms.problems(first, fleet_of(spec).variant, (*canary.PATH, "shadow"))
    yield from shadow.check(spec)
    for path, model in variant.models(spec):
        if isinstance(model, Packaged):
            yield from (variant.moved(each, path) for each in _check_packaged(model))


def _check_capture(capture: Capture) -> Iterator[Problem]:
    """SageMaker takes whole per cent. Source: SageMaker API, InitialSamplingPercentage."""
    sampling = percent(capture.sampling)
    if isinstance(sampling, float) or sampling > _ALL:
        text = "a sample is a whole share of 0% to 100%"
        yield Problem(("capture", "sampling"), text, "use 0% to 100%")
    if capture.path and capture.to is None:
        yield Problem(("capture", "path"), "a path needs a DataSource", "add 'to'")


def _check_packaged(model: Packaged) -> Iterator[Problem]:
    if model.artifact is not None:
        yield from model.artifact.problems(("model", "artifact"))
    elif model.etag is not None:
        yield Problem(("model", "etag"), "an ETag is of a file", "add 'artifact', or remove it")
    if (model.image is None) == (model.framework is None):
        yield Problem(("model",), "a model needs one image", "give 'framework' or 'image'")
    if model.framework is not None and model.version is None:
        yield Problem(("model", "framework"), "a framework has a version", 'add `version: "…"`')
    for name in ("version", "python"):
        if model.image is not None and getattr(model, name) is not None:
            yield Problem(("model", name), "an image has its own version", f"remove {name!r}")


def _check_analysis(spec: Rollout) -> Iterator[Problem]:
    names: set[str] = set()
    for index, rule in enumerate(spec.analysis):
        path = ("analysis", str(index))
        wrong = [*faults(rule, path)]
        yield from wrong
        if wrong:
            continue
        yield from watched(spec, rule, path)
        if (name := called(rule)) in names:
            yield Problem(path, "this expectation is here twice", "remove one of them")
        names.add(name)
    if spec.freeze and not weighed(spec):
        text = "SageMaker moves this traffic by itself once the apply has begun"
        help_ = "use `strategy: {canary: …}`, or do not apply in that time"
        yield Problem(("freeze",), text, help_, "ANALYSIS002", on_key=True)
    for index, each in enumerate(spec.freeze):
        yield from freeze.problems(each, ("freeze", str(index)))
