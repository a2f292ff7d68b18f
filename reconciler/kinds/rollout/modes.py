"""What a mode adds to a Rollout beside its configuration: what scales, and what others may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Lacking, Scope
from reconciler.kinds.rollout.analysis import ENDPOINT
from reconciler.kinds.rollout.autoscale.build import Scaled, build
from reconciler.kinds.rollout.serve import component_address, fleet_of, mode_of
from reconciler.kinds.rollout.serve.batch import PIPELINE
from reconciler.kinds.rollout.spec import Rollout
from reconciler.model.graph import Node
from reconciler.model.value import Json

_OF_ENDPOINTS = (
    "analysis",
    "bucketArn",
    "captures",
    "endpoint",
    "endpointName",
    "keyArn",
    "uri",
    "variants",
)


def no_endpoint(scope: Scope) -> Mapping[str, Json | Lacking]:
    """What a Rollout without an endpoint cannot give, and the pipeline that it has: it is run."""
    lacking = Lacking("answers in batches and has no endpoint", "name a Rollout that has one")
    pipeline = scope.address(PIPELINE).name
    return {
        **dict.fromkeys(_OF_ENDPOINTS, lacking),
        "pipelineName": pipeline,
        "pipelineArn": scope.arn("sagemaker", f"pipeline/{pipeline}"),
    }


def autoscaled(spec: Rollout, scope: Scope, *, held: bool) -> Iterator[Node]:
    """Scalable targets and policies of a Rollout, after what they scale.

    While two versions share the traffic, the old one is `held`: it would lose instances with its
    requests, and could not take all of them back. It may still get more.
    """
    if spec.autoscale is None or spec.serve.batch is not None:
        return
    for each in scaled(spec, scope):
        yield from build(spec.autoscale, each, scope, held=held)


def scaled(spec: Rollout, scope: Scope) -> Iterator[Scaled]:
    """What scales: the components, or the one variant."""
    endpoint, mode, variant = scope.address(ENDPOINT), mode_of(spec), fleet_of(spec).variant
    if mode != "components":
        resource = f"endpoint/{endpoint.name}/variant/{variant}"
        yield Scaled(resource, endpoint, mode, endpoint.name, variant)
        return
    parts = spec.serve.realtime.components if spec.serve.realtime else {}
    for name in sorted(parts):
        at = component_address(name, scope)
        resource = f"inference-component/{at.name}"
        shown = name if len(parts) > 1 else ""
        yield Scaled(resource, at, mode, endpoint.name, variant, at.name, shown)
