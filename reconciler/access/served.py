"""What a service looks after besides, in the name of who calls it: where that is."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import NEW_ID, Call, World, arn

SCALES = {"application-autoscaling:service-namespace": "sagemaker"}
"""What the request to Application Auto Scaling says of itself."""


COPIES = tuple(
    f"secretsmanager:{each}"
    for each in ("CreateSecret", "GetSecretValue", "PutSecretValue", "UpdateSecret")
)
"""What EventBridge does with the secret in which it keeps what a connection is given."""


def catalogue(call: Call, _world: World) -> Iterable[str]:
    """Where SageMaker makes the table of an offline store, unless it is told not to."""
    offline = call.get("OfflineStoreConfig")
    if offline and not offline.get("DisableGlueTableCreation"):
        yield arn(call, "glue", "rootcatalog")
        yield arn(call, "glue", "database", "sagemaker_featurestore")
        yield arn(call, "glue", "table", "sagemaker_featurestore", "new")


def scaled(call: Call, _world: World) -> Iterable[str]:
    """What scales the endpoint, should anything do so: its id is AWS's."""
    yield arn(call, "application-autoscaling", "ScalableTarget", NEW_ID)


def copied(call: Call, _world: World) -> Iterable[str]:
    """The secret in which EventBridge keeps what a connection is given."""
    if call.operation == "CreateConnection" or call.get("AuthParameters"):
        name = f"events!connection/{call.need('Name')}/{NEW_ID}"
        yield arn(call, "secretsmanager", "Secret", name)
