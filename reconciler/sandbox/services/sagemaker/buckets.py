"""What SageMaker demands of the buckets that it is given: they are there, and in its region.

Source: SageMaker API reference, `ContainerDefinition.ModelDataUrl` and `S3StorageConfig` ("must
be in the same Region"); AWS_FACTS 2 (Invalid S3Uri provided).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.iam import there
from reconciler.sandbox.protocol.errors import invalid

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call

SCHEME = "s3://"


def demand_store(call: Call, uri: str) -> None:
    """Refuse an offline store whose bucket is absent or elsewhere."""
    if _region(uri) != call.backend.region_name:
        raise invalid("Invalid S3Uri provided")


def demand_model(call: Call, uri: str) -> None:
    """Refuse a model file whose bucket is absent or elsewhere."""
    region = _region(uri)
    if not region:
        raise invalid(f"Could not find model data at {uri}.")
    if region != call.backend.region_name:
        raise invalid(
            f"Could not access model data at {uri}. The object has to be located in"
            f" {call.backend.region_name}."
        )


def _region(uri: str) -> str:
    return there.region(uri.removeprefix(SCHEME).partition("/")[0])
