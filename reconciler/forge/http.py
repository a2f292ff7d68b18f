"""JSON over HTTP to one origin: retries, pages, proxies. No request leaves the origin.

urllib3's `Retry` keeps the count and the pauses; waiting is done on a clock that is passed
in. A request that may have been carried out is sent again all the same, since the callers
look for doubles afterwards.
"""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Retry, Timeout, make_headers

from reconciler.forge.api import ForgeError, Trouble
from reconciler.forge.limits import Answer, passing, trouble
from reconciler.model.value import Json
from reconciler.secret.redact import redact

PAGES = 300
HOPS = 3
_SECRET = frozenset({"authorization", "private-token", "job-token"})
"""Headers whose values no message may have, not even where a forge repeats them."""
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
_NEXT = re.compile(r"<([^>]*)>\s*;[^,]*\brel=\"?next\b")
_LOST: Mapping[type[Exception], str] = {
    NameResolutionError: "its name cannot be resolved",
    NewConnectionError: "no connection",
    ConnectTimeoutError: "no connection in time",
    ReadTimeoutError: "no answer in time",
    ProxyError: "the proxy cannot be reached",
}


class Clock(Protocol):
    """Time, passed in so that tests never sleep."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def time(self) -> float:
        """Unix time."""
        ...

    def sleep(self, seconds: float) -> None: ...


class RealClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is sent, and how long all of its tries may take, in seconds."""

    tries: int = 6
    seconds: float = 90.0
    connect: float = 10.0
    read: float = 30.0


class Http:
    """Requests below one address, with headers that go nowhere else.

    Raises:
        ForgeError: the address would carry the token in the clear, or is none.
    """

    def __init__(
        self,
        base: str,
        headers: Mapping[str, str],
        *,
        patience: Patience | None = None,
        clock: Clock | None = None,
        ca_file: str = "",
    ) -> None:
        self.base = base.rstrip("/")
        self._headers = {**headers, "User-Agent": "moorline", "Accept-Encoding": "identity"}
        self._patience = patience or Patience()
        self._clock = clock or RealClock()
        _check(self.base)
        self._pool = _pool(self.base, self._patience, ca_file)
        secret = (value for name, value in headers.items() if name.lower() in _SECRET)
        self._hidden = tuple(value.rpartition(" ")[2] for value in secret)

    def send(self, method: str, path: str, body: Json = None) -> Answer:
        """One request with retries; `path` is below the base, or a whole address of its origin.

        Raises:
            ForgeError: there is no result.
        """
        url, end = self._url(path), self._clock.now() + self._patience.seconds
        what = f"{method} {urlsplit(url).path}"
        retry = Retry(total=self._patience.tries - 1, backoff_factor=0.5, backoff_max=20)
        retry = retry.new(allowed_methods=None)
        while True:
            lost: Exception | None = None
            again, answer = None, None
            try:
                answer = self._once(method, url, body, what)
                again = passing(answer, self._clock.time())
            except SSLError as error:
                raise ForgeError(Trouble.REFUSED, what, redact(f"TLS: {error}")) from None
            except HTTPError as error:
                lost = error
            if answer is not None and again is None:
                return self._result(answer, what)
            pause = again.pause if again else None
            why = _lost(lost) if answer is None else self._said(answer, pause)
            failure = ForgeError(again.trouble if again else Trouble.DOWN, what, why)
            try:
                retry = retry.increment(method, url, error=lost or HTTPError())
            except MaxRetryError:
                raise failure from None
            pause = retry.get_backoff_time() if pause is None else pause
            if self._clock.now() + pause > end:
                raise failure
            self._clock.sleep(pause)

    def pages(self, path: str) -> Iterator[Json]:
        """The items of all pages of a list.

        Raises:
            ForgeError: a page is missing, or there are absurdly many.
        """
        what = f"GET {urlsplit(path).path}"
        for _ in range(PAGES):
            answer = self.send("GET", path)
            items = answer.data
            if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
                raise ForgeError(Trouble.REFUSED, what, "the answer is not a list")
            yield from items
            path = _next(answer, path)
            if not path:
                return
        raise ForgeError(Trouble.REFUSED, what, f"more than {PAGES} pages")

    def _result(self, answer: Answer, what: str) -> Answer:
        found = trouble(answer)
        if found is None:
            return answer
        raise ForgeError(found, what, self._said(answer))

    def _said(self, answer: Answer, pause: float | None = None) -> str:
        """An answer in words, without our token."""
        wait = f" (it asks to wait {pause:.0f} s)" if pause else ""
        text = f"HTTP {answer.status} {answer.said}".rstrip()
        return redact(text, self._hidden) + wait

    def _url(self, path: str) -> str:
        """An address of our origin, whatever host a link of the forge names."""
        parts = urlsplit(path)
        if parts.netloc:
            own = urlsplit(self.base)
            return parts._replace(scheme=own.scheme, netloc=own.netloc).geturl()
        return f"{self.base}/{path.lstrip('/')}"

    def _once(self, method: str, url: str, body: Json, what: str) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, **({"Content-Type": "application/json"} if data else {})}
        for _ in range(HOPS):
            reply = self._pool.request(
                method, url, body=data, headers=headers, retries=False, redirect=False
            )
            known = {name.lower(): value for name, value in reply.headers.items()}
            moved = reply.status in {301, 302, 307, 308}
            if not moved or "location" not in known:
                return Answer(reply.status, known, _json(reply.data, reply.status, what))
            target = urljoin(url, known["location"])
            if _origin(target) != _origin(url):
                break
            url = target
        raise ForgeError(Trouble.REFUSED, what, "it leads to another address; correct the address")


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, urlsplit(url).netloc


