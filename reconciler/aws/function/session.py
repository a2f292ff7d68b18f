"""The session of the function: what reading, measuring and sending ask of `aws.session`.

Requests are sent once, since the state machine tries a look again as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from reconciler.aws.function.errors import incomplete
from reconciler.resources.answers import Absent

READS = ("describe_", "get_", "list_")
MOST_PAGES = 100
Send = Callable[[str, str, Mapping[str, Any], Iterable[Absent]], Mapping[str, Any]]
"""Sends a request of a service by the name of its method; raises `AwsError`."""


class Clock(NamedTuple):
    """Seconds that pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Session:
    """Requests of one look."""

    tried = 1

    def __init__(
        self, ask: Send, wall: Callable[[], float] = time.time, clock: Clock | None = None
    ) -> None:
        self._ask = ask
        self.wall = wall
        self.clock = clock or Clock()

    def send(
        self,
        service: str,
        method: str,
        params: Mapping[str, Any],
        *,
        absent: Iterable[Absent] = (),
        subject: str = "",  # noqa: ARG002  (as `aws.session` has it)
    ) -> Mapping[str, Any]:
        """One request.

        Raises:
            AwsError: AWS refuses it.
        """
        return self._ask(service, method, params, absent)


class ReadOnly:
    """A reader of one service: it refuses every method that is not a read."""

    def __init__(self, session: Session, service: str, absent: Iterable[Absent] = ()) -> None:
        self._session = session
        self._service = service
        self._absent = tuple(absent)

    def call(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """One read.

        Raises:
            PermissionError: the method does not read.
        """
        if not method.startswith(READS):
            raise PermissionError(f"{method} is not a read")
        return self._session.send(self._service, method, params, absent=self._absent)

    def pages(self, method: str, params: Mapping[str, Any], at: str) -> list[Any]:
        """The items of every page; all operations here lead on by `NextToken`.

        Raises:
            AwsError: there is no way to the end.
        """
        found: list[Any] = []
        request, seen = dict(params), set[str]()
        while True:
            body = self.call(method, request)
            found += body.get(at) or ()
            token = str(body.get("NextToken") or "")
            if not token:
                return found
            if token in seen or len(seen) == MOST_PAGES:
                raise incomplete(f"{self._service}.{method}", "its pages have no end")
            seen.add(token)
            request["NextToken"] = token
