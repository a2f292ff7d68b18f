"""Inference components: asynchronous, on an endpoint in service whose variant has no model.

An update that fails comes back as InService with the old specification. Deleting one that is being
made is refused, and so is deleting an endpoint that has any. The texts are ours but for the first.
Source: SageMaker API reference, CreateInferenceComponent and the others; AWS_FACTS 1.2, 1.6.
"""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker import deployment, endpoint_config, listing, model
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at, records
from reconciler.sandbox.state.outcomes import OK, Outcome
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "inference-component"
NAMES = {"sagemaker": frozenset({"InferenceComponentName"})}
FAILED_TEXT = "The copies did not pass the ping health check."
_TAKEN = ("EndpointName", "VariantName", "Specification", "Specifications")


@dataclass(slots=True)
class Change:
    """What is under way, and what it will have made of the data."""

    what: Literal["create", "update", "delete"]
    due: float
    outcome: Outcome = OK
    data: dict[str, Any] = field(default_factory=dict)


def settle(found: dict[str, Record]) -> None:
    """Apply every change that is due."""
    for record in list(found.values()):
        change: Change | None = record.pending
        if change is None or change.due > WORLD.clock.now():
            continue
        record.pending, record.modified = None, change.due
        if change.what == "delete":
            del found[record.name]
        elif change.outcome.mode == "ok":
            record.data |= change.data | {"InferenceComponentStatus": "InService"}
            record.data.pop("FailureReason", None)
            runtime = record.data["RuntimeConfig"]
            runtime["CurrentCopyCount"] = runtime["DesiredCopyCount"]
        else:
            made = change.what == "create"
            record.data["InferenceComponentStatus"] = "Failed" if made else "InService"
            record.data["FailureReason"] = change.outcome.reason or FAILED_TEXT


def _begin(record: Record, what: Literal["create", "update", "delete"], **data: Any) -> None:  # noqa: ANN401
    outcome = WORLD.outcomes.take(record.name) if what != "delete" else OK
    due = math.inf if outcome.mode == "stuck" else WORLD.clock.now() + WORLD.durations.endpoint
    word = {"create": "Creating", "update": "Updating", "delete": "Deleting"}[what]
    record.data["InferenceComponentStatus"] = word
    record.touch()
    record.pending = Change(what, due, outcome, data)


def find(call: Call) -> Record:
    """The component in its present state, or the documented ValidationException."""
    settle(call.records(KIND))
    name = call["InferenceComponentName"]
    record = call.records(KIND).get(name)
    if record is None:
        raise invalid(f'Could not find inference component "{call.arn(KIND, name)}".')
    return record


def _idle(record: Record) -> None:
    if record.pending is not None:
        raise invalid(f'Cannot update in-progress inference component "{record.arn}".')


def create(call: Call) -> dict[str, Any]:
    """CreateInferenceComponent."""
    name = call["InferenceComponentName"]
    settle(call.records(KIND))
    if name in call.records(KIND):
        arn = call.arn(KIND, name)
        raise invalid(f'Cannot create already existing inference component "{arn}".')
    _host(call)
    _models(call)
    copies = (call.get("RuntimeConfig") or {}).get("CopyCount", 1)
    if copies < 1:  # a later update may take them all; github.com/stdapi-ai/stdapi.ai/issues/43
        raise invalid("Inference components need a copy count that is an integer larger than 0.")
    data = call.pick("InferenceComponentName", *_TAKEN) | {
        "RuntimeConfig": {"DesiredCopyCount": copies, "CurrentCopyCount": 0}
    }
    record = call.add(KIND, name, data)
    _begin(record, "create")
    return {"InferenceComponentArn": record.arn}


def _host(call: Call) -> None:
    """The endpoint has to be there, in service, with a variant that has no model."""
    endpoints = call.records("endpoint")
    deployment.settle(endpoints)
    name = call["EndpointName"]
    host = endpoints.get(name)
    if host is None:
        raise invalid(f'Could not find endpoint "{call.arn("endpoint", name)}".')
    if host.data["EndpointStatus"] != "InService":
        raise invalid(f'Cannot update in-progress endpoint "{host.arn}".')
    config = call.records(endpoint_config.KIND).get(host.data["EndpointConfigName"])
    variants = config.data["ProductionVariants"] if config else []
    found = [it for it in variants if it["VariantName"] == call.get("VariantName")]
    if not found:
        raise invalid(f"Could not find variant {call.get('VariantName')} of endpoint {name}.")
    if "ModelName" in found[0]:
        raise invalid("Inference Components are not supported in this Endpoint.")


