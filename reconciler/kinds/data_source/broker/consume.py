"""A function that is invoked with the records of a topic, and what its role may do for that.

Source: Lambda developer guide, "Using Lambda with Amazon MSK", "Execution role permissions".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reconciler.kinds.api import Lookup, Scope, seconds
from reconciler.kinds.data_source.broker.spec import Existing, Kafka, ToFunction
from reconciler.kinds.terms import database as db, stream
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props

MAPPING = "AWS::Lambda::EventSourceMapping"
PERMISSIONS = "AWS::IAM::ManagedPolicy"
SCRAM, SECRET_PREFIX = "SASL_SCRAM_512_AUTH", "AmazonMSK_"


class Where(NamedTuple):
    """The cluster."""

    arn: Json
    name: str
    id: str


def secret_lookup(name: str) -> Lookup:
    """The question what a secret is, by its name or ARN."""
    return Lookup("scram-secret", (("secret", name),))


def _opens(there: Existing | None, scope: Scope) -> tuple[Json, Json]:
    """The ARN of the secret that opens a cluster, and its key, as far as AWS says.

    MSK asks for a prefix and for a key of one's own.
    """
    if there is None or there.secret_name is None:
        return None, None
    name, path = there.secret_name, ("kafka", "existing", "secretName")
    if scope.facts is None:
        return db.secret_arn(name, scope), None
    found = scope.fact(secret_lookup(name))
    if not found:
        help_ = "make it, or name another one"
        scope.problem(path, f"there is no secret {name!r} here", help=help_)
        return db.secret_arn(name, scope), None
    if not found["name"].startswith(SECRET_PREFIX):
        text = f"MSK takes secrets whose names begin with {SECRET_PREFIX!r}"
        scope.problem(path, text, help="make one with such a name")
    if not found["key"] or found["key"].endswith("alias/aws/secretsmanager"):
        text = f"secret {name!r} has AWS's own key, with which MSK takes none"
        scope.problem(path, text, help="give it a key of your own")
    return found["arn"], found["key"] or None


def function_nodes(kafka: Kafka, to: ToFunction, where: Where, scope: Scope) -> Iterator[Node]:
    """The mapping, and what the function's role may do for it, in a policy of its own."""
    here, there = ("kafka", "function"), kafka.existing
    allowed = scope.address(PERMISSIONS, "consume")
    secret, key = _opens(there, scope)
    yield scope.node(
        allowed,
        {
            "Description": f"{scope.kind} {scope.name}: read the topic",
            "PolicyDocument": _policy(kafka, where, scope, secret, key),
            "Roles": [to.role],
        },
        lines={(): here, ("Roles",): (*here, "role")},
    )
    failed = {"OnFailure": {"Destination": to.on_failure}} if to.on_failure else ...
    yield scope.node(
        scope.address(MAPPING),
        {
            "EventSourceArn": where.arn,
            "FunctionName": to.function,
            "Topics": [kafka.topic],
            "StartingPosition": {"oldest": "TRIM_HORIZON", "newest": "LATEST"}[to.start],
            "BatchSize": to.batch,
            "MaximumBatchingWindowInSeconds": seconds(to.wait) if to.wait else ...,
            "Enabled": to.enabled,
            "DestinationConfig": failed,
            "SourceAccessConfigurations": [{"Type": SCRAM, "URI": secret}] if secret else ...,
        },
        depends_on=[allowed],
        lines={
            (): here,
            ("BatchSize",): (*here, "batch"),
            ("DestinationConfig",): (*here, "onFailure"),
            ("Enabled",): (*here, "enabled"),
            ("FunctionName",): (*here, "function"),
            ("StartingPosition",): (*here, "start"),
            ("Topics",): ("kafka", "topic"),
        },
    )


def _policy(kafka: Kafka, where: Where, scope: Scope, secret: Json, key: Json) -> Props:
    """Read one topic; with a secret, read that and use its key."""

    def allow(actions: tuple[str, ...], *on: Json) -> Props:
        return {"Effect": "Allow", "Action": sorted(actions), "Resource": list(on)}

    def below(kind: str, name: str) -> str:
        return stream.below(scope, where.name, where.id, kind, name)

    found = [allow(stream.LOOK, where.arn), allow(stream.INTERFACES, "*")]
    if secret is None and (kafka.existing is None or kafka.existing.auth == "iam"):
        found += [
            allow(stream.CONNECT, where.arn),
            allow(stream.READ, below("topic", kafka.topic)),
            allow(stream.GROUP, below("group", "*")),
        ]
    if secret is not None:
        found.append(
            allow(("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"), secret)
        )
    if key is not None:
        found.append(allow(("kms:Decrypt",), key))
    return {"Version": "2012-10-17", "Statement": found}
