"""What a Rollout spec says."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Choice,
    Duration,
    Maybe,
    Reference,
    Section,
    Share,
    Shorthand,
    Size,
)
from reconciler.kinds.rollout.expose.spec import Expose
from reconciler.kinds.terms.alarm import Errors, Latency, Level, Statistic, Traffic
from reconciler.kinds.terms.deployment import Strategy
from reconciler.kinds.terms.image import ImageUri, InstanceType, PythonVersion
from reconciler.kinds.terms.key import KeyUse
from reconciler.kinds.terms.location import Location, S3Path
from reconciler.kinds.terms.name import EntityName
from reconciler.kinds.terms.network import Network

LATEST = "latest-approved"
_ENVIRONMENT = 100


class Registered(Section):
    """A version from a model registry."""

    registry: Annotated[str, Reference("ModelRegistry")]
    """The registry that has the version."""
    version: Annotated[int, Field(ge=1)] | Literal["latest-approved"] = "latest-approved"
    """A version number, or the newest one that is approved."""
    environment: Annotated[dict[str, str], Field(max_length=_ENVIRONMENT)] = Field(
        default_factory=dict
    )
    """Environment variables of the container, over those of the version. No secrets."""


class Packaged(Section):
    """A model file, and the image that serves it."""

    artifact: Annotated[Location, Shorthand("uri")]
    """The model.tar.gz: a URI, or a DataSource and a path."""
    etag: Maybe[Annotated[str, Field(pattern=r"^[0-9a-f]{32}(-[0-9]{1,5})?$")]] = None
    """The ETag that the file must have, as S3 shows it without quotes. By default the model
    follows the file: another one under the same key is another model."""
    framework: Maybe[str] = Field(None, examples=["xgboost", "pytorch"])
    """The framework of an image that AWS maintains."""
    version: Maybe[str] = Field(None, examples=["1.7-1"])
    """Its version, in quotes."""
    python: Maybe[PythonVersion] = None
    """Its Python version, where there is a choice."""
    image: Maybe[ImageUri] = None
    """An image of your own, instead of a framework."""
    environment: Annotated[dict[str, str], Field(max_length=_ENVIRONMENT)] = Field(
        default_factory=dict
    )
    """Environment variables of the container. No secrets."""


class Realtime(Section):
    """Instances that are always on and answer at once."""

    instance_type: InstanceType
    """The instance type of each of them."""
    instances: Annotated[int, Field(ge=1)]
    """How many."""
    variant: Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")] = "primary"
    """The name of the variant. Guardrails need it to stay the same from version to version."""
    volume: Maybe[Size] = None
    """Disk of each instance, 1 to 512 GiB. By default what the instance type has. Types with
    disks of their own take none."""
    download_timeout: Maybe[Duration] = None
    """How long the download of the model may take. 1m to 1h."""
    startup_timeout: Maybe[Duration] = None
    """How long the container may take until it is healthy. 1m to 1h."""


class Serve(Choice):
    """How requests are answered: exactly one way."""

    realtime: Maybe[Realtime] = None


class Expectation(Section):
    """What has to hold while a new version takes over, or it is rolled back."""

    metric: Literal[Latency, Errors, Traffic]
    """A metric of the endpoint."""
    statistic: Maybe[Statistic] = None
    """By default p99 for latencies and the sum for counts."""
    below: Maybe[Level] = None
    """It has to stay below this: a number, a time such as 250ms for latencies, or a share of the
    requests such as 1% for errors."""
    above: Maybe[Level] = None
    """It has to stay above this."""
    at_least: Maybe[Level] = None
    """It has to be this or more."""
    at_most: Maybe[Level] = None
    """It has to be this or less."""
    for_: Duration = Field("1m", alias="for")
    """How long it has to be violated, in whole minutes."""


class Capture(Section):
    """Requests and answers kept in S3, for monitoring and retraining."""

    sampling: Share
    """The share of the requests, in whole per cent."""
    to: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource to write to. By default the endpoint gets a bucket of its own."""
    path: Maybe[S3Path] = None
    """Where in the DataSource. By default ``capture/NAME``."""
    modes: Annotated[tuple[Literal["input", "output"], ...], Field(min_length=1, max_length=2)] = (
        "input",
        "output",
    )
    """What is kept."""


class Rollout(Section):
    """A model behind an endpoint, and how new versions of it take over."""

    model: Registered | Packaged
    """What is served."""
    aws_name: Maybe[EntityName] = None
    """The name of the endpoint in AWS, by which it is called. By default it is made of platform,
    environment and spec."""
    serve: Serve
    """How requests are answered."""
    strategy: Maybe[Strategy] = None
    """How a new version takes over. By default all at once."""
    analysis: Annotated[tuple[Expectation, ...], Field(max_length=10)] = ()
    """What has to hold while a new version takes over."""
    on_failure: Literal["rollback", "none"] = "rollback"
    """Whether a violated analysis brings the old version back."""
    capture: Maybe[Capture] = None
    """Whether requests and answers are kept."""
    key: Maybe[KeyUse] = None
    """The key for the disks of the instances. It does not cover disks that a type has of its
    own: the hardware encrypts those."""
    keep_revisions: Annotated[int, Field(ge=1, le=20)] = 1
    """How many models and configurations are kept for a way back, the live one included."""
    network_isolation: bool = False
    """Whether the container is kept from any network call."""
    network: Maybe[Network] = None
    """A VPC to run in."""
    expose: Maybe[Expose] = None
    """What stands in front of the endpoint. By default nothing does: only who may use the AWS API
    of SageMaker can call it."""


def realtime_of(spec: Rollout) -> Realtime:
    """The one way to serve there is today; further ways become further members of `Serve`."""
    if spec.serve.realtime is None:  # a choice has exactly one member
        raise AssertionError
    return spec.serve.realtime
