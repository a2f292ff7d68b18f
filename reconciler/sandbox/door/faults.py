"""Faults on the client's side, through botocore's `before-send` hook: the second half of failure.

The sandbox's own rules can only answer with an error; a lost reply, a reset or a time-out is
something a client sees. Works the same in-process and against a server, and botocore's retries run.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    ReadTimeoutError,
)

from reconciler.sandbox.protocol import wire
from reconciler.sandbox.state.rules import status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Kind = Literal["error", "reset", "read-timeout", "connect-timeout", "latency", "call", "stale"]
READS = ("Get", "List", "Describe", "Head", "BatchGet", "BatchDescribe", "Search", "Lookup")
FURTHER = re.compile(rb"NextToken|PaginationToken|Marker|StartingToken|continuation-token")
"""What a request for a further page carries, in its body or address."""
ASSUME = "Could not assume role. Ensure that the role exists and allows principal sagemaker"
"""What SageMaker says of a role that is still spreading. Source: AWS_FACTS 6.4."""


@dataclass(slots=True)
class Fault:
    """What happens to the calls number `nth` to `nth + times - 1` that match (shell patterns).

    `code` makes an error answer; `after` performs the call first and then loses its reply;
    `latency` waits that many seconds; `call` runs a function, for instance one that kills.
    `further` strikes requests for a second or later page only, `reads` only what reads
    (True) or what may change something (False). `stale` answers a read as the
    same request was answered before the last write, and truthfully when it was never sent.
    """

    service: str
    operation: str = "*"
    kind: Kind = "error"
    code: str = "ThrottlingException"
    status: int = 0
    message: str = ""
    further: bool = False
    reads: bool | None = None
    nth: int = 1
    times: int | None = 1
    after: bool = False
    latency: float = 0.0
    call: Callable[[str], None] | None = None
    seen: int = 0
    fired: int = 0

    def due(self, service: str, operation: str, *, further: bool = False) -> bool:
        """Count a call and say whether this fault strikes it."""
        if not (fnmatchcase(service, self.service) and fnmatchcase(operation, self.operation)):
            return False
        if self.further and not further:
            return False
        if self.reads is not None and self.reads != operation.startswith(READS):
            return False
        self.seen += 1
        late_enough = self.seen >= self.nth
        if not late_enough or (self.times is not None and self.fired >= self.times):
            return False
        self.fired += 1
        return True


def spreading_role(operation: str = "Create*", *, times: int | None = 3) -> Fault:
    """SageMaker may not use a role yet that IAM has just made."""
    code = "ValidationException"
    return Fault("sagemaker", operation, code=code, message=ASSUME, times=times)


class Past:
    """What reads were answered, so that a stale answer can be given. Remembers while armed."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._writes = 0
        self._answers: dict[bytes, list[tuple[int, AWSResponse, bytes]]] = {}

    def wrote(self) -> None:
        """Something may have changed."""
        with self._lock:
            self._writes += 1

    def keep(self, request: Any, reply: AWSResponse) -> None:  # noqa: ANN401  (botocore's)
        """Remember an answer; the newest before each write is enough."""
        with self._lock:
            kept = self._answers.setdefault(_asked(request), [])
            kept[:] = [each for each in kept[-1:] if each[0] != self._writes]
            kept.append((self._writes, reply, reply.content))

    def stale(self, request: Any) -> AWSResponse | None:  # noqa: ANN401  (botocore's request)
        """The last answer to this request from before the last write."""
        with self._lock:
            kept = self._answers.get(_asked(request), ())
            old = [each for each in kept if each[0] < self._writes]
        if not old:
            return None
        _, reply, content = old[-1]
        headers: Any = reply.headers
        raw: Any = _Raw(content)
        return AWSResponse(reply.url, reply.status_code, headers, raw)