def _models(call: Call) -> None:
    asked = [call.get("Specification") or {}, *(call.get("Specifications") or [])]
    for each in asked:
        if "ModelName" in each:
            model.find(call, each["ModelName"])


def describe(call: Call) -> dict[str, Any]:
    """DescribeInferenceComponent; looking at a busy one moves the clock."""
    record = find(call)
    answer = record.shown(
        InferenceComponentArn=record.arn,
        EndpointArn=call.arn("endpoint", record.data["EndpointName"]),
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
    )
    for each in (answer.get("Specification") or {}, *(answer.get("Specifications") or [])):
        container = each.get("Container") or {}
        if image := container.pop("Image", None):
            container["DeployedImage"] = {"SpecifiedImage": image}
    if record.pending is not None:
        WORLD.clock.polled()
    return answer


def update(call: Call) -> dict[str, Any]:
    """UpdateInferenceComponent: another specification, other copies, or both."""
    record = find(call)
    _idle(record)
    _models(call)
    data = call.pick("Specification", "Specifications")
    if call.get("RuntimeConfig"):
        runtime = deepcopy(record.data["RuntimeConfig"])
        data["RuntimeConfig"] = runtime | {"DesiredCopyCount": call["RuntimeConfig"]["CopyCount"]}
    if call.get("DeploymentConfig"):
        data["LastDeploymentConfig"] = call["DeploymentConfig"]
    _begin(record, "update", **data)
    return {"InferenceComponentArn": record.arn}


def update_copies(call: Call) -> dict[str, Any]:
    """UpdateInferenceComponentRuntimeConfig."""
    record = find(call)
    _idle(record)
    runtime = deepcopy(record.data["RuntimeConfig"])
    runtime["DesiredCopyCount"] = call["DesiredRuntimeConfig"]["CopyCount"]
    _begin(record, "update", RuntimeConfig=runtime)
    return {"InferenceComponentArn": record.arn}


def delete(call: Call) -> None:
    """DeleteInferenceComponent: Deleting, then gone; refused while it is made or changed."""
    record = find(call)
    _idle(record)
    _begin(record, "delete")


def list_(call: Call) -> dict[str, Any]:
    """ListInferenceComponents."""
    settle(call.records(KIND))
    wanted = {"EndpointName": "EndpointNameEquals", "VariantName": "VariantNameEquals"}
    found = [
        record
        for record in listing.select(call.records(KIND).values(), call)
        if all(call.get(it) in (None, record.data.get(name)) for name, it in wanted.items())
    ]
    return listing.page(found, call, key="InferenceComponents", shown=_summary)


def _summary(record: Record) -> dict[str, Any]:
    return {
        "InferenceComponentName": record.name,
        "InferenceComponentArn": record.arn,
        "EndpointName": record.data["EndpointName"],
        "EndpointArn": record.arn.rpartition(":")[0] + f":endpoint/{record.data['EndpointName']}",
        "VariantName": record.data.get("VariantName", ""),
        "InferenceComponentStatus": record.data["InferenceComponentStatus"],
        "CreationTime": created_at(record),
        "LastModifiedTime": modified_at(record),
    }


def refuse(call: Call, endpoint: str) -> None:
    """The ValidationException for deleting an endpoint that has components."""
    settle(call.records(KIND))
    found = [it.name for it in call.records(KIND).values() if it.data["EndpointName"] == endpoint]
    if found:
        names = ", ".join(sorted(found))
        raise invalid(f"Cannot delete endpoint {endpoint}: it has inference components: {names}.")


def due(backend: Any) -> None:  # noqa: ANN401  (moto's backend)
    """Bring all of them up to the clock."""
    settle(records(backend, KIND))


OPERATIONS = {
    "CreateInferenceComponent": create,
    "DescribeInferenceComponent": describe,
    "UpdateInferenceComponent": update,
    "UpdateInferenceComponentRuntimeConfig": update_copies,
    "DeleteInferenceComponent": delete,
    "ListInferenceComponents": list_,
}
