"""The endpoint configuration: variants, disks and capture."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Role, Scope, percent
from reconciler.kinds.rollout import serve
from reconciler.kinds.rollout.spec import Capture, Rollout
from reconciler.kinds.terms.bucket import TYPE as BUCKET, bucket_exports, bucket_props
from reconciler.kinds.terms.key import key_arn
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props

_LINES: Mapping[Path, Path] = {
    ("DataCaptureConfig",): ("capture",),
    ("DataCaptureConfig", "InitialSamplingPercentage"): ("capture", "sampling"),
    ("DataCaptureConfig", "DestinationS3Uri"): ("capture", "to"),
    ("KmsKeyId",): ("key",),
}


def config_props(spec: Rollout, model: Address, role: Role, scope: Scope) -> Props:
    props: dict[str, Json] = {"ProductionVariants": [serve.variant_props(spec, model)]}
    if spec.capture is not None:
        props["DataCaptureConfig"] = _capture(spec.capture, scope)
    props |= serve.config_extras(spec, role, scope)
    key = key_arn(spec.key, scope)
    return {**props, "KmsKeyId": key} if key is not None else props


def lines(spec: Rollout) -> Mapping[Path, Path]:
    """Which field is behind which property."""
    return {**serve.lines(spec), **_LINES}


def _capture(capture: Capture, scope: Scope) -> Props:
    spot = capture_spot(capture, scope)
    props: dict[str, Json] = {
        "EnableCapture": percent(capture.sampling) > 0,
        "InitialSamplingPercentage": percent(capture.sampling),
        "DestinationS3Uri": spot.uri,
        "CaptureOptions": [{"CaptureMode": mode.capitalize()} for mode in capture.modes],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }
    return {**props, "KmsKeyId": spot.key} if spot.key is not None else props


def capture_spot(capture: Capture, scope: Scope) -> Spot:
    path = capture.path or f"capture/{scope.name}"
    if capture.to is not None:
        return inside(scope, "DataSource", capture.to, path, tree=True)
    own = bucket_exports(scope.address(BUCKET, "capture"))
    uri = text("s3://", own["bucket"], f"/{path}")
    return Spot(uri, own["bucketArn"], text(own["bucketArn"], f"/{path}/*"), None)


def own_bucket(scope: Scope) -> Node:
    address = scope.address(BUCKET, "capture")
    return scope.node(address, bucket_props(scope, address), lines={(): ("capture",)})
