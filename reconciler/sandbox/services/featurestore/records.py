"""Records of feature groups: put, read, deleted; the online store has the latest by event time.

The offline store is kept as rows here and is not written to S3: the sandbox writes no Parquet.
Sources: SageMaker Feature Store Runtime API; developer guide, "Feature group", "Time to live".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.beside import Call
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.sagemaker import feature_state
from reconciler.sandbox.services.sagemaker.store import Record, records
from reconciler.sandbox.state.world import WORLD

SERVICE = "sagemaker-featurestore-runtime"
LATEST, HISTORY = "latest", "history"
FORMATS = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ")
"""Of an event time that is a text. Source: developer guide, "Feature Store concepts"."""
UNITS = {"Seconds": 1, "Minutes": 60, "Hours": 3600, "Days": 86_400, "Weeks": 604_800}
INTEGER = (-(2**63), 2**63 - 1)


def _group(call: Call, name: str) -> Record:
    """A feature group that is ready, by its name or ARN.

    Raises:
        Refused: ResourceNotFound or ValidationError.
    """
    where = call.backend
    held = records(sagemaker_backends[where.account_id][where.region_name], "feature-group")
    feature_state.settle(held)
    found = held.get(name.rpartition("/")[2])
    if found is None:
        raise Refused(
            "ResourceNotFound",
            f"Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {name}",
        )
    if found.data["FeatureGroupStatus"] != "Created":
        raise Refused(
            "ValidationError", f"Validation Error: FeatureGroup {name} is not in Created status"
        )
    return found


def _online(group: Record) -> bool:
    return bool((group.data.get("OnlineStoreConfig") or {}).get("EnableOnlineStore"))


def _rows(call: Call, group: Record, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = call.kept(f"{kind}:{group.name}")
    return found


def put(call: Call) -> dict[str, Any]:
    """PutRecord."""
    group = _group(call, call["FeatureGroupName"])
    row = _checked(group, call["Record"])
    identifier = row[group.data["RecordIdentifierFeatureName"]]
    when = _moment(group, row[group.data["EventTimeFeatureName"]])
    stores = set(call.get("TargetStores") or _stores(group))
    if missing := stores - set(_stores(group)):
        raise Refused(
            "ValidationError",
            f"Validation Error: {min(missing)} is not enabled for {group.name}",
        )
    now = WORLD.clock.now()
    ends = _ends(group, call.get("TtlDuration"), when)
    kept = {"row": row, "when": when, "written": now, "ends": ends, "deleted": False}
    if "OnlineStore" in stores:
        latest = _rows(call, group, LATEST)
        before = latest.get(identifier)
        if before is None or before["when"] <= when:
            latest[identifier] = kept
    if "OfflineStore" in stores:
        _rows(call, group, HISTORY)[f"{len(_rows(call, group, HISTORY)):012}"] = kept
    return {}


def _stores(group: Record) -> list[str]:
    found = ["OnlineStore"] if _online(group) else []
    return found + (["OfflineStore"] if group.data.get("OfflineStoreConfig") else [])


def _checked(group: Record, given: list[Mapping[str, Any]]) -> dict[str, Any]:
    types = {it["FeatureName"]: it for it in group.data["FeatureDefinitions"]}
    row: dict[str, Any] = {}
    for each in given:
        name = each["FeatureName"]
        if name not in types:
            raise Refused(
                "ValidationError",
                f"Validation Error: FeatureName [{name}] does not exist in FeatureGroup",
            )
        if name in row:
            raise Refused("ValidationError", f"Validation Error: Duplicate feature name {name}")
        row[name] = _value(types[name], each)
    for role in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if not row.get(group.data[role]):
            raise Refused(
                "ValidationError",
                f"Validation Error: {role} [{group.data[role]}] is missing in the record",
            )
    return row


def _value(feature: Mapping[str, Any], each: Mapping[str, Any]) -> Any:  # noqa: ANN401
    name, kind = feature["FeatureName"], feature["FeatureType"]
    many = feature.get("CollectionType") is not None
    if many != ("ValueAsStringList" in each) or ("ValueAsString" in each) == many:
        how = "ValueAsStringList" if many else "ValueAsString"
        raise Refused("ValidationError", f"Validation Error: Feature [{name}] takes {how}")
    values = each["ValueAsStringList"] if many else [each["ValueAsString"]]
    for value in values:
        if not _fits(kind, value):
            said = f"Validation Error: Failed to parse [{value}] of feature [{name}] as {kind}"
            raise Refused("ValidationError", said)
    return [*values] if many else values[0]


def _fits(kind: str, value: str) -> bool:
    if kind == "String":
        return True
    try:
        if kind == "Integral":
            return INTEGER[0] <= int(value) <= INTEGER[1]
        float(value)
    except ValueError:
        return False
    return True


def _moment(group: Record, text: str) -> float:
    name = group.data["EventTimeFeatureName"]
    kind = next(
        it["FeatureType"] for it in group.data["FeatureDefinitions"] if it["FeatureName"] == name
    )
    if kind == "Fractional":
        return float(text)
    for each in FORMATS:
        try:
            return datetime.strptime(f"{text}+0000", f"{each}%z").timestamp()
        except ValueError:
            continue
    said = f"Validation Error: Failed to parse the event time [{text}]: use yyyy-MM-dd'T'HH:mm:ssZ"
    raise Refused("ValidationError", said)


def _ends(group: Record, given: Mapping[str, Any] | None, when: float) -> float | None:
    usual = (group.data.get("OnlineStoreConfig") or {}).get("TtlDuration")
    chosen = given or usual
    return when + UNITS[chosen["Unit"]] * int(chosen["Value"]) if chosen else None


def _live(call: Call, group: Record, identifier: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = _rows(call, group, LATEST).get(identifier)
    if found is None or found["deleted"]:
        return None
    return None if found["ends"] is not None and found["ends"] <= WORLD.clock.now() else found


def _shown(row: Mapping[str, Any], names: list[str] | None) -> list[dict[str, Any]]:
    return [
        {
            "FeatureName": name,
            ("ValueAsStringList" if isinstance(value, list) else "ValueAsString"): value,
        }
        for name, value in row.items()
        if not names or name in names
    ]


def _readable(group: Record) -> None:
    if not _online(group):
        raise Refused("ValidationError", f"Validation Error: {group.name} has no online store")


def get(call: Call) -> dict[str, Any]:
    """GetRecord: no record is no error."""
    group = _group(call, call["FeatureGroupName"])
    _readable(group)
    names = call.get("FeatureNames")
    _named(group, names)
    found = _live(call, group, call["RecordIdentifierValueAsString"])
    return {"Record": _shown(found["row"], names)} if found else {}


def _named(group: Record, names: list[str] | None) -> None:
    known = {it["FeatureName"] for it in group.data["FeatureDefinitions"]}
    if unknown := [name for name in names or () if name not in known]:
        raise Refused(
            "ValidationError",
            f"Validation Error: FeatureName [{unknown[0]}] does not exist in FeatureGroup",
        )


def batch(call: Call) -> dict[str, Any]:
    """BatchGetRecord."""
    found = []
    for each in call["Identifiers"]:
        group = _group(call, each["FeatureGroupName"])
        _readable(group)
        _named(group, each.get("FeatureNames"))
        for identifier in each["RecordIdentifiersValueAsString"]:
            row = _live(call, group, identifier)
            if row:
                found.append({
                    "FeatureGroupName": each["FeatureGroupName"],
                    "RecordIdentifierValueAsString": identifier,
                    "Record": _shown(row["row"], each.get("FeatureNames")),
                })  # fmt: skip
    return {"Records": found, "Errors": [], "UnprocessedIdentifiers": []}


def delete(call: Call) -> dict[str, Any]:
    """DeleteRecord: what is older than what is there changes nothing online."""
    group = _group(call, call["FeatureGroupName"])
    identifier = call["RecordIdentifierValueAsString"]
    when = _moment(group, call["EventTime"])
    latest = _rows(call, group, LATEST)
    before = latest.get(identifier)
    if before is not None and before["when"] <= when:
        if call.get("DeletionMode") == "HardDelete":
            latest.pop(identifier)
        else:
            latest[identifier] = {**before, "when": when, "deleted": True}
    return {}


OPERATIONS = {
    "PutRecord": put,
    "GetRecord": get,
    "BatchGetRecord": batch,
    "DeleteRecord": delete,
}