def _json(raw: bytes, status: int, what: str) -> Json:
    try:
        return json.loads(raw) if raw.strip() else None
    except ValueError:
        if status < HTTPStatus.MULTIPLE_CHOICES:
            why = "the answer is not JSON; is this the address of the API?"
            raise ForgeError(Trouble.REFUSED, what, why) from None
        return None


def _lost(error: Exception | None) -> str:
    text = next((said for kind, said in _LOST.items() if isinstance(error, kind)), "")
    return text or "the connection broke off"


def _next(answer: Answer, path: str) -> str:
    """The address of the next page: GitHub's and GitLab's ``Link``, or ``X-Next-Page``."""
    if link := _NEXT.search(answer.headers.get("link", "")):
        return link[1]
    page = answer.headers.get("x-next-page", "")
    if not page:
        return ""
    parts = urlsplit(path)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), "page": page}
    return parts._replace(query=urlencode(query)).geturl()


def _check(base: str) -> None:
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        why = "is no address of an API; write https://HOST/PATH"
        raise ForgeError(Trouble.REFUSED, redact(repr(base)), why)
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        why = "a token is not sent without TLS; use the https address"
        raise ForgeError(Trouble.REFUSED, repr(base), why)


def _pool(base: str, patience: Patience, ca_file: str) -> urllib3.PoolManager:
    """Connections, through the proxy that the environment names."""
    parts = urlsplit(base)
    timeout = Timeout(connect=patience.connect, read=patience.read)
    trusted = ca_file or None
    proxy = urllib.request.getproxies().get(parts.scheme, "")
    if not proxy or urllib.request.proxy_bypass(parts.hostname or ""):
        return urllib3.PoolManager(timeout=timeout, ca_certs=trusted)
    where = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    headers = None
    if where.username is not None:
        login = f"{unquote(where.username)}:{unquote(where.password or '')}"
        headers = make_headers(proxy_basic_auth=login)
    bare = where._replace(netloc=where.netloc.rpartition("@")[2]).geturl()
    return urllib3.ProxyManager(bare, proxy_headers=headers, timeout=timeout, ca_certs=trusted)
