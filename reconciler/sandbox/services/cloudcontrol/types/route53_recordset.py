"""AWS::Route53::RecordSet, made in moto's Route 53, where other accounts' ways see it too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.sandbox.services.cloudcontrol.mirror import Props, pick
from reconciler.sandbox.services.cloudcontrol.native import Aws

SAID = (
    "AliasTarget",
    "CidrRoutingConfig",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "HealthCheckId",
    "MultiValueAnswer",
    "Name",
    "Region",
    "SetIdentifier",
    "Type",
)
ZERO = ("Weight", "TTL")
"""Numbers, of which 0 says something."""


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """ChangeResourceRecordSets, CREATE."""
    zone = str(props["HostedZoneId"])
    _change(aws, zone, "CREATE", _sent(props))
    name, type_ = str(props["Name"]), str(props["Type"])
    return (name, zone, type_, str(props.get("SetIdentifier") or ""))


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """ListResourceRecordSets, from its name on."""
    found = _found(aws, parts)
    if found is None:
        return None
    shown = pick(found, SAID) | {key: found[key] for key in ZERO if found.get(key) is not None}
    if values := [it["Value"] for it in found.get("ResourceRecords") or ()]:
        shown["ResourceRecords"] = values
    if "TTL" in shown:
        shown["TTL"] = str(shown["TTL"])
    return shown | {"HostedZoneId": parts[1]}


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """ChangeResourceRecordSets, UPSERT of what differs."""
    if _sent(before) != _sent(after):
        _change(aws, parts[1], "UPSERT", _sent({**after, "Name": parts[0]}))


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """ChangeResourceRecordSets, DELETE, which has to say what is there."""
    if found := _found(aws, parts):
        _change(aws, parts[1], "DELETE", found)


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListResourceRecordSets of each zone."""
    for zone in aws.pages("route53", "ListHostedZones", "HostedZones"):
        id_ = str(zone["Id"]).rpartition("/")[2]
        for each in aws.pages(
            "route53", "ListResourceRecordSets", "ResourceRecordSets", HostedZoneId=id_
        ):
            yield (each["Name"], id_, each["Type"], each.get("SetIdentifier") or "")


def _found(aws: Aws, parts: tuple[str, ...]) -> dict[str, Any] | None:
    name, zone, type_, own = parts
    asked = {"HostedZoneId": zone, "StartRecordName": name, "StartRecordType": type_}
    answer = aws.look("route53", "ListResourceRecordSets", **asked) or {}
    for each in answer.get("ResourceRecordSets") or ():
        same = each["Name"].rstrip(".") == name.lower().rstrip(".") and each["Type"] == type_
        if same and (each.get("SetIdentifier") or "") == own:
            return dict(each)
    return None


def _sent(props: Props) -> dict[str, Any]:
    sent = pick(props, SAID) | {key: int(props[key]) for key in ZERO if props.get(key) is not None}
    if values := props.get("ResourceRecords"):
        sent["ResourceRecords"] = [{"Value": each} for each in values]
    return sent


def _change(aws: Aws, zone: str, action: str, record: dict[str, Any]) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    aws("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch=batch)
