"""Calls that a service sends as a role: through the same door as everybody's, IAM included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.config
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError, ConnectionClosedError, ParamValidationError
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.sts.models import sts_backends

from reconciler.access.decide import decide
from reconciler.access.model import Asked, Guard, Policies
from reconciler.sandbox.iam import principals
from reconciler.sandbox.protocol import own, wire
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.protocol.sessions import signed
from reconciler.sandbox.state.world import WORLD

HOUR = 3600
_STUB = BotocoreStubber()
_KEYS: list[str] = []
"""Whose key the next request is sent with; the last one counts."""


class RefusedError(Exception):
    """An error of a service."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """As the API has it."""
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True, slots=True)
class Session:
    """Credentials that a service has of a role."""

    key: str
    secret: str
    token: str
    ends: float


def take(  # noqa: PLR0913  (what AssumeRole is told)
    role: str, service: str, region: str, name: str, account: str, source: str = ""
) -> Session:
    """Take a role for a service, as AssumeRole does; its trust policy is asked.

    Raises:
        RefusedError: there is no such role, or it does not trust the service.
    """
    trust = principals.held(role)
    if WORLD.iam == "enforced" and not trusts(role, service, account, source):
        raise RefusedError("AccessDenied", f"{service} is not authorized to assume {role}.", 403)
    partition = role.split(":")[1] if ":" in role else "aws"
    if trust is None and WORLD.iam == "enforced":
        raise RefusedError("NoSuchEntity", f"The role {role} cannot be found.", 404)
    backend = sts_backends[role.split(":")[4]][partition]
    make: Any = backend.assume_role
    made = make(
        region_name=region, role_session_name=name[:64], role_arn=role, policy=None,
        duration=HOUR, external_id=None,
    )  # fmt: skip
    ends = WORLD.clock.now() + HOUR
    return Session(made.access_key_id, made.secret_access_key, made.session_token, ends)


def trusts(role: str, service: str, account: str, arn: str = "") -> bool:
    """Whether a role lets a service take it."""
    found = principals.held(role)
    if found is None:
        return False
    context = {"aws:sourceaccount": (account,), **({"aws:sourcearn": (arn,)} if arn else {})}
    asked = Asked("sts:AssumeRole", role, service, "", role.split(":")[4], context)
    try:
        return decide(asked, Policies(resource=found.trust, guard=Guard.TRUST)).allowed
    except ValueError:
        return False


def call(
    key: str, region: str, service: str, operation: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer of an operation, asked with somebody's key.

    Raises:
        RefusedError: the service's error, or that the request is none.
    """
    client = _client(service, region)
    _KEYS.append(key)
    try:
        found: dict[str, Any] = getattr(client, xform_name(operation))(**given)
        return {
            name: value.read() if hasattr(value, "read") else value
            for name, value in found.items()
            if name != "ResponseMetadata"
        }
    except ClientError as error:
        told = error.response["Error"]
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 400)
        raise RefusedError(told["Code"], told.get("Message", ""), status) from None
    except ParamValidationError as mistake:
        raise RefusedError("States.Runtime", str(mistake)) from None
    except ConnectionClosedError as lost:
        raise RefusedError("SdkClientException", str(lost), 500) from None
    finally:
        _KEYS.pop()


@cache
def _session() -> boto3.Session:
    return signed("service")


@cache
def _client(service: str, region: str) -> Any:  # noqa: ANN401  (any client)
    make: Any = _session().client
    settings: Any = botocore.config.Config
    config = settings(
        retries={"mode": "standard", "total_max_attempts": 1},
        ignore_configured_endpoint_urls=True,
    )
    client: Any = make(service, region_name=region, config=config)

    def answer(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        setattr(request, wire.ANSWERED, True)
        return answered(request, service, event_name.rpartition(".")[2])

    client.meta.events.register_first("before-send.*.*", answer)
    return client


def answered(request: AWSPreparedRequest, service: str, operation: str) -> AWSResponse:
    """What the sandbox answers a request that is sent with the key of `_KEYS`."""
    signed_by = re.sub(
        r"Credential=[^/]+/",
        f"Credential={_KEYS[-1]}/",
        _text(request.headers.get("Authorization", "")),
    )
    request.headers["Authorization"] = signed_by
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    raw: Any = request.body or b""
    if hasattr(raw, "read"):
        raw = raw.read()
    body = raw.encode() if isinstance(raw, str) else bytes(raw)
    request.body = body
    sent = Sent(str(request.url), headers, body, str(request.method))
    protocol = wire.protocol_of(service, headers)
    status, found, content = own.DOOR[0](service, operation, protocol, lambda: _moto(request), sent)
    if status == wire.LOST[0]:
        raise ConnectionClosedError(endpoint_url=request.url)
    reply: Any = MockRawResponse(content)
    return AWSResponse(request.url, status, found, reply)  # type: ignore[arg-type]  # any mapping will do


def _moto(request: AWSPreparedRequest) -> wire.Answer | None:
    response: Any = _STUB.process_request(request)
    if response is None or (response[0] == 404 and response[2] == "Not yet implemented"):  # noqa: PLR2004
        return None
    return int(response[0]), dict(response[1]), response[2]


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
