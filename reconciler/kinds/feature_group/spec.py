"""What a FeatureGroup spec says."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Reference, Section, Shorthand
from reconciler.kinds.terms.key import KeyUse
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.terms.name import GroupName

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}$")]
MOST = 2500
_CAPACITY = 10_000_000


class Feature(Section):
    """One feature. A plain text is its type."""

    type: Literal["string", "integral", "fractional"]
    """What its values are."""
    description: str = ""
    """What it means and how it is computed."""


class Online(Section):
    """Low-latency reads of the latest record."""

    expire_after: Maybe[Duration] = None
    """Records vanish this long after their event time. By default they stay."""
    storage: Literal["standard", "inMemory"] = "standard"
    """``inMemory`` is faster and dearer."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the records. By default one of AWS."""


class Offline(Section):
    """The history of all records, in S3, for training."""

    format: Literal["glue", "iceberg"] = "iceberg"
    """The table format. Iceberg tables can be compacted, and are read through the catalog only; a
    Training reads the files of Glue tables."""
    to: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource to write to. By default the group gets a bucket of its own."""
    path: Maybe[S3Path] = None
    """Where in the DataSource. By default ``features``."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the objects. By default that of the DataSource."""
    glue_table: bool = True
    """Whether a table in the Glue catalog is made, so that Athena can query the history. An
    Iceberg table is always in the catalog."""


class Throughput(Section):
    """Capacity of the online store that is paid for in advance."""

    read: Annotated[int, Field(ge=0, le=_CAPACITY)]
    """Read capacity units."""
    write: Annotated[int, Field(ge=0, le=_CAPACITY)]
    """Write capacity units."""


class FeatureGroup(Section):
    """Features that share a record id and an event time."""

    version: Annotated[int, Field(ge=1, le=9999)] = 1
    """Part of the name: ``customer-v2`` lives beside ``customer-v1``. Raise it when features
    are removed or retyped."""
    aws_name: Maybe[GroupName] = None
    """The name of the feature group in AWS, without a version. By default it is made of platform,
    environment, spec and version."""
    record_id: Name
    """The feature that identifies a record."""
    event_time: Name
    """The feature that orders the versions of a record: text in ISO 8601, or seconds."""
    features: Annotated[
        dict[Name, Annotated[Feature, Shorthand("type")]], Field(min_length=1, max_length=MOST)
    ]
    """The features by name. Features can be added at any time, never removed or retyped."""
    online: Maybe[Online] = None
    """A store for predictions."""
    offline: Maybe[Offline] = None
    """A store for training."""
    throughput: Maybe[Throughput] = None
    """Provisioned capacity. By default capacity follows demand."""
