"""What namespaces and workgroups share: refusals, times, tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "redshift-serverless"
SECONDS = {"CREATING": 40.0, "MODIFYING": 20.0, "DELETING": 20.0}
MANAGED = frozenset({"adminPasswordSecretKmsKeyId", "manageAdminPassword"})


def wrong(text: str) -> Refused:
    """ValidationException."""
    return Refused("ValidationException", text)


def conflict(text: str) -> Refused:
    """ConflictException: it exists, or an operation runs."""
    return Refused("ConflictException", text)


def begin(record: Record, word: str) -> None:
    """It is at work from now on."""
    record.data |= {"word": word, "until": WORLD.clock.now() + SECONDS[word]}


def status(record: Record) -> str:
    """Its state by the clock."""
    at_work = record.data.get("until", 0.0) > WORLD.clock.now()
    return str(record.data["word"]) if at_work else "AVAILABLE"


def find(call: Call, kind: str, name: str) -> Record:
    """One that is there; a deleted one is gone once its time has come.

    Raises:
        Refused: ResourceNotFoundException.
    """
    found = call.records(kind)
    for each in [*found.values()]:
        if each.data.get("word") == "DELETING" and status(each) == "AVAILABLE":
            del found[each.name]
    if name not in found:
        raise Refused("ResourceNotFoundException", f"The {kind} {name} does not exist.")
    return found[name]


def idle(record: Record) -> None:
    """What is at work takes no change.

    Raises:
        Refused: ConflictException.
    """
    if status(record) != "AVAILABLE":
        text = f"There is an operation running on {record.name}. Please try again later."
        raise conflict(text)


def one(call: Call, *names: frozenset[str]) -> str:
    """What a request changes: one thing, or those of one group.

    Raises:
        Refused: ValidationException, of none or of several.
    """
    given = {key for key in call.params if key not in {"namespaceName", "workgroupName"}}
    if not given:
        raise wrong("No changes were given.")
    if len(given) > 1 and not any(given <= each for each in names):
        text = f"You can't update multiple parameters in one request: {', '.join(sorted(given))}"
        raise wrong(text)
    return min(given)


def tags(call: Call) -> dict[str, str]:
    """Tags of a creation."""
    return {each["key"]: each["value"] for each in call.get("tags") or ()}


def placed(call: Call, *, zones: int = 3) -> None:
    """Subnets of three zones (two with enhanced routing off), and groups that are there.

    Raises:
        Refused: ValidationException.
    """
    ec2 = ec2_backends[call.backend.account_id][call.backend.region_name]
    every = {each.id: each for zone in ec2.subnets.values() for each in zone.values()}
    asked = call.get("subnetIds") or ()
    if missing := [each for each in asked if each not in every]:
        raise wrong(f"The subnet {missing[0]} does not exist.")
    if asked and len({every[each].availability_zone for each in asked}) < zones:
        text = f"The subnets must be in at least {zones} Availability Zones."
        raise wrong(text)
    for each in call.get("securityGroupIds") or ():
        if ec2.get_security_group_from_id(each) is None:
            raise wrong(f"The security group {each} does not exist.")


def when(seconds: float) -> Any:  # noqa: ANN401 - a time of the JSON protocol
    """A time as text."""
    return moment(seconds).isoformat()
