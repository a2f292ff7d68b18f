"""Starts sandboxes as forks of one process that has imported what they need."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from pathlib import Path

from reconciler.sandbox.home import launch

from .forkclient import send


class Forked:
    """A sandbox's process, as `launch.Child`."""

    def __init__(self, asked: socket.socket) -> None:
        self._answers = asked.makefile("rb", buffering=0)  # nothing is read ahead
        self._asked = asked
        self._code: int | None = None
        self._lock = threading.Lock()
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        with self._lock:
            if self._code is None and select.select([self._asked], [], [], 0)[0]:
                self._code = int(self._answers.readline() or -1)
                self._asked.close()
        return self._code

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def wait(self) -> int:
        while (code := self.poll()) is None:
            select.select([self._asked], [], [], 1)
        return code


def launch_at(where: str) -> None:
    """Have this process's sandboxes forked by the one that listens there."""

    def started(arguments: list[str], folder: Path, log: int) -> Forked:
        asked = socket.socket(socket.AF_UNIX)
        asked.connect(where)
        with Path(os.devnull).open("rb") as nothing:
            send(asked, arguments, str(folder), os.environ, (nothing.fileno(), log, log))
        return Forked(asked)

    launch.by = started
