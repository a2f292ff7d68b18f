"""Stands in front of an endpoint: hands requests of an HTTP API or a load balancer to it.

A Lambda function; see the package. It calls one endpoint, and in front of a load balancer one
variant of it. Where AWS has no such variant, because a rollout has just ended, it asks for whatever
variant there is: a request refused like that has not reached a model, so asking again is safe.

`GET /health` says whether the endpoint serves, for health checks; the answer is kept for ten
seconds, and while AWS does not say, for five minutes. What comes by any other route is answered
with 404. Sources: API Gateway developer guide,
"Working with AWS Lambda proxy integrations for HTTP APIs" (payload 2.0); Application Load Balancer
user guide, "Use Lambda functions as targets"; SageMaker runtime API reference, InvokeEndpoint.
"""

import base64
import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Json = Any
SERVES = frozenset(
    {"InService", "Updating", "SystemUpdating", "RollingBack", "UpdateRollbackFailed"}
)
"""States in which an endpoint answers. Source: SageMaker API reference, DescribeEndpoint."""
FRESH, STALE = 10.0, 300.0
"""Seconds for which a state is not asked for again, and for which the last one is believed."""
MOST = 6 * 1024 * 1024
"""Bytes that a function may answer. Source: Lambda developer guide, "Lambda quotas"."""
BALANCED = 1024 * 1024
"""Bytes that a load balancer takes and gives. Source: ALB user guide, functions as targets."""
PATH = "/invocations"
PASSED = {
    "accept": "Accept",
    "content-type": "ContentType",
    "x-amzn-sagemaker-custom-attributes": "CustomAttributes",
    "x-amzn-sagemaker-inference-id": "InferenceId",
    "x-amzn-sagemaker-target-model": "TargetModel",
}
"""Headers that are handed on. What chooses a variant is not: it would undo the weights."""
_TEXT = ("text/", "application/json", "application/xml")
_OK, _LAST_FAULT = 200, 499


