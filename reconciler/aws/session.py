"""Clients, retries and the count of requests: how a call reaches AWS.

botocore's own retries are off. Retrying happens here, by error class, on the
run's clock and under the shared rate limit, so that tests need no real sleep
and a hard quota is not retried as if it were throttling.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from reconciler.aws import tokens
from reconciler.aws.attempts import Attempts, Budget
from reconciler.aws.clients import BotoClients, Clients
from reconciler.aws.clock import Clock, RealClock
from reconciler.aws.errors import (
    DOUBTED,
    INCOMPLETE,
    NAMELESS,
    OVER,
    AwsError,
    Expired,
    Retry,
    incomplete,
    over,
    translate,
)
from reconciler.aws.held import Held
from reconciler.aws.limiter import Limiter, Ticket
from reconciler.aws.paging import tokens_of
from reconciler.aws.wholes import Wholes, wholes
from reconciler.facts.availability import Table, table
from reconciler.model.value import Json, Props, canonical
from reconciler.resources.api import Absent
from reconciler.resources.whole import fault, refusal

__all__ = ["META", "READS", "Attempts", "BotoClients", "ReadOnly", "Session"]

READS = (
    "get_",
    "list_",
    "describe_",
    "head_",
    "batch_get_",
    "batch_describe_",
    "search",
    "lookup_",
)
META = "ResponseMetadata"


@dataclass(slots=True)
class Session:
    """A way to call AWS that counts, limits and retries.

    `calls` counts every request that was sent, by ``service.method``.
    """

    clients: Clients
    clock: Clock = field(default_factory=RealClock)
    limiter: Limiter | None = None
    attempts: Attempts = field(default_factory=Attempts)
    calls: Counter[str] = field(default_factory=Counter)
    interrupted: Callable[[], bool] = bool
    wholes: Wholes = field(default_factory=wholes)
    """What whole answers have."""
    services: Table = field(default_factory=table)
    """What AWS closed to new accounts, and in which words it refuses."""
    caller: str = ""
    """The ARN of who calls, once it was asked for."""
    person: str = ""
    """The ARN of who took the role of the caller; the caller's own where nobody did."""
    held: Held | None = None
    """The credentials, where they may end and be renewed."""
    began: float = 0.0
    """When what answers was empty, in seconds since the epoch: of a sandbox, else 0."""
    lags: bool = True
    """Whether answers may be from before a write: of a sandbox, where it is asked to."""
    wall: Callable[[], float] = time.time
    """Seconds since the epoch, for times that AWS names."""
    requested: set[str] = field(default_factory=set)
    """Tokens of requests of this run that went on after their answer."""
    _worked: set[str] = field(default_factory=set)
    """Services that took the credentials."""
    _random: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - jitter
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        if self.limiter is None:
            self.limiter = Limiter(self.clock)

    @property
    def total(self) -> int:
        """Requests sent so far."""
        with self._lock:
            return sum(self.calls.values())

    @property
    def tried(self) -> int:
        """How often this thread's last request was sent."""
        return getattr(self._last, "tried", 0)

    def send(  # noqa: PLR0913 - the two matcher lists and the subject belong to the call
        self,
        service: str,
        method: str,
        params: Props,
        *,
        subject: str = "",
        absent: Iterable[Absent] = (),
        transient: Iterable[Absent] = (),
        repeatable: bool = True,
        token: str = "",
    ) -> Mapping[str, Json]:
        """One request with retries; the answer without its metadata.

        A `token` goes into the members by which AWS knows a request again. A request that is
        not `repeatable` is not sent again when AWS may have carried it out.

        Raises:
            Retry: it kept failing in a way that may pass.
            Denied: permissions or credentials are missing.
            Expired: the credentials are over.
            Gone: the resource does not exist, by the `absent` matchers.
            Rejected: AWS refused, or answered something unknown.
        """
        what = f"{service}.{method} {subject}".rstrip()
        limiter = self.limiter or Limiter(self.clock)
        patience = Budget(self.attempts, self.clock.now())
        renewed = False
        if token:
            params = tokens.filled(self.clients.client(service), method, params, token)
        while True:
            patience.tried += 1
            self._last.tried = patience.tried
            ticket = limiter.acquire(service, method)
            try:
                answer = self._once(service, method, params)
                self._whole(service, method, params, answer, what)
            except Exception as error:  # noqa: BLE001 - `translate` raises what it does not know
                failure = translate(
                    error, what, absent=absent, transient=transient, services=self.services
                )
                failure = over(failure, service, self._worked)
                if failure.code == NAMELESS and self._ended():
                    failure = Expired(what, NAMELESS, "the credentials are over")
            else:
                limiter.served(ticket)
                return answer
            if isinstance(failure, Retry) and failure.throttled:
                limiter.throttled(ticket)
            elif not (isinstance(failure, Retry) and failure.unclear):
                limiter.served(ticket)
            if isinstance(failure, Expired) and not renewed and self.held and self.held.renew():
                renewed = True  # AWS looks at credentials before it does anything
                continue
            once = not repeatable or (failure.code == INCOMPLETE and not method.startswith(READS))
            unclear = isinstance(failure, Retry) and failure.unclear and once
            if unclear or not self._again(failure, patience, ticket):
                raise failure

    def _whole(
        self, service: str, method: str, params: Props, answer: Mapping[str, Json], what: str
    ) -> None:
        """Whether an answer is one, and says that all was done.

        Raises:
            ClientError: it says success, and inside of it that the request was refused.
            Retry: it is not whole, so nothing is known from it.
        """
        whole = self.wholes.get((service.partition("@")[0], method))
        if not method.startswith(READS) and (refused := refusal(whole, answer)):
            code, message = refused
            if not code:
                raise incomplete(what, "it says 200, and that something of it failed")
            raise ClientError({"Error": {"Code": code, "Message": message}}, method)
        if how := whole and fault(whole, params, answer):
            raise incomplete(what, how)

    def _once(self, service: str, method: str, params: Props) -> Mapping[str, Json]:
        with self._lock:
            self.calls[f"{service}.{method}"] += 1
        body = getattr(self.clients.client(service), method)(**params)
        self._worked.add(service)
        return {key: value for key, value in body.items() if key != META}

    def _ended(self) -> bool:
        """Whether the credentials are over; asked where an answer had nothing to say it with."""
        try:
            self._once("sts", "get_caller_identity", {})
        except Exception as error:  # noqa: BLE001 - `translate` raises what it does not know
            return translate(error, "").code in OVER | DOUBTED
        return False

    def _again(self, failure: AwsError, patience: Budget, ticket: Ticket) -> bool:
        """Wait before the next try; false where there is none."""
        if not isinstance(failure, Retry) or self.interrupted():
            return False
        if failure.throttled:
            pause = patience.throttled(ticket, self.clock.now())
        else:
            pause = patience.failed(failure.code)
        if pause is None:
            return False
        if pause:
            with self._lock:
                jitter = self._random.uniform(0.5, 1.0)
            self.clock.sleep(pause * jitter)
        return True


