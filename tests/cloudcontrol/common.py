"""What the scenarios share: looking into a turn, and at what AWS was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reconciler.model.plan import Step
from reconciler.sandbox.services.cloudcontrol import faults
from reconciler.sandbox.services.cloudcontrol.store import Record, all_records

from .world import Turn, World

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/acme-test-work"
WRITES = {"create_resource", "update_resource", "delete_resource"}


def patch(step: Step) -> list[dict[str, Any]]:
    """The operations of the one update of a step."""
    (call,) = step.calls
    return [dict(each) for each in call.params["PatchDocument"].document]


def paths(turn: Turn) -> list[str]:
    """What the one step of a turn sets or removes."""
    (step,) = turn.steps
    return [each["path"] for each in patch(step)]


def true(type_: str) -> dict[str, Any]:
    """The one resource of a type as it really is."""
    (model,) = faults.true_models(type_).values()
    return model


def record(type_: str) -> Record:
    (found,) = all_records(type_)
    return found


def alone(type_: str) -> None:
    """There is exactly one."""
    assert len(faults.true_models(type_)) == 1, faults.true_models(type_)


def errors(turn: Turn) -> list[str]:
    return [found.message for found in turn.diagnostics if found.is_error]


def said(turn: Turn) -> str:
    """All that a plan says of its resources."""
    return " | ".join(f"{found.code} {found.message}" for found in turn.diagnostics)


def make(world: World, type_: str, **model: Any) -> str:
    """Somebody else makes one by hand; its identifier."""
    client = world.aws.client("cloudcontrol")
    event = client.create_resource(TypeName=type_, DesiredState=json.dumps(model))["ProgressEvent"]
    world.aws.clock.advance(60)
    asked = client.get_resource_request_status(RequestToken=event["RequestToken"])
    assert asked["ProgressEvent"]["OperationStatus"] == "SUCCESS", asked
    return str(asked["ProgressEvent"]["Identifier"])


def role(world: World, name: str, service: str) -> str:
    """Somebody else makes a role that a service may assume; its ARN."""
    says = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [says]})
    iam = world.aws.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    return str(made["Role"]["Arn"])


@contextmanager
def sent(world: World) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every request to Cloud Control: its method and its parameters."""
    found: list[tuple[str, dict[str, Any]]] = []
    client = world.aws.client("cloudcontrol")

    def note(params: dict[str, Any], event_name: str, **_: Any) -> None:
        found.append((event_name.rpartition(".")[2], dict(params)))

    client.meta.events.register("provide-client-params.cloudcontrol.*", note)
    try:
        yield found
    finally:
        client.meta.events.unregister("provide-client-params.cloudcontrol.*", note)
