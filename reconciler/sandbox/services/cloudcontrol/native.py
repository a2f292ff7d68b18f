"""Asking the rest of the sandbox as a handler does: moto's services, with no rights of a caller.

A handler's own calls are not the user's: they are not counted, throttled or in the event history.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.config
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from reconciler.sandbox.protocol import own, wire
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.protocol.sessions import signed
from reconciler.sandbox.services.cloudcontrol.failures import Broken

_STUB = BotocoreStubber()
_CODES = (
    ("NotFound", ("notfound", "nosuch", "nonexistent", "doesnotexist", "queuedoesnotexist")),
    ("AlreadyExists", ("alreadyexists", "alreadyowned", "entityalready", "duplicate", "inuse")),
    ("ResourceConflict", ("conflict", "concurrent")),
    ("Throttling", ("throttl", "toomanyrequests", "slowdown")),
    ("ServiceLimitExceeded", ("limitexceeded", "toomany", "quota")),
    ("AccessDenied", ("accessdenied", "unauthorized", "forbidden")),
    ("InvalidRequest", ("validation", "invalid", "malformed", "badrequest", "missing", "toolarge")),
    ("ServiceInternalError", ("internal", "unavailable")),
)


@dataclass(frozen=True, slots=True)
class Aws:
    """The services of an account in a region."""

    account: str
    region: str
    partition: str

    def __call__(self, service: str, operation: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        """The answer to one call.

        Raises:
            Broken: an error of the service, with the code that a handler gives it.
        """
        client = _client(service, self.region, self.account)
        try:
            found: dict[str, Any] = getattr(client, xform_name(operation))(**given)
        except ClientError as error:
            raise _broken(error, service) from error
        found.pop("ResponseMetadata", None)
        return found

    def look(self, service: str, operation: str, **given: Any) -> dict[str, Any] | None:  # noqa: ANN401
        """The answer to one call; nothing where what it asks for is not there."""
        try:
            return self(service, operation, **given)
        except Broken as broken:
            if broken.code == "NotFound":
                return None
            raise

    def pages(self, service: str, operation: str, key: str, **given: Any) -> Iterator[Any]:  # noqa: ANN401
        """The items of all pages of a listing."""
        client = _client(service, self.region, self.account)
        for page in client.get_paginator(xform_name(operation)).paginate(**given):
            yield from page.get(key) or ()

    def arn(self, service: str, resource: str) -> str:
        """An ARN here."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


@cache
def _session() -> boto3.Session:
    return signed("handler")


@cache
def _client(service: str, region: str, account: str) -> Any:  # noqa: ANN401  (any client)
    make: Any = _session().client
    settings: Any = botocore.config.Config  # the endpoint is AWS's, whatever the process is told
    config = settings(
        retries={"mode": "standard", "total_max_attempts": 1},
        ignore_configured_endpoint_urls=True,
        parameter_validation=True,
    )
    client: Any = make(service, region_name=region, config=config)

    def answer(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        setattr(request, wire.ANSWERED, True)
        request.headers["x-moto-account-id"] = account
        operation = event_name.rpartition(".")[2]
        found: Any = own.answered(service, operation, _sent(request))
        found = _STUB.process_request(request) if found is None else found
        if found is None or found[2] == "Not yet implemented":
            msg = f"moto has no {service}"
            raise NotImplementedError(msg)
        status, headers, body = wire.as_sent("", (int(found[0]), dict(found[1]), found[2]))
        return AWSResponse(request.url, status, headers, MockRawResponse(body))  # type: ignore[arg-type]

    client.meta.events.register_first("before-send.*.*", answer)
    return client


def _sent(request: AWSPreparedRequest) -> Sent:
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    raw = request.body or b""
    body = raw.encode() if isinstance(raw, str) else raw if isinstance(raw, bytes) else b""
    return Sent(str(request.url), headers, body, str(request.method))


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _broken(error: ClientError, service: str) -> Broken:
    """A service's error as the handlers give it: by what its code says."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    low = code.lower()
    known = (name for name, parts in _CODES if any(part in low for part in parts))
    found = next(known, "NotFound" if code == "404" else "GeneralServiceException")
    if found == "InvalidRequest" and ("not find" in message or "does not exist" in message):
        found = "NotFound"
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", 400)
    return Broken(found, f"{message} (Service: {service}, Status Code: {status}, {code})")
