"""Topics of clusters. Source: MSK API reference, CreateTopic, ListTopics, DescribeTopic.

A cluster is known that AWS's handlers have made here, or that has a topic. Nothing is in a topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import all_records

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "kafka"
KIND = "topic"
MADE = ("AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster")


def _known(call: Call, cluster: str) -> bool:
    made = any(it.made.get("Arn") == cluster for type_ in MADE for it in all_records(type_))
    return made or any(each.data["cluster"] == cluster for each in call.records(KIND).values())


def _arn(cluster: str, name: str) -> str:
    return f"{cluster.replace(':cluster/', ':topic/')}/{name}"


def _shown(record: Record) -> dict[str, Any]:
    data = record.data
    return {
        "topicArn": record.arn,
        "topicName": data["topic"],
        "partitionCount": data["partitions"],
        "replicationFactor": data["replicas"],
    }


def create(call: Call) -> dict[str, Any]:
    """CreateTopic."""
    cluster, name = call["ClusterArn"], call["TopicName"]
    arn = _arn(cluster, name)
    if arn in call.records(KIND):
        raise Refused("TopicExistsException", f"Topic {name} already exists.")
    data = {"cluster": cluster, "topic": name, "partitions": call["PartitionCount"]}
    call.add(KIND, arn, arn, {**data, "replicas": call.get("ReplicationFactor") or 3})
    return {"topicArn": arn, "topicName": name, "status": "ACTIVE"}


def list_(call: Call) -> dict[str, Any]:
    """ListTopics, all on one page."""
    cluster = call["ClusterArn"]
    if not _known(call, cluster):
        raise Refused("NotFoundException", "The cluster does not exist.")
    found = [each for each in call.records(KIND).values() if each.data["cluster"] == cluster]
    return {"topics": [_shown(each) for each in sorted(found, key=lambda it: it.name)]}


def describe(call: Call) -> dict[str, Any]:
    """DescribeTopic."""
    record = call.records(KIND).get(_arn(call["ClusterArn"], call["TopicName"]))
    if record is None:
        raise Refused("NotFoundException", "The topic does not exist.")
    return _shown(record)


OPERATIONS = {"CreateTopic": create, "ListTopics": list_, "DescribeTopic": describe}
