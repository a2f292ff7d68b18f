"""What SageMaker demands of the buckets and files that it is given: there, and in its region.

Source: SageMaker API reference, `ContainerDefinition.ModelDataUrl` and `S3StorageConfig` ("must
be in the same Region"); AWS_FACTS 2 (Invalid S3Uri provided); people's reports of CreateModel
("Could not find model data at").
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
    """Refuse a model file that is absent, or whose bucket is absent or elsewhere.

    A prefix is of an endpoint of many models, which may be put there later.
    """
    region = _region(uri)
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    prefix = not key or key.endswith("/")
    if not region or not (prefix or there.holds(bucket, key)):
        raise invalid(f"Could not find model data at {uri}.")
    if region != call.backend.region_name:
        raise invalid(
            f"Could not access model data at {uri}. The object has to be located in"
            f" {call.backend.region_name}."
        )


def _region(uri: str) -> str:
    return there.region(uri.removeprefix(SCHEME).partition("/")[0])
