"""What runs behind the endpoint: a version of a registry, or a model file and an image."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reconciler.facts.registry import image_in
from reconciler.kinds.api import Lookup, Role, Scope
from reconciler.kinds.rollout import told
from reconciler.kinds.rollout.analysis import ENDPOINT
from reconciler.kinds.rollout.serve import fleet_of, multi_model
from reconciler.kinds.rollout.spec import LATEST, Registered, Rollout
from reconciler.kinds.rollout.standing import images, standing
from reconciler.kinds.terms.image import FrameworkImage, Wanted, framework_image
from reconciler.kinds.terms.location import at, family, inside
from reconciler.kinds.terms.permissions import allow_find, allow_images, allow_read
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, Props
from reconciler.registry.version import APPROVED, COMPLETED, REJECTED

_PASSED = "approve it anew, or reject it"


def lookup(model: Registered, scope: Scope, version: int | None = None) -> Lookup:
    """The question which version is meant, and how it stands; `version` asks for that one."""
    group = scope.export("ModelRegistry", model.registry, "groupName")
    wanted = model.version if version is None else version
    number = wanted if isinstance(wanted, int) else 1
    versions = scope.export("ModelRegistry", model.registry, "packageArns")
    arn = f"{versions.removesuffix('*')}{number}"
    params = [("group", group), ("version", str(wanted))]
    policy = scope.export("ModelRegistry", model.registry, "policy")
    if policy["approvers"] or policy["lasts"]:
        said = json.dumps(policy, sort_keys=True)
        params += [("endpoint", scope.address(ENDPOINT).name), ("policy", said)]
    return Lookup("model-package", tuple(params), {"arn": arn, "version": number})


def container(spec: Rollout, role: Role, scope: Scope) -> Props | None:
    """The container of the model; nothing when AWS has no version to serve yet."""
    if isinstance(spec.model, Registered):
        return _registered(spec, spec.model, frozen(spec, spec.model, scope), role, scope)
    model, instance_type = spec.model, fleet_of(spec).instance_type
    asked = FrameworkImage(model.framework or "", model.version, model.python)
    wanted = Wanted("inference", instance_type)
    uri = model.image or framework_image(asked, wanted, scope, ("model",))
    allow_images(scope, role, [uri, *filter(image_in, images(spec, scope))])
    made: Props = {"Image": uri, **_environment(model.environment)}
    if model.artifact is None:  # the image has the model, or fetches it
        return made
    made = {**made, "ModelDataUrl": at(model.artifact, scope).uri}
    if spec.serve.multi_model is not None:
        allow_find(scope, role, family(model.artifact, scope))
        return multi_model.container(spec.serve.multi_model, made)
    allow_read(scope, role, family(model.artifact, scope))
    return made


def version_of(container: Props) -> str:
    """The version that a container serves, as group and number; "" where it is of no registry."""
    return str(container.get("ModelPackageName", "")).partition(":model-package/")[2]


def frozen(spec: Rollout, model: Registered, scope: Scope) -> Json:
    """The version on trial, where the newest is asked for: it stays until that has ended.

    With what the registry says of it, where that was asked.
    """
    if model.version != LATEST:
        return None
    try:
        seen = standing(spec, scope)
    except LookupError:
        return None
    group = scope.export("ModelRegistry", model.registry, "groupName")
    before, _, number = (
        seen.running.version.rpartition("/") if seen and seen.running else ("", "", "")
    )
    if before != group or not number.isdecimal():
        return None
    newest = scope.fact(lookup(model, scope))
    if newest is not None and newest["arn"] and str(newest["version"]) != number:
        told.waiting(scope, str(newest["version"]), number)
    asked = lookup(model, scope, int(number))
    if scope.facts is not None and asked in scope.facts:
        return scope.facts[asked] or {"arn": None, "version": int(number)}
    versions = scope.export("ModelRegistry", model.registry, "packageArns")
    return {"arn": f"{versions.removesuffix('*')}{number}", "version": int(number)}


def _registered(
    spec: Rollout, model: Registered, kept: Json, role: Role, scope: Scope
) -> Props | None:
    fact = kept or scope.fact(lookup(model, scope))
    if fact is not None and fact["arn"] is None:
        _report_status(model, fact, scope)
        fact = None
    if fact is None:
        newest = model.version == LATEST
        scope.defer(
            f"registry {model.registry!r} has no approved version yet"
            if newest
            else f"registry {model.registry!r} has no version {model.version}",
            f"register a version there{' and approve it' if newest else ''};"
            f" `moorline registry status {model.registry}` shows what it has",
        )
        return None
    _report_status(model, fact, scope)
    _report_approval(model, fact, scope)
    pulled = {*(fact.get("images") or ()), *images(spec, scope)}
    allow_images(scope, role, filter(image_in, sorted(pulled)))
    if scope.export("ModelRegistry", model.registry, "uri") is not None:
        allow_find(scope, role, inside(scope, "ModelRegistry", model.registry, tree=True))
    else:
        scope.problem(
            ("model", "registry"),
            f"registry {model.registry!r} does not say where its model files are",
            help="add 'artifacts' to it, so that the endpoint may read them",
            code="SPEC031",
            severity=Severity.WARNING,
        )
    return {"ModelPackageName": fact["arn"], **_environment(model.environment)}


def _report_status(model: Registered, fact: Json, scope: Scope) -> None:
    """SageMaker serves versions that are Completed, and no others.

    Source: SageMaker API reference, `ModelPackageSummary.ModelPackageStatus`.
    """
    stage = fact.get("stage", COMPLETED)
    if stage != COMPLETED:
        scope.problem(
            ("model", "version"),
            f"version {fact['version']} of registry {model.registry!r} is {stage}, so it cannot be"
            " served",
            help="wait until it is Completed, register it anew, or name another version",
            code="MODEL001",
        )
    for each in fact.get("passed") or ():
        scope.problem(
            ("model", "version"),
            f"version {each['version']} of registry {model.registry!r} is approved and newer, and"
            f" was passed over: {each.get('why') or 'its status is ' + each['stage']}",
            help=_PASSED if each["stage"] == COMPLETED else "register it anew, or reject it",
            code="MODEL005" if each["stage"] == COMPLETED else "MODEL001",
            severity=Severity.WARNING,
        )


def _report_approval(model: Registered, fact: Json, scope: Scope) -> None:
    """A version is deployed on approval alone; what serves goes on when its approval is over."""
    status, held = fact.get("status"), fact.get("held")
    policy = scope.export("ModelRegistry", model.registry, "policy")
    asks = bool(policy["approvers"] or policy["lasts"])
    name = f"version {fact['version']} of registry {model.registry!r}"
    if held:
        serves = fact["serves"]
        scope.problem(
            ("model", "version"),
            f"{name} goes on serving, though {held}" if serves else f"{name} is held: {held}",
            help=f"`moorline registry approve {model.registry} {fact['version']}`",
            code="MODEL005",
            severity=Severity.WARNING if serves else Severity.ERROR,
        )
    elif status is not None and status != APPROVED:
        scope.problem(
            ("model", "version"),
            f"{name} is not approved: its status is {status}",
            help="approve it, or name another version",
            code="MODEL005",
            severity=Severity.ERROR if asks or status == REJECTED else Severity.WARNING,
        )


def _environment(variables: Mapping[str, str]) -> Props:
    return {"Environment": dict(variables)} if variables else {}


def model_props(spec: Rollout, container: Props, role: Role) -> Props:
    props: dict[str, Json] = {
        "PrimaryContainer": container,
        "ExecutionRoleArn": role.arn,
        "EnableNetworkIsolation": spec.network_isolation,
    }
    return {**props, "VpcConfig": spec.network.props()} if spec.network is not None else props
