"""kafka: a topic of a cluster of MSK, and where its records go: to a function, or into the lake.

A managed cluster is serverless and proves identities by IAM, which is the only way that it knows.
Permissions name the topic. Nothing here makes the topic: who writes to it does.
"""

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Lacking, Lookup, Problem, Scope, seconds
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.broker.consume import Where, function_nodes, secret_lookup
from reconciler.kinds.data_source.broker.spec import Existing, Kafka, ToLake
from reconciler.kinds.terms import database as db, private, stream
from reconciler.kinds.terms.location import inside
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

CLUSTER = "AWS::MSK::ServerlessCluster"
POLICY = "AWS::MSK::ClusterPolicy"
FIREHOSE = "AWS::KinesisFirehose::DeliveryStream"
PORT = 9098
"""Of brokers that prove identities by IAM. Source: MSK developer guide, "Port information"."""


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
    if kafka.function and not stream.POLLED.fullmatch(kafka.topic):
        text = f"Lambda reads no topic {kafka.topic!r}"
        help_ = "it takes names of two characters or more that do not begin with a dot"
        yield Problem((*here, "topic"), text, help_)
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
            yield secret_lookup(there.secret_name)


def _topics(there: Existing) -> Lookup:
    return Lookup("kafka-topics", (("cluster", there.cluster),))


def _where(kafka: Kafka, scope: Scope) -> Where:
    if there := kafka.existing:
        _, name, id_ = there.cluster.rsplit("/", 2)
        return Where(there.cluster, name, id_)
    address = scope.address(CLUSTER)
    return Where(Ref(address, "Arn"), address.name, "*")


def exports(kafka: Kafka, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    where = _where(kafka, scope)
    topic = stream.below(scope, where.name, where.id, "topic", kafka.topic)
    return {"clusterArn": where.arn, "topic": kafka.topic, "topicArn": topic}


def build(kafka: Kafka, _spec: Source, scope: Scope) -> Iterator[Node]:
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
        yield from function_nodes(kafka, kafka.function, where, scope)
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


def _lake(kafka: Kafka, to: ToLake, where: Where, scope: Scope) -> Iterator[Node]:
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
    """Source: Firehose developer guide, "Grant Firehose access to your private MSK cluster"."""
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
