"""What a FeatureGroup spec says."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Reference, Section, Shorthand
from reconciler.kinds.terms.account import Account
from reconciler.kinds.terms.key import KeyUse
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.terms.name import GroupName

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}$")]
MOST = 2500
_CAPACITY = 10_000_000
_WIDEST = 8192
Tag = Annotated[str, Field(pattern=r"^[\w .:/=+-]+$", min_length=1, max_length=255)]
"""A key or a value of a parameter. Source: SageMaker API, FeatureParameter."""
CatalogName = Annotated[
    str, Field(pattern=r"^[a-z0-9_]+$", min_length=1, max_length=255, examples=["customer_v1"])
]
"""What Athena can query without quotes. Source: Athena user guide, "Name databases, tables, and
columns"; SageMaker developer guide, "Offline store"."""


class Feature(Section):
    """One feature. A plain text is its type."""

    type: Literal["string", "integral", "fractional"]
    """What its values are, or those of its elements."""
    collection: Maybe[Literal["list", "set", "vector"]] = None
    """Many values in one feature: ``list`` keeps their order, ``set`` each once, ``vector`` a fixed
    number of fractions. They need a store in memory."""
    dimension: Maybe[Annotated[int, Field(ge=1, le=_WIDEST)]] = None
    """How many elements a vector has."""
    description: Annotated[str, Field(pattern=r"^.*$", max_length=255)] = ""
    """What it means and how it is computed; kept with the feature in AWS."""
    parameters: Annotated[dict[Tag, Tag], Field(max_length=25)] = Field(default_factory=dict)
    """Further words on it by key, such as a unit or its source; kept with the feature in AWS."""


class Online(Section):
    """Low-latency reads of the latest record."""

    expire_after: Maybe[Duration] = None
    """Records vanish this long after their event time. By default they stay."""
    storage: Literal["standard", "standardV2", "inMemory"] = "standard"
    """``inMemory`` is faster and dearer, and takes collections. ``standardV2`` also takes updates
    of single features; a live ``standard`` store becomes one in place, and never goes back."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the records. By default one of AWS."""


class Catalog(Section):
    """The table of the history in the Glue catalog."""

    database: CatalogName
    """The database, in small letters, digits and underscores."""
    table: CatalogName
    """The table, likewise."""
    catalog: Annotated[str, Field(min_length=1, max_length=255)] = "AwsDataCatalog"
    """The catalog that Athena knows."""


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
    Iceberg table is always in the catalog. With a ``catalog`` and without this, that table is one
    of yours and has to be there."""
    catalog: Maybe[Catalog] = None
    """Names for the table. By default AWS makes them, with a time in them."""


class Throughput(Section):
    """Capacity of the online store that is paid for in advance."""

    read: Annotated[int, Field(ge=0, le=_CAPACITY)]
    """Read capacity units."""
    write: Annotated[int, Field(ge=0, le=_CAPACITY)]
    """Write capacity units."""


Features = Annotated[
    dict[Name, Annotated[Feature, Shorthand("type")]], Field(min_length=1, max_length=MOST)
]
Principal = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*?{}\s]+$",
        examples=["arn:aws:iam::123456789012:role/science"],
    ),
]
Organization = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:organizations::[0-9]{12}:(organization/o-[a-z0-9]{10,32}"
        r"|ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$",
        examples=["arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5"],
    ),
]


class Share(Section):
    """Who else may use the features. Everybody reads the history by taking a role that is made."""

    needs = ("accounts", "organizations", "teams")

    accounts: tuple[Account, ...] = ()
    """Other accounts: their administrators decide who in them."""
    organizations: tuple[Organization, ...] = ()
    """A whole organization, or a unit of one."""
    teams: Annotated[dict[Name, Principal], Field(max_length=50)] = Field(default_factory=dict)
    """Roles of people or workloads, by the name of the team, in any account."""
    access: Literal["read", "readWrite", "admin"] = "read"
    """What they may do with records: read, also put and delete, also change the group."""
    external: bool = False
    """Whether accounts outside of your organization may be among them. They have to accept an
    invitation."""


class Earlier(Section):
    """A major version that goes on beside the present one. What is left out is as in that."""

    migration: Annotated[str, Field(min_length=1, max_length=500)]
    """What those who use it have to do to move on."""
    features: Features
    """The features that it has."""
    record_id: Maybe[Name] = None
    """The feature that identifies a record."""
    event_time: Maybe[Name] = None
    """The feature that orders the versions of a record."""
    online: Maybe[Online] = None
    """Its store for predictions."""
    offline: Maybe[Offline] = None
    """Its store for training."""
    throughput: Maybe[Throughput] = None
    """Its provisioned capacity."""


Version = Annotated[int, Field(ge=1, le=9999)]
Number = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$")]


class FeatureGroup(Section):
    """Features that share a record id and an event time."""

    version: Version = 1
    """Part of the name: ``customer-v2`` lives beside ``customer-v1``. Raise it when features
    are removed or retyped, and keep the other one under ``earlier`` while anybody uses it."""
    earlier: Annotated[dict[Number, Earlier], Field(max_length=20)] = Field(default_factory=dict)
    """Major versions that are still used, by their numbers, in quotes."""
    aws_name: Maybe[GroupName] = None
    """The name of the feature group in AWS, without a version. By default it is made of platform,
    environment, spec and version."""
    existing: Maybe[
        Annotated[
            str,
            Field(
                pattern=r"^(arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:feature-group/)?"
                r"[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}$",
                examples=["arn:aws:sagemaker:eu-west-1:210987654321:feature-group/customer-v1"],
            ),
        ]
    ] = None
    """The name of a group that somebody else manages, or the ARN of one that another account
    shares. It is only read, and has to have what this spec says."""
    record_id: Name
    """The feature that identifies a record."""
    event_time: Name
    """The feature that orders the versions of a record: text in ISO 8601, or seconds."""
    features: Features
    """The features by name. Features can be added at any time, never removed or retyped."""
    online: Maybe[Online] = None
    """A store for predictions."""
    offline: Maybe[Offline] = None
    """A store for training."""
    throughput: Maybe[Throughput] = None
    """Provisioned capacity. By default capacity follows demand. AWS lets a group go back to that
    once in 24 hours."""
    share: Maybe[Share] = None
    """Who else may use the features."""


def at_version(spec: FeatureGroup, number: int) -> FeatureGroup:
    """What the spec says of one of its major versions, as if it had only that."""
    if number == spec.version:
        return spec
    old = spec.earlier[str(number)]
    given = {
        name: value
        for name in ("record_id", "event_time", "features", "online", "offline", "throughput")
        if (value := getattr(old, name)) is not None
    }
    return spec.model_copy(update={**given, "version": number, "earlier": {}})


def versions(spec: FeatureGroup) -> tuple[int, ...]:
    """Its major versions, the oldest first."""
    return (*sorted(map(int, spec.earlier)), spec.version)
