"""The way into moto: one lock, call counts, checks, clean 501s and the network guard.

Both doors lead through `admitted`: botocore's in-process stub here and the HTTP server in
`server`. Bare moto is not thread-safe, answers a missing operation with a Python exception, and
lets hosts that it does not know through to the network.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError
from moto.core import responses, utils
from moto.core.base_backend import BaseBackend
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from reconciler.sandbox.door import checks
from reconciler.sandbox.door.asked import Asked
from reconciler.sandbox.protocol import own, wire
from reconciler.sandbox.protocol.loopback import is_loopback
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.services.cloudtrail import trail as cloudtrail
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

LOG = logging.getLogger("moorline.sandbox")

# botocore's event names carry the service id, clients and IAM people say the client name
CLIENT_OF_SERVICE_ID = {
    "application-auto-scaling": "application-autoscaling",
    "cloudwatch-events": "events",
    "cloudwatch-logs": "logs",
    "elastic-load-balancing-v2": "elbv2",
    "eventbridge": "events",
    "resource-groups-tagging-api": "resourcegroupstaggingapi",
    "route-53": "route53",
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
    """Count the call, put it through the checks, run `answer` under the lock.

    `answer` returns None when moto has no such service. What was `sent` goes into the trail.
    """
    with WORLD.lock:
        WORLD.calls[f"{service}.{operation}"] += 1
        asked = Asked(service, operation, protocol, sent)
        found = checks.through(asked, lambda: _answered(asked, answer))
        if sent is not None:
            cloudtrail.record(service, operation, sent, found)
        return found


def _answered(asked: Asked, answer: Callable[[], wire.Answer | None]) -> wire.Answer:
    service, operation, protocol = asked.service, asked.operation, asked.protocol
    try:
        found = own.answered(service, operation, asked.sent) or answer()
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

    own.DOOR[:] = [admitted]
    shared: Any = utils
    shared.create_loader = cache(shared.create_loader)  # each looks through all of AWS's models
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
