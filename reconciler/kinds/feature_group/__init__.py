"""kind: FeatureGroup. Features that share a record id and an event time.

The version is part of the AWS name, so that a breaking change makes a new
group beside the old one instead of destroying records.
"""

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Kind, Role, Scope, register
from reconciler.kinds.feature_group.check import check
from reconciler.kinds.feature_group.spec import FeatureGroup, Offline, Online, Throughput
from reconciler.kinds.terms.bucket import TYPE as BUCKET, bucket_exports, bucket_props
from reconciler.kinds.terms.key import key_arn, report_missing
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.name import named
from reconciler.kinds.terms.permissions import allow_read
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

TYPE = "AWS::SageMaker::FeatureGroup"
_TYPES = {"string": "String", "integral": "Integral", "fractional": "Fractional"}
_FORMATS = {"glue": "Glue", "iceberg": "Iceberg"}
_STORAGE = {"standard": "Standard", "inMemory": "InMemory"}
_UNITS = {"s": "Seconds", "m": "Minutes", "h": "Hours", "d": "Days"}


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
        if spec.offline.to is None:
            yield _own_bucket(spec.offline, scope)
        spot = _spot(spec.offline, scope)
        props["OfflineStoreConfig"] = _offline(spec.offline, spot)
        props["RoleArn"] = _role(spec.offline, spot, scope).arn
    yield scope.node(_group(spec, scope), props, lines=_lines(spec))


def _group(spec: FeatureGroup, scope: Scope) -> Address:
    return scope.address(TYPE, _version(spec))


def _version(spec: FeatureGroup) -> str:
    return f"v{spec.version}"


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
        ("OnlineStoreConfig", "TtlDuration"): ("online", "expireAfter"),
        ("OnlineStoreConfig", "StorageType"): ("online", "storage"),
        ("OnlineStoreConfig", "SecurityConfig"): ("online", "key"),
        ("OfflineStoreConfig",): ("offline",),
        ("OfflineStoreConfig", "DisableGlueTableCreation"): ("offline", "glueTable"),
        ("OfflineStoreConfig", "TableFormat"): ("offline", "format"),
        ("OfflineStoreConfig", "S3StorageConfig"): ("offline", "to"),
        ("ThroughputConfig",): ("throughput",),
    }


def _online(online: Online, scope: Scope) -> Props:
    key = key_arn(online.key, scope)
    props: dict[str, Json] = {
        "EnableOnlineStore": True,
        "StorageType": _STORAGE[online.storage],
    }
    props["TtlDuration"] = {}  # said, so that removing the line shows as a difference
    if online.expire_after is not None:
        props["TtlDuration"] = {
            "Unit": _UNITS[online.expire_after[-1]],
            "Value": int(online.expire_after[:-1]),
        }
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
        "TableFormat": _FORMATS[offline.format],
    }


def _prefix(offline: Offline, scope: Scope) -> str:
    """Where in the bucket the store begins."""
    if offline.to is None:
        return ""
    base = scope.export("DataSource", offline.to, "prefix")
    return "/".join(filter(None, (base, offline.path or "features")))


def _spot(offline: Offline, scope: Scope) -> Spot:
    key = key_arn(offline.key, scope)
    if offline.to is None:
        own = bucket_exports(scope.address(BUCKET, "offline"), key)
        arn = own["bucketArn"]
        return Spot(text("s3://", own["bucket"]), arn, text(arn, "/*"), key)
    spot = inside(scope, "DataSource", offline.to, offline.path or "features", tree=True)
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
    if offline.format == "iceberg":
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
        named=lambda spec: named(TYPE, spec.aws_name, suffix=_version(spec)),
        exports=exports,
        example="""\
recordId: customer_id
eventTime: event_time
features:
  customer_id: string
  event_time: string
  txn_count_7d: {type: integral, description: Transactions in the last 7 days.}
online: {expireAfter: 30d}
offline: {format: iceberg}
""",
    )
)
