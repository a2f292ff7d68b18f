"""Data of a training: where each input comes from."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Maybe, Reference, Section, Shorthand, Size
from reconciler.kinds.packs import Pack, RepositoryPath
from reconciler.kinds.terms.location import S3Path
from reconciler.model.asset import Form

ChannelName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
OutputName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]{0,39}$")]
Prepared: TypeAlias = Annotated[
    str, Field(pattern=r"^prepare\.[a-z][A-Za-z0-9_]{0,39}$", examples=["prepare.train"])
]
"""What the prepare phase writes: its name behind a dot."""
AsOf: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^(execution|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)$",
        examples=["execution", "2026-10-01", "2026-10-01T06:00:00Z"],
    ),
]
EXECUTION: Literal["execution"] = "execution"


class Query(Section):
    """A statement of Athena over the offline store."""

    needs = ("sql", "file")

    sql: Maybe[Annotated[str, Field(min_length=1, max_length=4096)]] = None
    """The statement. ``{table}`` stands for the table of the feature group, ``{asOf}`` for the
    moment of ``asOf`` as its event time is written."""
    file: Maybe[Annotated[RepositoryPath, Pack(Form.FILE)]] = Field(
        None, examples=["sql/train.sql"]
    )
    """A file of the repository with the statement, of at most 250 KB."""
    max_scan: Maybe[Size] = None
    """How much data the statement may read; one that reads more is ended."""


class Data(Section):
    """Data that a phase reads: of a DataSource, or what the prepare phase writes."""

    needs: ClassVar[tuple[str, ...]] = ("from", "source")

    from_: Maybe[Prepared] = Field(None, alias="from")
    """What the prepare phase writes."""
    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource to read."""
    path: Maybe[S3Path] = None
    """Where in the DataSource; a prefix."""


class Origin(Data):
    """Data that a phase reads: also the history of a FeatureGroup."""

    needs = ("from", "source", "featureGroup")

    feature_group: Maybe[Annotated[str, Reference("FeatureGroup")]] = None
    """The FeatureGroup whose offline store is read."""
    version: Maybe[Annotated[int, Field(ge=1, le=9999)]] = None
    """Which major version of the FeatureGroup. By default its present one; say it, so that a new
    one does not change what is learned from."""
    query: Maybe[Annotated[Query, Shorthand("file")]] = None
    """What is read of the offline store. Without it, with ``asOf``, the record of each id that was
    the last one at that moment."""
    as_of: Maybe[AsOf] = None
    """The moment after which nothing counts: that of the ``execution``, or a day or second in
    UTC. Without ``query`` and ``asOf`` the files of the store are read, which an Iceberg table does
    not allow."""
    content_type: Maybe[str] = Field(None, examples=["text/csv", "application/x-parquet"])
    """What the objects are. A query writes Parquet, CSV without a header or lines of JSON
    (``application/jsonlines``) by it."""


class Channel(Origin):
    """One input of the training: of a DataSource or FeatureGroup, or what is prepared."""

    mode: Literal["file", "fastFile", "pipe"] = "file"
    """``file`` copies first; ``fastFile`` and ``pipe`` stream."""
    distribution: Literal["fullyReplicated", "shardedByS3Key"] = "fullyReplicated"
    """Whether every instance gets all objects or a share of them."""


def queried(origin: Data) -> bool:
    """Whether a query stands between the store and whoever reads it."""
    return isinstance(origin, Origin) and not (origin.query is None and origin.as_of is None)
