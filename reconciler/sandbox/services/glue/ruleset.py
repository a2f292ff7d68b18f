"""Rulesets of data quality. Source: Glue API reference, CreateDataQualityRuleset and others.

A ruleset whose table is not there is refused; an update takes text and description alone. Text that
is no DQDL is refused by the grammar of Moorline, which is a subset: what it does not know but AWS
has is taken as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.facts import dqdl
from reconciler.sandbox.services.glue import table
from reconciler.sandbox.services.glue.common import (
    missing,
    now,
    page,
    sorted_records,
    there,
    wrong,
)

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "ruleset"
NAMES = {SERVICE: frozenset({"RulesetName"})}


def find(call: Call, name: str) -> Record:
    """A ruleset by its name."""
    record = call.records(KIND).get(name)
    if record is None:
        raise missing(f"Data Quality Ruleset {name} not found.")
    return record


def _checked(text: str) -> str:
    try:
        dqdl.ruleset(text)
    except dqdl.DqdlError as error:
        if not dqdl.beyond(text):
            raise wrong(f"Ruleset is not valid: {error}") from error
    return text


def create(call: Call) -> dict[str, Any]:
    """CreateDataQualityRuleset."""
    name = call["Name"]
    if name in call.records(KIND):
        raise there(f"Data Quality Ruleset {name} already exists.")
    if target := call.get("TargetTable"):
        table.find(call, target["DatabaseName"], target["TableName"])
    data = {
        key: call.get(key) for key in ("Description", "TargetTable") if call.get(key) is not None
    }
    data |= {"Ruleset": _checked(call["Ruleset"]), "LastModifiedOn": now()}
    tags = call.get("Tags") or {}
    call.add(KIND, name, call.arn(f"dataQualityRuleset/{name}"), data, **tags)
    return {"Name": name}


def get(call: Call) -> dict[str, Any]:
    """GetDataQualityRuleset."""
    record = find(call, call["Name"])
    return {"Name": record.name, **record.data, "CreatedOn": round(record.created, 3)}


def list_(call: Call) -> dict[str, Any]:
    """ListDataQualityRulesets: how many rules there are, and not which."""
    found = []
    for record in sorted_records(call.records(KIND)):
        kept = {key: value for key, value in record.data.items() if key != "Ruleset"}
        count = record.data["Ruleset"].count(",") + 1
        created = round(record.created, 3)
        found.append({"Name": record.name, **kept, "CreatedOn": created, "RuleCount": count})
    return page(call, found, "Rulesets", most=1000)


def update(call: Call) -> dict[str, Any]:
    """UpdateDataQualityRuleset."""
    record = find(call, call["Name"])
    if call.get("Ruleset") is not None:
        record.data["Ruleset"] = _checked(call["Ruleset"])
    if call.get("Description") is not None:
        record.data["Description"] = call["Description"]
    record.data["LastModifiedOn"] = now()
    kept = ("Description", "Ruleset")
    return {"Name": record.name} | {k: v for k, v in record.data.items() if k in kept}


def delete(call: Call) -> None:
    """DeleteDataQualityRuleset."""
    del call.records(KIND)[find(call, call["Name"]).name]


OPERATIONS = {
    "CreateDataQualityRuleset": create,
    "GetDataQualityRuleset": get,
    "ListDataQualityRulesets": list_,
    "UpdateDataQualityRuleset": update,
    "DeleteDataQualityRuleset": delete,
}
