"""Endpoints: asynchronous, one change at a time, and old configuration shown until a new one is in.

The state machine itself is `deployment`; this file holds the operations.
"""

from __future__ import annotations

import math
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker import (
    autoscaling,
    deployment,
    endpoint_config,
    guards,
    inference_component,
    listing,
    scaling,
    stages,
    tidings,
    variants,
    working,
)
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at, records
from reconciler.sandbox.state.agenda import Due
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

KIND = "endpoint"
NAMES = {"sagemaker": frozenset({"EndpointName"})}


def find(call: Call, name: str) -> Record:
    """The endpoint in its present state, or the documented ValidationException."""
    deployment.settle(call.records(KIND))
    record = call.records(KIND).get(name)
    if record is None:
        raise invalid(f'Could not find endpoint "{call.arn(KIND, name)}".')
    return record


def _idle(record: Record) -> None:
    if record.pending is not None:
        raise invalid(f'Cannot update in-progress endpoint "{record.arn}".')


def changeable(record: Record) -> None:
    """Refuse a change of an endpoint that is busy or has failed."""
    _idle(record)
    if record.data["EndpointStatus"] == "Failed":
        message = f'Cannot update endpoint "{record.arn}" because its status is Failed'
        raise invalid(f"{message}. A failed endpoint can only be deleted.")


def create(call: Call) -> dict[str, Any]:
    """CreateEndpoint: Creating, then InService or the scripted outcome."""
    name, config_name = call["EndpointName"], call["EndpointConfigName"]
    deployment.settle(call.records(KIND))
    if name in call.records(KIND):
        raise invalid(f'Cannot create already existing endpoint "{call.arn(KIND, name)}".')
    config = endpoint_config.deployable(call, config_name)
    production = variants.from_config(call, config)
    _checked(call, call.get("DeploymentConfig"), production)
    data = {
        "EndpointName": name,
        "EndpointConfigName": config_name,
        "EndpointStatus": "Creating",
        "ProductionVariants": _starting(production),
    }
    record = call.add(KIND, name, data)
    record.pending = deployment.begin(
        "create",
        WORLD.durations.endpoint,
        working.endpoint(call, name, config, WORLD.outcomes.take(name), new=True),
        config=config_name,
        production=production,
        shadow=variants.from_config(call, config, "ShadowProductionVariants"),
        models=variants.models(config),
        capture=_capture(config),
        policy=deepcopy(call.get("DeploymentConfig")),
    )
    tidings.tell(record, WORLD.clock.now())
    return {"EndpointArn": record.arn}


def _checked(call: Call, policy: dict[str, Any] | None, live: list[variants.Variant]) -> None:
    """Refuse a DeploymentConfig that SageMaker does not take; the words are ours."""
    said = stages.refused(policy, live)
    arn = call.arn(KIND, call["EndpointName"])
    if not said and (missing := guards.missing(arn, guards.names(policy))):
        said = f"Could not find alarms of AutoRollbackConfiguration: {', '.join(missing)}."
    if said:
        raise invalid(said)


def _starting(production: list[variants.Variant]) -> list[variants.Variant]:
    nothing = {"CurrentWeight": 0.0, "VariantStatus": [{"Status": "Creating"}]}
    counted = {"CurrentInstanceCount": 0}
    return [
        variant | nothing | (counted if variants.COUNT in variant else {})
        for variant in deepcopy(production)
    ]


def _capture(config: Record) -> dict[str, Any] | None:
    given = config.data.get("DataCaptureConfig")
    if not given:
        return None
    return {
        "EnableCapture": given["EnableCapture"],
        "CaptureStatus": "Started" if given["EnableCapture"] else "Stopped",
        "CurrentSamplingPercentage": given["InitialSamplingPercentage"],
        "DestinationS3Uri": given["DestinationS3Uri"],
        "KmsKeyId": given.get("KmsKeyId", ""),
    }


