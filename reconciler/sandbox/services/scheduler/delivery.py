"""Deliveries of schedules and rules: tried as often as they say, and kept as dead letters.

No delivery runs code of a repository: what starts is a run of a machine, or a message.

Sources: EventBridge Scheduler user guide, "Templated targets", "Universal targets", "Dead-letter
queues"; EventBridge user guide, "Targets", "Retry policy", "Dead-letter queues".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.logs.models import logs_backends
from moto.sqs.models import sqs_backends

from reconciler.access.decide import decide
from reconciler.access.model import Asked, Guard, Policies
from reconciler.sandbox.beside import backends
from reconciler.sandbox.iam import principals, there
from reconciler.sandbox.services.stepfunctions import acting, shape
from reconciler.sandbox.state.agenda import Due
from reconciler.sandbox.state.world import WORLD

SERVICE, QUEUE = "scheduler", "deliveries"
AGE, TRIES = 86_400, 185
FIRST, SLOWEST = 60.0, 3600.0
"""Seconds until the second try, and at most between two. AWS does not say its own."""
UNIVERSAL = ":scheduler:::aws-sdk:"


@dataclass(slots=True)
class Delivery:
    """One event on its way to one target."""

    by: str
    """The service principal."""
    source: str
    """The ARN that the role's trust is told of, and the resource's policy."""
    account: str
    region: str
    target: Mapping[str, Any]
    text: str
    """What is sent."""
    due: float
    number: int
    tries: int = 0
    began: float = 0.0
    key: str = field(default="")


def add(delivery: Delivery) -> None:
    """Send something at its moment."""
    delivery.began = delivery.due
    held = backends[delivery.account][delivery.region].kept(SERVICE, QUEUE)
    held[f"{delivery.number:012}"] = delivery


def due() -> Due | None:
    """The next delivery."""
    best: Delivery | None = None
    for regions in [*backends.values()]:
        for backend in [*regions.values()]:
            for each in backend.kept(SERVICE, QUEUE).values():
                if best is None or (each.due, each.number) < (best.due, best.number):
                    best = each
    if best is None:
        return None
    found = best
    return Due(found.due, lambda: _deliver(found))


def _deliver(each: Delivery) -> None:
    held = backends[each.account][each.region].kept(SERVICE, QUEUE)
    held.pop(f"{each.number:012}", None)
    try:
        _send(each)
    except acting.RefusedError as refused:
        _again(each, refused)


def _again(each: Delivery, refused: acting.RefusedError) -> None:
    policy = each.target.get("RetryPolicy") or {}
    age = float(policy.get("MaximumEventAgeInSeconds", AGE))
    most = int(policy.get("MaximumRetryAttempts", TRIES))
    pause = min(FIRST * 2.0**each.tries, SLOWEST)
    if each.tries < most and each.due + pause - each.began <= age:
        each.tries += 1
        each.due += pause
        backends[each.account][each.region].kept(SERVICE, QUEUE)[f"{each.number:012}"] = each
        return
    queue = (each.target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        _letter(each, str(queue), refused)


def _letter(each: Delivery, queue: str, refused: acting.RefusedError) -> None:
    told = {"ERROR_CODE": refused.code, "ERROR_MESSAGE": refused.message,
            "RETRY_ATTEMPTS": str(each.tries), "TARGET_ARN": str(each.target["Arn"])}  # fmt: skip
    attributes = {
        name: {"StringValue": value[:1000] or "-", "DataType": "String"}
        for name, value in told.items()
    }
    given = {
        "QueueUrl": _url(queue),
        "MessageBody": each.text or "{}",
        "MessageAttributes": attributes,
    }
    try:
        if each.by.startswith("events.") or not each.target.get("RoleArn"):
            _resource(each, "sqs:SendMessage", queue)
            _administrator(each, "sqs", "SendMessage", given)
        else:
            acting.call(_key(each), each.region, "sqs", "SendMessage", given)
    except acting.RefusedError:
        return  # AWS drops what it cannot keep


def _send(each: Delivery) -> None:
    arn = str(each.target["Arn"])
    if arn.split(":")[2] == "logs":
        _log(each, arn)
        return
    service, operation, given = _asked(each, arn)
    if each.target.get("RoleArn"):
        acting.call(_key(each), each.region, service, operation, given)
        return
    _resource(each, ACTIONS.get(service, f"{service}:{operation}"), arn)
    _administrator(each, service, operation, given)


def _log(each: Delivery, arn: str) -> None:
    """A log group takes what its resource policy lets in; that policy is not looked at here."""
    name = arn.split(":log-group:", 1)[-1].removesuffix(":*")
    backend = logs_backends[each.account][each.region]
    if name not in backend.groups:
        raise acting.RefusedError("ResourceNotFoundException", f"There is no log group {name}.")
    stream = f"{each.number:032x}"
    backend.create_log_stream(name, stream)
    row = {"timestamp": int(each.due * 1000), "message": each.text}
    backend.put_log_events(name, stream, [row])


ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}


def _asked(each: Delivery, arn: str) -> tuple[str, str, dict[str, Any]]:
    parts, text = arn.split(":"), each.text
    if UNIVERSAL in arn:
        client = shape.client_of(parts[6])
        operation = f"{parts[7][:1].upper()}{parts[7][1:]}"
        try:
            return (
                client,
                operation,
                shape.params(client, operation, json.loads(text or "{}"), loose=False),
            )
        except (ValueError, KeyError) as mistake:
            raise acting.RefusedError("ValidationException", str(mistake)) from None
    kind = parts[2]
    if kind == "states":
        return "stepfunctions", "StartExecution", {"stateMachineArn": arn, "input": text or "{}"}
    if kind == "sqs":
        group = (each.target.get("SqsParameters") or {}).get("MessageGroupId")
        more = {"MessageGroupId": group} if group else {}
        return "sqs", "SendMessage", {"QueueUrl": _url(arn), "MessageBody": text, **more}
    if kind == "sns":
        return "sns", "Publish", {"TopicArn": arn, "Message": text}
    if kind == "lambda":
        return (
            "lambda",
            "Invoke",
            {"FunctionName": arn, "InvocationType": "Event", "Payload": text.encode()},
        )
    if kind == "sagemaker" and ":pipeline/" in arn:
        given = (each.target.get("SageMakerPipelineParameters") or {}).get(
            "PipelineParameterList"
        ) or []
        return "sagemaker", "StartPipelineExecution", {
            "PipelineName": arn.rpartition("/")[2], "PipelineParameters": given,
            "ClientRequestToken": f"moorline-{each.number:032}"}  # fmt: skip
    if kind == "events" and ":event-bus/" in arn:
        event = json.loads(text)
        entry = {"Source": event.get("source"), "DetailType": event.get("detail-type"),
                 "Detail": json.dumps(event.get("detail", {})), "EventBusName": arn}  # fmt: skip
        return "events", "PutEvents", {"Entries": [entry]}
    raise acting.RefusedError("ValidationException", f"The sandbox delivers nothing to {arn}.")


def _key(each: Delivery) -> str:
    role = str(each.target["RoleArn"])
    return acting.take(role, each.by, each.region, "delivery", each.account, each.source).key


def _administrator(each: Delivery, service: str, operation: str, given: Mapping[str, Any]) -> None:
    acting.call("service", each.region, service, operation, given)


def _resource(each: Delivery, action: str, arn: str) -> None:
    """Whether the policy at a target lets the service in.

    Raises:
        RefusedError: it does not.
    """
    if WORLD.iam != "enforced":
        return
    context = {"aws:sourcearn": (each.source,), "aws:sourceaccount": (each.account,)}
    asked = Asked(action, arn, each.by, each.account, each.account, context)
    policy = _policy(arn)
    if policy is None or not decide(asked, Policies(resource=policy, guard=Guard.RESOURCE)).allowed:
        said = f"{each.by} is not authorized to perform: {action} on resource: {arn}"
        raise acting.RefusedError("AccessDeniedException", said, 403)


def _policy(arn: str) -> Any:  # noqa: ANN401  (a policy or nothing)
    parts = arn.split(":")
    if parts[2] == "sqs":
        queue = sqs_backends[parts[4]][parts[3]].queues.get(parts[5])
        held = queue.policy if queue is not None else None
        text = held if isinstance(held, str) else json.dumps(held) if held else ""
        return principals.named("queue policy", text) if text else None
    if parts[2] == "lambda":
        from moto.awslambda.utils import get_backend  # noqa: PLC0415  (large)

        try:
            found = get_backend(parts[4], parts[3]).get_function(arn)
        except Exception:  # noqa: BLE001  (moto raises its own errors for none)
            return None
        return (
            principals.named("function policy", json.dumps(found.policy.wire_format()))
            if found.policy
            else None
        )
    return there.policy(arn)[0]


def _url(arn: str) -> str:
    _, _, _, region, account, name = arn.split(":")
    return f"https://sqs.{region}.amazonaws.com/{account}/{name}"
