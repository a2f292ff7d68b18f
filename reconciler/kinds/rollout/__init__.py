"""kind: Rollout. A model behind an endpoint, and how new versions of it take over.

Models and endpoint configurations are named after their content, so a new
version is a new name and the endpoint's update is the only change of traffic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts.instances import local_storage
from reconciler.kinds.api import Flow, Kind, Lookup, Role, Scope, percent, register
from reconciler.kinds.rollout import available, expose
from reconciler.kinds.rollout.analysis import ENDPOINT, alarms
from reconciler.kinds.rollout.artifact import FILE_TAG, file_lookup, file_of
from reconciler.kinds.rollout.canary import Course, course
from reconciler.kinds.rollout.check import check
from reconciler.kinds.rollout.config import LINES, capture_spot, config_props, own_bucket
from reconciler.kinds.rollout.container import container, lookup, model_props, version_of
from reconciler.kinds.rollout.spec import Packaged, Registered, Rollout, realtime_of
from reconciler.kinds.rollout.standing import CONFIG, lookup as standing_lookup, weighed
from reconciler.kinds.terms import deployment
from reconciler.kinds.terms.key import allow_disks, key_arn, report_missing
from reconciler.kinds.terms.name import named
from reconciler.kinds.terms.permissions import allow_base, allow_network, allow_write
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref

MODEL = "AWS::SageMaker::Model"
_MODEL_LINES: Mapping[Path, Path] = {
    ("PrimaryContainer",): ("model",),
    ("PrimaryContainer", "Environment"): ("model", "environment"),
    ("PrimaryContainer", "Image"): ("model", "image"),
    ("PrimaryContainer", "ModelDataUrl"): ("model", "artifact"),
    ("VpcConfig",): ("network",),
}


def lookups(spec: Rollout, scope: Scope) -> Iterator[Lookup]:
    if isinstance(spec.model, Registered):
        yield lookup(spec.model, scope)
    else:
        yield file_lookup(spec.model, scope)
    if weighed(spec):
        yield standing_lookup(scope)
    yield from (*expose.lookups(spec.expose), *available.lookups(spec, scope))


def exports(spec: Rollout, scope: Scope) -> Mapping[str, Json]:
    endpoint = scope.address(ENDPOINT)
    spot = capture_spot(spec.capture, scope) if spec.capture is not None else None
    return {
        "endpoint": Ref(endpoint, "EndpointName"),
        "endpointName": endpoint.name,
        "variants": [realtime_of(spec).variant],
        "captures": spec.capture is not None and percent(spec.capture.sampling) > 0,
        "uri": spot.uri if spot else None,
        "bucketArn": spot.bucket if spot else None,
        "keyArn": spot.key if spot else None,
    }


def build(spec: Rollout, scope: Scope) -> Iterator[Node]:
    report_missing(spec.key, scope, ("key",))
    _report_volume(spec, scope)
    role = scope.role("hosting", "sagemaker.amazonaws.com", (scope.arn("sagemaker", "*"),))
    served = container(spec, role, scope)
    if served is None:
        return
    file = file_of(spec.model, scope) if isinstance(spec.model, Packaged) else ""
    if file is None:
        return
    keep, content = spec.keep_revisions, model_props(spec, served, role)
    if file:
        content = {**content, "Tags": [{"Key": FILE_TAG, "Value": file}]}
    model = scope.versioned(MODEL, content)
    yield scope.node(model, content, lines=_MODEL_LINES, keep=keep)
    content = config_props(spec, model, scope)
    config = scope.versioned(CONFIG, content)
    going = course(spec, config, content, version_of(served), scope)
    if going is None:
        return
    yield scope.node(config, content, lines=LINES, keep=keep)
    yield from going.nodes
    if spec.capture is not None and spec.capture.to is None:
        yield own_bucket(scope)
    guards = [*alarms(spec, going.watched or config, scope)]
    _grants(spec, role, [node.address for node in guards], scope)
    yield from guards
    yield _endpoint(spec, going, [node.address for node in guards], scope)
    available.report(spec, scope)
    yield from expose.build(spec.expose, realtime_of(spec).variant, scope)


def _report_volume(spec: Rollout, scope: Scope) -> None:
    """SageMaker refuses a size for instances that have disks of their own.

    Source: SageMaker Python SDK, `volume_size_supported`.
    """
    realtime = realtime_of(spec)
    if realtime.volume is not None and local_storage(realtime.instance_type):
        text = f"{realtime.instance_type} has disks of its own and takes no other"
        scope.problem(("serve", "realtime", "volume"), text, help="remove 'volume'")


def _grants(spec: Rollout, role: Role, guards: list[Address], scope: Scope) -> None:
    """SageMaker looks at the alarms of a deployment with the role of the model.

    Source: SageMaker developer guide, "Auto-rollback configuration and monitoring".
    """
    group = f"/aws/sagemaker/Endpoints/{scope.address(ENDPOINT).name}"
    allow_base(scope, role, group, "/aws/sagemaker/Endpoints")
    if spec.capture is not None:
        allow_write(scope, role, capture_spot(spec.capture, scope), large=False)
    allow_disks(scope, role, key_arn(spec.key, scope))
    names = [address.name for address in guards]
    if spec.strategy is not None and spec.strategy.blue_green is not None:
        names += spec.strategy.blue_green.existing_alarms
    if names:
        watched = [scope.arn("cloudwatch", f"alarm:{name}") for name in names]
        scope.grant(role, ("cloudwatch:DescribeAlarms",), on=watched)
    if spec.network is not None:
        allow_network(scope, role)


def _endpoint(spec: Rollout, going: Course, guards: list[Address], scope: Scope) -> Node:
    """Counts and weights come from the configuration, so that the spec is what is live.

    Where weights are moved, whoever moves them looks at the alarms: SageMaker's own deployment
    comes before any traffic, and an unhealthy old fleet must not stop it.
    """
    watched = [] if weighed(spec) else guards
    names = [Ref(address, "AlarmName") for address in watched]
    strategy = spec.strategy or deployment.Strategy.model_construct()
    return scope.node(
        scope.address(ENDPOINT),
        {
            **going.props(),
            "DeploymentConfig": deployment.deployment_props(strategy, names),
            "RetainDeploymentConfig": False,
        },
        depends_on=[*going.needs, *([] if watched else guards)],
        lines={("EndpointConfigName",): ("model",), ("DeploymentConfig",): ("strategy",)},
    )


def flows(spec: Rollout, name: str) -> Iterator[Flow]:
    """The model that it serves, and the requests that it keeps."""
    if isinstance(spec.model, Registered):
        yield Flow(("model", "registry"), "ModelRegistry", spec.model.registry)
    elif (source := spec.model.artifact.source) is not None:
        path = spec.model.artifact.path or ""
        yield Flow(("model", "artifact"), "DataSource", source, path)
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
        named=lambda spec: named(ENDPOINT, spec.aws_name),
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
