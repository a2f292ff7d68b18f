"""Route 53: record sets under one name keep one routing policy, and a batch is taken whole or not.

A zone that is made with a caller reference that begins with `sandbox:` has the id behind it, so
that specs can name it; any other id begins with Z, as AWS's do. Sources: Route 53 API reference,
ChangeResourceRecordSets (CREATE of what is there, DELETE of what is not as it is said, other
policies under the name: InvalidChangeBatch) and ResourceRecordSet (SetIdentifier, Weight,
Failover).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.route53.models import FakeZone, RecordSet, Route53Backend

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import (
    HOME,
    CloudControlBackend,
    cloudcontrol_backends,
)

POLICIES = ("Failover", "GeoLocation", "MultiValueAnswer", "Region", "Weight")
CHOSEN = "sandbox:"


def install() -> None:
    """Repair zones and changes."""
    backend: Any = Route53Backend
    create = backend.create_hosted_zone

    def create_hosted_zone(self: Any, *args: Any, **given: Any) -> Any:  # noqa: ANN401  (moto's)
        zone = create(self, *args, **given)
        reference = str(given.get("caller_reference") or zone.caller_reference or "")
        chosen = reference.removeprefix(CHOSEN) if reference.startswith(CHOSEN) else ""
        del self.zones[zone.resource_id]
        zone.resource_id = chosen or f"Z{zone.resource_id[1:]}"  # moto's begin with any letter
        self.zones[zone.resource_id] = zone
        return zone

    backend.create_hosted_zone = create_hosted_zone
    backend.change_resource_record_sets = change
    get, update = backend.get_health_check, backend.update_health_check

    def get_health_check(self: Any, health_check_id: str) -> Any:  # noqa: ANN401
        return _made(self, health_check_id) or get(self, health_check_id)

    def update_health_check(self: Any, health_check_id: str, given: dict[str, Any]) -> Any:  # noqa: ANN401
        found = _made(self, health_check_id)
        if found is None:
            return update(self, health_check_id, given)
        said = {"Disabled": given.get("disabled"), "Inverted": given.get("inverted")}
        beside = _home(self).aside.setdefault(health_check_id, {})
        beside |= {key: value for key, value in said.items() if value is not None}
        return _made(self, health_check_id)

    backend.get_health_check = get_health_check
    backend.update_health_check = update_health_check


@dataclass(frozen=True, slots=True)
class Seen:
    """A health check that Cloud Control made, as Route 53 shows it."""

    id: str
    caller_reference: str
    health_check_config: dict[str, Any]
    health_check_version: int = 1


def _home(backend: Any) -> CloudControlBackend:  # noqa: ANN401  (moto's)
    return cloudcontrol_backends[backend.account_id][HOME]


def _made(backend: Any, id_: str) -> Seen | None:  # noqa: ANN401  (moto's)
    home = _home(backend)
    record = home.of("AWS::Route53::HealthCheck").get(id_)
    if record is None or record.ends is not None:
        return None
    config = {**record.model["HealthCheckConfig"], **home.aside.get(id_, {})}
    return Seen(id_, str(record.number), config)


def change(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:  # noqa: ANN401
    """ChangeResourceRecordSets: in the order of the batch, all of it or nothing."""
    zone: FakeZone = self.get_hosted_zone(zoneid)
    kept = [*zone.rrsets]
    try:
        for each in change_list:
            _one(zone, str(each["Action"]), each["ResourceRecordSet"])
    except Refused:
        zone.rrsets = kept
        raise


def _one(zone: FakeZone, action: str, given: dict[str, Any]) -> None:
    name = spelt(str(given["Name"]))
    if not name.endswith(spelt(zone.name)):
        _refuse(f"RRSet with DNS name {name} is not permitted in zone {zone.name}")
    make: Any = RecordSet
    record: RecordSet = make({**given, "Name": name, "ResourceRecords": _values(given)})
    under = [it for it in zone.rrsets if (it.name, it.type) == (name, record.type)]
    same = next((it for it in under if it.set_identifier == record.set_identifier), None)
    said = f"[name='{name}', type='{record.type}', set identifier='{record.set_identifier}']"
    if action == "DELETE":
        if same is None or shown(same) != shown(record):
            _refuse(f"Tried to delete resource record set {said} but it was not found")
        zone.rrsets = [it for it in zone.rrsets if it is not same]
        return
    if action == "CREATE" and same is not None:
        _refuse(f"Tried to create resource record set {said} but it already exists")
    others = [it for it in under if it is not same]
    if any(policy(it) != policy(record) for it in others):
        _refuse(
            f"RRSet with DNS name {name}, type {record.type}, SetIdentifier {record.set_identifier}"
            " cannot be created as other RRSets exist with the same name and type"
        )
    twice = record.failover and any(it.failover == record.failover for it in others)
    if twice:
        _refuse(f"{record.failover} failover already exists for {name}")
    if policy(record) and not record.set_identifier:
        _refuse("Missing field 'SetIdentifier'")
    zone.rrsets = [it for it in zone.rrsets if it is not same] + [record]


def policy(record: RecordSet) -> str:
    """The routing policy of a record set; "" for a simple one."""
    values = (
        record.failover,
        record.geo_location,
        record.multi_value_answer,
        record.region,
        record.weight,
    )
    named = zip(POLICIES, values, strict=True)
    return next((name for name, value in named if value not in (None, "", {})), "")


def spelt(name: str) -> str:
    """A name as Route 53 has it: in lower case, with a dot at its end."""
    return name.lower().rstrip(".") + "."


def shown(record: RecordSet) -> dict[str, Any]:
    """All that a record set says."""
    return {key: value for key, value in vars(record).items() if value not in (None, "", [], {})}


def _values(given: dict[str, Any]) -> list[str]:
    return [
        str(it["Value"] if isinstance(it, dict) else it)
        for it in given.get("ResourceRecords") or ()
    ]


def _refuse(text: str) -> None:
    raise Refused("InvalidChangeBatch", f"[{text}]")
