"""Where a feature group keeps its records: properties of its stores, and the role that writes."""

from __future__ import annotations

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.feature_group.spec import FeatureGroup, Offline, Online, Throughput
from reconciler.kinds.terms.bucket import TYPE as BUCKET, bucket_exports, bucket_props
from reconciler.kinds.terms.key import key_arn
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.permissions import allow_read
from reconciler.kinds.terms.text import text
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props

_TYPES = {"string": "String", "integral": "Integral", "fractional": "Fractional"}
_COLLECTIONS = {"list": "List", "set": "Set", "vector": "Vector"}
_FORMATS = {"glue": "Glue", "iceberg": "Iceberg"}
_STORAGE = {"standard": "Standard", "standardV2": "Standard_V2", "inMemory": "InMemory"}
_UNITS = {"s": "Seconds", "m": "Minutes", "h": "Hours", "d": "Days"}


def definitions(spec: FeatureGroup) -> list[Json]:
    """The features as SageMaker takes them."""
    found: list[Json] = []
    for name, feature in spec.features.items():
        one: dict[str, Json] = {"FeatureName": name, "FeatureType": _TYPES[feature.type]}
        if feature.collection is not None:
            one["CollectionType"] = _COLLECTIONS[feature.collection]
        if feature.dimension is not None:
            one["CollectionConfig"] = {"VectorConfig": {"Dimension": feature.dimension}}
        found.append(one)
    return found


def metadata(spec: FeatureGroup) -> list[Json]:
    """What is said of each feature, of those alone of which something is."""
    found: list[Json] = []
    for name, feature in sorted(spec.features.items()):
        one: dict[str, Json] = {"FeatureName": name}
        if feature.description:
            one["Description"] = feature.description
        if feature.parameters:
            pairs = sorted(feature.parameters.items())
            one["Parameters"] = [{"Key": key, "Value": value} for key, value in pairs]
        if len(one) > 1:
            found.append(one)
    return found


def online(spec: Online, scope: Scope) -> Props:
    """The online store."""
    key = key_arn(spec.key, scope)
    props: dict[str, Json] = {"EnableOnlineStore": True, "StorageType": _STORAGE[spec.storage]}
    props["TtlDuration"] = {}  # said, so that removing the line shows as a difference
    if spec.expire_after is not None:
        props["TtlDuration"] = {
            "Unit": _UNITS[spec.expire_after[-1]],
            "Value": int(spec.expire_after[:-1]),
        }
    return {**props, "SecurityConfig": {"KmsKeyId": key}} if key is not None else props


def throughput(spec: Throughput | None) -> Props:
    """What is paid for in advance."""
    if spec is None:
        return {"ThroughputMode": "OnDemand"}
    return {
        "ThroughputMode": "Provisioned",
        "ProvisionedReadCapacityUnits": spec.read,
        "ProvisionedWriteCapacityUnits": spec.write,
    }


def offline(spec: Offline, spot: Spot) -> Props:
    """The offline store."""
    storage = {"S3Uri": spot.uri}
    props: dict[str, Json] = {
        "S3StorageConfig": storage if spot.key is None else {**storage, "KmsKeyId": spot.key},
        "DisableGlueTableCreation": not spec.glue_table,
        "TableFormat": _FORMATS[spec.format],
    }
    if spec.catalog is not None:
        props["DataCatalogConfig"] = {
            "Catalog": spec.catalog.catalog,
            "Database": spec.catalog.database,
            "TableName": spec.catalog.table,
        }
    return props


def prefix(spec: Offline, scope: Scope) -> str:
    """Where in the bucket the store begins."""
    if spec.to is None:
        return ""
    base = scope.export("DataSource", spec.to, "prefix")
    return "/".join(filter(None, (base, spec.path or "features")))


def place(spec: Offline, scope: Scope) -> Spot:
    """Where the store is."""
    key = key_arn(spec.key, scope)
    if spec.to is None:
        own = bucket_exports(scope.address(BUCKET, "offline"), key)
        arn = own["bucketArn"]
        return Spot(text("s3://", own["bucket"]), arn, text(arn, "/*"), key)
    spot = inside(scope, "DataSource", spec.to, spec.path or "features", tree=True)
    return spot if key is None else spot._replace(key=key)


def own_bucket(spec: Offline, scope: Scope) -> Node:
    """The bucket of a store that no DataSource holds."""
    address = scope.address(BUCKET, "offline")
    props = bucket_props(scope, address, key=key_arn(spec.key, scope))
    return scope.node(address, props, lines={(): ("offline",)})


def writer(spec: Offline, spot: Spot, scope: Scope) -> Role:
    """The metadata of Iceberg tables is also read back and committed through Glue.

    AWS does not document that Feature Store sends for which resource it takes the role.
    Source: managed policy AmazonSageMakerFeatureStoreAccess; S3StorageConfig.KmsKeyId.
    """
    role = scope.role("feature-store", "sagemaker.amazonaws.com")
    scope.grant(role, ("s3:PutObject", "s3:PutObjectAcl"), on=(spot.objects,))
    scope.grant(role, ("s3:GetBucketAcl",), on=(spot.bucket,))
    if spot.key is not None:
        scope.grant(role, ("kms:GenerateDataKey",), on=(spot.key,))
    if spec.format == "iceberg":
        metadata_ = spot._replace(objects=text(spot.objects, "/metadata/*"))
        allow_read(scope, role, metadata_)
        glue = tables(spec, scope)
        scope.grant(role, ("glue:GetTable", "glue:UpdateTable"), on=glue)
    return role


def tables(spec: Offline, scope: Scope, group: str = "") -> list[Json]:
    """The ARNs of its table and of what that is in.

    SageMaker calls a table like the `group`, with the moment at which that was made behind it.
    """
    database = spec.catalog.database if spec.catalog else "sagemaker_featurestore"
    own = f"{group.replace('-', '_')}_*" if group else "*"
    table = spec.catalog.table if spec.catalog else own
    there = ("catalog", f"database/{database}", f"table/{database}/{table}")
    return [scope.arn("glue", resource) for resource in there]
