"""AWS::SageMaker::Model, the same as the rest of the sandbox has."""

from __future__ import annotations

from reconciler.sandbox.services.cloudcontrol.plain import Plain

_MODEL = Plain(
    "Model",
    "model",
    (
        "Containers",
        "EnableNetworkIsolation",
        "ExecutionRoleArn",
        "InferenceExecutionConfig",
        "PrimaryContainer",
        "VpcConfig",
    ),
)
create, read, delete, listed = _MODEL.create, _MODEL.read, _MODEL.delete, _MODEL.listed
update = _MODEL.retag
