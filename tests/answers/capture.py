"""What the sandbox answered, as it came over the wire, to be played again in another form."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from reconciler.aws.clients import Clients
from reconciler.aws.wire import watch
from reconciler.sandbox.protocol.sessions import signed

REGION = "eu-west-1"


@dataclass(frozen=True, slots=True)
class Answer:
    """One request and what came back."""

    service: str
    method: str
    params: Mapping[str, Any]
    status: int
    headers: Mapping[str, str]
    body: bytes
    parsed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.service}.{self.method}"


class _Sending(threading.local):
    """What this thread has under way."""

    params: Mapping[str, Any] = {}
    http: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Tape:
    """Answers by call and parameters; the last of each stays."""

    found: dict[str, Answer] = field(default_factory=dict)
    _sending: _Sending = field(default_factory=_Sending)

    def listen(self, client: Any) -> None:
        events = client.meta.events
        events.register_first("provide-client-params", self._asked)
        events.register_first("before-parse", self._came)
        events.register_last("after-call", self._parsed)

    def _asked(self, params: Mapping[str, Any], **_: Any) -> None:
        self._sending.params = copy.deepcopy(dict(params))

    def _came(self, response_dict: Mapping[str, Any], **_: Any) -> None:
        self._sending.http = dict(response_dict)

    def _parsed(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        http = self._sending.http
        if http is None or http["status_code"] >= 300 or model.has_streaming_output:
            return
        service = model.service_model.service_name
        method = xform_name(model.name)
        plain = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
        answer = Answer(
            service, method, self._sending.params, http["status_code"],
            dict(http["headers"]), http["body"], copy.deepcopy(plain),
        )  # fmt: skip
        full = sum(bool(value) for value in plain.values())
        known = self.found.get(answer.name)
        if known is None or full >= sum(bool(value) for value in known.parsed.values()):
            self.found[answer.name] = answer


@cache
def _client(service: str) -> Any:
    session = signed("played")
    return watch(session.client(service, region_name=REGION))


@contextmanager
def played(answer: Answer, body: bytes | None = None, **headers: str) -> Iterator[Clients]:
    """Clients to which every request is answered with this, or with another body."""
    content = answer.body if body is None else body
    told = {**answer.headers, **{key.replace("_", "-"): value for key, value in headers.items()}}

    def answered(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, answer.status, told, MockRawResponse(content))

    client = _client(answer.service)
    client.meta.events.register_first("before-send", answered, unique_id="played")
    try:
        yield Given(client)
    finally:
        client.meta.events.unregister("before-send", unique_id="played")


@dataclass(frozen=True, slots=True)
class Given:
    """One client for every service."""

    only: Any

    def client(self, _service: str) -> Any:
        return self.only


@dataclass(frozen=True, slots=True)
class Parsed:
    """Clients that answer with a document, as botocore hands it over."""

    document: Mapping[str, Any]

    def client(self, service: str) -> Any:
        return _Parsed(self.document, service)


@dataclass(frozen=True, slots=True)
class _Parsed:
    document: Mapping[str, Any]
    service: str

    def can_paginate(self, method: str) -> bool:
        return bool(_client(self.service).can_paginate(method))

    def get_paginator(self, method: str) -> Any:
        return _client(self.service).get_paginator(method)

    def __getattr__(self, _method: str) -> Any:
        return lambda **_params: copy.deepcopy(dict(self.document))
