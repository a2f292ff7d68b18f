"""A local forge: GitHub's and GitLab's REST API for comments and issues, with faults to order.

`python -m tests.forge.server --port 0` prints its address. GitHub's API is below `/github`,
GitLab's below `/gitlab/api/v4`; each has its own comments and issues. `POST /control` orders
faults (`{"fault": "429", "times": 2}`), `GET /control` shows what is kept and was asked.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from reconciler.forge.api import LIMIT

from . import routes
from .store import BOT, TOKEN, Store

GITHUB, GITLAB = "/github", "/gitlab/api/v4"
GITLAB_GRAPH = "/gitlab/api/graphql"
LONG = 20.0
"""Seconds that a slow answer takes, unless the server is stopped before."""

ANSWERS: dict[str, tuple[int, Any]] = {
    "429": (429, {"message": "Too Many Requests"}),
    "secondary": (403, {"message": "You have exceeded a secondary rate limit."}),
    "used-up": (403, {"message": "API rate limit exceeded"}),
    "500": (500, "<html>unicorn</html>"),
    "502": (502, ""),
    "503": (503, {"message": "down for maintenance"}),
    "504": (504, {"message": None}),
    "html": (200, "<html>log in</html>"),
    "odd": (200, {"odd": True}),
    "moved": (301, {}),
    "locked": (403, {"message": "Unable to create comment because issue is locked."}),
    "fork": (403, {"message": "Resource not accessible by integration"}),
    "forbidden": (403, {"message": "403 Forbidden"}),
    "gone": (410, {"message": "Issues are disabled for this repo"}),
}
"""What a fault answers with; others break the connection."""
HEADERS = {
    "429": "Retry-After",
    "503": "Retry-After",
    "secondary": "Retry-After",
    "used-up": "X-RateLimit-Reset",
    "moved": "Location",
}
"""The header that has what stands behind the colon of a fault, as in ``429:7``."""


@dataclass
class State:
    """What the server keeps and how it behaves; tests change it while it runs."""

    github: Store = field(default_factory=Store)
    gitlab: Store = field(default_factory=Store)
    tokens: dict[str, str] = field(default_factory=lambda: {TOKEN: BOT})
    page: int = 100
    faults: list[str] = field(default_factory=list)
    """Kinds, one for each request to come; see `Handler._fault`. "" lets one pass."""
    always: str = ""
    """A kind for every request for which `faults` has none."""
    writes: str = ""
    """A kind for every request that writes."""
    asked: list[str] = field(default_factory=list)
    """``POST /github/repos/…``, in order."""
    seen: list[dict[str, str]] = field(default_factory=list)
    """The headers of each request."""
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, method: str) -> str:
        with self.lock:
            if self.faults:
                return self.faults.pop(0)
        return self.writes if self.writes and method != "GET" else self.always

    @property
    def written(self) -> list[str]:
        """The requests that may have changed something."""
        return [each for each in self.asked if not each.startswith("GET ")]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, *_: object) -> None:
        pass

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        if parts.path == "/control":
            self._control(raw)
            return
        with self.state.lock:
            self.state.asked.append(f"{self.command} {self.path}")
            self.state.seen.append({name.lower(): value for name, value in self.headers.items()})
        kind = self.state.fault(self.command)
        if kind in {"", "reset-after"}:
            answer = self._result(parts.path, parts.query, json.loads(raw) if raw else {})
            if kind:
                self._reset()
            else:
                self._answer(*answer)
        else:
            self._fault(kind)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    # -- faults

    def _fault(self, kind: str) -> None:
        name, _, more = kind.partition(":")
        if name == "slow":
            self.state.over.wait(LONG)
        if name in {"slow", "reset"}:
            self._reset()
        elif name == "broken":
            self._answer(200, '{"id": 1', {"Content-Length": "9000"})
            self._reset()
        elif name == "echo":  # a forge, or a proxy, that repeats what it was sent
            said = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN")
            self._answer(422, {"message": f"bad header {said}"})
        else:
            status, data = ANSWERS[name]
            self._answer(status, data, {HEADERS[name]: more} if more else {})

    def _reset(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the client was faster
            self.connection.shutdown(socket.SHUT_RDWR)

    # -- answers

    def _answer(self, status: int, data: Any = None, headers: dict[str, str] | None = None) -> None:
        text = data if isinstance(data, str) else "" if data is None else json.dumps(data)
        body = text.encode()
        known = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        self.send_response(status)
        if status == ANSWERS["used-up"][0] and "X-RateLimit-Reset" in (headers or {}):
            known["X-RateLimit-Remaining"] = "0"
        for name, value in {**known, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:  # the client did not wait
            self.close_connection = True

    def _result(self, path: str, query: str, body: dict[str, Any]) -> tuple[int, Any, dict]:
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        token = bearer or self.headers.get("PRIVATE-TOKEN") or self.headers.get("JOB-TOKEN") or ""
        me = self.state.tokens.get(token)
        if me is None:
            return 401, {"message": "Bad credentials"}, {}
        if len(body.get("body") or body.get("description") or "") > LIMIT:
            return 422, {"message": "body is too long (maximum is 65536 characters)"}, {}
        hub = path.startswith(f"{GITHUB}/")
        store = self.state.github if hub else self.state.gitlab
        inner = path.removeprefix(GITHUB if hub else GITLAB)
        inner = "/graphql" if path == GITLAB_GRAPH else inner
        asked = {key: value[-1] for key, value in parse_qs(query).items()}
        table = routes.GITHUB if hub else routes.GITLAB
        for method, pattern, action in table:
            found = re.fullmatch(pattern, inner)
            if method == self.command and found:
                with store.lock:
                    call = routes.Call(store, me, [unquote(g) for g in found.groups()], asked, body)
                    status, data = action(call)
                return self._paged(status, data, path, asked, hub=hub)
        return 404, {"message": "Not Found"}, {}

    def _paged(
        self, status: int, data: Any, path: str, asked: dict[str, str], *, hub: bool
    ) -> tuple[int, Any, dict[str, str]]:
        if not isinstance(data, list):
            return status, data, {}
        page, size = int(asked.get("page", 1)), int(asked.get("per_page", 20))
        size = min(size, self.state.page)
        shown, more = data[(page - 1) * size : page * size], len(data) > page * size
        if not hub:
            return status, shown, {"X-Next-Page": str(page + 1) if more else ""}
        url = f"http://forge.invalid{path}?{urlencode({**asked, 'page': page + 1})}"
        return status, shown, {"Link": f'<{url}>; rel="next"'} if more else {}

    def _control(self, raw: bytes) -> None:
        state = self.state
        if self.command == "POST":
            order = json.loads(raw)
            with state.lock:
                state.faults += [order["fault"]] * int(order.get("times", 1))
        kept = {
            name: {
                "comments": [asdict(each) for each in store.notes],
                "issues": [asdict(each) for each in store.tickets],
            }
            for name, store in (("github", state.github), ("gitlab", state.gitlab))
        }
        self._answer(200, {**kept, "requests": list(state.asked)})


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str
    state: State

    @property
    def github(self) -> str:
        return self.url + GITHUB

    @property
    def gitlab(self) -> str:
        return self.url + GITLAB


def make(port: int = 0, state: State | None = None) -> tuple[ThreadingHTTPServer, Running]:
    """A server that listens on 127.0.0.1; the caller serves and closes it."""
    state = state or State()
    handler = type("Bound", (Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    return server, Running(f"http://127.0.0.1:{server.server_address[1]}", state)


@contextmanager
def running(state: State | None = None) -> Iterator[Running]:
    """A server in a thread, for as long as the block lasts."""
    server, found = make(state=state)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        found.state.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN, help="the token that is taken")
    parser.add_argument("--page", type=int, default=100, help="items on a page at most")
    chosen = parser.parse_args()
    state = State(tokens={chosen.token: BOT}, page=chosen.page)
    server, found = make(chosen.port, state)
    print(found.url, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


if __name__ == "__main__":
    main()
