"""Whom a resource share is shared with, what, and how, by RAM's own API.

Shares are made through Cloud Control. What is taken off stays listed as DISASSOCIATED for a while,
here for good. One permission for a type of resource: another replaces it, or is refused. Source:
RAM API reference, GetResourceShareAssociations, AssociateResourceSharePermission and others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.sandbox.beside import Call
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import Record, all_records

SERVICE = "ram"
TYPE = "AWS::RAM::ResourceShare"
KINDS = {"PRINCIPAL": "Principals", "RESOURCE": "ResourceArns"}
GIVEN = {"principals": "Principals", "resourceArns": "ResourceArns"}
PERMISSIONS, LEFT, PAGE = "PermissionArns", "left", 100


def _share(call: Call, arn: str) -> Record:
    where = (call.backend.account_id, call.backend.region_name)
    for record in all_records(TYPE):
        if arn in record.parts and (record.account, record.region) == where and not record.ends:
            return record
    raise Refused("UnknownResourceException", f"ResourceShare {arn} could not be found.")


def _associations(call: Call, record: Record, kind: str) -> Iterator[dict[str, Any]]:
    now = record.model.get(KINDS[kind]) or []
    left = call.kept(LEFT).get(f"{record.identifier} {KINDS[kind]}") or []
    for word, found in (
        ("ASSOCIATED", now),
        ("DISASSOCIATED", [it for it in left if it not in now]),
    ):
        for each in found:
            yield {
                "resourceShareArn": record.identifier,
                "resourceShareName": record.model["Name"],
                "associatedEntity": each,
                "associationType": kind,
                "status": word,
                "creationTime": record.created,
                "lastUpdatedTime": record.modified,
                "external": False,
            }


def shared(call: Call) -> dict[str, Any]:
    """GetResourceShareAssociations, of shares that are named."""
    arns = call.get("resourceShareArns") or []
    kind = call["associationType"]
    found = [each for arn in arns for each in _associations(call, _share(call, arn), kind)]
    if word := call.get("associationStatus"):
        found = [each for each in found if each["status"] == word]
    return _page(call, "resourceShareAssociations", found)


def _page(call: Call, at: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    begins, most = int(call.get("nextToken") or 0), int(call.get("maxResults") or PAGE)
    ends = begins + most
    more = {"nextToken": str(ends)} if ends < len(found) else {}
    return {at: found[begins:ends], **more}


def permitted(call: Call) -> dict[str, Any]:
    """ListResourceSharePermissions."""
    record = _share(call, call["resourceShareArn"])
    found = [
        {
            "arn": each,
            "name": each.rpartition("/")[2],
            "version": "1",
            "defaultVersion": True,
            "status": "ASSOCIATED",
            "creationTime": record.created,
            "lastUpdatedTime": record.modified,
        }
        for each in record.model.get(PERMISSIONS) or []
    ]
    return _page(call, "permissions", found)


def associate(call: Call) -> dict[str, Any]:
    """AssociateResourceShare: who or what is there already is no error."""
    record = _share(call, call["resourceShareArn"])
    for param, prop in GIVEN.items():
        now = record.model.get(prop) or []
        new = [each for each in call.get(param) or () if each not in now]
        if new:
            record.model[prop] = [*now, *new]
    return _told(call, record)


def disassociate(call: Call) -> dict[str, Any]:
    """DisassociateResourceShare."""
    record = _share(call, call["resourceShareArn"])
    for param, prop in GIVEN.items():
        gone = {*(call.get(param) or ())}
        if gone:
            record.model[prop] = [it for it in record.model.get(prop) or () if it not in gone]
            left = call.kept(LEFT).setdefault(f"{record.identifier} {prop}", [])
            left += [each for each in sorted(gone) if each not in left]
    return _told(call, record)


def _told(call: Call, record: Record) -> dict[str, Any]:
    every = [each for kind in KINDS for each in _associations(call, record, kind)]
    return {"resourceShareAssociations": every}


def permit(call: Call) -> dict[str, Any]:
    """AssociateResourceSharePermission.

    Raises:
        Refused: InvalidParameterException, of one that has a permission, without `replace`.
    """
    record = _share(call, call["resourceShareArn"])
    if record.model.get(PERMISSIONS) and not call.get("replace"):
        text = "The resource share already has a permission for this resource type"
        raise Refused("InvalidParameterException", text)
    record.model[PERMISSIONS] = [call["permissionArn"]]
    return {"returnValue": True}


OPERATIONS = {
    "AssociateResourceShare": associate,
    "AssociateResourceSharePermission": permit,
    "DisassociateResourceShare": disassociate,
    "GetResourceShareAssociations": shared,
    "ListResourceSharePermissions": permitted,
}
