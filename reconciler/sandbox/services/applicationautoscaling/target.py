"""Scalable targets and scheduled actions.

Registering one again changes what is given. One that goes takes its policies and actions with it.
Source: Application Auto Scaling API reference, RegisterScalableTarget, DeregisterScalableTarget
(ObjectNotFoundException), PutScheduledAction; botocore's model.
"""

from __future__ import annotations

import uuid
from typing import Any

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.state.world import WORLD

SERVICE = "application-autoscaling"
KIND, POLICIES, ACTIONS = "scalable-target", "scaling-policy", "scheduled-action"
NAMES = {SERVICE: frozenset({"ResourceId"})}
_STILL = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
_ROLE = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"


def key(call: Call) -> str:
    """What tells a target from others."""
    return f"{call['ServiceNamespace']} {call['ResourceId']} {call['ScalableDimension']}"


def find(call: Call) -> Record:
    """The target, or that there is none."""
    found = call.records(KIND).get(key(call))
    if found is None:
        about = f"service namespace: {call['ServiceNamespace']}, resource ID: {call['ResourceId']}"
        text = f"No scalable target found for {about}, scalable dimension"
        raise Refused("ObjectNotFoundException", f"{text}: {call['ScalableDimension']}")
    return found


def register(call: Call) -> dict[str, Any]:
    """RegisterScalableTarget."""
    record = call.records(KIND).get(key(call))
    if record is None:
        if call.get("MinCapacity") is None or call.get("MaxCapacity") is None:
            raise Refused("ValidationException", "MinCapacity and MaxCapacity must be specified")
        id_ = uuid.uuid5(uuid.NAMESPACE_URL, f"{key(call)} {WORLD.next_number()}")
        arn = call.arn(f"scalable-target/{id_}")
        role = f"arn:aws:iam::{call.backend.account_id}:role/aws-service-role/{_ROLE}"
        data = {
            "ServiceNamespace": call["ServiceNamespace"],
            "ResourceId": call["ResourceId"],
            "ScalableDimension": call["ScalableDimension"],
            "RoleARN": call.get("RoleARN") or role,
            "SuspendedState": dict(_STILL),
        }
        record = call.add(KIND, key(call), arn, data, **(call.get("Tags") or {}))
    for name in ("MinCapacity", "MaxCapacity"):
        if call.get(name) is not None:
            record.data[name] = call[name]
    record.data["SuspendedState"] |= call.get("SuspendedState") or {}
    if record.data["MaxCapacity"] < record.data["MinCapacity"]:
        text = "Maximum capacity cannot be less than minimum capacity"
        raise Refused("ValidationException", text)
    return {"ScalableTargetARN": record.arn}


def describe(call: Call) -> dict[str, Any]:
    """DescribeScalableTargets, all on one page."""
    ids, dimension = call.get("ResourceIds"), call.get("ScalableDimension")
    found = [
        {**each.data, "ScalableTargetARN": each.arn, "CreationTime": each.created}
        for each in call.records(KIND).values()
        if each.data["ServiceNamespace"] == call["ServiceNamespace"]
        and (not ids or each.data["ResourceId"] in ids)
        and dimension in (None, each.data["ScalableDimension"])
    ]
    return {"ScalableTargets": found}


def deregister(call: Call) -> None:
    """DeregisterScalableTarget: with it go its policies and its actions."""
    find(call)
    forget(call.records(KIND), call.records(POLICIES), call.kept(ACTIONS), key(call))


def forget(
    targets: dict[str, Record], policies: dict[str, Record], actions: dict[str, Any], key_: str
) -> None:
    """Take a target out, and what it has."""
    del targets[key_]
    for kept in (policies, actions):
        for name in [name for name in kept if name.startswith(f"{key_} ")]:
            del kept[name]


def put_action(call: Call) -> None:
    """PutScheduledAction: what is not given of one that is there stays."""
    find(call)
    name = f"{key(call)} {call['ScheduledActionName']}"
    kept = call.kept(ACTIONS)
    if name not in kept and call.get("Schedule") is None:
        raise Refused("ValidationException", "Schedule must be specified")
    more = {it: call[it] for it in call.params if call.get(it) is not None}
    arn = call.arn(f"scheduledAction:{len(kept)}:resource/{call['ResourceId']}")
    fresh = {"ScheduledActionARN": arn, "CreationTime": WORLD.clock.now()}
    kept[name] = {**fresh, **kept.get(name, {}), **more}


def actions(call: Call) -> dict[str, Any]:
    """DescribeScheduledActions, all on one page."""
    wanted = ("ResourceId", "ScalableDimension")
    names = call.get("ScheduledActionNames")
    found = [
        each
        for each in call.kept(ACTIONS).values()
        if each["ServiceNamespace"] == call["ServiceNamespace"]
        and all(call.get(it) in (None, each[it]) for it in wanted)
        and (not names or each["ScheduledActionName"] in names)
    ]
    return {"ScheduledActions": found}


def delete_action(call: Call) -> None:
    """DeleteScheduledAction."""
    name = f"{key(call)} {call['ScheduledActionName']}"
    if call.kept(ACTIONS).pop(name, None) is None:
        raise Refused("ObjectNotFoundException", f"No scheduled action found for {name}")


def _tagged(call: Call) -> Record:
    arn = call["ResourceARN"]
    found = next((each for each in call.records(KIND).values() if each.arn == arn), None)
    if found is None:
        raise Refused("ResourceNotFoundException", f"{arn} does not exist")
    return found


def tag(call: Call) -> None:
    """TagResource."""
    _tagged(call).tags |= call["Tags"]


def untag(call: Call) -> None:
    """UntagResource: absent keys are no error."""
    record = _tagged(call)
    record.tags = {k: v for k, v in record.tags.items() if k not in call["TagKeys"]}


def tags(call: Call) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"Tags": dict(_tagged(call).tags)}


OPERATIONS = {
    "RegisterScalableTarget": register,
    "DescribeScalableTargets": describe,
    "DeregisterScalableTarget": deregister,
    "PutScheduledAction": put_action,
    "DescribeScheduledActions": actions,
    "DeleteScheduledAction": delete_action,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": tags,
}
