"""What SageMaker refuses of a mode, alone and with everything else that a Rollout says.

Sources: AWS_FACTS 1.3 and 1.6; SageMaker developer guide, "Serverless Inference" (feature
exclusions), "Multi-model endpoints", "Online explainability with SageMaker Clarify".
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.image_tags import is_arm
from reconciler.kinds.api import Problem, Scope
from reconciler.kinds.rollout.serve import (
    asynchronous,
    batch,
    explain,
    fleet,
    fleet_of,
    matrix,
    mode_of,
    multi_model,
    path_of,
    realtime,
    serverless,
)
from reconciler.kinds.rollout.spec import Packaged, Rollout
from reconciler.kinds.terms import guardrail
from reconciler.model.value import Json, Path

_ARM_ENDS = ("-graviton", "-arm64")
_X86 = frozenset({"pytorch-inference", "tensorflow-inference"})
"""Repositories of AWS that have one beside them for Graviton, and so are not for it themselves."""
_NOT_SERVERLESS = {
    "network": "a VPC",
    "capture": "captured requests",
    "explain": "explanations",
}
_NOT_BATCH = {
    "capture": "there are no requests to keep",
    "analysis": "there is no endpoint to watch",
    "explain": "there is no endpoint that explains",
    "autoscale": "there is nothing to scale between two runs",
}


def problems(spec: Rollout) -> Iterator[Problem]:
    """Everything that is wrong with how it answers."""
    yield from _own(spec)
    yield from _pair(spec)
    yield from _together(spec)
    yield from _model(spec)
    if spec.explain is not None:
        yield from explain.problems(spec.explain)


def _own(spec: Rollout) -> Iterator[Problem]:
    serve = spec.serve
    if serve.realtime is not None:
        yield from realtime.problems(serve.realtime)
    if serve.serverless is not None:
        yield from serverless.problems(serve.serverless)
    if serve.async_ is not None:
        yield from asynchronous.problems(serve.async_)
    if serve.multi_model is not None:
        yield from multi_model.problems(serve.multi_model)
    if serve.batch is not None:
        yield from batch.problems(serve.batch)


def strategy_of(spec: Rollout) -> str:
    """The strategy by its word; all at once where there is none."""
    given = spec.strategy.model_fields_set if spec.strategy is not None else ()
    for name in given:
        alias = type(spec.strategy).model_fields[name].alias if spec.strategy else None
        return alias or name
    return "allAtOnce"


def _pair(spec: Rollout) -> Iterator[Problem]:
    """The strategy with the mode; only where they go together, the strategy itself."""
    strategy, mode = strategy_of(spec), mode_of(spec)
    if (wrong := matrix.refusal(strategy, mode)) is not None:
        yield Problem(("strategy", strategy), wrong.why, wrong.help, wrong.code)
        return
    if spec.analysis and spec.on_failure == "rollback":
        yield from _watched(mode)
    if spec.strategy is None or mode == "batch":
        return
    alarms = len(spec.analysis) if spec.on_failure == "rollback" else 0
    yield from guardrail.problems(spec.strategy, _smallest(spec), alarms)
    if spec.on_failure == "rollback":
        yield from guardrail.unwatched(spec.strategy, alarms)


def _watched(mode: str) -> Iterator[Problem]:
    """Alarms that would bring the old version back, and see nothing."""
    if mode == "serverless":
        text = "SageMaker watches no alarms while a serverless endpoint takes a new version"
        help_ = "remove 'analysis', or write `onFailure: none`"
        yield Problem(("analysis",), text, help_, "MODE002")
    if mode == "components":
        text = "metrics of components are no variant's, so these alarms would see nothing"
        help_ = "name alarms on 'InferenceComponentName' in `strategy.rolling.existingAlarms`"
        yield Problem(("analysis",), text, help_, "MODE004")


def _smallest(spec: Rollout) -> int:
    """The fewest instances (or copies) that the fleet may have when a new version comes."""
    serve = spec.serve.realtime
    if serve is not None and serve.components:
        counts = [each.copies for each in serve.components.values()]
    else:
        counts = [fleet_of(spec).instances]
    least = spec.autoscale.at_least if spec.autoscale is not None else min(counts)
    return max(1, min(*counts, least)) if counts else 1


def _together(spec: Rollout) -> Iterator[Problem]:
    """Other fields, which AWS documents not to go with the mode."""
    mode, here = mode_of(spec), path_of(spec)
    if mode == "serverless":
        for field, said in _NOT_SERVERLESS.items():
            if getattr(spec, field) is not None:
                text = f"a serverless endpoint takes no {said.removeprefix('a ')}"
                yield Problem((field,), text, "remove it, or serve realtime", "MODE004")
        if spec.network_isolation:
            text = "a serverless endpoint takes no isolated container"
            yield Problem(("networkIsolation",), text, "remove it, or serve realtime", "MODE004")
    if mode == "batch":
        for field, said in _NOT_BATCH.items():
            if getattr(spec, field):
                yield Problem((field,), said, "remove it", "MODE003")
    elif spec.explain is not None and mode not in {"realtime", "serverless"}:
        text = "AWS documents explanations for real-time endpoints with one model"
        yield Problem(("explain",), text, "remove it, or serve realtime", "MODE004")
    if fleet_of(spec).instance_type.startswith("ml.inf1.") and _guarded(spec):
        text = "SageMaker has no guardrails for Inf1: it would move all traffic at once, unwatched"
        help_ = "use Inf2, or remove strategy and analysis"
        yield Problem((*here, "instanceType"), text, help_, "MODE002")


def _guarded(spec: Rollout) -> bool:
    """Whether somebody relies on the steps or the alarms of a deployment."""
    steps = strategy_of(spec) in {"blueGreen", "linear", "rolling"}
    return steps or bool(spec.analysis and spec.on_failure == "rollback")


def _model(spec: Rollout) -> Iterator[Problem]:
    mode = mode_of(spec)
    if mode != "multiModel":
        return
    if not isinstance(spec.model, Packaged):
        text = "a version of a registry is one model, and here are many"
        yield Problem(("model",), text, "give the image and the prefix of the models", "MODE004")
        return
    if spec.model.etag is not None:
        text = "a prefix with many models has no ETag"
        yield Problem(("model", "etag"), text, "remove it", "MODE004")
    if (file := spec.model.artifact) is None:
        text = "the models are under a prefix, and none is given"
        yield Problem(("model",), text, "add 'artifact', which ends with a slash", "MODE004")
    elif not (file.path or file.uri or "").endswith("/"):
        text = "here is one file, and many models are under a prefix"
        yield Problem(("model", "artifact"), text, "end it with a slash", "MODE004")


def report_image(spec: Rollout, image: str, scope: Scope) -> None:
    """Images whose repository says for which processor they are; of others nobody knows."""
    type_, name = fleet_of(spec).instance_type, image.partition("/")[2].partition(":")[0]
    name = name.partition("@")[0]
    for_arm = name.endswith(_ARM_ENDS)
    if is_arm(type_) and name in _X86:
        text = f"{type_} has an Arm processor, and {name!r} is not for it"
        _wrong(spec, text, f"use '{name}-graviton', or another instance type", scope)
    elif for_arm and not is_arm(type_):
        text = f"{name!r} is for Arm, and {type_} has no such processor"
        _wrong(spec, text, "use an image without it, or a Graviton type such as ml.c7g", scope)


def _wrong(spec: Rollout, text: str, help_: str, scope: Scope) -> None:
    path: Path = ("model", "image") if getattr(spec.model, "image", None) else ("model",)
    scope.problem(path, text, help=help_, code="MODE007")


def report(spec: Rollout, container: Json, scope: Scope) -> None:
    """What only shows once the image and the facts of instance types are known."""
    if spec.serve.serverless is None and spec.serve.batch is None:
        fleet.report_volume(fleet_of(spec), path_of(spec), scope)
    images = [container["Image"]] if "Image" in container else []
    for image in images:
        if isinstance(image, str):
            report_image(spec, image, scope)
