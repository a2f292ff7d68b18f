"""The endpoint configuration: variants, disks and capture."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope, gibibytes, percent, seconds
from reconciler.kinds.rollout.spec import Capture, Rollout, realtime_of
from reconciler.kinds.terms.bucket import TYPE as BUCKET, bucket_exports, bucket_props
from reconciler.kinds.terms.key import key_arn
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

_VARIANT, _SERVE = ("ProductionVariants", "0"), ("serve", "realtime")
LINES: Mapping[Path, Path] = {
    ("ProductionVariants",): _SERVE,
    (*_VARIANT, "ModelName"): ("model",),
    (*_VARIANT, "VariantName"): (*_SERVE, "variant"),
    (*_VARIANT, "InstanceType"): (*_SERVE, "instanceType"),
    (*_VARIANT, "InitialInstanceCount"): (*_SERVE, "instances"),
    (*_VARIANT, "VolumeSizeInGB"): (*_SERVE, "volume"),
    ("DataCaptureConfig",): ("capture",),
    ("DataCaptureConfig", "InitialSamplingPercentage"): ("capture", "sampling"),
    ("DataCaptureConfig", "DestinationS3Uri"): ("capture", "to"),
    ("KmsKeyId",): ("key",),
}


def config_props(spec: Rollout, model: Address, scope: Scope) -> Props:
    realtime = realtime_of(spec)
    variant: dict[str, Json] = {
        "VariantName": realtime.variant,
        "ModelName": Ref(model, "ModelName"),
        "InstanceType": realtime.instance_type,
        "InitialInstanceCount": realtime.instances,
        "InitialVariantWeight": 1,
    }
    if realtime.volume is not None:
        variant["VolumeSizeInGB"] = gibibytes(realtime.volume)
    if realtime.download_timeout is not None:
        variant["ModelDataDownloadTimeoutInSeconds"] = seconds(realtime.download_timeout)
    if realtime.startup_timeout is not None:
        variant["ContainerStartupHealthCheckTimeoutInSeconds"] = seconds(realtime.startup_timeout)
    props: dict[str, Json] = {"ProductionVariants": [variant]}
    if spec.capture is not None:
        props["DataCaptureConfig"] = _capture(spec.capture, scope)
    key = key_arn(spec.key, scope)
    return {**props, "KmsKeyId": key} if key is not None else props


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
