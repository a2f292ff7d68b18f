"""kind: FeatureGroup. Features that share a record id and an event time.

The version is part of the AWS name, so that a breaking change makes a new
group beside the old one instead of destroying records.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Duration,
    Kind,
    Maybe,
    Problem,
    Reference,
    Role,
    Scope,
    Section,
    Shorthand,
    register,
)
from reconciler.kinds.terms.bucket import TYPE as BUCKET, bucket_exports, bucket_props
from reconciler.kinds.terms.key import KeyUse, key_arn, report_missing
from reconciler.kinds.terms.location import S3Path, Spot, inside
from reconciler.kinds.terms.permissions import allow_read
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

TYPE = "AWS::SageMaker::FeatureGroup"
Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}$")]
RESERVED = frozenset({"is_deleted", "write_time", "api_invocation_time"})
"""Names that SageMaker adds to the offline store itself."""
MOST = 2500
_TYPES = {"string": "String", "integral": "Integral", "fractional": "Fractional"}
_STORAGE = {"standard": "Standard", "inMemory": "InMemory"}
_UNITS = {"s": "Seconds", "m": "Minutes", "h": "Hours", "d": "Days"}
_CAPACITY = 10_000_000


class Feature(Section):
    """One feature. A plain text is its type."""

    type: Literal["string", "integral", "fractional"]
    """What its values are."""
    description: str = ""
    """What it means and how it is computed."""


class Online(Section):
    """Low-latency reads of the latest record."""

    ttl: Maybe[Duration] = None
    """Records vanish this long after their event time. By default they stay."""
    storage: Literal["standard", "inMemory"] = "standard"
    """``inMemory`` is faster and dearer."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the records. By default one of AWS."""


