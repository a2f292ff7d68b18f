"""How a server's process is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

BOOT = Path(__file__).parents[1] / "server" / "boot.py"


class Child(Protocol):
    """A server's process, as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""

    def terminate(self) -> None:
        """Ask it to end."""

    def wait(self) -> int:
        """Wait for its exit code."""


def process(arguments: list[str], folder: Path, log: int) -> Child:
    """Start the server's program in a session of its own, which outlives this process."""
    return subprocess.Popen(  # noqa: S603  (our own interpreter and file)
        [sys.executable, "-P", str(BOOT), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )


by: Callable[[list[str], Path, int], Child] = process
"""Starts a server's process with arguments, in a folder, that writes to a file; tests have one
that forks a process in which everything is imported."""
