"""What a Training spec says, and which combinations SageMaker refuses."""

from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Reference, Section
from reconciler.kinds.packs import Pack, RepositoryPath
from reconciler.kinds.terms.asset import Elsewhere
from reconciler.kinds.terms.image import Custom, Framework
from reconciler.kinds.terms.key import KeyUse
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.terms.name import PipelineName
from reconciler.kinds.terms.network import Network
from reconciler.kinds.training.channel import Channel, ChannelName
from reconciler.kinds.training.compute import Compute
from reconciler.kinds.training.phases import Baseline, Evaluate, Plain, Prepare
from reconciler.kinds.training.registering import Register
from reconciler.kinds.training.running import Log, ParameterName, Trigger
from reconciler.kinds.training.tuning import MetricName, Regex, Tune
from reconciler.model.asset import Form


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


class Output(Section):
    """Where models and checkpoints are written, in a folder of its own for each execution."""

    to: Annotated[str, Reference("DataSource")]
    """The DataSource to write to."""
    path: Maybe[S3Path] = None
    """Where in it. By default ``training/NAME``."""


class Training(Section):
    """How a model is trained, judged and registered."""

    aws_name: Maybe[PipelineName] = None
    """The name of the pipeline in AWS. By default it is made of platform, environment and spec."""
    algorithm: Framework | Custom
    """The image that trains."""
    code: Maybe[Code] = None
    """A script for a framework image. Without one the image is a built-in algorithm."""
    prepare: Maybe[Prepare] = None
    """What is done to the data first."""
    inputs: Annotated[dict[ChannelName, Channel], Field(min_length=1, max_length=20)]
    """Channels by name."""
    compute: Compute
    output: Output
    hyperparameters: Annotated[dict[str, Plain], Field(max_length=100)] = Field(
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
    evaluate: Maybe[Evaluate] = None
    """How good a model is. By default its training's own metrics say so."""
    baseline: Maybe[Baseline] = None
    """Files about the data that go with a model."""
    register_: Maybe[Register] = Field(None, alias="register")
    """Where good models go."""
    parameters: Annotated[dict[ParameterName, Plain], Field(max_length=100)] = Field(
        default_factory=dict
    )
    """What may be changed for a single execution, with what it is otherwise. It is used as
    ``{parameters.NAME}`` in hyperparameters, arguments and environment variables."""
    cache: Maybe[Duration] = None
    """A step that ran with the same arguments in this time is not run again; its outputs are used.
    By default every step is run."""
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    """How often a step is tried again that AWS could not do: throttled, no capacity, over a quota,
    or a fault of its own. A script that fails is not tried again."""
    max_parallel: Annotated[int, Field(ge=1, le=200)] = 50
    """How many steps may run at a time."""
    trigger: Maybe[Trigger] = None
    """When executions start by themselves. By default ``moorline run`` starts them."""
    log: Maybe[Log] = None
    """Where executions are recorded, beside their logs."""
    key: Maybe[KeyUse] = None
    """The key for the disks of the instances. Types with disks of their own take none: the
    hardware encrypts those."""
    network: Maybe[Network] = None
    """A VPC to run in."""
    network_isolation: bool = False
    """Whether the container is kept from any network call."""
    encrypt_traffic: bool = False
    """Whether traffic between instances is encrypted; slower."""
