"""What a spec says of a topic of Kafka."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Reference, Section
from reconciler.kinds.terms import database as db, private, stream
from reconciler.kinds.units import Duration

ClusterArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kafka:[a-z0-9-]+:[0-9]{12}:cluster/[^/*?{}\s]+/[0-9a-f-]+$",
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
    str, Field(pattern=r"^(arn:aws[a-z-]*:(sqs|sns|s3):[^*?{}\s]+|kafka://[A-Za-z0-9._-]+)$")
]


class Existing(Section):
    """A cluster that Moorline must not manage."""

    cluster: ClusterArn
    """Its ARN."""
    auth: Literal["iam", "none", "scram"] = "iam"
    """How clients prove who they are."""
    secret_name: Maybe[db.SecretName] = None
    """With `scram`: the secret with user and password, whose name begins with `AmazonMSK_` and
    which has a key of one's own. It has to be associated with the cluster."""


class ToFunction(Section):
    """A function of Lambda that is invoked with records."""

    function: FunctionArn
    """Its ARN, with an alias or a version where one is meant."""
    role: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]
    """The name of the function's role, which is allowed to read the topic."""
    start: Literal["oldest", "newest"] = "newest"
    """Where reading begins. It is fixed once it has begun."""
    batch: Annotated[int, Field(ge=1, le=10000)] = 100
    """How many records one invocation has at most."""
    wait: Maybe[Duration] = None
    """How long it waits for that many, up to 300 seconds."""
    on_failure: Maybe[Failure] = None
    """Where records go that were given up: a queue, a topic or a bucket by its ARN, or another
    topic of Kafka as `kafka://NAME`."""
    enabled: bool = True
    """Whether it is invoked."""


class ToLake(Section):
    """Objects in a DataSource, as they come: one record a line."""

    to: Annotated[str, Reference("DataSource")]
    """A DataSource with `s3`."""
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9!_.'()/=-]{1,200}[A-Za-z0-9!_.'()=-]$")] = (
        "kafka"
    )
    """Where in it."""


class Kafka(Section):
    """A topic of a serverless cluster of its own, or of one that exists already."""

    topic: stream.Topic
    """The name of the topic."""
    existing: Maybe[Existing] = None
    """A cluster that Moorline must not manage. By default it makes one."""
    network: Maybe[private.Private] = None
    """Where a cluster of its own stands."""
    function: Maybe[ToFunction] = None
    """Invoke a function with records."""
    lake: Maybe[ToLake] = None
    """Deliver records into the lake by Firehose."""
