"""The way into moto: one lock, call counts, failure rules, clean 501s and the network guard.

Both doors lead through `admitted`: botocore's in-process stub here and the HTTP server in
`server`. Bare moto is not thread-safe, answers a missing operation with a Python exception, and
lets hosts that it does not know through to the network.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError
from moto.core import responses
from moto.core.base_backend import BaseBackend
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from reconciler.sandbox.door import guard, late, newcomer, taken, throttle
from reconciler.sandbox.protocol import own, wire
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.services.cloudtrail import trail as cloudtrail
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

LOG = logging.getLogger("moorline.sandbox")
LOOPBACK = ("localhost", "127.0.0.1", "::1")

# botocore's event names carry the service id, clients and IAM people say the client name
CLIENT_OF_SERVICE_ID = {
    "application-auto-scaling": "application-autoscaling",
    "cloudwatch-events": "events",
    "cloudwatch-logs": "logs",
    "eventbridge": "events",
    "resource-groups-tagging-api": "resourcegroupstaggingapi",
    "secrets-manager": "secretsmanager",
    "service-quotas": "service-quotas",
    "sfn": "stepfunctions",
}


def admitted(
    service: str,
    operation: str,
    protocol: wire.Protocol,
    answer: Callable[[], wire.Answer | None],
    sent: Sent | None = None,
) -> wire.Answer:
    """Count the call, throttle it, ask IAM, apply failure rules, run `answer` under the lock.

    `answer` returns None when moto has no such service. What was `sent` goes into the trail.
    """
    with WORLD.lock:
        WORLD.calls[f"{service}.{operation}"] += 1
        region = sent.region if sent is not None else ""
        if much := throttle.refusal(service, operation, region):
            found = wire.error(protocol, much.code, much.message, much.status)
        else:
            own.settle()

            def run() -> wire.Answer:
                return _let_in(service, operation, protocol, answer, sent)

            found = late.answered(service, operation, protocol, sent, run)
        if sent is not None:
            cloudtrail.record(service, operation, sent, found)
        return found


def _let_in(
    service: str,
    operation: str,
    protocol: wire.Protocol,
    answer: Callable[[], wire.Answer | None],
    sent: Sent | None,
) -> wire.Answer:
    """What IAM, the age of the account or the service's rules refuse, or the answer."""
    if sent is not None:
        if refused := guard.refusal(service, operation, sent):
            status, headers, body = wire.error(protocol, *refused)
            body = "" if sent.method == "HEAD" else body
            return status, headers | guard.hints(service, sent), body
        if shut := newcomer.refusal(service, operation, sent):
            return wire.error(protocol, *shut)
        if wrong := taken.refusal(service, operation, sent):
            return wire.error(protocol, *wrong, 400)

    def asked() -> wire.Answer | None:
        return own.answered(service, operation, sent) or answer()

    return _answered(service, operation, protocol, asked)


def _answered(
    service: str,
    operation: str,
    protocol: wire.Protocol,
    answer: Callable[[], wire.Answer | None],
) -> wire.Answer:
    rule = WORLD.rules.take(service, operation)
    if rule is not None:
        return wire.error(protocol, rule.code, rule.message, rule.status)
    try:
        found = answer()
    except NotImplementedError:
        found = None
    except Exception as cause:
        LOG.exception("%s.%s crashed", service, operation)
        return wire.crashed(protocol, service, operation, cause)
    if found is None:
        return wire.not_implemented(protocol, service, operation)
    silent = service == "s3" and found[0] == 403 and not found[2]  # noqa: PLR2004
    if silent and not operation.startswith("Head"):
        return wire.error(protocol, "AccessDenied", "Access Denied", 403)
    return wire.as_sent(operation, found)


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(url).hostname or ""
    return host in LOOPBACK or host.startswith("127.")


def install() -> None:
    """Put `admitted` in front of moto's in-process stub, and cache what moto recomputes."""
    process = BotocoreStubber.process_request
    names: Any = responses
    names.method_names_from_class = cache(names.method_names_from_class)
    base: Any = BaseBackend
    urls = base.urls.fget
    tables: dict[type, dict[str, Any]] = {}

    def stub(
        self: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **_: object
    ) -> AWSResponse | None:
        if not self.enabled or hasattr(request, wire.ANSWERED) or is_loopback(request.url):
            return None
        service_id, operation = event_name.split(".")[-2:]
        service = CLIENT_OF_SERVICE_ID.get(service_id, service_id)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        protocol = wire.protocol_of(service, headers)
        raw = request.body or b""
        given = raw.encode() if isinstance(raw, str) else raw if isinstance(raw, bytes) else b""
        sent = Sent(str(request.url), headers, given, str(request.method))
        status, found, body = admitted(
            service, operation, protocol, lambda: _known(process(self, request)), sent
        )
        if status == wire.LOST[0]:
            raise ConnectionClosedError(endpoint_url=request.url)
        reply: Any = MockRawResponse(body)
        return AWSResponse(request.url, status, found, reply)  # type: ignore[arg-type]  # any mapping will do

    def cached_urls(self: BaseBackend) -> dict[str, Any]:
        kind = type(self)
        if kind not in tables:
            tables[kind] = urls(self)
        return tables[kind]

    stubber: Any = BotocoreStubber
    stubber.__call__ = stub
    base.urls = property(cached_urls)


def _known(response: Any) -> wire.Answer | None:  # noqa: ANN401  (moto's own loose triple)
    """None for moto's "no such service" answer, which is a 404 that says nothing."""
    if response is None or (response[0] == 404 and response[2] == "Not yet implemented"):  # noqa: PLR2004
        return None
    status, headers, body = response
    return int(status), dict(headers), body


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
