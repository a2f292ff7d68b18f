"""A feature group that somebody else manages: it is looked at, and never changed.

One of another account has to be shared with this one, with the read permission of AWS RAM at
least. Source: SageMaker developer guide, "Enabling cross account access".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Lacking, Lookup, Scope
from reconciler.kinds.feature_group.spec import FeatureGroup
from reconciler.kinds.feature_group.stores import definitions
from reconciler.kinds.terms.text import text
from reconciler.model.value import Json

LOOKUP = "feature-group"
_NAMES = {"recordId": "RecordIdentifierFeatureName", "eventTime": "EventTimeFeatureName"}


def lookup(spec: FeatureGroup) -> Lookup:
    """What AWS knows of the group."""
    return Lookup(LOOKUP, (("group", spec.existing or ""),))


def lookups(spec: FeatureGroup, _: Scope) -> Iterator[Lookup]:
    if spec.existing is not None:
        yield lookup(spec)


def exports(spec: FeatureGroup, scope: Scope) -> Mapping[str, Json | Lacking]:
    """As of a group of ours; where its history is, AWS says."""
    name = (spec.existing or "").rpartition("/")[2]
    own = scope.arn("sagemaker", f"feature-group/{name}")
    arn = spec.existing if ":" in (spec.existing or "") else own
    found = scope.fact(lookup(spec)) or {}
    uri = ((found.get("OfflineStoreConfig") or {}).get("S3StorageConfig") or {}).get(
        "ResolvedOutputS3Uri", ""
    )
    store: dict[str, Json | Lacking]
    if uri:
        bucket, _, prefix = str(uri).removeprefix("s3://").partition("/")
        bucket_arn = f"arn:{scope.place.partition}:s3:::{bucket}"
        storage = found["OfflineStoreConfig"]["S3StorageConfig"]
        store = {"uri": uri, "prefix": prefix, "bucketArn": bucket_arn}
        store["keyArn"] = storage.get("KmsKeyId")
        catalog = found["OfflineStoreConfig"].get("DataCatalogConfig") or {}
        database, table = catalog.get("Database", "*"), catalog.get("TableName", "*")
        there = ("catalog", f"database/{database}", f"table/{database}/{table}")
        store["tables"] = [scope.arn("glue", each) for each in there]
    else:
        help_ = "ask whoever manages it, or read it online"
        why = Lacking("has no offline store that is known here", help_)
        store = dict.fromkeys(("uri", "prefix", "bucketArn", "keyArn", "tables"), why)
        if scope.facts is None:  # the plan will say; nothing that needs it is compiled until then
            store = {"uri": text("s3://", name), "prefix": "", "bucketArn": "*", "keyArn": None}
            store["tables"] = ["*"]
    online = (found.get("OnlineStoreConfig") or {}).get("SecurityConfig") or {}
    return {
        "featureGroup": arn,
        "arn": arn,
        "features": features(spec),
        "recordId": spec.record_id,
        "eventTime": spec.event_time,
        "onlineKeyArn": online.get("KmsKeyId"),
        **store,
    }


def features(spec: FeatureGroup) -> dict[str, Json]:
    """The type of each feature, as in the spec."""
    return {
        name: {"type": each.type, "collection": each.collection, "dimension": each.dimension}
        for name, each in spec.features.items()
    }


def compare(spec: FeatureGroup, scope: Scope) -> None:
    """Report what the live group lacks of what the spec says."""
    if scope.facts is None:
        scope.defer("AWS was not asked for the group", "plan it, which asks")
        return
    if lookup(spec) not in scope.facts:
        return  # what could not be read is a finding already
    live, here = scope.fact(lookup(spec)), ("existing",)
    if live is None:
        help_ = "correct the name; or have its account share it, and accept the invitation"
        scope.problem(here, f"there is no feature group {spec.existing!r} to see", help=help_)
        return
    for name, member in _NAMES.items():
        wanted = spec.record_id if name == "recordId" else spec.event_time
        if live[member] != wanted:
            text_ = f"it is {live[member]!r} in {spec.existing!r}"
            scope.problem((name,), text_, help="say what is live")
    have = {each["FeatureName"]: each for each in live["FeatureDefinitions"]}
    for want in definitions(spec):
        name = want["FeatureName"]
        if name not in have:
            text_ = f"{spec.existing!r} has no feature {name!r}"
            scope.problem(("features", name), text_, help="remove it, or ask for it to be added")
        elif have[name] != want:
            text_ = f"{name!r} is {_said(have[name])} in {spec.existing!r}"
            scope.problem(("features", name), text_, help="say what is live")
    if spec.online is not None and not (live.get("OnlineStoreConfig") or {}).get(
        "EnableOnlineStore"
    ):
        scope.problem(("online",), f"{spec.existing!r} has no online store", help="remove it")


def _said(feature: Mapping[str, Json]) -> str:
    what = str(feature["FeatureType"]).lower()
    if collection := feature.get("CollectionType"):
        size = (feature.get("CollectionConfig") or {}).get("VectorConfig", {}).get("Dimension")
        return f"a {str(collection).lower()} of {f'{size} ' if size else ''}{what}"
    return what
