"""Answers to questions about what a store stands in: networks, clusters, secrets. Read only."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.aws.errors import AwsError, Gone, incomplete
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.resources.api import Absent, absent

_NO_SUBNET: tuple[Absent, ...] = (absent("InvalidSubnetID.NotFound"),)
_NO_SECRET: tuple[Absent, ...] = (absent("ResourceNotFound"),)
_MOST = 200
"""Pages of topics that are read at most."""


def subnets(session: Session, params: Mapping[str, str]) -> Json:
    """Subnets by their ids, which ``ids`` has with commas between them.

    Returns by id ``{"vpc", "zone", "block"}``; one that is not there is missing. One call asks for
    all of them, by a filter, since a list of ids fails as a whole.
    Source: EC2 API reference, DescribeSubnets.
    """
    ids = params["ids"].split(",")
    reader = ReadOnly(session, "ec2", _NO_SUBNET)
    asked = {"Filters": [{"Name": "subnet-id", "Values": ids}]}
    found = reader.pages("describe_subnets", asked, "Subnets")
    return {
        each["SubnetId"]: {"vpc": each["VpcId"], "zone": each["AvailabilityZone"]}
        for each in found
        if each["SubnetId"] in ids
    }


def topics(session: Session, params: Mapping[str, str]) -> Json:
    """The names of a cluster's topics, as MSK gives them.

    Returns ``{"topics", "why"}``: no list, and why, where nobody says. A cluster that cannot be
    reached holds up no plan. Source: MSK API reference, ListTopics.
    """
    reader = ReadOnly(session, "kafka")
    names: list[str] = []
    token: str | None = None
    try:
        for _ in range(_MOST):
            asked = {"ClusterArn": params["cluster"], **({"NextToken": token} if token else {})}
            body = reader.call("list_topics", asked)
            names += [each["TopicName"] for each in body.get("Topics") or ()]
            token = body.get("NextToken")
            if not token:
                return {"topics": sorted(names), "why": ""}
    except AwsError as error:
        return {"topics": None, "why": error.code}
    return {"topics": None, "why": "it has more than can be read"}


def scram(session: Session, params: Mapping[str, str]) -> Json:
    """A secret by name or ARN: what MSK asks of one that is to let somebody in.

    Returns ``{"arn", "name", "key"}``, or nothing when there is none. What is in it is not read.
    Source: MSK developer guide, "Sign-in credentials authentication with AWS Secrets Manager".
    """
    reader = ReadOnly(session, "secretsmanager", _NO_SECRET)
    try:
        body = reader.call("describe_secret", {"SecretId": params["secret"]})
    except Gone:
        return None
    if not body.get("ARN") or not body.get("Name"):
        raise incomplete("secretsmanager.describe_secret", "it lacks a name or an ARN")
    return {"arn": body["ARN"], "name": body["Name"], "key": body.get("KmsKeyId") or ""}
