"""AWS::SageMaker::Endpoint, the same as the rest of the sandbox has."""

from __future__ import annotations

from reconciler.sandbox.services.cloudcontrol.mirror import Props, changed, pick
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.services.cloudcontrol.plain import Plain

CONFIG, DEPLOYMENT = "EndpointConfigName", "DeploymentConfig"
RETAIN = (
    "ExcludeRetainedVariantProperties",
    "RetainAllVariantProperties",
    "RetainDeploymentConfig",
)
_ENDPOINT = Plain(
    "Endpoint",
    "endpoint",
    (CONFIG, DEPLOYMENT),
    status="EndpointStatus",
    busy=("Creating", "Updating", "RollingBack", "SystemUpdating", "Deleting"),
    failed=("Failed", "UpdateRollbackFailed"),
)
create, delete, listed = _ENDPOINT.create, _ENDPOINT.delete, _ENDPOINT.listed
works = _ENDPOINT.works


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeEndpoint calls the deployment's settings the last ones."""
    shown = _ENDPOINT.read(aws, parts)
    found = _ENDPOINT.describe(aws, parts) if shown is not None else None
    if shown is None or found is None:
        return None
    last = found.get("LastDeploymentConfig")
    return shown | ({DEPLOYMENT: last} if last else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """UpdateEndpoint where the configuration is another one, and tags."""
    if changed(before, after, CONFIG) or changed(before, after, DEPLOYMENT):
        given = pick(after, (CONFIG, DEPLOYMENT, *RETAIN))
        aws("sagemaker", "UpdateEndpoint", **_ENDPOINT.named(parts), **given)
    _ENDPOINT.retag(aws, parts, before, after)
