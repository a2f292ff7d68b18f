"""AWS::SageMaker::EndpointConfig, the same as the rest of the sandbox has."""

from __future__ import annotations

from reconciler.sandbox.services.cloudcontrol.plain import Plain

_CONFIG = Plain(
    "EndpointConfig",
    "endpoint-config",
    (
        "AsyncInferenceConfig",
        "DataCaptureConfig",
        "EnableNetworkIsolation",
        "ExecutionRoleArn",
        "ExplainerConfig",
        "KmsKeyId",
        "ProductionVariants",
        "ShadowProductionVariants",
        "VpcConfig",
    ),
)
create, read, delete, listed = _CONFIG.create, _CONFIG.read, _CONFIG.delete, _CONFIG.listed
update = _CONFIG.retag
