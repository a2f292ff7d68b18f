"""Kafka: topics, and who may read one of a cluster that proves identities by IAM.

Source: MSK developer guide, "IAM access control", resources and actions; Apache Kafka,
`org.apache.kafka.common.internals.Topic`; Lambda developer guide, "Using Lambda with Amazon MSK".
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.kinds.api import Role, Scope
from reconciler.model.value import Json

_LONGEST = 249
POLLED = re.compile(r"[^.][A-Za-z0-9._-]+")
"""Names that Lambda takes. Source: CreateEventSourceMapping, Topics."""
CONNECT = ("kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration")
READ = ("kafka-cluster:DescribeTopic", "kafka-cluster:ReadData")
GROUP = ("kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup")
LOOK = ("kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers")
INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


def _topic(name: str) -> str:
    if name in {".", ".."}:
        raise PydanticCustomError("topic", "Kafka takes no topic '.' or '..'")
    if len(name) > _LONGEST:
        said = {"most": _LONGEST}
        raise PydanticCustomError("topic", "a topic has at most {most} characters", said)
    if name.startswith("__"):
        raise PydanticCustomError("topic", "'__' begins the topics of Kafka itself")
    return name


Topic = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]+$", examples=["transactions"]),
    AfterValidator(_topic),
]
"""The name of a topic: letters, digits, dots, underscores and hyphens."""


def below(scope: Scope, cluster: str, id_: str, kind: str, name: str) -> str:
    """The ARN of a topic or a group of a cluster; its id is ``*`` until AWS has chosen it."""
    return scope.arn("kafka", f"{kind}/{cluster}/{id_}/{name}")


def allow_consume(  # noqa: PLR0913 - whom, and on what
    scope: Scope, role: Role, arn: Json, cluster: str, id_: str, topic: str, group: str = "*"
) -> None:
    """Read one topic of a cluster, as a member of groups whose names begin so."""
    scope.grant(role, (*CONNECT, *LOOK), on=(arn,))
    scope.grant(role, READ, on=(below(scope, cluster, id_, "topic", topic),))
    scope.grant(role, GROUP, on=(below(scope, cluster, id_, "group", group),))
