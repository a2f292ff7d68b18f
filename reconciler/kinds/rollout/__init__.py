"""kind: Rollout. A model behind an endpoint, and how new versions of it take over.

Models and endpoint configurations are named after their content, so a new
version is a new name and the endpoint's update is the only change of traffic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.kinds.api import Flow, Kind, Lacking, Lookup, Role, Scope, percent, register
from reconciler.kinds.rollout import (
    ab,
    available,
    expose,
    machine,
    serve,
    shadow,
    target,
    variant,
)
from reconciler.kinds.rollout.analysis import ENDPOINT, alarms, existing
from reconciler.kinds.rollout.asked import tags_of
from reconciler.kinds.rollout.canary import Course, course
from reconciler.kinds.rollout.check import check
from reconciler.kinds.rollout.config import capture_spot, lines, own_bucket
from reconciler.kinds.rollout.judged import analysis
from reconciler.kinds.rollout.modes import autoscaled, no_endpoint
from reconciler.kinds.rollout.serve import batch
from reconciler.kinds.rollout.spec import Registered, Rollout
from reconciler.kinds.rollout.standing import lookup as standing_lookup, weighed
from reconciler.kinds.terms import guardrail
from reconciler.kinds.terms.key import allow_disks, key_arn, report_missing
from reconciler.kinds.terms.name import named
from reconciler.kinds.terms.permissions import allow_base, allow_network, allow_write
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Ref
from reconciler.rollout.checks import written


def lookups(spec: Rollout, scope: Scope) -> Iterator[Lookup]:
    yield from target.lookups(spec, scope)
    yield from variant.lookups(spec, scope)
    if weighed(spec):
        yield standing_lookup(spec, scope)
    yield from (*expose.lookups(spec.expose), *available.lookups(spec, scope))


def exports(spec: Rollout, scope: Scope) -> Mapping[str, Json | Lacking]:
    if spec.serve.batch is not None:
        return no_endpoint(scope)
    endpoint = scope.address(ENDPOINT)
    spot = capture_spot(spec.capture, scope) if spec.capture is not None else None
    return {
        "endpoint": Ref(endpoint, "EndpointName"),
        "endpointName": endpoint.name,
        "variants": ab.names(spec),
        "captures": spec.capture is not None and percent(spec.capture.sampling) > 0,
        "uri": spot.uri if spot else None,
        "bucketArn": spot.bucket if spot else None,
        "keyArn": spot.key if spot else None,
        "analysis": written(analysis(spec, scope)),
        **machine.runs(spec, scope),
    }


def build(spec: Rollout, scope: Scope) -> Iterator[Node]:
    report_missing(spec.key, scope, ("key",))
    served = target.served(spec, scope)
    if served is None:
        return
    role, keep = served.role, spec.keep_revisions
    yield served.node
    serve.allow(spec, role, key_arn(spec.key, scope), scope)
    if spec.serve.batch is not None:
        _grants(spec, role, [], scope)
        key = key_arn(spec.key, scope)
        yield from batch.build(spec.serve.batch, served.model, key, scope)
        return
    asked = target.configured(spec, served, scope)
    if asked is None:
        return
    config = asked.config
    going = course(spec, config, asked.content, served.version, scope)
    if going is None:
        return
    going = replace(going, marks={**going.marks, **asked.marks})
    told = shadow.lines(spec, ab.lines(spec, lines(spec)))
    yield from asked.models
    yield scope.node(config, asked.content, lines=told, keep=keep)
    yield from going.nodes
    if spec.capture is not None and spec.capture.to is None:
        yield own_bucket(scope)
    guards = [*alarms(spec, going.watched or config, scope)]
    _grants(spec, role, [node.address for node in guards], scope)
    yield from guards
    names: list[Json] = [*(Ref(node.address, "AlarmName") for node in guards), *existing(spec)]
    yield _endpoint(spec, going, role, [node.address for node in guards], scope)
    yield from serve.components(spec, served.model, scope.address(ENDPOINT), names, scope)
    yield from autoscaled(spec, scope, held=going.watched is not None)
    yield from machine.driven(spec, scope)
    available.report(spec, scope)
    yield from expose.build(spec.expose, serve.fleet_of(spec).variant, ab.weights_of(spec), scope)


def _grants(spec: Rollout, role: Role, guards: list[Address], scope: Scope) -> None:
    """SageMaker looks at the alarms of a deployment with the role of the model.

    Where weights are moved it looks at none: whoever moves them does.
    Source: SageMaker developer guide, "Auto-rollback configuration and monitoring".
    """
    allow_base(scope, role, *serve.logs(spec, scope.address(ENDPOINT).name))
    if spec.capture is not None:
        allow_write(scope, role, capture_spot(spec.capture, scope), large=False)
    allow_disks(scope, role, key_arn(spec.key, scope))
    names = [*(address.name for address in guards), *existing(spec)]
    names += guardrail.guardrail(spec.strategy).existing
    if names and not weighed(spec):
        watched = [scope.arn("cloudwatch", f"alarm:{name}") for name in names]
        scope.grant(role, ("cloudwatch:DescribeAlarms",), on=watched)
    if spec.network is not None:
        allow_network(scope, role)


def _endpoint(
    spec: Rollout, going: Course, role: Role, guards: list[Address], scope: Scope
) -> Node:
    """Counts and weights come from the configuration, so that the spec is what is live.

    An update starts instances, which need what the role may do by then: its model may be an old one
    that no step makes, so the endpoint waits for the role itself.

    Where weights are moved, whoever moves them looks at the alarms: SageMaker's own deployment
    comes before any traffic, and an unhealthy old fleet must not stop it.
    """
    watched = [] if weighed(spec) else guards
    names: list[Json] = [Ref(address, "AlarmName") for address in watched]
    names += [] if weighed(spec) else existing(spec)
    return scope.node(
        scope.address(ENDPOINT),
        {
            **(props := going.props()),
            "Tags": [*(props.get("Tags") or ()), *expose.tags(spec.expose), *tags_of(spec)] or ...,
            **serve.deployment(spec, names),
            "RetainDeploymentConfig": False,
        },
        depends_on=[role.address, *going.needs, *([] if watched else guards)],
        lines={("EndpointConfigName",): ("model",), ("DeploymentConfig",): ("strategy",)},
    )


def flows(spec: Rollout, name: str) -> Iterator[Flow]:
    """The model that it serves, and the requests that it keeps."""
    if isinstance(spec.model, Registered):
        yield Flow(("model", "registry"), "ModelRegistry", spec.model.registry)
    elif (file := spec.model.artifact) is not None and file.source is not None:
        yield Flow(("model", "artifact"), "DataSource", file.source, file.path or "")
    yield from variant.flows(spec)
    if spec.capture is not None and spec.capture.to is not None:
        path = spec.capture.path or f"capture/{name}"
        yield Flow(("capture", "to"), "DataSource", spec.capture.to, path, writes=True)


register(
    Kind(
        name="Rollout",
        model=Rollout,
        summary="A model behind an endpoint, and how new versions of it take over.",
        check=check,
        lookups=lookups,
        build=build,
        named=lambda spec: named(batch.PIPELINE if spec.serve.batch else ENDPOINT, spec.aws_name),
        exports=exports,
        stage="endpoint",
        flows=flows,
        example="""\
model: {registry: fraud, version: latest-approved}
serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 4}}
strategy:
  blueGreen:
    twoStep: {size: 25%, bake: 10m}
    terminationWait: 10m
analysis:
  - {metric: ModelLatency, statistic: p99, below: 250ms}
  - {metric: Invocation5XXErrors, atMost: 1%}
onFailure: rollback
keepRevisions: 3
capture: {sampling: 100%}
""",
    )
)
