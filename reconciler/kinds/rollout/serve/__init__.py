"""How requests are answered: one file for each mode, and what they have in common.

`mode_of` says which it is in the words of the table in `matrix`; `fleet_of` has the instances of a
mode as far as it has any, so that whoever only needs a variant's name or a processor asks there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.rollout.serve import (
    asynchronous,
    batch,
    component,
    explain,
    fleet,
    realtime,
    serverless,
)
from reconciler.kinds.rollout.serve.fleet import Fleet
from reconciler.kinds.terms import guardrail
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.rollout.spec import Rollout

PLAIN = "ml.m5.large"
"""Whose images a serverless endpoint runs: it has no GPUs and no Arm processors. Source: SageMaker
developer guide, "Serverless Inference"."""
LINES = ("ProductionVariants",)


def mode_of(spec: Rollout) -> str:
    """The mode, in the words of the table."""
    serve = spec.serve
    if serve.realtime is not None:
        return "components" if serve.realtime.components else "realtime"
    if serve.serverless is not None:
        return "serverless"
    if serve.async_ is not None:
        return "async"
    return "multiModel" if serve.multi_model is not None else "batch"


def path_of(spec: Rollout) -> Path:
    """Where the mode is said."""
    mode = mode_of(spec)
    return ("serve", "realtime" if mode == "components" else mode)


def fleet_of(spec: Rollout) -> Fleet:
    """The instances of the mode; of a serverless one those whose images it runs."""
    serve = spec.serve
    found = serve.realtime or serve.async_ or serve.multi_model
    if found is not None:
        return found
    if serve.serverless is not None:
        variant = serve.serverless.variant
        return Fleet.model_construct(instance_type=PLAIN, instances=1, variant=variant)
    if serve.batch is None:  # a choice has exactly one member
        raise AssertionError
    of, count = serve.batch.instance_type, serve.batch.instances
    return Fleet.model_construct(instance_type=of, instances=count, variant="primary")


def variant_props(spec: Rollout, model: Address) -> Props:
    """The variant of an endpoint configuration."""
    serve = spec.serve
    props: dict[str, Json] = {"VariantName": fleet_of(spec).variant}
    if mode_of(spec) != "components":
        props["ModelName"] = Ref(model, "ModelName")
    if serve.realtime is not None:
        props |= realtime.variant(serve.realtime)
    elif serve.serverless is not None:
        props |= serverless.variant(serve.serverless)
    else:
        props |= fleet.variant(fleet_of(spec))
    return {**props, "InitialVariantWeight": 1}


def config_extras(spec: Rollout, role: Role | None, scope: Scope) -> dict[str, Json]:
    """What the mode has in an endpoint configuration beside its variant."""
    found: dict[str, Json] = {}
    if spec.serve.async_ is not None:
        found["AsyncInferenceConfig"] = asynchronous.config(spec.serve.async_, scope)
    if mode_of(spec) == "components" and role is not None:
        found["ExecutionRoleArn"] = role.arn
        if spec.network is not None:
            found["VpcConfig"] = spec.network.props()
        if spec.network_isolation:
            found["EnableNetworkIsolation"] = True
    if spec.explain is not None:
        found["ExplainerConfig"] = explain.config(spec.explain)
    return found


def lines(spec: Rollout) -> Mapping[Path, Path]:
    """Which field is behind which property of the configuration."""
    found: dict[Path, Path] = {
        LINES: path_of(spec),
        (*LINES, "0", "ModelName"): ("model",),
        ("ExplainerConfig",): ("explain",),
    }
    serve = spec.serve
    if serve.realtime is not None:
        return {**found, **realtime.lines()}
    if serve.serverless is not None:
        return {**found, **serverless.lines()}
    if serve.async_ is not None:
        return {**found, **asynchronous.lines()}
    return {**found, **fleet.lines(path_of(spec))}


def allow(spec: Rollout, role: Role, key: Json, scope: Scope) -> None:
    """What the role of the model may do because of the mode."""
    if spec.serve.async_ is not None:
        asynchronous.allow(spec.serve.async_, role, scope)
    if spec.serve.batch is not None:
        batch.allow(spec.serve.batch, role, key, scope)


def components(
    spec: Rollout, model: Address, endpoint: Address, guards: list[Json], scope: Scope
) -> Iterator[Node]:
    """The inference components of an endpoint, in the order of their names."""
    serve = spec.serve.realtime
    if serve is None:
        return
    for name, part in sorted(serve.components.items()):
        deployment = guardrail.component_props(spec.strategy, guards, part.copies)
        props = component.component_props(part, model, endpoint, serve.variant, deployment)
        at = (*realtime.AT, "components", name)
        yield scope.node(component_address(name, scope), props, lines=component.lines(at))


def component_address(name: str, scope: Scope) -> Address:
    """The address of a component of this spec."""
    return scope.address(component.TYPE, name)


def logs(spec: Rollout, endpoint: str) -> tuple[str, str]:
    """The log group of what serves, and the namespace of its metrics."""
    if spec.serve.batch is not None:
        return "/aws/sagemaker/TransformJobs", "/aws/sagemaker/TransformJobs"
    if mode_of(spec) == "components":  # each component has a group of its own
        return "/aws/sagemaker/InferenceComponents/*", "/aws/sagemaker/InferenceComponents"
    return f"/aws/sagemaker/Endpoints/{endpoint}", "/aws/sagemaker/Endpoints"


def deployment(spec: Rollout, alarms: list[Json]) -> Props:
    """``DeploymentConfig`` of the endpoint; SageMaker has none for serverless ones and components.

    What it is asked for it would take, and then move all traffic at once (AWS_FACTS 1.3).
    """
    if mode_of(spec) in {"serverless", "components"}:
        return {}
    count = fleet_of(spec).instances
    return {"DeploymentConfig": guardrail.deployment_props(spec.strategy, alarms, count)}
