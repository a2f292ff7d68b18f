"""Feature groups: append-only definitions, asynchronous creation, update and deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import (
    buckets,
    feature_state,
    listing,
    shared,
    tables,
    working,
)
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at, records
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "feature-group"
NAMES = {"sagemaker": frozenset({"FeatureGroupName"})}
ROLES = {"CreateFeatureGroup": ("AWS::SageMaker::FeatureGroup", "FeatureGroupName", "RoleArn")}
UNSEEN = (
    ("sagemaker.CreateFeatureGroup", "iam", "ValidationException",
     "The execution role ARN is invalid."),
    ("sagemaker.CreateFeatureGroup", "s3", "ValidationException",
     "Invalid S3Uri provided."),
)  # fmt: skip
CHANGES = ("FeatureAdditions", "OnlineStoreConfig", "ThroughputConfig")
MOST_FEATURES = 2500
DAY = 86_400.0
DEFINITIONS_PER_PAGE = 100  # AWS pages them, its page size is not documented
RESERVED = {"is_deleted", "write_time", "api_invocation_time"}


def find(call: Call, name_or_arn: str) -> Record:
    """The group in its present state, or the documented ResourceNotFound.

    One of another account is there for whom it is shared with.
    """
    if shared.elsewhere(call, name_or_arn):
        return shared.find(call, name_or_arn, KIND)
    feature_state.settle(call.records(KIND))
    name = name_or_arn.rpartition("/")[2]
    record = call.records(KIND).get(name)
    if record is None:
        text = f"Amazon SageMaker can't find a FeatureGroup with name {name}"
        raise Refused("ResourceNotFound", f"Resource Not Found: {text}")
    return record


def create(call: Call) -> dict[str, Any]:
    """CreateFeatureGroup: Creating, then Created."""
    name = call["FeatureGroupName"]
    feature_state.settle(call.records(KIND))
    if name in call.records(KIND):
        text = f"Resource Already Exists: FeatureGroup with name {name} already exists. "
        raise Refused("ResourceInUse", text + "Choose a different name.")
    _check(call)
    store = (call.get("OfflineStoreConfig") or {}).get("S3StorageConfig")
    if store:
        buckets.demand_store(call, store["S3Uri"])
    data = call.pick(
        "FeatureGroupName",
        "RecordIdentifierFeatureName",
        "EventTimeFeatureName",
        "FeatureDefinitions",
        "OnlineStoreConfig",
        "OfflineStoreConfig",
        "ThroughputConfig",
        "RoleArn",
        "Description",
    )
    data["FeatureGroupStatus"] = "Creating"
    data.setdefault("ThroughputConfig", {"ThroughputMode": "OnDemand"})
    record = call.add(KIND, name, data)
    _fill_online(data)
    _fill_offline(call, record)
    seconds = WORLD.durations.feature_group
    scripted = WORLD.outcomes.take(name)
    outcome = working.feature_group(call, data, tables.outcome(call, scripted))
    record.pending = feature_state.begin("create", seconds, outcome)
    return {"FeatureGroupArn": record.arn}


def _check(call: Call) -> None:
    features = call["FeatureDefinitions"]
    types = {feature["FeatureName"]: feature["FeatureType"] for feature in features}
    if len(types) < len(features):
        raise invalid("Feature names must be unique within a feature group.")
    reserved = sorted(RESERVED & {name.lower() for name in types})
    if reserved:
        raise invalid(f"Feature names {', '.join(reserved)} are reserved.")
    for role in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if call[role] not in types:
            raise invalid(f"{role} {call[role]} is not one of the FeatureDefinitions.")
    if types[call["EventTimeFeatureName"]] not in ("String", "Fractional"):
        raise invalid("The event time feature must be of type String or Fractional.")
    _check_collections(call, features)
    online = (call.get("OnlineStoreConfig") or {}).get("EnableOnlineStore", False)
    if not online and not call.get("OfflineStoreConfig"):
        raise invalid("Enable the online store, give an OfflineStoreConfig, or both.")
    if call.get("OfflineStoreConfig") and not call.get("RoleArn"):
        raise invalid("RoleArn is required with an OfflineStoreConfig.")
    offline = call.get("OfflineStoreConfig") or {}
    if offline.get("TableFormat") == "Iceberg" and offline.get("DisableGlueTableCreation"):
        raise invalid("The Iceberg table format needs DisableGlueTableCreation to be false.")


def _check_collections(call: Call, features: list[dict[str, Any]]) -> None:
    """Source: SageMaker API, FeatureDefinition; developer guide, Collection types."""
    single = {call["RecordIdentifierFeatureName"], call["EventTimeFeatureName"]}
    memory = (call.get("OnlineStoreConfig") or {}).get("StorageType") == "InMemory"
    for feature in features:
        check_collection(feature, memory=memory)
        if feature.get("CollectionType") and feature["FeatureName"] in single:
            raise invalid("The record identifier and the event time cannot be collections.")


def check_collection(feature: dict[str, Any], *, memory: bool) -> None:
    """A collection needs a store in memory; a vector has fractions and a dimension."""
    kind, name = feature.get("CollectionType"), feature["FeatureName"]
    config = (feature.get("CollectionConfig") or {}).get("VectorConfig")
    if kind and not memory:
        raise invalid(f"Feature {name}: collection types need the InMemory online store.")
    if kind == "Vector" and (feature["FeatureType"] != "Fractional" or not config):
        raise invalid(f"Feature {name}: a vector has fractional elements and a dimension.")
    if config and kind != "Vector":
        raise invalid(f"Feature {name}: only a vector has a VectorConfig.")


def _fill_online(data: dict[str, Any]) -> None:
    online = data.get("OnlineStoreConfig")
    if online and online.get("EnableOnlineStore"):
        online.setdefault("StorageType", "Standard")
        data["OnlineStoreTotalSizeBytes"] = 0


def _fill_offline(call: Call, record: Record) -> None:
    offline = record.data.get("OfflineStoreConfig")
    if not offline:
        return
    stamp = int(record.created)
    where = call.backend
    storage = offline["S3StorageConfig"]
    root = storage["S3Uri"].rstrip("/")
    path = f"{where.account_id}/sagemaker/{where.region_name}/offline-store"
    storage.setdefault("ResolvedOutputS3Uri", f"{root}/{path}/{record.name}-{stamp}/data")
    offline.setdefault("DisableGlueTableCreation", False)
    offline.setdefault("TableFormat", "Glue")
    if not offline["DisableGlueTableCreation"] and "DataCatalogConfig" not in offline:
        offline["DataCatalogConfig"] = {
            "TableName": f"{record.name.replace('-', '_').lower()}_{stamp}",
            "Catalog": "AwsDataCatalog",
            "Database": "sagemaker_featurestore",
        }


def describe(call: Call) -> dict[str, Any]:
    """DescribeFeatureGroup, with the definitions in pages."""
    record = find(call, call["FeatureGroupName"])
    answer = record.shown(
        FeatureGroupArn=record.arn,
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
    )
    page_token = call.get("NextToken")
    start = int(listing.content_of(page_token)) if page_token else 0
    end = start + DEFINITIONS_PER_PAGE
    if end < len(answer["FeatureDefinitions"]):
        answer["NextToken"] = listing.token(end)
    answer["FeatureDefinitions"] = answer["FeatureDefinitions"][start:end]
    if record.pending is not None:
        WORLD.clock.polled()
    return answer


def update(call: Call) -> dict[str, Any]:
    """UpdateFeatureGroup: 200 means accepted; LastUpdateStatus tells the end."""
    record = find(call, call["FeatureGroupName"])
    if record.pending is not None or record.data["FeatureGroupStatus"] != "Created":
        state = "an update is in progress" if record.pending else "it was not created"
        raise invalid(f"Cannot update feature group {record.arn} because {state}.")
    additions = call.get("FeatureAdditions") or []
    given = [name for name in CHANGES if call.get(name) is not None]
    if len(given) != 1:
        raise invalid(f"Use exactly one of {', '.join(CHANGES)} per call.")
    memory = (record.data.get("OnlineStoreConfig") or {}).get("StorageType") == "InMemory"
    for feature in additions:
        check_collection(feature, memory=memory)
    if len(record.data["FeatureDefinitions"]) + len(additions) > MOST_FEATURES:
        raise invalid(f"A feature group has {MOST_FEATURES} features at most.")
    _check_storage(call, record)
    _check_throughput(call, record)
    present = {feature["FeatureName"] for feature in record.data["FeatureDefinitions"]}
    twice = sorted(present & {feature["FeatureName"] for feature in additions})
    if twice:
        raise invalid(f"Features {', '.join(twice)} exist already in {record.arn}.")
    if call.get("OnlineStoreConfig") and "OnlineStoreConfig" not in record.data:
        raise invalid(f"Feature group {record.arn} has no online store.")
    record.data["LastUpdateStatus"] = {"Status": "InProgress"}
    record.touch()
    record.pending = feature_state.begin(
        "update",
        WORLD.durations.feature_group_update,
        WORLD.outcomes.take(record.name),
        changes=call.pick("FeatureAdditions", "OnlineStoreConfig", "ThroughputConfig"),
    )
    return {"FeatureGroupArn": record.arn}


def _check_storage(call: Call, record: Record) -> None:
    """A storage type changes one way. Source: UpdateFeatureGroup, OnlineStoreConfigUpdate."""
    wanted = (call.get("OnlineStoreConfig") or {}).get("StorageType")
    live = (record.data.get("OnlineStoreConfig") or {}).get("StorageType")
    if wanted and (live, wanted) != ("Standard", "Standard_V2"):
        raise invalid(f"The storage type cannot change from {live} to {wanted}.")


def _check_throughput(call: Call, record: Record) -> None:
    """Back to on demand once in 24 hours. Source: developer guide, Throughput modes."""
    config = call.get("ThroughputConfig") or {}
    if config.get("ThroughputMode") == "Provisioned":
        online = record.data.get("OnlineStoreConfig") or {}
        if online.get("StorageType") == "InMemory":
            raise invalid("In-memory feature groups take no provisioned throughput.")
    live = (record.data.get("ThroughputConfig") or {}).get("ThroughputMode")
    if config.get("ThroughputMode") != "OnDemand" or live == "OnDemand":
        return
    now, last = WORLD.clock.now(), record.extra.get("on_demand")
    if last is not None and now - last < DAY:
        raise invalid("The throughput mode can be switched to OnDemand once every 24 hours.")
    record.extra["on_demand"] = now


def delete(call: Call) -> None:
    """DeleteFeatureGroup: Deleting, then gone."""
    record = find(call, call["FeatureGroupName"])
    if record.pending is not None:
        raise invalid(f"Cannot delete feature group {record.arn} while it is being changed.")
    record.data["FeatureGroupStatus"] = "Deleting"
    record.touch()
    record.pending = feature_state.begin("delete", WORLD.durations.feature_group_delete)


def list_(call: Call) -> dict[str, Any]:
    """ListFeatureGroups."""
    feature_state.settle(call.records(KIND))
    status, store = call.get("FeatureGroupStatusEquals"), call.get("OfflineStoreStatusEquals")
    found = [
        record
        for record in listing.select(call.records(KIND).values(), call)
        if status in (None, record.data["FeatureGroupStatus"])
        and store in (None, record.data.get("OfflineStoreStatus", {}).get("Status"))
    ]
    keys = {
        "FeatureGroupStatus": lambda record: record.data["FeatureGroupStatus"],
        "OfflineStoreStatus": lambda record: str(record.data.get("OfflineStoreStatus")),
    }
    shown = _summary
    return listing.page(found, call, key="FeatureGroupSummaries", shown=shown, sort_keys=keys)


def _summary(record: Record) -> dict[str, Any]:
    names = ("FeatureGroupName", "FeatureGroupStatus", "OfflineStoreStatus")
    return {name: record.data[name] for name in names if name in record.data} | {
        "FeatureGroupArn": record.arn,
        "CreationTime": created_at(record),
    }


def due(backend: Any) -> None:  # noqa: ANN401  (moto's backend)
    """Bring all of them up to the clock."""
    feature_state.settle(records(backend, KIND))


OPERATIONS = {
    "CreateFeatureGroup": create,
    "DescribeFeatureGroup": describe,
    "UpdateFeatureGroup": update,
    "DeleteFeatureGroup": delete,
    "ListFeatureGroups": list_,
}
