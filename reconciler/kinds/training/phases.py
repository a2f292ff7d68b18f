"""What a Training says of its phases before and after the training itself."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Section, Shorthand, Size
from reconciler.kinds.terms.asset import Script
from reconciler.kinds.terms.image import ImageUri, InstanceType, PythonVersion
from reconciler.kinds.training.channel import ChannelName, Data, Origin, OutputName

Plain: TypeAlias = bool | int | float | str
Metric: TypeAlias = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$", examples=["auc", "recall"])
]
"""A metric in ``evaluation.json``. It stands in a path of a condition, which has to be literal."""
ArgumentName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
BUILTIN: Literal["builtin"] = "builtin"


class Worker(Section):
    """The instance of a phase."""

    instance_type: InstanceType = "ml.m5.large"
    """The instance type."""
    volume: Size = "30GiB"
    """Its disk."""
    max_runtime: Duration = "1h"
    """The phase is stopped after this long. At most 5d."""


class Runs(Worker):
    """A phase that runs a script: an image, and one file."""

    framework: Maybe[str] = Field(None, examples=["sklearn", "xgboost", "pytorch"])
    """The framework whose image runs it. By default that of ``algorithm``."""
    version: Maybe[str] = Field(None, examples=["1.2-1"])
    """Its version, in quotes. By default that of ``algorithm``, or of Moorline's own steps."""
    python: Maybe[PythonVersion] = None
    """The Python version, where there is a choice. By default the newest."""
    image: Maybe[ImageUri] = None
    """An image of your own instead."""
    code: Maybe[Annotated[Script, Shorthand("file")]] = None
    """The script: a Python file of the repository, or an object that is built elsewhere."""
    arguments: Annotated[dict[ArgumentName, Plain], Field(max_length=40)] = Field(
        default_factory=dict
    )
    """Arguments by name, which the script gets as ``--NAME VALUE``. No secrets. They may hold
    ``{parameters.NAME}``."""
    environment: Annotated[dict[str, str], Field(max_length=90)] = Field(default_factory=dict)
    """Environment variables of the container. No secrets."""


class Prepare(Runs):
    """What is done to the data first, by a script.

    It finds what it reads in ``/opt/ml/processing/input/NAME``, and leaves outputs in
    ``/opt/ml/processing/output/NAME``.
    """

    needs: ClassVar[tuple[str, ...]] = ("code",)

    reads: Annotated[dict[ChannelName, Origin], Field(max_length=8)] = Field(default_factory=dict)
    """What it reads, by name. By default the ``inputs`` that are not prepared."""
    outputs: Annotated[tuple[OutputName, ...], Field(min_length=1, max_length=8)]
    """What it writes. An output with the name of an input takes its place in the training; any
    other is read as ``prepare.NAME``."""


class Evaluate(Runs):
    """How good the model is: ``builtin``, or by a script.

    A script finds ``model/model.tar.gz`` and ``data`` in ``/opt/ml/processing/input``, and writes
    ``{"metrics": {"auc": {"value": 0.9}}}`` as ``evaluation.json`` into
    ``/opt/ml/processing/output/evaluation``.
    """

    framework: Maybe[str] = Field(None, examples=["builtin", "sklearn"])
    """``builtin``, or the framework whose image runs the script. By default ``builtin``, and with
    ``code`` that of ``algorithm``."""
    data: Annotated[Data, Shorthand("from")] = Field(examples=["prepare.test"])
    """What the model is tried on; for ``builtin`` CSV without a header, the label first."""
    metrics: Annotated[tuple[Metric, ...], Field(min_length=1, max_length=20)]
    """The metrics that come of it."""
    threshold: Maybe[Annotated[float, Field(ge=0, le=1)]] = None
    """The answer from which on ``builtin`` takes a row for one of label 1."""


class Quality(Section):
    """What the columns of the training data are like, for monitors to compare with."""

    engine: Literal["builtin", "model-monitor"] = "builtin"
    """Moorline's own analysis, or that of Model Monitor, which takes no new customers."""


class Bias(Section):
    """How labels are spread over groups, before the training."""

    facet: Annotated[str, Field(min_length=1, max_length=128)] = Field(examples=["age_band"])
    """The column that tells the groups apart."""
    favoured: Annotated[str, Field(min_length=1, max_length=128)] = Field(examples=["adult"])
    """The value of the group that is thought to be favoured."""
    positive: Annotated[str, Field(min_length=1, max_length=128)] = "1"
    """The label that is good to have."""


class Baseline(Worker):
    """Files about the training data that go with the model."""

    needs = ("quality", "bias")

    data: Maybe[Annotated[Data, Shorthand("from")]] = Field(None, examples=["prepare.train"])
    """The data. By default the input ``train``, or the only one."""
    format: Literal["csv", "parquet", "jsonLines"] = "csv"
    """How it is written."""
    columns: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=128)], ...], Field(max_length=500)
    ] = ()
    """The names of its columns, in order, where CSV has no header."""
    label: Maybe[Annotated[str, Field(min_length=1, max_length=128)]] = Field(
        None, examples=["is_fraud"]
    )
    """The column with the label."""
    quality: Maybe[Quality] = None
    """What the columns are like."""
    bias: Maybe[Bias] = None
    """How labels are spread over groups."""


def own_code(evaluate: Evaluate) -> bool:
    """Whether a script of the user's evaluates."""
    return evaluate.code is not None or evaluate.framework not in {None, BUILTIN}
