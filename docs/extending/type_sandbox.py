"""Athena's data catalogs in the sandbox: what moto lacks of them, or gets wrong.

Copy to `reconciler/sandbox/services/<service>/<type>.py`, beside an empty `__init__.py`. The
operations here are asked before moto is. Source: Athena API reference, UpdateDataCatalog and
others; an unknown name is an InvalidRequestException whose message says so.
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused

SERVICE = "athena"
KIND = "datacatalog"
NAMES = {SERVICE: frozenset({"Name"})}
TAKEN = ("Description", "Parameters", "Type")


def _find(call: Call, name: str) -> Record:
    found = call.records(KIND).get(name)
    if found is None:
        raise Refused("InvalidRequestException", f"DataCatalog {name} was not found.")
    return found


def _tagged(call: Call) -> Record:
    return _find(call, call["ResourceARN"].rpartition("/")[2])


def create(call: Call) -> dict[str, Any]:
    """CreateDataCatalog: one of that name is refused."""
    name = call["Name"]
    if name in call.records(KIND):
        raise Refused("InvalidRequestException", f"DataCatalog {name} has already been created.")
    data = {key: call[key] for key in TAKEN if call.get(key) is not None}
    tags = {tag["Key"]: tag["Value"] for tag in call.get("Tags", ())}
    call.add(KIND, name, call.arn(f"{KIND}/{name}"), {"Name": name, **data}, **tags)
    return {"DataCatalog": {"Name": name, **data}}


def get(call: Call) -> dict[str, Any]:
    """GetDataCatalog."""
    return {"DataCatalog": _find(call, call["Name"]).data}


def list_(call: Call) -> dict[str, Any]:
    """ListDataCatalogs, all on one page."""
    found = call.records(KIND)
    told = [{"CatalogName": name, "Type": found[name].data["Type"]} for name in sorted(found)]
    return {"DataCatalogsSummary": told}


def update(call: Call) -> None:
    """UpdateDataCatalog is all of it: what is left out is gone."""
    record = _find(call, call["Name"])
    kept = {key: call[key] for key in TAKEN if call.get(key) is not None}
    record.data = {"Name": record.name, **kept}


def delete(call: Call) -> dict[str, Any]:
    """DeleteDataCatalog."""
    record = call.records(KIND).pop(_find(call, call["Name"]).name)
    return {"DataCatalog": record.data}


def tag(call: Call) -> None:
    """TagResource."""
    _tagged(call).tags |= {each["Key"]: each["Value"] for each in call["Tags"]}


def untag(call: Call) -> None:
    """UntagResource: absent keys are no error."""
    record = _tagged(call)
    record.tags = {k: v for k, v in record.tags.items() if k not in call["TagKeys"]}


def tags(call: Call) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"Tags": [{"Key": k, "Value": v} for k, v in sorted(_tagged(call).tags.items())]}


OPERATIONS = {
    "CreateDataCatalog": create,
    "GetDataCatalog": get,
    "ListDataCatalogs": list_,
    "UpdateDataCatalog": update,
    "DeleteDataCatalog": delete,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": tags,
}
