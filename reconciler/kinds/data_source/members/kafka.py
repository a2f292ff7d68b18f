"""kafka: a topic of a cluster of MSK, and where its records go: to a function, or into the lake.

A managed cluster is serverless and proves identities by IAM, which is the only way that it knows.
Permissions name the topic. Nothing here makes the topic: who writes to it does.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from reconciler.kinds.api import (
    Lacking,
    Lookup,
    Maybe,
    Problem,
    Reference,
    Scope,
    Section,
    seconds,
)
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.terms import database as db, private, stream
from reconciler.kinds.terms.location import inside
from reconciler.kinds.units import Duration
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

CLUSTER = "AWS::MSK::ServerlessCluster"
POLICY = "AWS::MSK::ClusterPolicy"
MAPPING = "AWS::Lambda::EventSourceMapping"
PERMISSIONS = "AWS::IAM::ManagedPolicy"
FIREHOSE = "AWS::KinesisFirehose::DeliveryStream"
PORT = 9098
"""Of brokers that prove identities by IAM. Source: MSK developer guide, "Port information"."""
SCRAM, SECRET_PREFIX = "SASL_SCRAM_512_AUTH", "AmazonMSK_"
ClusterArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kafka:[a-z0-9-]+:[0-9]{12}:cluster/[^/]+/[0-9a-f-]+$",
        examples=["arn:aws:kafka:eu-west-1:123456789012:cluster/events/0d3b4a2e-1"],
    ),
]
FunctionArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]+)?$"
    ),
]
Failure = Annotated[
    str, Field(pattern=r"^(arn:aws[a-z-]*:(sqs|sns|s3):.+|kafka://[A-Za-z0-9._-]+)$")
]


class Existing(Section):
    """A cluster that Moorline must not manage."""

    cluster: ClusterArn
    auth: Literal["iam", "none", "scram"] = "iam"
    """How clients prove who they are."""
    secret_name: Maybe[db.SecretName] = None
    """With `scram`: the secret with user and password, whose name begins with `AmazonMSK_` and
    which has a key of one's own. It has to be associated with the cluster."""


class ToFunction(Section):
    """A function of Lambda that is invoked with records."""

    function: FunctionArn
    role: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]
    """The name of the function's role, which is allowed to read the topic."""
    start: Literal["oldest", "newest"] = "newest"
    """Where reading begins. It is fixed once it has begun."""
    batch: Annotated[int, Field(ge=1, le=10000)] = 100
    """How many records one invocation has at most."""
    wait: Maybe[Duration] = None
    """How long it waits for that many, up to 300 seconds."""
    on_failure: Maybe[Failure] = None
    """Where records go that were given up: a queue, a topic or a bucket by its ARN, or another topic
    of Kafka as `kafka://NAME`."""
    enabled: bool = True


class ToLake(Section):
    """Objects in a DataSource, as they come: one record a line."""

    to: Annotated[str, Reference("DataSource")]
    """A DataSource with `s3`."""
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9!_.*'()/=-]{1,200}[^/]$")] = "kafka"
    """Where in it."""


class Kafka(Section):
    """A topic of a serverless cluster of its own, or of one that exists already."""

    topic: stream.Topic
    existing: Maybe[Existing] = None
    """A cluster that Moorline must not manage. By default it makes one."""
    network: Maybe[private.Private] = None
    """Where a cluster of its own stands."""
    function: Maybe[ToFunction] = None
    """Invoke a function with records."""
    lake: Maybe[ToLake] = None
    """Deliver records into the lake by Firehose."""


class _Where(NamedTuple):
    """The cluster."""

    arn: Json
    name: str
    id: str


def check(kafka: Kafka, spec: Source) -> Iterator[Problem]:
    here = ("kafka",)
    yield from db.check_named(spec.aws_name, "kafka")
    there = kafka.existing
    if (there is None) == (kafka.network is None):
        help_ = "give 'network' for a cluster of its own, or 'existing'"
        yield Problem(here, "a topic is in one cluster: a new one or an existing one", help_)
    if kafka.network is not None:
        yield from private.check(kafka.network, (*here, "network"))
    if there is not None:
        yield from _check_existing(there)
    if kafka.function and kafka.function.wait and seconds(kafka.function.wait) > 300:  # noqa: PLR2004 - Lambda's
        yield Problem(
            (*here, "function", "wait"), "Lambda waits for 300 seconds at most", "use 300s"
        )
    if kafka.lake is not None and there is not None and there.auth == "scram":
        text = "Firehose reads by IAM or without authentication only"
        yield Problem((*here, "lake"), text, "use 'function', or a cluster with IAM")


def _check_existing(there: Existing) -> Iterator[Problem]:
    path = ("kafka", "existing")
    if there.auth == "scram" and there.secret_name is None:
        yield Problem(path, "'scram' needs the secret that opens the cluster", "add 'secretName'")
    if there.auth != "scram" and there.secret_name is not None:
        text = f"'{there.auth}' takes no secret"
        yield Problem((*path, "secretName"), text, "remove it, or use `auth: scram`")


def lookups(kafka: Kafka, _: Source, __: Scope) -> Iterator[Lookup]:
    if kafka.network is not None:
        yield private.lookup(kafka.network)
    if there := kafka.existing:
        yield _topics(there)
        if there.secret_name:
            yield _secret(there.secret_name)


def _topics(there: Existing) -> Lookup:
    return Lookup("kafka-topics", (("cluster", there.cluster),))


def _secret(name: str) -> Lookup:
    return Lookup("scram-secret", (("secret", name),))


