"""What SageMaker takes of inference components."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox.inprocess import sandbox


def test_a_component_is_made_with_a_copy_and_may_lose_them_all_later() -> None:
    role = "arn:aws:iam::123456789012:role/hosting"
    with sandbox() as aws:
        client: Any = aws.client("sagemaker")
        image = {"Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/s:1"}
        client.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer=image)
        variant = {
            "VariantName": "main",
            "InstanceType": "ml.g5.xlarge",
            "InitialInstanceCount": 1,
        }
        client.create_endpoint_config(
            EndpointConfigName="c", ExecutionRoleArn=role, ProductionVariants=[variant]
        )
        client.create_endpoint(EndpointName="e", EndpointConfigName="c")
        aws.clock.advance(1200)
        made: dict[str, Any] = {
            "InferenceComponentName": "part",
            "EndpointName": "e",
            "VariantName": "main",
            "Specification": {
                "ModelName": "m",
                "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024},
            },
        }
        with pytest.raises(ClientError, match="larger than 0"):
            client.create_inference_component(**made, RuntimeConfig={"CopyCount": 0})
        client.create_inference_component(**made, RuntimeConfig={"CopyCount": 1})
        aws.clock.advance(1200)
        client.update_inference_component_runtime_config(
            InferenceComponentName="part", DesiredRuntimeConfig={"CopyCount": 0}
        )