class Offline(Section):
    """The history of all records, in S3, for training."""

    format: Literal["Glue", "Iceberg"] = "Iceberg"
    """The table format; Iceberg tables can be compacted."""
    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource to write to. By default the group gets a bucket of its own."""
    prefix: Maybe[S3Path] = None
    """Where in the DataSource. By default ``features``."""
    key: Maybe[KeyUse] = None
    """The key that encrypts the objects. By default that of the DataSource."""
    glue_table: bool = True
    """Whether a table in the Glue catalog is made, so that Athena can query the history."""


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


def check(spec: FeatureGroup) -> Iterator[Problem]:
    for alias, name in (("recordId", spec.record_id), ("eventTime", spec.event_time)):
        if name not in spec.features:
            help_ = f"add {name!r} to 'features', or name one of them"
            yield Problem((alias,), f"{name!r} is not one of the features", help_)
    time = spec.features.get(spec.event_time)
    if time is not None and time.type == "integral":
        help_ = "use string (ISO 8601) or fractional (seconds since 1970)"
        yield Problem(("features", spec.event_time), "an event time cannot be integral", help_)
    for name in spec.features:
        if name.lower() in RESERVED:
            text_ = f"{name!r} is a name that SageMaker uses itself"
            yield Problem(("features", name), text_, "choose another name")
    yield from _check_stores(spec)


def _check_stores(spec: FeatureGroup) -> Iterator[Problem]:
    online, offline = spec.online, spec.offline
    if online is None and offline is None:
        help_ = "add 'online: {}', 'offline: {}' or both"
        yield Problem((), "a feature group needs a store", help_)
    if spec.throughput is not None and online is not None and online.storage != "standard":
        help_ = "remove 'throughput', or use standard storage"
        yield Problem(("throughput",), "in-memory storage takes no provisioned capacity", help_)
    if offline is not None and offline.prefix and offline.source is None:
        yield Problem(("offline", "prefix"), "a prefix needs a source", "add 'source'")


def exports(spec: FeatureGroup, scope: Scope) -> Mapping[str, Json]:
    group = _group(spec, scope)
    shared: dict[str, Json] = {
        "featureGroup": Ref(group, "FeatureGroupName"),
        "arn": scope.arn("sagemaker", f"feature-group/{group.name}"),
        "uri": None,
    }
    if spec.offline is None:
        return shared
    spot = _spot(spec.offline, scope)
    place = scope.place
    # SageMaker adds a time stamp to the last folder, so this is a prefix of the real place.
    path = f"{place.account}/sagemaker/{place.region}/offline-store/{group.name}-"
    prefix = "/".join(filter(None, (_prefix(spec.offline, scope), path)))
    where = {"bucketArn": spot.bucket, "keyArn": spot.key}
    return {**shared, "uri": text(spot.uri, "/", path), "prefix": prefix, **where}


def build(spec: FeatureGroup, scope: Scope) -> Iterator[Node]:
    props: dict[str, Json] = {
        "RecordIdentifierFeatureName": spec.record_id,
        "EventTimeFeatureName": spec.event_time,
        "FeatureDefinitions": [
            {"FeatureName": name, "FeatureType": _TYPES[feature.type]}
            for name, feature in spec.features.items()
        ],
    }
    # Both stores are always said, so that a store that leaves the spec shows as a difference.
    props["OnlineStoreConfig"] = {"EnableOnlineStore": False}
    props["OfflineStoreConfig"] = {}
    if spec.online is not None:
        report_missing(spec.online.key, scope, ("online", "key"))
        props["OnlineStoreConfig"] = _online(spec.online, scope)
        props["ThroughputConfig"] = _throughput(spec.throughput)
    if spec.offline is not None:
        report_missing(spec.offline.key, scope, ("offline", "key"))
        if spec.offline.source is None:
            yield _own_bucket(spec.offline, scope)
        spot = _spot(spec.offline, scope)
        props["OfflineStoreConfig"] = _offline(spec.offline, spot)
        props["RoleArn"] = _role(spec.offline, spot, scope).arn
    yield scope.node(_group(spec, scope), props, lines=_lines(spec))


def _group(spec: FeatureGroup, scope: Scope) -> Address:
    return scope.address(TYPE, f"v{spec.version}")


def _lines(spec: FeatureGroup) -> Mapping[Path, Path]:
    features: dict[Path, Path] = {
        ("FeatureDefinitions", name): ("features", name) for name in spec.features
    }
    return {
        ("FeatureDefinitions",): ("features",),
        **features,
        ("RecordIdentifierFeatureName",): ("recordId",),
        ("EventTimeFeatureName",): ("eventTime",),
        ("OnlineStoreConfig",): ("online",),
        ("OnlineStoreConfig", "TtlDuration"): ("online", "ttl"),
        ("OnlineStoreConfig", "StorageType"): ("online", "storage"),
        ("OnlineStoreConfig", "SecurityConfig"): ("online", "key"),
        ("OfflineStoreConfig",): ("offline",),
        ("OfflineStoreConfig", "TableFormat"): ("offline", "format"),
        ("OfflineStoreConfig", "S3StorageConfig"): ("offline", "source"),
        ("ThroughputConfig",): ("throughput",),
    }


def _online(online: Online, scope: Scope) -> Props:
    key = key_arn(online.key, scope)
    props: dict[str, Json] = {
        "EnableOnlineStore": True,
        "StorageType": _STORAGE[online.storage],
    }
    props["TtlDuration"] = {}  # said, so that removing the line shows as a difference
    if online.ttl is not None:
        props["TtlDuration"] = {"Unit": _UNITS[online.ttl[-1]], "Value": int(online.ttl[:-1])}
    return {**props, "SecurityConfig": {"KmsKeyId": key}} if key is not None else props


def _throughput(throughput: Throughput | None) -> Props:
    if throughput is None:
        return {"ThroughputMode": "OnDemand"}
    return {
        "ThroughputMode": "Provisioned",
        "ProvisionedReadCapacityUnits": throughput.read,
        "ProvisionedWriteCapacityUnits": throughput.write,
    }


def _offline(offline: Offline, spot: Spot) -> Props:
    storage = {"S3Uri": spot.uri}
    return {
        "S3StorageConfig": storage if spot.key is None else {**storage, "KmsKeyId": spot.key},
        "DisableGlueTableCreation": not offline.glue_table,
        "TableFormat": offline.format,
    }


def _prefix(offline: Offline, scope: Scope) -> str:
    """Where in the bucket the store begins."""
    if offline.source is None:
        return ""
    base = scope.export("DataSource", offline.source, "prefix")
    return "/".join(filter(None, (base, offline.prefix or "features")))


def _spot(offline: Offline, scope: Scope) -> Spot:
    key = key_arn(offline.key, scope)
    if offline.source is None:
        own = bucket_exports(scope.address(BUCKET, "offline"), key)
        arn = own["bucketArn"]
        return Spot(text("s3://", own["bucket"]), arn, text(arn, "/*"), key)
    spot = inside(scope, "DataSource", offline.source, offline.prefix or "features", tree=True)
    return spot if key is None else spot._replace(key=key)


def _own_bucket(offline: Offline, scope: Scope) -> Node:
    address = scope.address(BUCKET, "offline")
    props = bucket_props(scope, address, key=key_arn(offline.key, scope))
    return scope.node(address, props, lines={(): ("offline",)})


def _role(offline: Offline, spot: Spot, scope: Scope) -> Role:
    """The metadata of Iceberg tables is also read back and committed through Glue.

    AWS does not document that Feature Store sends for which resource it takes the role.
    Source: managed policy AmazonSageMakerFeatureStoreAccess; S3StorageConfig.KmsKeyId.
    """
    role = scope.role("feature-store", "sagemaker.amazonaws.com")
    scope.grant(role, ("s3:PutObject", "s3:PutObjectAcl"), on=(spot.objects,))
    scope.grant(role, ("s3:GetBucketAcl",), on=(spot.bucket,))
    if spot.key is not None:
        scope.grant(role, ("kms:GenerateDataKey",), on=(spot.key,))
    if offline.format == "Iceberg":
        metadata = spot._replace(objects=text(spot.objects, "/metadata/*"))
        allow_read(scope, role, metadata)
        catalog = ("catalog", "database/sagemaker_featurestore", "table/sagemaker_featurestore/*")
        glue = [scope.arn("glue", resource) for resource in catalog]
        scope.grant(role, ("glue:GetTable", "glue:UpdateTable"), on=glue)
    return role


register(
    Kind(
        name="FeatureGroup",
        model=FeatureGroup,
        summary="Features that share a record id and an event time.",
        check=check,
        build=build,
        exports=exports,
        example="""\
recordId: customer_id
eventTime: event_time
features:
  customer_id: string
  event_time: string
  txn_count_7d: {type: integral, description: Transactions in the last 7 days.}
online: {ttl: 30d}
offline: {format: Iceberg}
""",
    )
)
