"""kind: FeatureGroup. Features that share a record id and an event time.

The version is part of the AWS name, so that a breaking change makes a new
group beside the old one instead of destroying records.
"""

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Flow, Kind, Lacking, Named, Scope, register
from reconciler.kinds.feature_group import existing, stores
from reconciler.kinds.feature_group.check import check
from reconciler.kinds.feature_group.share import shared
from reconciler.kinds.feature_group.spec import FeatureGroup, at_version, versions
from reconciler.kinds.terms.key import key_arn, report_missing
from reconciler.kinds.terms.name import named
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref

TYPE = "AWS::SageMaker::FeatureGroup"


def exports(spec: FeatureGroup, scope: Scope) -> Mapping[str, Json | Lacking]:
    if spec.existing is not None:
        found = existing.exports(spec, scope)
        return {**found, "version": spec.version, "versions": {}}
    every = {str(each): _exports(at_version(spec, each), scope) for each in versions(spec)}
    return {**every[str(spec.version)], "version": spec.version, "versions": every}


def _exports(spec: FeatureGroup, scope: Scope) -> Mapping[str, Json | Lacking]:
    group = _group(spec, scope)
    online = spec.online
    found: dict[str, Json | Lacking] = {
        "featureGroup": Ref(group, "FeatureGroupName"),
        "arn": scope.arn("sagemaker", f"feature-group/{group.name}"),
        "features": existing.features(spec),
        "recordId": spec.record_id,
        "eventTime": spec.event_time,
        "onlineKeyArn": key_arn(online.key, scope) if online is not None else None,
    }
    if spec.offline is None:
        why = Lacking("has no offline store", f"add 'offline' to FeatureGroup {scope.name!r}")
        return {**found, **dict.fromkeys(("uri", "prefix", "bucketArn", "keyArn", "tables"), why)}
    spot = stores.place(spec.offline, scope)
    where = scope.place
    # SageMaker adds a time stamp to the last folder, so this is a prefix of the real place.
    path = f"{where.account}/sagemaker/{where.region}/offline-store/{group.name}-"
    prefix = "/".join(filter(None, (stores.prefix(spec.offline, scope), path)))
    found |= {"bucketArn": spot.bucket, "keyArn": spot.key}
    found["tables"] = stores.tables(spec.offline, scope, group.name)
    return {**found, "uri": text(spot.uri, "/", path), "prefix": prefix}


def build(spec: FeatureGroup, scope: Scope) -> Iterator[Node]:
    if spec.existing is not None:
        existing.compare(spec, scope)
        return
    every = {number: at_version(spec, number) for number in versions(spec)}
    own = (each.offline for each in every.values() if each.offline and each.offline.to is None)
    if (offline := next(own, None)) is not None:
        yield stores.own_bucket(offline, scope)
    for number, one in every.items():
        yield _node(one, scope, () if number == spec.version else ("earlier", str(number)), spec)
    yield from shared(spec, {number: _group(one, scope) for number, one in every.items()}, scope)


def _node(spec: FeatureGroup, scope: Scope, here: Path, whole: FeatureGroup) -> Node:
    props: dict[str, Json] = {
        "RecordIdentifierFeatureName": spec.record_id,
        "EventTimeFeatureName": spec.event_time,
        "FeatureDefinitions": stores.definitions(spec),
    }
    if said := stores.metadata(spec):
        props["FeatureMetadata"] = said
    # Both stores are always said, so that a store that leaves the spec shows as a difference.
    props["OnlineStoreConfig"] = {"EnableOnlineStore": False}
    props["OfflineStoreConfig"] = {}
    if spec.online is not None:
        report_missing(spec.online.key, scope, ("online", "key"))
        props["OnlineStoreConfig"] = stores.online(spec.online, scope)
        props["ThroughputConfig"] = stores.throughput(spec.throughput)
    if spec.offline is not None:
        report_missing(spec.offline.key, scope, ("offline", "key"))
        spot = stores.place(spec.offline, scope)
        props["OfflineStoreConfig"] = stores.offline(spec.offline, spot)
        props["RoleArn"] = stores.writer(spec.offline, spot, scope).arn
    return scope.node(_group(spec, scope), props, lines=_lines(spec, here, whole))


def _group(spec: FeatureGroup, scope: Scope) -> Address:
    return scope.address(TYPE, _version(spec))


def _version(spec: FeatureGroup) -> str:
    return f"v{spec.version}"


def _names(spec: FeatureGroup) -> tuple[Named, ...]:
    return named(TYPE, spec.aws_name, suffix=_version(spec))


def _lines(spec: FeatureGroup, here: Path, whole: FeatureGroup) -> Mapping[Path, Path]:
    given = whole.earlier[here[1]].model_fields_set if here else whole.model_fields_set

    def at(name: str, *rest: str) -> Path:
        """What an earlier version leaves out stands where the present one says it."""
        field = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
        return (*here, name, *rest) if field in given or not here else (name, *rest)

    lines: dict[Path, Path] = {(): here} if here else {}
    for name in spec.features:
        lines["FeatureDefinitions", name] = at("features", name)
        lines["FeatureMetadata", name] = at("features", name)
    return {
        **lines,
        ("FeatureDefinitions",): at("features"),
        ("FeatureMetadata",): at("features"),
        ("RecordIdentifierFeatureName",): at("recordId"),
        ("EventTimeFeatureName",): at("eventTime"),
        ("OnlineStoreConfig",): at("online"),
        ("OnlineStoreConfig", "TtlDuration"): at("online", "expireAfter"),
        ("OnlineStoreConfig", "StorageType"): at("online", "storage"),
        ("OnlineStoreConfig", "SecurityConfig"): at("online", "key"),
        ("OfflineStoreConfig",): at("offline"),
        ("OfflineStoreConfig", "DisableGlueTableCreation"): at("offline", "glueTable"),
        ("OfflineStoreConfig", "DataCatalogConfig"): at("offline", "catalog"),
        ("OfflineStoreConfig", "TableFormat"): at("offline", "format"),
        ("OfflineStoreConfig", "S3StorageConfig"): at("offline", "to"),
        ("ThroughputConfig",): at("throughput"),
    }


def flows(spec: FeatureGroup, _: str) -> Iterator[Flow]:
    """Its history lies in a DataSource, where others may read it."""
    for number in versions(spec):
        offline = at_version(spec, number).offline
        if offline is not None and offline.to is not None:
            path = offline.path or "features"
            yield Flow(("offline", "to"), "DataSource", offline.to, path, writes=True)


register(
    Kind(
        name="FeatureGroup",
        model=FeatureGroup,
        summary="Features that share a record id and an event time.",
        check=check,
        lookups=existing.lookups,
        build=build,
        named=_names,
        exports=exports,
        stage="features",
        flows=flows,
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