class Refused(Exception):
    """What AWS said instead of an answer. `status` is the model's own, where it was the model."""

    def __init__(self, code: str, message: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Ports(NamedTuple):
    """All that is outside: the endpoint, its state, and the time in seconds."""

    invoke: Callable[[Mapping[str, Json]], Mapping[str, Json]]
    state: Callable[[str], str]
    now: Callable[[], float]
    seen: dict[str, tuple[str, float]]
    """The last state that AWS told, and when."""


def handle(event: Mapping[str, Json], settings: Mapping[str, str], ports: Ports) -> Json:
    """The answer to one request."""
    context = event.get("requestContext") or {}
    http = context.get("http") or {}
    balanced = "elb" in context
    method = str(http.get("method") or event.get("httpMethod") or "")
    path = str(event.get("rawPath") or event.get("path") or "")
    if path.rstrip("/").endswith("/health"):
        return _health(settings["ENDPOINT"], ports)
    if method != "POST":
        return _said(405, "only POST is answered here")
    if not (path == PATH if balanced else _by_our_route(event, context)):
        return _said(404, "nothing is here")
    body = event.get("body") or ""
    sent = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    if len(sent) > (BALANCED if balanced else MOST):
        return _said(413, "the request is too large for what stands in front of the model")
    headers = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
    asked = {name: headers[key] for key, name in PASSED.items() if headers.get(key)}
    asked = {"EndpointName": settings["ENDPOINT"], "Body": sent, **asked}
    try:
        found = _ask(asked, settings.get("VARIANT", ""), ports)
    except Refused as refused:
        return _refusal(refused)
    return _answer(found, BALANCED if balanced else MOST)


def _by_our_route(event: Mapping[str, Json], context: Mapping[str, Json]) -> bool:
    """Whether a request came the one way that asks who calls, counts and writes it down.

    A route or a stage that somebody opens beside ours, and an address of the function's own, name
    themselves here: `routeKey` is API Gateway's, not the caller's.
    """
    return event.get("routeKey") == f"POST {PATH}" and context.get("stage") == "$default"


def _ask(asked: Mapping[str, Json], variant: str, ports: Ports) -> Mapping[str, Json]:
    """Ask the variant; whatever variant there is where AWS has none of that name."""
    if not variant:
        return ports.invoke(asked)
    try:
        return ports.invoke({**asked, "TargetVariant": variant})
    except Refused as refused:
        if refused.code != "ValidationError":
            raise
        print(json.dumps({"no variant": variant, "why": refused.message}))  # noqa: T201 - its log
        return ports.invoke(asked)


def _answer(found: Mapping[str, Json], most: int) -> Json:
    body, kind = found["Body"], str(found.get("ContentType") or "application/octet-stream")
    plain = kind.startswith(_TEXT)
    text = body.decode(errors="replace") if plain else base64.b64encode(body).decode()
    if len(text) > most:
        return _said(502, "the answer is too large for what stands in front of the model")
    headers = {"content-type": kind}
    if variant := found.get("InvokedProductionVariant"):
        headers["x-moorline-variant"] = str(variant)
    return {"statusCode": _OK, "headers": headers, "body": text, "isBase64Encoded": not plain}


def _refusal(refused: Refused) -> Json:
    """What a caller learns of a refusal: of a wrong request all, of our own affairs nothing."""
    print(json.dumps({"refused": refused.code, "why": refused.message}))  # noqa: T201 - its log
    if refused.code == "ModelError" and 400 <= refused.status <= _LAST_FAULT:  # noqa: PLR2004
        return _said(refused.status, refused.message)
    known = {
        "ThrottlingException": (429, "too many requests: try again later"),
        "ServiceUnavailable": (503, "the model cannot answer now: try again later"),
        "ModelNotReadyException": (503, "the model cannot answer now: try again later"),
        "Timeout": (504, "the model took too long"),
    }
    return _said(*known.get(refused.code, (502, "the model did not answer")))


def _said(status: int, message: str) -> Json:
    headers = {"content-type": "application/json"}
    body = json.dumps({"message": message})
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


def _health(endpoint: str, ports: Ports) -> Json:
    """Whether the endpoint serves. What AWS has never said counts as not."""
    now = ports.now()
    state, at = ports.seen.get(endpoint, ("", -STALE))
    if not state or now - at > FRESH:
        try:
            state = ports.state(endpoint)
            ports.seen[endpoint] = (state, now)
        except Refused as refused:
            print(json.dumps({"no state": refused.code}))  # noqa: T201 - its log
            state = state if now - at <= STALE else ""
    if state in SERVES:
        return _said(_OK, "serves")
    return _said(503, "does not serve" if state else "not known")


# -- on Lambda

_SEEN: dict[str, tuple[str, float]] = {}
_PATIENCE = {"read_timeout": 25, "retries": {"total_max_attempts": 1}}
_calls: dict[str, Callable[..., Json]] = {}


def handler(event: Mapping[str, Json], _: object) -> Json:
    """The function. Its variables are `ENDPOINT`, and `VARIANT` behind a load balancer."""
    return handle(event, os.environ, Ports(_invoke, _state, time.time, _SEEN))


def _call(service: str, method: str) -> Callable[..., Json]:
    """A method of a client, which is made once: that takes longer than a call."""
    import boto3  # noqa: PLC0415 - Lambda has it
    from botocore.config import Config  # noqa: PLC0415

    if method not in _calls:
        make: Any = boto3.client
        settings: Any = Config
        _calls[method] = getattr(make(service, config=settings(**_PATIENCE)), method)
    return _calls[method]


def _invoke(asked: Mapping[str, Json]) -> Mapping[str, Json]:
    found = _answered(_call("sagemaker-runtime", "invoke_endpoint"), asked)
    return {**found, "Body": found["Body"].read()}


def _state(endpoint: str) -> str:
    found = _answered(_call("sagemaker", "describe_endpoint"), {"EndpointName": endpoint})
    return str(found["EndpointStatus"])


def _answered(call: Callable[..., Json], asked: Mapping[str, Json]) -> Json:
    from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError  # noqa: PLC0415

    try:
        return call(**asked)
    except ClientError as error:
        raise of_response(error.response) from None
    except ReadTimeoutError:
        raise Refused("Timeout") from None
    except BotoCoreError as error:
        raise Refused(type(error).__name__, str(error)) from None


def of_response(response: Mapping[str, Json]) -> Refused:
    """What AWS said, by the code; of a model its own status and words."""
    said = response.get("Error", {})
    text = str(response.get("OriginalMessage") or said.get("Message") or "")
    return Refused(str(said.get("Code")), text, int(response.get("OriginalStatusCode") or 0))