def update(call: Call) -> dict[str, Any]:
    """UpdateEndpoint: Updating with a PendingDeploymentSummary, then the outcome."""
    record = find(call, call["EndpointName"])
    changeable(record)
    config = endpoint_config.deployable(call, call["EndpointConfigName"])
    endpoint_config.find(call, record.data["EndpointConfigName"])  # what it leaves, too
    autoscaling.refuse_other_instances(call, record, config)
    production = variants.from_config(call, config)
    retained: frozenset[str] = frozenset()
    if call.get("RetainAllVariantProperties"):
        given = call.get("ExcludeRetainedVariantProperties") or []
        retained = variants.KEPT - {item["VariantPropertyType"] for item in given}
        production = variants.retained(production, record.data["ProductionVariants"], retained)
    policy = call.get("DeploymentConfig")
    if policy is None and call.get("RetainDeploymentConfig"):
        policy = record.data.get("LastDeploymentConfig")
    live = record.data["ProductionVariants"]
    _checked(call, policy, live)
    record.data["EndpointStatus"] = "Updating"
    record.touch()
    begun = deployment.begin(
        "update",
        WORLD.durations.endpoint,
        working.endpoint(call, record.name, config, WORLD.outcomes.take(record.name), new=False),
        config=config.name,
        production=production,
        shadow=variants.from_config(call, config, "ShadowProductionVariants"),
        models=variants.models(config),
        capture=_capture(config),
        policy=deepcopy(policy),
        retained=retained,
    )
    record.pending = deployment.guarded(begun, live, WORLD.durations.endpoint)
    deployment.started(record)
    tidings.tell(record, WORLD.clock.now())
    return {"EndpointArn": record.arn}


def update_weights(call: Call) -> dict[str, Any]:
    """UpdateEndpointWeightsAndCapacities; see `scaling`."""
    record = find(call, call["EndpointName"])
    changeable(record)
    scaling.begin(call, record)
    tidings.tell(record, WORLD.clock.now())
    return {"EndpointArn": record.arn}


def describe(call: Call) -> dict[str, Any]:
    """DescribeEndpoint; looking at a busy endpoint moves the clock."""
    record = find(call, call["EndpointName"])
    configs = call.records(endpoint_config.KIND)
    coming = configs.get(record.pending.config or "") if record.pending else None
    live = configs.get(record.data["EndpointConfigName"])
    answer = record.shown(
        EndpointArn=record.arn,
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
        ProductionVariants=deployment.live(record),
        PendingDeploymentSummary=deployment.summary(record, coming),
        AsyncInferenceConfig=live.data.get("AsyncInferenceConfig") if live else None,
        ExplainerConfig=live.data.get("ExplainerConfig") if live else None,
    )
    if record.pending is not None:
        WORLD.clock.polled()
    return answer


def delete(call: Call) -> None:
    """DeleteEndpoint: Deleting, then gone."""
    record = find(call, call["EndpointName"])
    _idle(record)
    inference_component.refuse(call, record.name)
    autoscaling.deregister(call, record.name)
    record.data["EndpointStatus"] = "Deleting"
    record.touch()
    record.pending = deployment.begin("delete", WORLD.durations.endpoint_delete)
    tidings.tell(record, WORLD.clock.now())


def list_(call: Call) -> dict[str, Any]:
    """ListEndpoints."""
    deployment.settle(call.records(KIND))
    status = call.get("StatusEquals")
    found = [
        record
        for record in listing.select(call.records(KIND).values(), call)
        if status in (None, record.data["EndpointStatus"])
    ]
    by_status = {"Status": lambda record: record.data["EndpointStatus"]}
    return listing.page(found, call, key="Endpoints", shown=_summary, sort_keys=by_status)


def _summary(record: Record) -> dict[str, Any]:
    return {
        "EndpointName": record.name,
        "EndpointArn": record.arn,
        "CreationTime": created_at(record),
        "LastModifiedTime": modified_at(record),
        "EndpointStatus": record.data["EndpointStatus"],
    }


def due(backend: Any) -> None:  # noqa: ANN401  (moto's backend)
    """Bring all of them up to the clock."""
    deployment.settle(records(backend, KIND))


def upcoming() -> Due | None:
    """The next thing of all endpoints, so that their events come at their time."""
    found = [
        (deployment.upcoming(record.pending), record.number, backend)
        for regions in [*sagemaker_backends.values()]
        for backend in [*regions.values()]
        for record in records(backend, KIND).values()
        if record.pending is not None
    ]
    at, _, backend = min(found, key=lambda each: each[:2], default=(math.inf, 0, None))
    return None if math.isinf(at) else Due(at, lambda: due(backend))


OPERATIONS = {
    "CreateEndpoint": create,
    "DescribeEndpoint": describe,
    "UpdateEndpoint": update,
    "UpdateEndpointWeightsAndCapacities": update_weights,
    "DeleteEndpoint": delete,
    "ListEndpoints": list_,
}
