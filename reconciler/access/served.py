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


PASSWORDS = ("secretsmanager:CreateSecret", "secretsmanager:TagResource")
"""What RDS does with the secret that it keeps a master password in. Source: its dependent
actions."""
OF_REDSHIFT = (
    "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
    "secretsmanager:RotateSecret", "secretsmanager:TagResource", "secretsmanager:UpdateSecret",
)  # fmt: skip
"""What Redshift Serverless does with the secret of an admin password, as it begins and ends."""


def password(call: Call, _world: World) -> Iterable[str]:
    """The secret of a master or admin password, where the service is to keep one: its id is AWS's.

    Of a deletion nobody says whether there is one.
    """
    kept = call.get("ManageMasterUserPassword") or call.get("manageAdminPassword")
    if kept or call.operation == "DeleteNamespace":
        kind = "redshift!namespace" if call.service.startswith("redshift") else "rds!cluster"
        yield arn(call, "secretsmanager", "Secret", f"{kind}-{NEW_ID}")


def alarms(call: Call, _world: World) -> Iterable[str]:
    """The alarms that stop a deployment."""
    names = call.get("DeploymentConfig.AutoRollbackConfiguration.Alarms.AlarmName") or ()
    return [arn(call, "cloudwatch", "alarm", str(name)) for name in names]


def linked(call: Call, _world: World) -> Iterable[str]:
    """The role with which CloudWatch acts on EC2 or Systems Manager, for alarms that do."""
    found = [
        str(action)
        for path in ("AlarmActions", "OKActions", "InsufficientDataActions")
        for action in call.get(path) or ()
    ]
    for service, principal in _LINKED.items():
        if any(f":{service}:" in action for action in found):
            yield arn(call, "iam", "role", f"aws-service-role/{principal}/new")


_LINKED = {"automate": "events.amazonaws.com", "ssm": "ssm.alarms.cloudwatch.amazonaws.com"}


def propagating(call: Call, _world: World) -> Iterable[str]:
    """The alarm, where its tags go with its actions."""
    if call.get("ActionConfiguration.AlarmTagsPropagation.Enabled"):
        yield arn(call, "cloudwatch", "alarm", str(call.need("AlarmName")))