class ReadOnly:
    """A reader of one service: it refuses every method that is not a read.

    The same read is sent once in the life of a reader, which is one look at one
    resource: several parts may come out of one answer. Satisfies
    `reconciler.resources.parts.Reader`.
    """

    def __init__(self, session: Session, service: str, absent: Iterable[Absent] = ()) -> None:
        self._session = session
        self._service = service
        self._absent = tuple(absent)
        self._answers: dict[tuple[str, bytes], Mapping[str, Json]] = {}

    def call(self, method: str, params: Props) -> Mapping[str, Json]:
        """One read.

        Raises:
            PermissionError: the method does not read.
        """
        if not method.startswith(READS):
            msg = f"{method} is not a read"
            raise PermissionError(msg)
        key = (method, canonical(params))
        if key not in self._answers:
            answer = self._session.send(self._service, method, params, absent=self._absent)
            self._answers[key] = answer
        return self._answers[key]

    def maybe(self, method: str, params: Props, unset: frozenset[str]) -> Mapping[str, Json] | None:
        """One read; nothing when AWS answers one of the `unset` codes."""
        try:
            return self.call(method, params)
        except AwsError as error:
            if error.code in unset:
                return None
            raise

    def of(self, service: str, absent: Iterable[Absent] = ()) -> ReadOnly:
        """A reader of another service, for the same look."""
        return ReadOnly(self._session, service, absent)

    def pages(self, method: str, params: Props, at: str, *, most: int = 0) -> list[Json]:
        """The items of every page. Follows botocore's paginator model for the token names.

        An operation without one leads on by a member that `paging.TOKENS` has.

        Raises:
            Retry: a page is not whole, or leads back to one that was read, or there are more
                than `most`.
        """
        token_in, token_out, more = tokens_of(self._session.clients.client(self._service), method)
        found: list[Json] = []
        request = dict(params)
        seen: set[str] = set()
        while True:
            body = self.call(method, request)
            found += _dig(body, at) or []
            token = _dig(body, token_out) if token_out else None
            if more and body.get(more) and not token:
                raise incomplete(f"{self._service}.{method}", "it has no way to the next page")
            if not token or (more and not body.get(more)):
                return found
            if str(token) in seen:
                raise incomplete(f"{self._service}.{method}", "it names a page that was read")
            seen.add(str(token))
            if len(seen) == most:
                raise incomplete(f"{self._service}.{method}", f"it has more than {most} pages")
            request[token_in] = token


def _dig(body: Json, path: str) -> Json:
    for key in path.split("."):
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body
