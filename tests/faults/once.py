"""Faults that strike each request once, and remember which they struck."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.platform import client

from reconciler.aws.tokens import members
from reconciler.model.value import canonical
from reconciler.sandbox.door.faults import Fault

Request = tuple[str, str, bytes]
"""Service, method and parameters, without the tokens, which are others in every run."""
NOT_CALLS = {"can_paginate", "get_paginator", "meta"}


@dataclass(slots=True)
class Once(Fault):
    """Strikes the first sending of every request that nothing has struck yet."""

    only: Callable[[Request], bool] = lambda _: True
    struck: set[Request] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def due(self, service: str, operation: str, *, further: bool = False) -> bool:
        request = SENDING.request
        with self._lock:
            if request in self.struck or not self.only(request):
                return False
            if not Fault.due(self, service, operation, further=further):
                return False
            self.struck.add(request)
            return True


class _Sending(threading.local):
    request: Request = ("", "", b"")


SENDING = _Sending()
"""What this thread is sending."""


class Telling:
    """Clients that tell faults what is sent, and count it."""

    def __init__(self) -> None:
        self.sent: dict[Request, int] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        return _Client(client(service), service, self)

    def note(self, request: Request) -> None:
        SENDING.request = request
        with self._lock:
            self.sent[request] = self.sent.get(request, 0) + 1


class _Client:
    def __init__(self, inner: Any, service: str, telling: Telling) -> None:
        self._inner, self._service, self._telling = inner, service, telling

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name in NOT_CALLS:
            return method

        def call(**params: Any) -> Any:
            tokens = _tokens(self._inner, name)
            asked = {key: value for key, value in params.items() if key not in tokens}
            self._telling.note((self._service, name, canonical(asked)))
            return method(**params)

        return call


def _tokens(client: Any, method: str) -> tuple[str, ...]:
    meta = client.meta
    return members(meta.service_model, meta.method_to_api_mapping[method])
