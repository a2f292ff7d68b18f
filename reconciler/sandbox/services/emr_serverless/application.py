"""Applications of EMR Serverless as its own API shows, starts, stops and changes them.

They are made through Cloud Control, or by moto's CreateApplication; either is one here. Words of
refusals are moto's. Source: EMR Serverless API, GetApplication, StartApplication, StopApplication,
UpdateApplication.
"""

from __future__ import annotations

from typing import Any

from moto.emrserverless.models import emrserverless_backends

from reconciler.sandbox.beside import Call
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import Record, all_records
from reconciler.sandbox.services.cloudcontrol.types.emrserverless_application import (
    QUIET,
    going,
    state,
    tell,
)

SERVICE = "emr-serverless"
TYPE = "AWS::EMRServerless::Application"
ANY_STATE = frozenset({"imageConfiguration", "maximumCapacity", "schedulerConfiguration"})
"""What changes in any state. Source: UpdateApplication."""
KEY = frozenset({"applicationId", "clientToken"})


def find(call: Call, name: str) -> dict[str, Any]:
    """An application in CloudFormation's names, whichever way it was made.

    Raises:
        Refused: ResourceNotFoundException.
    """
    if (record := _record(call, name)) is not None:
        return {**record.model, **record.made}
    where = call.backend
    found = emrserverless_backends[where.account_id][where.region_name].applications.get(name)
    if found is None:
        raise Refused("ResourceNotFoundException", f"Application {name} does not exist")
    auto: Any = found.auto_start_configuration or {}
    stop: Any = found.auto_stop_configuration or {}
    return {
        "ApplicationId": name,
        "Arn": found.arn,
        "Name": found.name,
        "ReleaseLabel": found.release_label,
        "Type": found.type,
        "AutoStartConfiguration": {"Enabled": auto.get("enabled", True)},
        "AutoStopConfiguration": {
            "Enabled": stop.get("enabled", True),
            "IdleTimeoutMinutes": stop.get("idleTimeoutMinutes", 15),
        },
    }


def _record(call: Call, name: str) -> Record | None:
    where = call.backend
    here = (where.account_id, where.region_name)
    for record in all_records(TYPE):
        if (record.account, record.region) == here and name in record.parts:
            return record if record.ends is None else None
    return None


def get(call: Call) -> dict[str, Any]:
    """GetApplication: who it is and how it stands; what a plan compares it reads elsewhere."""
    model = find(call, call["applicationId"])
    record = _record(call, call["applicationId"])
    shown = {
        "applicationId": model["ApplicationId"],
        "arn": model["Arn"],
        "name": model.get("Name"),
        "releaseLabel": model["ReleaseLabel"],
        "type": model["Type"],
        "state": state(model),
        "createdAt": record.created if record else 0.0,
        "updatedAt": record.modified if record else 0.0,
        "tags": {each["Key"]: each["Value"] for each in model.get("Tags") or ()},
    }
    for name in ("AutoStartConfiguration", "AutoStopConfiguration", *map(_upper, ANY_STATE)):
        if name in model:
            shown[_lower(name)] = _renamed(model[name], _lower)
    return {"application": {key: it for key, it in shown.items() if it is not None}}


def start(call: Call) -> None:
    """StartApplication."""
    tell(find(call, call["applicationId"]), "STARTED")


def stop(call: Call) -> None:
    """StopApplication, refused while jobs run; one that does not run stays as it is.

    Raises:
        Refused: ValidationException.
    """
    model = find(call, call["applicationId"])
    if going(model):
        name = model["ApplicationId"]
        text = f"Application {name} cannot be stopped: it has running or scheduled jobs"
        raise Refused("ValidationException", text)
    if state(model) == "STARTED":
        tell(model, "STOPPED")


def update(call: Call) -> dict[str, Any]:
    """UpdateApplication.

    Raises:
        Refused: ValidationException, of a state in which it does not change so.
    """
    model, record = find(call, call["applicationId"]), _record(call, call["applicationId"])
    given = {key: value for key, value in call.params.items() if key not in KEY}
    if state(model) not in QUIET and given.keys() - ANY_STATE:
        text = (
            f"Application {model['ApplicationId']} must be in one of the following statuses"
            f" [CREATED, STOPPED]. Current status: {state(model)}"
        )
        raise Refused("ValidationException", text)
    if record is None:
        raise Refused("ValidationException", "The sandbox changes what Cloud Control has made")
    record.model |= {_upper(key): _renamed(value, _upper) for key, value in given.items()}
    return get(call)


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _renamed(value: Any, by: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {by(key): _renamed(it, by) for key, it in value.items()}
    return value


def _tagged(call: Call) -> dict[str, str]:
    for record in all_records(TYPE):
        if record.arn == call["resourceArn"] and record.ends is None:
            return {each["Key"]: each["Value"] for each in record.model.get("Tags") or ()}
    raise Refused("ResourceNotFoundException", f"Resource {call['resourceArn']} does not exist")


def _retag(call: Call, tags: dict[str, str]) -> None:
    for record in all_records(TYPE):
        if record.arn == call["resourceArn"]:
            record.model["Tags"] = [{"Key": k, "Value": v} for k, v in sorted(tags.items())]


def tag(call: Call) -> None:
    """TagResource, in any state."""
    _retag(call, {**_tagged(call), **call["tags"]})


def untag(call: Call) -> None:
    """UntagResource, in any state."""
    gone = set(call["tagKeys"])
    _retag(call, {key: it for key, it in _tagged(call).items() if key not in gone})


OPERATIONS = {
    "GetApplication": get,
    "StartApplication": start,
    "StopApplication": stop,
    "UpdateApplication": update,
    "TagResource": tag,
    "UntagResource": untag,
}