def _where(kafka: Kafka, scope: Scope) -> _Where:
    if there := kafka.existing:
        _, name, id_ = there.cluster.rsplit("/", 2)
        return _Where(there.cluster, name, id_)
    address = scope.address(CLUSTER)
    return _Where(Ref(address, "Arn"), address.name, "*")


def exports(kafka: Kafka, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    where = _where(kafka, scope)
    topic = stream.below(scope, where.name, where.id, "topic", kafka.topic)
    return {"clusterArn": where.arn, "topic": kafka.topic, "topicArn": topic}


def build(kafka: Kafka, _: Source, scope: Scope) -> Iterator[Node]:
    here, where = ("kafka",), _where(kafka, scope)
    _report_topic(kafka, scope)
    if kafka.network is not None:
        private.report(kafka.network, scope, (*here, "network"))
        yield from private.group_nodes(kafka.network, scope, PORT, (*here, "network"), itself=True)
        own, _ = private.groups(scope)
        standing = {
            "SubnetIds": sorted(kafka.network.subnets),
            "SecurityGroups": [Ref(own, "GroupId")],
        }
        yield scope.node(
            scope.address(CLUSTER),
            {
                "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
                "VpcConfigs": [standing],
            },
            lines={(): here, ("VpcConfigs",): (*here, "network")},
        )
    if kafka.function is not None:
        yield from _function(kafka, kafka.function, where, scope)
    if kafka.lake is not None:
        yield from _lake(kafka, kafka.lake, where, scope)


def _report_topic(kafka: Kafka, scope: Scope) -> None:
    """Whether the cluster has the topic, as far as AWS was asked and says."""
    path = ("kafka", "topic")
    if kafka.existing is None or scope.facts is None:
        return
    found = scope.fact(_topics(kafka.existing))
    names = found["topics"] if found else None
    if names is None:
        why = found["why"] if found else "nobody was asked"
        text = f"whether the cluster has a topic {kafka.topic!r} was not checked ({why})"
        scope.problem(
            path, text, help="see that the name is right", code="EVENT003", severity=Severity.NOTE
        )
    elif kafka.topic not in names:
        near = [each for each in names if not each.startswith("__")][:8]
        text = f"the cluster has no topic {kafka.topic!r}"
        scope.problem(path, text, help=f"its topics are: {', '.join(near) or 'none'}")


def _opens(there: Existing | None, scope: Scope) -> tuple[Json, Json]:
    """The ARN of the secret that opens a cluster, and its key, as far as AWS says.

    MSK asks for a prefix and for a key of one's own.
    """
    if there is None or there.secret_name is None:
        return None, None
    name, path = there.secret_name, ("kafka", "existing", "secretName")
    if scope.facts is None:
        return db.secret_arn(name, scope), None
    found = scope.fact(_secret(name))
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


def _function(kafka: Kafka, to: ToFunction, where: _Where, scope: Scope) -> Iterator[Node]:
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


def _policy(kafka: Kafka, where: _Where, scope: Scope, secret: Json, key: Json) -> Props:
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


def _lake(kafka: Kafka, to: ToLake, where: _Where, scope: Scope) -> Iterator[Node]:
    """A delivery stream that reads the topic, and the cluster's leave for Firehose to reach it."""
    here = ("kafka", "lake")
    role = scope.role("delivery", "firehose.amazonaws.com")
    stream.allow_consume(scope, role, where.arn, where.name, where.id, kafka.topic)
    spot = inside(scope, "DataSource", to.to, to.path, tree=True)
    writes = ("s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket")
    scope.grant(
        role,
        (*writes, "s3:ListBucketMultipartUploads", "s3:PutObject"),
        on=(spot.bucket, spot.objects),
    )
    if spot.key is not None:
        scope.grant(role, ("kms:Decrypt", "kms:GenerateDataKey"), on=(spot.key,))
    if kafka.existing is None:
        yield scope.node(
            scope.address(POLICY),
            {"ClusterArn": where.arn, "Policy": _leave(where.arn)},
            lines={(): here},
        )
    prefix = scope.export("DataSource", to.to, "prefix")
    base = "/".join(filter(None, (prefix, to.path)))
    yield scope.node(
        scope.address(FIREHOSE),
        {
            "DeliveryStreamType": "MSKAsSource",
            "MSKSourceConfiguration": {
                "MSKClusterARN": where.arn,
                "TopicName": kafka.topic,
                "AuthenticationConfiguration": {"Connectivity": "PRIVATE", "RoleARN": role.arn},
            },
            "ExtendedS3DestinationConfiguration": {
                "BucketARN": spot.bucket,
                "RoleARN": role.arn,
                "Prefix": f"{base}/",
                "ErrorOutputPrefix": f"{base}-failed/!{{firehose:error-output-type}}/",
                "CompressionFormat": "GZIP",
            },
        },
        lines={(): here, ("MSKSourceConfiguration", "TopicName"): ("kafka", "topic")},
    )


def _leave(arn: Json) -> Props:
    """Source: Firehose developer guide, "Grant Firehose access to your private Amazon MSK cluster"."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "firehose.amazonaws.com"},
        "Action": ["kafka:CreateVpcConnection"],
        "Resource": arn,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


_NONE = Lacking("is no topic of Kafka", "name a DataSource with 'kafka'")
register(
    Member(
        name="kafka",
        model=Kafka,
        summary="A topic of Kafka, and where its records go.",
        store=True,
        check=check,
        lookups=lookups,
        build=build,
        exports=exports,
        without=dict.fromkeys(("clusterArn", "topic", "topicArn"), _NONE),
    )
)
