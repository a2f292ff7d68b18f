"""Workgroups. Source: Redshift Serverless API reference, CreateWorkgroup, UpdateWorkgroup.

An update has one parameter. A base above the most is refused, and so is a change of a capacity
before the namespace has a recovery point, -1 where there is no limit, and what changes nothing:
all four were seen on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.redshiftserverless import namespace
from reconciler.sandbox.services.redshiftserverless.common import (
    SERVICE,
    begin,
    conflict,
    find,
    idle,
    one,
    placed,
    status,
    tags,
    when,
    wrong,
)
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

KIND = "workgroup"
__all__ = ["OPERATIONS", "SERVICE"]
CAPACITIES = ("baseCapacity", "maxCapacity")
NO_LIMIT = -1
DEFAULTS = {
    "auto_mv": "true",
    "datestyle": "ISO, MDY",
    "enable_case_sensitive_identifier": "false",
    "enable_large_strings_opt_in": "false",
    "enable_user_activity_logging": "true",
    "query_group": "default",
    "require_ssl": "true",
    "search_path": "$user, public",
    "use_fips_ssl": "false",
}
USUAL = {
    "baseCapacity": 128,
    "enhancedVpcRouting": False,
    "port": 5439,
    "publiclyAccessible": False,
    "trackName": "current",
}
GIVEN = (
    *USUAL,
    "maxCapacity",
    "namespaceName",
    "pricePerformanceTarget",
    "securityGroupIds",
    "subnetIds",
)


def shown(record: Record) -> dict[str, Any]:
    """A workgroup as reads have it: all parameters, those that nobody set among them."""
    data = record.data
    found = {key: data[key] for key in GIVEN if data.get(key) is not None}
    config = {**DEFAULTS, **data["config"]}
    host = f"{record.name}.{record.arn.split(':')[4]}.{record.arn.split(':')[3]}"
    return {
        **found,
        "workgroupName": record.name,
        "workgroupArn": record.arn,
        "workgroupId": data["id"],
        "status": status(record),
        "creationDate": when(record.created),
        "configParameters": [
            {"parameterKey": key, "parameterValue": value} for key, value in sorted(config.items())
        ],
        "endpoint": {
            "address": f"{host}.redshift-serverless.amazonaws.com",
            "port": data["port"],
        },
    }


def _bounds(data: dict[str, Any]) -> None:
    most = data.get("maxCapacity")
    if most and data["baseCapacity"] > most:
        text = f"baseCapacity {data['baseCapacity']} is greater than maxCapacity {most}"
        raise wrong(text)


def _config(call: Call) -> dict[str, str]:
    said = call.get("configParameters") or ()
    return {each["parameterKey"]: each["parameterValue"] for each in said}


def create(call: Call) -> dict[str, Any]:
    """CreateWorkgroup."""
    name = call["workgroupName"]
    if name in call.records(KIND):
        raise conflict(f"The workgroup {name} already exists.")
    space = find(call, namespace.KIND, call["namespaceName"])
    for each in call.records(KIND).values():
        if each.data["namespaceName"] == space.name:
            raise conflict(f"The namespace {space.name} has a workgroup already.")
    placed(call)
    id_ = namespace.made(call, KIND, name)
    data = {**USUAL, **{key: call.get(key) for key in GIVEN if call.get(key) is not None}}
    data |= {"config": _config(call), "id": id_}
    _bounds(data)
    record = call.add(KIND, name, call.arn(f"workgroup/{id_}"), data, **tags(call))
    begin(record, "CREATING")
    return {"workgroup": shown(record)}


def get(call: Call) -> dict[str, Any]:
    """GetWorkgroup."""
    record = find(call, KIND, call["workgroupName"])
    if status(record) != "AVAILABLE":
        WORLD.clock.polled()
    return {"workgroup": shown(record)}


def list_(call: Call) -> dict[str, Any]:
    """ListWorkgroups, all on one page."""
    found = call.records(KIND)
    return {"workgroups": [shown(found[name]) for name in sorted(found)]}


def update(call: Call) -> dict[str, Any]:
    """UpdateWorkgroup: one parameter in a request."""
    record = find(call, KIND, call["workgroupName"])
    idle(record)
    name = one(call)
    data, value = dict(record.data), call[name]
    if name in CAPACITIES:
        space = find(call, namespace.KIND, data["namespaceName"])
        if not namespace.old_enough(space):
            WORLD.clock.polled()
            text = "Wait until at least one snapshot exists before you change the capacity."
            raise wrong(text)
    if name == "maxCapacity" and value == NO_LIMIT:
        if not data.get("maxCapacity"):
            raise wrong("The maximum capacity is not set.")
        value = None
    if name == "configParameters":
        changes = _config(call)
        if all(data["config"].get(key, DEFAULTS.get(key)) == it for key, it in changes.items()):
            raise wrong("No changes were given.")
        kept = {**data["config"], **changes}
        data["config"] = {key: it for key, it in kept.items() if it != "-1"}
    else:
        placed(call)
        data[name] = value
    _bounds(data)
    record.data = data
    begin(record, "MODIFYING")
    return {"workgroup": shown(record)}


def delete(call: Call) -> dict[str, Any]:
    """DeleteWorkgroup."""
    record = find(call, KIND, call["workgroupName"])
    idle(record)
    begin(record, "DELETING")
    return {"workgroup": shown(record)}


OPERATIONS = {
    "CreateWorkgroup": create,
    "GetWorkgroup": get,
    "ListWorkgroups": list_,
    "UpdateWorkgroup": update,
    "DeleteWorkgroup": delete,
}
