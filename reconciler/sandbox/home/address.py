"""Where a running sandbox answers: a port of this machine, and whose process it is.

The address is sealed with the user's key and names its own folder, so neither another's file nor
one copied from another sandbox is believed. The URL is made of the port alone.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from reconciler.sandbox.home import place, private, process

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"
FILE = "server.json"
PORTS = range(1, 65536)


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox server: its process by number and start, and its port."""

    pid: int
    port: int
    started: str

    @property
    def url(self) -> str:
        """The endpoint for every AWS client."""
        return f"http://{HOST}:{self.port}"

    @property
    def lives(self) -> bool:
        """Whether this very process still runs."""
        return process.started(self.pid) == self.started


def announce(folder: Path, port: int) -> None:
    """Say where this process answers."""
    mine = Running(os.getpid(), port, process.started(os.getpid()) or "")
    content = json.dumps(asdict(mine), sort_keys=True)
    document = {"running": content, "seal": _seal(folder, content)}
    private.write(folder / FILE, json.dumps(document).encode())


def announced(folder: Path) -> Running | None:
    """The server that lives and said so in this folder, whether or not it answers."""
    try:
        document = json.loads(private.read(folder / FILE))
        content, seal = str(document["running"]), str(document["seal"])
        if not hmac.compare_digest(seal.encode(), _seal(folder, content).encode()):
            return None
        running = Running(**json.loads(content))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return running if running.port in PORTS and running.lives else None


def _seal(folder: Path, content: str) -> str:
    return place.seal(place.key(), f"address of {folder.resolve()}", content.encode())
