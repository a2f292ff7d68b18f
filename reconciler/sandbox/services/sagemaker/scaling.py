"""UpdateEndpointWeightsAndCapacities: all or nothing, and desired and current differ meanwhile.

Source: SageMaker API, UpdateEndpointWeightsAndCapacities; AWS_FACTS 1.4.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker import (
    deployment,
    endpoint_config,
    model,
    tidings,
    variants,
)
from reconciler.sandbox.state.outcomes import Outcome
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

SERVERLESS = "ServerlessUpdateConfig"


def begin(call: Call, record: Record) -> None:
    """Check the whole request, then begin the change."""
    given = call["DesiredWeightsAndCapacities"]
    wanted = {item["VariantName"]: item for item in given}
    production = deepcopy(record.data["ProductionVariants"])
    _check(call, record, given, wanted)
    grows = False
    for variant in production:
        item = wanted.get(variant["VariantName"], {})
        if variants.WEIGHT in item:
            variant[variants.WEIGHT] = variants.single(item[variants.WEIGHT])
        if variants.COUNT in item or SERVERLESS in item:
            grows = grows or _grows(variant, item)
            variant["VariantStatus"] = [{"Status": "Updating"}]
        if variants.COUNT in item:
            variant[variants.COUNT] = item[variants.COUNT]
        if SERVERLESS in item:
            variant["DesiredServerlessConfig"] |= item[SERVERLESS]
    outcome = WORLD.outcomes.take(record.name, grows=grows)
    if grows and outcome.mode == "ok":
        outcome = _startable(call, record) or outcome
    record.data |= {"EndpointStatus": "Updating", "ProductionVariants": production}
    record.touch()
    seconds = WORLD.durations.endpoint_weights
    record.pending = deployment.begin("weights", seconds, outcome, production=production)


def _check(
    call: Call,
    record: Record,
    given: list[dict[str, Any]],
    wanted: dict[str, dict[str, Any]],
) -> None:
    known = {each["VariantName"]: each for each in record.data["ProductionVariants"]}
    if unknown := wanted.keys() - known.keys():
        names = ", ".join(f'"{name}"' for name in sorted(unknown))
        config = record.data["EndpointConfigName"]
        message = f"The variant name(s) {names} is/are not present within endpoint configuration"
        raise invalid(f'{message} "{config}".')
    if len(wanted) < len(given):
        raise invalid("Variant names must be unique within DesiredWeightsAndCapacities.")
    if sum(variants.COUNT in item or SERVERLESS in item for item in given) > 1:
        raise invalid("The capacity of only one variant can be changed at a time.")
    for name, item in wanted.items():
        serverless = "DesiredServerlessConfig" in known[name]
        if variants.COUNT in item and serverless:
            raise invalid(f"Variant {name} is serverless and has no instances.")
        if SERVERLESS in item and not serverless:
            raise invalid(f"Variant {name} is not serverless.")
        _check_none(call, record, known[name], item)


def _check_none(
    call: Call, record: Record, variant: variants.Variant, item: dict[str, Any]
) -> None:
    """No instances are taken for managed scaling and asynchronous endpoints alone.

    Of a plain variant it is not known what AWS says; the guide wants one at least (AWS_FACTS 1.4).
    """
    config = call.records(endpoint_config.KIND).get(record.data["EndpointConfigName"])
    waits = config is not None and "AsyncInferenceConfig" in config.data
    managed = "ManagedInstanceScaling" in variant or waits
    if item.get(variants.COUNT) == 0 and not managed:
        raise invalid(
            f"DesiredInstanceCount of variant {variant['VariantName']} must be 1 or more."
        )


def _grows(variant: variants.Variant, item: dict[str, Any]) -> bool:
    """Whether a change of capacity needs more than there is."""
    if variants.COUNT in item:
        return bool(item[variants.COUNT] > variant.get("CurrentInstanceCount", 0))
    current = variant.get("CurrentServerlessConfig", {})
    return any(value > current.get(name, 0) for name, value in item[SERVERLESS].items())


def _startable(call: Call, record: Record) -> Outcome | None:
    """How it ends where what new instances start with is gone."""
    config = record.data["EndpointConfigName"]
    if config not in call.records(endpoint_config.KIND):
        arn = call.arn(endpoint_config.KIND, config)
        return Outcome("rollback", f'Could not find endpoint configuration "{arn}".')
    for name in record.extra.get("models", {}).values():
        if name not in call.records(model.KIND):
            arn = call.arn(model.KIND, name)
            return Outcome("rollback", f'Could not find model "{arn}".')
    return None


def maintain(call: Call, record: Record, seconds: float) -> None:
    """AWS patches the endpoint: SystemUpdating, then as before, with a reason where it failed.

    It cannot start instances of a configuration or a model that is gone; what runs goes on. How AWS
    shows that is not known: its notices speak of endpoints that cannot be patched.

    Raises:
        ValueError: the endpoint is busy.
    """
    if record.pending is not None or record.data["EndpointStatus"] != "InService":
        msg = (
            f"endpoint {record.name} is {record.data['EndpointStatus']}; AWS patches one in service"
        )
        raise ValueError(msg)
    outcome = _startable(call, record) or Outcome("ok", record.data.get("FailureReason") or "")
    record.data["EndpointStatus"] = "SystemUpdating"
    record.touch()
    record.pending = deployment.begin("system", seconds, outcome)
    tidings.tell(record, WORLD.clock.now())


def stop(record: Record, *, out: bool) -> None:
    """Take an endpoint out of service, or back into it.

    Raises:
        ValueError: the endpoint is busy or has failed.
    """
    status, wanted = record.data["EndpointStatus"], "OutOfService" if out else "InService"
    if record.pending is not None or status not in ("InService", "OutOfService"):
        raise ValueError(f"endpoint {record.name} is {status}; it cannot become {wanted}")
    record.data["EndpointStatus"] = wanted
    record.touch()
    tidings.tell(record, WORLD.clock.now())
    deployment.scaled(record)