class Faults:
    """The faults of a set of clients; `log` tells what struck."""

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """`sleep` is what latency faults wait with."""
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._sleep = sleep
        self._past: Past | None = None
        self.log: list[tuple[str, str, str]] = []

    @property
    def armed(self) -> bool:
        """Whether there are any, or answers are remembered for some."""
        return bool(self._faults) or self._past is not None

    def add(self, fault: Fault) -> Fault:
        """Arm a fault."""
        with self._lock:
            self._faults.append(fault)
            if fault.kind == "stale" and self._past is None:
                self._past = Past()
        return fault

    def remember(self) -> None:
        """Keep the answers to reads from now on, for faults of the kind `stale`."""
        self._past = Past()

    def clear(self) -> None:
        """Disarm all faults and forget the log."""
        with self._lock:
            self._faults.clear()
            self.log.clear()
            self._past = None

    def attach(self, client: Any) -> Any:  # noqa: ANN401  (any boto3 client)
        """Let the faults strike this client's calls; returns the client."""
        service = client.meta.service_model
        event = f"before-send.{service.service_id.hyphenize()}"

        def strike(event_name: str, request: Any, **_: object) -> AWSResponse | None:  # noqa: ANN401
            operation = event_name.rpartition(".")[2]
            further = FURTHER.search(_asked(request)) is not None
            for fault in self._due(service.service_name, operation, further=further):
                answer = self._strike(fault, client, service.service_name, event_name, request)
                if answer is not None:
                    return answer
            return self._remembered(client, event_name, request)

        client.meta.events.register_first(event, strike)
        return client

    def _remembered(self, client: Any, event_name: str, request: Any) -> AWSResponse | None:  # noqa: ANN401
        """Perform the call and keep its answer, where stale answers may be wanted."""
        past = self._past
        if past is None:
            return None
        reply = _send(client, event_name, request)
        if event_name.rpartition(".")[2].startswith(READS):
            past.keep(request, reply)
        else:
            past.wrote()
        return reply

    def _due(self, service: str, operation: str, *, further: bool) -> Iterator[Fault]:
        with self._lock:
            found = [
                fault for fault in self._faults if fault.due(service, operation, further=further)
            ]
            self.log += [(service, operation, _name(fault)) for fault in found]
        yield from found

    def _strike(
        self,
        fault: Fault,
        client: Any,  # noqa: ANN401  (any boto3 client)
        service: str,
        event_name: str,
        request: Any,  # noqa: ANN401  (botocore's prepared request)
    ) -> AWSResponse | None:
        if fault.kind == "stale":
            old = self._past.stale(request) if self._past else None
            if old is not None:
                setattr(request, wire.ANSWERED, True)
            return old
        reply = _send(client, event_name, request) if fault.after else None
        if fault.after and self._past is not None:
            self._past.wrote()
        if fault.latency:
            self._sleep(fault.latency)
        if fault.call is not None:
            fault.call(f"{service}.{event_name.rpartition('.')[2]}")
        if fault.kind == "reset":
            raise ConnectionClosedError(endpoint_url=request.url, request=request)
        if fault.kind == "read-timeout":
            raise ReadTimeoutError(endpoint_url=request.url)
        if fault.kind == "connect-timeout":
            raise ConnectTimeoutError(endpoint_url=request.url)
        if fault.kind != "error":
            return reply
        setattr(request, wire.ANSWERED, True)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        protocol = wire.protocol_of(service, headers)
        status = fault.status or status_of(fault.code)
        text = fault.message or f"Injected {fault.code}."
        status, found, body = wire.error(protocol, fault.code, text, status)
        raw: Any = _Raw(body.encode() if isinstance(body, str) else body)
        return AWSResponse(request.url, status, found, raw)  # type: ignore[arg-type]  # any mapping will do


class _Raw(BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _name(fault: Fault) -> str:
    return fault.code if fault.kind == "error" else fault.kind


def _asked(request: Any) -> bytes:  # noqa: ANN401  (botocore's prepared request)
    """What tells a request from another: where it goes and what it says."""
    body = request.body or b""
    target = str(request.headers.get("X-Amz-Target", ""))
    text = body if isinstance(body, bytes) else str(body).encode()
    return b" ".join((str(request.url).encode(), target.encode(), text))


def _send(client: Any, event_name: str, request: Any) -> AWSResponse:  # noqa: ANN401
    """Perform the call for real, in-process or over HTTP."""
    for handler in _stubs():
        reply: AWSResponse | None = handler(event_name, request)
        if reply is not None:
            setattr(request, wire.ANSWERED, True)
            return reply
    found: AWSResponse = client._endpoint.http_session.send(request)  # noqa: SLF001  (no other way)
    return found


def _stubs() -> list[Any]:
    import sys  # noqa: PLC0415  (moto is looked at only when something else has loaded it)

    models = sys.modules.get("moto.core.models")
    return [models.botocore_stubber] if models is not None else []


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
