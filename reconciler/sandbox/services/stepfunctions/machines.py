"""State machines: made once a name, checked when they are made, versions and aliases.

Source: Step Functions API; developer guide, "Creating an IAM role for your state machine" for
what CreateStateMachine asks of the role.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from moto.moto_api._internal import mock_random

from reconciler.access.model import Asked
from reconciler.facts.asl import jsonata
from reconciler.facts.asl.checks import faults
from reconciler.facts.asl.integrations import integration, rule_actions
from reconciler.facts.asl.tree import states
from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.iam import principals
from reconciler.sandbox.iam.decision import decision
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.stepfunctions import acting, paging
from reconciler.sandbox.state.world import WORLD

SERVICE = "stepfunctions"
MACHINE, VERSION, ALIAS = "machine", "version", "alias"
NAMES = {"stepfunctions": frozenset({"stateMachineArn", "name"})}
PRINCIPAL = "states.amazonaws.com"
KEPT = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration",
        "encryptionConfiguration")  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
}


def find(call: Call, arn: str) -> Record:
    """A machine by its ARN, or that of a version or alias.

    Raises:
        Refused: InvalidArn or StateMachineDoesNotExist.
    """
    parts = arn.split(":")
    if len(parts) not in {7, 8} or parts[2] != "states" or parts[5] != "stateMachine":
        raise Refused("InvalidArn", f"Invalid Arn: '{arn}'")
    record = call.records(MACHINE).get(parts[6])
    if record is None or ":".join(parts[:7]) != record.arn:
        raise Refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    return record


def create(call: Call) -> dict[str, Any]:
    """CreateStateMachine: the same once more is the same; another of that name is refused."""
    name = call["name"]
    text = _definition(call["definition"])
    data = {each: call.get(each, DEFAULTS.get(each)) for each in KEPT}
    data |= {"type": call.get("type", "STANDARD"), "name": name, "definition": text}
    known = call.records(MACHINE).get(name)
    if known is not None:
        if known.data["status"] == "DELETING":
            raise Refused("StateMachineDeleting", f"State Machine is being deleted: '{known.arn}'")
        if any(known.data[key] != data[key] for key in data if key != "roleArn"):
            said = f"State Machine Already Exists: '{known.arn}'"
            raise Refused("StateMachineAlreadyExists", said)
        return {"stateMachineArn": known.arn, "creationDate": known.created}
    arn = _arn(call, f"stateMachine:{name}")
    _role(call, arn, data)
    data |= {"status": "ACTIVE", "revision": _revision(), "versions": 0, "updated": None}
    tags = {each["key"]: each["value"] for each in call.get("tags") or ()}
    record = call.add(MACHINE, name, arn, data, **tags)
    found = {"stateMachineArn": arn, "creationDate": record.created}
    if call.get("publish"):
        found["stateMachineVersionArn"] = published(call, record, call.get("versionDescription"))
    return found


def update(call: Call) -> dict[str, Any]:
    """UpdateStateMachine: what is not given stays."""
    record = find(call, call["stateMachineArn"])
    if record.data["status"] == "DELETING":
        raise Refused("StateMachineDeleting", f"State Machine is being deleted: '{record.arn}'")
    given = {each: call[each] for each in KEPT if call.get(each) is not None}
    if not given:
        raise Refused(
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, or the"
            " TracingConfiguration must be specified",
        )
    if "definition" in given:
        _definition(given["definition"])
    _role(call, record.arn, record.data | given)
    record.data |= given
    record.data |= {"revision": _revision(), "updated": WORLD.clock.now()}
    found = {"updateDate": WORLD.clock.now(), "revisionId": record.data["revision"]}
    if call.get("publish"):
        found["stateMachineVersionArn"] = published(call, record, call.get("versionDescription"))
    return found


def describe(call: Call) -> dict[str, Any]:
    """DescribeStateMachine; of a version, what it was."""
    arn = call["stateMachineArn"]
    record = find(call, arn)
    data = record.data
    if arn != record.arn:
        data = version(call, arn).data
    found = {each: data[each] for each in (*KEPT, "name", "type", "status")}
    found |= {"stateMachineArn": arn, "creationDate": record.created}
    if data["revision"] and record.data["updated"] is not None:
        found["revisionId"] = data["revision"]
    return found


def version(call: Call, arn: str) -> Record:
    """What an ARN of a version or alias stands for.

    Raises:
        Refused: there is no such one.
    """
    record = find(call, arn)
    alias = call.kept(ALIAS).get(arn)
    if alias is not None:
        arn = _chosen(alias.data["routingConfiguration"])
    found: Record | None = call.kept(VERSION).get(arn)
    if arn == record.arn:
        return record
    if found is None:
        raise Refused("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    return found


def _chosen(routes: list[dict[str, Any]]) -> str:
    at, number = mock_random.uniform(0, 100), 0
    for each in routes:
        number += int(each["weight"])
        if at <= number:
            return str(each["stateMachineVersionArn"])
    return str(routes[-1]["stateMachineVersionArn"])


def delete(call: Call) -> dict[str, Any]:
    """DeleteStateMachine: no error without one; the name stays taken while runs go on."""
    name = call["stateMachineArn"].rpartition(":")[2]
    record = call.records(MACHINE).get(name)
    if record is not None:
        record.data["status"] = "DELETING"
        sweep(call)
    return {}


def sweep(call: Call) -> None:
    """Let go of machines that are deleted and have no run that goes on."""
    busy = {it.data["run"].machine_name for it in call.kept("going").values()}
    for name, record in [*call.records(MACHINE).items()]:
        if record.data["status"] == "DELETING" and name not in busy:
            del call.records(MACHINE)[name]


def list_(call: Call) -> dict[str, Any]:
    """ListStateMachines."""
    sweep(call)
    rows = [
        {
            "stateMachineArn": it.arn,
            "name": it.name,
            "type": it.data["type"],
            "creationDate": it.created,
        }
        for it in call.records(MACHINE).values()
    ]
    return paging.page(call, rows, "stateMachines")


def published(call: Call, record: Record, description: str | None) -> str:
    latest = f"{record.arn}:{record.data['versions']}"
    held = call.kept(VERSION).get(latest)
    if held is not None and held.data["revision"] == record.data["revision"]:
        return latest
    record.data["versions"] += 1
    arn = f"{record.arn}:{record.data['versions']}"
    call.run(VERSION, arn, arn, {**record.data, "description": description})
    return arn


def validate(call: Call) -> dict[str, Any]:
    """ValidateStateMachineDefinition."""
    try:
        definition = json.loads(call["definition"])
    except ValueError as mistake:
        rows = [{"severity": "ERROR", "code": "INVALID_JSON_DESCRIPTION", "message": str(mistake)}]
        return {"result": "FAIL", "diagnostics": rows, "truncated": False}
    rows = [
        {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": it.text,
         "location": it.pointer}
        for it in faults(definition) if it.refused
    ]  # fmt: skip
    return {"result": "FAIL" if rows else "OK", "diagnostics": rows, "truncated": False}


def _definition(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError as mistake:
        said = f"Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {mistake}'"
        raise Refused("InvalidDefinition", said) from None
    if not isinstance(found, dict):
        said = "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: it is no object'"
        raise Refused("InvalidDefinition", said)
    wrong = [each for each in faults(found) if each.refused]
    if wrong:
        told = ", ".join(f"SCHEMA_VALIDATION_FAILED: {it.text} at {it.pointer}" for it in wrong)
        raise Refused("InvalidDefinition", f"Invalid State Machine Definition: '{told}'")
    return text


def _role(call: Call, arn: str, data: Mapping[str, Any]) -> None:
    """The role trusts Step Functions, and may make the rules by which jobs are waited for."""
    role = data["roleArn"]
    if WORLD.iam != "enforced":
        return
    account = call.backend.account_id
    if not acting.trusts(role, PRINCIPAL, account, arn):
        said = "Neither the global service principal states.amazonaws.com, nor the regional one is"
        raise Refused("AccessDeniedException", f"{said} authorized to assume the provided role.")
    definition = json.loads(data["definition"])
    who = principals.acting(role)
    if who is None or jsonata(definition):
        return
    for rule in sorted({_rule(state) for _, state in states(definition)} - {""}):
        at = f"arn:{call.backend.partition}:events:{call.backend.region_name}:{account}:rule/{rule}"
        for action in rule_actions():
            asked = Asked(
                action,
                at,
                role,
                account,
                account,
                {"aws:requestedregion": (call.backend.region_name,)},
            )
            if not decision(asked, who).allowed:
                said = f"'{role}' is not authorized to create managed-rule."
                raise Refused("AccessDeniedException", said)


def _rule(state: Mapping[str, Any]) -> str:
    try:
        return integration(str(state.get("Resource", ""))).rule
    except ValueError:
        return ""


def _arn(call: Call, resource: str) -> str:
    where = call.backend
    return f"arn:{where.partition}:states:{where.region_name}:{where.account_id}:{resource}"


def _revision() -> str:
    return str(uuid.UUID(int=mock_random.getrandbits(128)))


OPERATIONS = {
    "CreateStateMachine": create,
    "UpdateStateMachine": update,
    "DescribeStateMachine": describe,
    "DeleteStateMachine": delete,
    "ListStateMachines": list_,
    "ValidateStateMachineDefinition": validate,
}
