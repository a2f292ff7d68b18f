"""What a Rollout spec says."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Choice,
    Maybe,
    Reference,
    Section,
    Share,
)
from reconciler.kinds.rollout.autoscale import Autoscale
from reconciler.kinds.rollout.expectation import Expectation
from reconciler.kinds.rollout.expose.spec import Expose
from reconciler.kinds.rollout.serve.asynchronous import Async
from reconciler.kinds.rollout.serve.batch import Batch
from reconciler.kinds.rollout.serve.explain import Explain
from reconciler.kinds.rollout.serve.multi_model import MultiModel
from reconciler.kinds.rollout.serve.realtime import Realtime
from reconciler.kinds.rollout.serve.serverless import Serverless
from reconciler.kinds.terms.deployment import Strategy
from reconciler.kinds.terms.freeze import Freeze
from reconciler.kinds.terms.key import KeyUse
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.terms.model import LATEST, Packaged, Registered
from reconciler.kinds.terms.name import EntityName
from reconciler.kinds.terms.network import Network

__all__ = ["LATEST", "Packaged", "Registered", "Rollout"]


class Serve(Choice):
    """How requests are answered: exactly one way."""

    realtime: Maybe[Realtime] = None
    serverless: Maybe[Serverless] = None
    async_: Maybe[Async] = Field(None, alias="async")
    multi_model: Maybe[MultiModel] = None
    batch: Maybe[Batch] = None


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
    drive: Maybe[Literal["ci", "cli", "aws"]] = None
    """Who moves the weights of a canary: jobs of CI (the default), a person, or AWS itself."""
    analysis: Annotated[tuple[Expectation, ...], Field(max_length=10)] = ()
    """What has to hold while a new version takes over."""
    freeze: Annotated[tuple[Freeze, ...], Field(max_length=50)] = ()
    """Times in which a rollout by weights goes no further. Going back is always possible."""
    on_failure: Literal["rollback", "none"] = "rollback"
    """Whether a violated analysis brings the old version back."""
    capture: Maybe[Capture] = None
    """Whether requests and answers are kept."""
    autoscale: Maybe[Autoscale] = None
    """How the number of instances, copies or warm containers follows the load."""
    explain: Maybe[Explain] = None
    """Whether answers are explained."""
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
