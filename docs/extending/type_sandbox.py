"""Athena's work groups in the sandbox: what moto lacks of them, or gets wrong.

Copy to `reconciler/sandbox/services/<service>/<type>.py`, beside an empty `__init__.py`. The
operations here are asked before moto is. Source: Athena API reference, UpdateWorkGroup and others;
an unknown name is an InvalidRequestException whose message says so.
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused

SERVICE = "athena"
KIND = "workgroup"
NAMES = {SERVICE: frozenset({"WorkGroup"})}


def _find(call: Call, name: str) -> Record:
    found = call.records(KIND).get(name)
    if found is None:
        raise Refused("InvalidRequestException", f"WorkGroup {name} is not found.")
    return found


def _tagged(call: Call) -> Record:
    return _find(call, call["ResourceARN"].rpartition("/")[2])


def create(call: Call) -> None:
    """CreateWorkGroup: one of that name is refused."""
    name = call["Name"]
    if name in call.records(KIND):
        raise Refused("InvalidRequestException", f"WorkGroup {name} is already created.")
    data = {"Name": name, "State": "ENABLED", "Description": call.get("Description", "")}
    tags = {tag["Key"]: tag["Value"] for tag in call.get("Tags", ())}
    call.add(KIND, name, call.arn(f"{KIND}/{name}"), data, **tags)


def get(call: Call) -> dict[str, Any]:
    """GetWorkGroup."""
    return {"WorkGroup": _find(call, call["WorkGroup"]).data}


def list_(call: Call) -> dict[str, Any]:
    """ListWorkGroups, all on one page."""
    found = call.records(KIND)
    return {"WorkGroups": [found[name].data for name in sorted(found)]}


def update(call: Call) -> None:
    """UpdateWorkGroup changes what it is given."""
    data = _find(call, call["WorkGroup"]).data
    data |= {name: call[name] for name in ("Description", "State") if call.get(name) is not None}


def delete(call: Call) -> None:
    """DeleteWorkGroup."""
    del call.records(KIND)[_find(call, call["WorkGroup"]).name]


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
    "CreateWorkGroup": create,
    "GetWorkGroup": get,
    "ListWorkGroups": list_,
    "UpdateWorkGroup": update,
    "DeleteWorkGroup": delete,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": tags,
}
