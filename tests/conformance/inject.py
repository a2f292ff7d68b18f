"""Moorline with answers of AWS changed on the client's side.

Run as `python -m tests.conformance.inject HOOKS.py ARGUMENTS…`, with ``-`` for no hooks. The file
says in `ANSWERS` what to do with the answer of an operation: by ``service.Operation`` a function
of the answer, which it changes in place, and of the parameters of its request.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from reconciler.aws import clients
from reconciler.cli import main as cli

Hooks: TypeAlias = Mapping[str, Callable[[Any, Mapping[str, Any]], None]]


def attach(client: Any, service: str, hooks: Hooks) -> None:
    """Let the hooks of a service see the answers of its operations."""
    for name, hook in hooks.items():
        of, _, operation = name.partition(".")
        if of == service.partition("@")[0]:
            _one(client.meta.events, operation, hook)


def _one(events: Any, operation: str, hook: Callable[[Any, Mapping[str, Any]], None]) -> None:
    asked: dict[str, Any] = {}

    def before(params: Mapping[str, Any], **_: Any) -> None:
        asked.clear()
        asked.update(params)

    def after(parsed: Any, **_: Any) -> None:
        hook(parsed, dict(asked))

    events.register(f"provide-client-params.*.{operation}", before)
    events.register_last(f"after-call.*.{operation}", after)


def main() -> None:
    """Read the hooks, then be `moorline`."""
    file = sys.argv.pop(1)
    hooks: Hooks = {} if file == "-" else runpy.run_path(file).get("ANSWERS", {})
    plain, seen = clients.BotoClients.client, set[int]()

    def client(self: Any, service: str) -> Any:
        found = plain(self, service)
        if id(found) not in seen:
            seen.add(id(found))
            attach(found, service, hooks)
        return found

    clients.BotoClients.client = client  # type: ignore[method-assign]  # this process is for it
    sys.argv[0] = "moorline"
    cli.main()


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
