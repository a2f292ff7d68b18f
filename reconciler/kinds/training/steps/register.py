"""The condition, the version that a good model becomes, and the end of an execution without one."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.terms.image import Wanted, algorithm_image
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.metrics import evaluated
from reconciler.kinds.training.origin import origins
from reconciler.kinds.training.parameters import COMMIT, threshold
from reconciler.kinds.training.registering import Register, When, bounds
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import BUSY, CONDITION, Step
from reconciler.kinds.training.steps import baseline, compare, evaluate, seal, train
from reconciler.model.value import Json, Path, Props
from reconciler.registry.rules.artifact import SHA256

REGISTER, JUDGE, FAIL = "Register", "GoodEnough", "NotGoodEnough"
AT: Path = ("register",)
_CONDITIONS = {
    "above": "GreaterThan",
    "below": "LessThan",
    "atLeast": "GreaterThanOrEqualTo",
    "atMost": "LessThanOrEqualTo",
}
_WORDS = {"above": "above", "below": "below", "atLeast": "at least", "atMost": "at most"}
FORM = "application/json"


def steps(spec: Training, register: Register, then: tuple[Step, ...]) -> tuple[Step, ...]:
    """The registration, behind its conditions where there are any."""
    if not register.when:
        return then
    fail = _fail(spec, register)
    conditions = [it for index, each in enumerate(register.when)
                  for it in _condition(spec, each, index)]  # fmt: skip
    at: dict[Path, Path] = {}
    for place, index in enumerate(_indices(register)):
        at["Arguments", "Conditions", str(place)] = (*AT, "when", str(index))
    judged = Step(
        name=JUDGE,
        type=CONDITION,
        arguments={"Conditions": conditions},
        at=(*AT, "when"),
        lines=at,
        then=then,
        otherwise=(fail,),
    )
    return (judged,)


def _indices(register: Register) -> list[int]:
    return [index for index, each in enumerate(register.when) for _ in _sides(each)]


def _sides(when: When) -> list[str]:
    return [*bounds(when), *(["production"] if when.not_worse_than is not None else [])]


def _condition(spec: Training, when: When, index: int) -> list[Json]:
    value = (
        evaluate.metric(when.metric)
        if evaluated(spec, when.metric)
        else train.metric(spec, when.metric)
    )
    found: list[Json] = [
        {
            "Type": _CONDITIONS[side],
            "LeftValue": value,
            "RightValue": {"Get": f"Parameters.{threshold(spec, index)}"},
        }
        for side in bounds(when)
    ]
    if when.not_worse_than is not None:
        better = {"LeftValue": compare.margin(when.metric), "RightValue": 0.0}
        found.append({"Type": "GreaterThanOrEqualTo", **better})
    return found


def _fail(spec: Training, register: Register) -> Step:
    """What an execution without a good model ends with: what was wanted, and what was found."""
    values: list[Json] = ["The model is not registered. Wanted: "]
    for index, each in enumerate(register.when):
        values.append("; " if index else "")
        for side in bounds(each):
            bound = {"Get": f"Parameters.{threshold(spec, index)}"}
            values += [f"{each.metric} {_WORDS[side]} ", bound]
        if each.not_worse_than is not None:
            values.append(f"{each.metric} not worse than in production")
    message = {"Std:Join": {"On": "", "Values": [it for it in values if it != ""]}}
    return Step(name=FAIL, type="Fail", arguments={"ErrorMessage": message}, at=(*AT, "when"))


def version(
    spec: Training,
    register: Register,
    job: Job,
    scope: Scope,
    files: Mapping[str, Asset],
) -> Step:
    """The step that makes a version. `files` are the scripts of phases, by their names."""
    approval = "PendingManualApproval" if register.approval == "manual" else "Approved"
    arguments: dict[str, Json] = {
        "ModelPackageGroupName": scope.export("ModelRegistry", register.registry, "group"),
        "ModelApprovalStatus": approval,
        "InferenceSpecification": {
            "Containers": [container(spec, register, scope)],
            "SupportedContentTypes": register.content_types,
            "SupportedResponseMIMETypes": register.response_types,
            "SupportedRealtimeInferenceInstanceTypes": register.instance_types,
            "SupportedTransformInstanceTypes": register.instance_types,
        },
        "MetadataProperties": {
            "CommitId": {"Get": f"Parameters.{COMMIT}"},
            "GeneratedBy": {"Get": "Execution.PipelineExecutionArn"},
        },
        "CustomerMetadataProperties": provenance(spec, job, scope, files),
    }
    sealed = seal.wanted(register, scope)
    if sealed:
        arguments["CustomerMetadataProperties"] |= {SHA256: seal.read("sha256")}
    told, checked = baseline.metrics(spec.baseline) if spec.baseline is not None else ({}, {})
    if spec.evaluate is not None:
        source = {"ContentType": FORM, "S3Uri": evaluate.file()}
        told = {"ModelQuality": {"Statistics": source}, **told}
        checked = {"ModelQuality": {"Statistics": source}, **checked}
    if told:
        arguments |= {"ModelMetrics": told, "DriftCheckBaselines": checked}
    return Step(
        name=REGISTER,
        type="RegisterModel",
        arguments=arguments,
        at=AT,
        lines={
            ("Arguments", "ModelMetrics"): ("evaluate" if spec.evaluate else "baseline",),
            ("Arguments", "ModelMetrics", "ModelDataQuality"): ("baseline", "quality"),
            ("Arguments", "ModelMetrics", "Bias"): ("baseline", "bias"),
            ("Arguments", "DriftCheckBaselines"): ("evaluate" if spec.evaluate else "baseline",),
            ("Arguments", "DriftCheckBaselines", "ModelDataQuality"): ("baseline", "quality"),
            ("Arguments", "DriftCheckBaselines", "Bias"): ("baseline", "bias"),
            ("Arguments", "InferenceSpecification", "Containers"): (*AT, "inference"),
            ("Arguments", "ModelApprovalStatus"): (*AT, "approval"),
            ("Arguments", "CustomerMetadataProperties"): ("code",),
        },
        needs=(seal.NAME,) if sealed else (),
        retries=BUSY,
    )


def container(spec: Training, register: Register, scope: Scope) -> Props:
    """The container that serves the model."""
    made: dict[str, Json] = {
        "Image": inference_image(spec, register, scope),
        "ModelDataUrl": train.artifact(spec),
    }
    if seal.wanted(register, scope):
        made |= {"ModelDataUrl": seal.read("uri"), "ModelDataETag": seal.read("etag")}
    return {**made, "Environment": dict(register.environment)} if register.environment else made


def inference_image(spec: Training, register: Register, scope: Scope) -> str:
    """The image that serves what this spec trains."""
    image = register.inference or spec.algorithm
    path = ("register", "inference") if register.inference is not None else ("algorithm",)
    return algorithm_image(image, Wanted("inference", register.instance_types[0]), scope, path)


def provenance(
    spec: Training, job: Job, scope: Scope, files: Mapping[str, Asset]
) -> dict[str, Json]:
    """What a version comes from, beside its commit and execution: code by its digest, and data.

    Source: SageMaker API, CustomerMetadataProperties: letters, digits and a few signs, at most 256.
    """
    found: dict[str, Json] = {"spec": f"{scope.kind}/{scope.name}"}
    if job.code is not None and spec.code is not None:
        digest = job.code.digest or (spec.code.digest or "").removeprefix("sha256:")
        if digest:
            found["code"] = f"sha256:{digest}"
        if spec.code.path is not None:
            found["code.path"] = f"{spec.code.source}/{spec.code.path}"[:256]
    for name, asset in files.items():
        if asset.digest:
            found[f"{name}.code"] = f"sha256:{asset.digest}"
    for path, origin in origins(spec):
        name = f"data.{'.'.join(path[1:] if path[0] == 'inputs' else ('prepare', path[-1]))}"
        if origin.feature_group is not None:
            given = origin.version or scope.export("FeatureGroup", origin.feature_group, "version")
            said = f"FeatureGroup/{origin.feature_group} v{given}"
            if origin.as_of == "execution":
                when = {"Get": "Execution.StartDateTime"}
                found[name] = {"Std:Join": {"On": " ", "Values": [said, when]}}
            else:
                found[name] = f"{said} {origin.as_of}" if origin.as_of else said
        elif origin.source is not None:
            found[name] = f"DataSource/{origin.source}/{origin.path or ''}"[:256]
    return found
