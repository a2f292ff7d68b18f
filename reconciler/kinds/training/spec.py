"""What a Training spec says, and which combinations SageMaker refuses."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Maybe, Reference, Section
from reconciler.kinds.packs import Pack, RepositoryPath
from reconciler.kinds.terms.asset import Elsewhere
from reconciler.kinds.terms.image import Custom, Framework, InstanceType
from reconciler.kinds.terms.key import KeyUse
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.terms.name import PipelineName
from reconciler.kinds.terms.network import Network
from reconciler.kinds.training.compute import Compute
from reconciler.kinds.training.tuning import MetricName, Regex, Scalar, Tune
from reconciler.model.asset import Form

ChannelName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class Code(Elsewhere):
    """A training script for a framework image, pinned to what was reviewed."""

    needs = ("folder", "source")

    folder: Maybe[Annotated[RepositoryPath, Pack(Form.TAR)]] = Field(None, examples=["training"])
    """The folder in the repository that becomes the archive."""
    path: Maybe[S3Path] = Field(None, examples=["code/fraud-4f2c9e1.tar.gz"])
    """The archive (tar.gz) in the DataSource; best with the commit in its name."""
    entry_point: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*\.(py|sh)$")]
    """The script inside of it."""
    commit: Maybe[Annotated[str, Field(pattern=r"^[0-9a-f]{7,40}$")]] = None
    """The Git commit it was built from, where it is built elsewhere."""


class Channel(Section):
    """One input: a DataSource, or the history of a FeatureGroup."""

    needs = ("source", "featureGroup")

    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource to read."""
    feature_group: Maybe[Annotated[str, Reference("FeatureGroup")]] = None
    """The FeatureGroup whose offline store is read."""
    version: Maybe[Annotated[int, Field(ge=1, le=9999)]] = None
    """Which major version of the FeatureGroup. By default its present one; say it, so that a new
    one does not change what is learned from."""
    path: Maybe[S3Path] = None
    """Where in the DataSource; a prefix."""
    content_type: Maybe[str] = Field(None, examples=["text/csv", "application/x-parquet"])
    """What the objects are."""
    mode: Literal["file", "fastFile", "pipe"] = "file"
    """``file`` copies first; ``fastFile`` and ``pipe`` stream."""
    distribution: Literal["fullyReplicated", "shardedByS3Key"] = "fullyReplicated"
    """Whether every instance gets all objects or a share of them."""


class Output(Section):
    """Where models and checkpoints are written, in a folder of its own for each execution."""

    to: Annotated[str, Reference("DataSource")]
    """The DataSource to write to."""
    path: Maybe[S3Path] = None
    """Where in it. By default ``training/NAME``."""


class Evaluation(Section):
    """When a model is good enough to be registered."""

    metric: MetricName
    """A metric of the training job; with tuning, its objective."""
    above: Maybe[float] = None
    """A model passes above this value."""
    below: Maybe[float] = None
    """A model passes below this value."""
    at_least: Maybe[float] = None
    """A model passes from this value on."""
    at_most: Maybe[float] = None
    """A model passes up to this value."""
    regex: Maybe[Regex] = None
    """Finds the value in the log. Built-in algorithms report theirs by themselves."""


def bounds(evaluation: Evaluation) -> dict[str, float]:
    """The bounds that an evaluation gives, by name; one, if it is right."""
    given = {
        "above": evaluation.above,
        "below": evaluation.below,
        "atLeast": evaluation.at_least,
        "atMost": evaluation.at_most,
    }
    return {name: level for name, level in given.items() if level is not None}


class Register(Section):
    """How a good model becomes a version in a registry."""

    registry: Annotated[str, Reference("ModelRegistry")]
    """The registry that gets the version."""
    approval: Literal["manual", "automatic"] = "manual"
    """Whether a person approves the version before it is deployed."""
    inference: Maybe[Framework | Custom] = None
    """The image that serves it. By default the one of ``algorithm``, for inference."""
    content_types: Annotated[tuple[str, ...], Field(min_length=1)] = ("text/csv",)
    """What requests look like."""
    response_types: Annotated[tuple[str, ...], Field(min_length=1)] = ("text/csv",)
    """What answers look like."""
    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1)]
    """Instance types an endpoint may use."""


class Training(Section):
    """How a model is trained, judged and registered."""

    aws_name: Maybe[PipelineName] = None
    """The name of the pipeline in AWS. By default it is made of platform, environment and spec."""
    algorithm: Framework | Custom
    """The image that trains."""
    code: Maybe[Code] = None
    """A script for a framework image. Without one the image is a built-in algorithm."""
    inputs: Annotated[dict[ChannelName, Channel], Field(min_length=1, max_length=20)]
    """Channels by name."""
    compute: Compute
    output: Output
    hyperparameters: Annotated[dict[str, Scalar], Field(max_length=100)] = Field(
        default_factory=dict
    )
    """Fixed hyperparameters."""
    environment: Annotated[dict[str, str], Field(max_length=90)] = Field(default_factory=dict)
    """Environment variables of the container. No secrets."""
    metrics: Annotated[dict[MetricName, Regex], Field(max_length=20)] = Field(default_factory=dict)
    """Further metrics to record: name, and where its value is in the log."""
    checkpoints: bool = False
    """Whether the container's ``/opt/ml/checkpoints`` is kept, so that spot jobs resume."""
    tune: Maybe[Tune] = None
    """Search for hyperparameters."""
    evaluation: Maybe[Evaluation] = None
    """When a model is good enough. By default each is registered."""
    register_: Maybe[Register] = Field(None, alias="register")
    """Where good models go."""
    key: Maybe[KeyUse] = None
    """The key for the disks of the instances. Types with disks of their own take none: the
    hardware encrypts those."""
    network: Maybe[Network] = None
    """A VPC to run in."""
    network_isolation: bool = False
    """Whether the container is kept from any network call."""
    encrypt_traffic: bool = False
    """Whether traffic between instances is encrypted; slower."""
