"""The local forge with one answer more: which change requests a commit was merged by."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.forge.server import Handler, Running, State

MERGES = re.compile(r"/github/repos/[\w.-]+/[\w.-]+/commits/([0-9a-f]{40})/pulls")
LAB = re.compile(r"/gitlab/api/v4/projects/\w+/repository/commits/([0-9a-f]{40})/merge_requests")


@contextmanager
def running(merges: dict[str, int]) -> Iterator[Running]:
    """A forge in a thread; `merges` says by which pull request a commit was merged."""

    def result(self: Handler, path: str, query: str, body: dict[str, Any]) -> tuple:
        found = MERGES.fullmatch(path) or LAB.fullmatch(path)
        if found is None:
            return Handler._result(self, path, query, body)
        number = merges.get(found[1])
        if found.re is LAB:
            made = {"iid": number, "state": "merged", "merge_commit_sha": found[1]}
            return 200, [made] if number else [], {}
        when = "2026-11-23T07:00:00Z"
        merged = {"number": number, "merged_at": when, "merge_commit_sha": found[1]}
        return 200, [merged] if number else [], {}

    state = State()
    handler = type("Merging", (Handler,), {"state": state, "_result": result})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{server.server_address[1]}", state)
    finally:
        state.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
