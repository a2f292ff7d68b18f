"""The records of a name that several regions answer for, and whether each is healthy.

Sources: Route 53 API reference, ListResourceRecordSets, GetHealthCheck, GetHealthCheckStatus;
developer guide, "How Amazon Route 53 determines whether a health check is healthy" (more than 18
per cent of the checkers say so).
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.aws.errors import Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.resources.api import absent
from reconciler.resources.route53.record_set import spelt
from reconciler.rollout.answers import Member

SERVICE = "route53"
ENOUGH = 0.18
_GONE = (absent("NoSuchHealthCheck"),)


def members(session: Session, zone: str, name: str, type_: str = "A") -> list[Member]:
    """All records of a name and type that have a set identifier, whoever made them.

    Raises:
        AwsError: AWS did not say all of it.
    """
    asked = {"HostedZoneId": zone, "StartRecordName": name, "StartRecordType": type_}
    reader = ReadOnly(session, SERVICE)
    found = reader.pages("list_resource_record_sets", asked, "ResourceRecordSets")
    mine = [it for it in found if spelt(it["Name"]) == spelt(name) and it["Type"] == type_]
    found = [_member(session, each) for each in mine if each.get("SetIdentifier")]
    return sorted(found, key=lambda each: each.id)


def _member(session: Session, record: Mapping[str, Json]) -> Member:
    check = record.get("HealthCheckId")
    alias = bool((record.get("AliasTarget") or {}).get("EvaluateTargetHealth"))
    healthy = _healthy(session, str(check)) if check else None
    return Member(
        id=str(record["SetIdentifier"]),
        order=str(record.get("Failover") or ""),
        parts=int(record.get("Weight") or 0),
        healthy=healthy,
        guarded=bool(check) or alias,
    )


def _healthy(session: Session, check: str) -> bool | None:
    """What Route 53 takes it for: a disabled one is healthy, an inverted one the opposite."""
    reader = ReadOnly(session, SERVICE, _GONE)
    try:
        config = reader.call("get_health_check", {"HealthCheckId": check})["HealthCheck"]
        if config["HealthCheckConfig"].get("Disabled"):
            return True
        said = reader.call("get_health_check_status", {"HealthCheckId": check})
    except Gone:
        return None
    told = [
        str(it.get("StatusReport", {}).get("Status", "")) for it in said["HealthCheckObservations"]
    ]
    if not told:
        return None
    well = sum(text.startswith("Success") for text in told) / len(told) > ENOUGH
    return not well if config["HealthCheckConfig"].get("Inverted") else well
