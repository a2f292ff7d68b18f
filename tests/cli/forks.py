"""Runs commands as processes of their own without paying for their imports each time.

A process that has imported what the commands import waits for requests; each one is a fork of it,
in a session of its own, with the arguments, folder, environment and files that were asked for.
What a fork cannot show, such as what a command imports or how it ends on a signal, is shown with
the installed program instead (`Folder.start`).
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.sandbox.home import launch

from .forkclient import ask
from .result import LIMIT, Result
from .sandboxes import launch_at

if TYPE_CHECKING:
    from reconciler.sandbox.home.launch import Child

COMMANDS, SANDBOXES = (Path(__file__).with_name(f"fork{each}.py") for each in ("server", "sandbox"))
ENDED = 5.0


def run(
    arguments: Sequence[str],
    folder: Path,
    variables: Mapping[str, str],
    *,
    given: str | bytes = b"",
    limit: float = LIMIT,
) -> Result:
    """Run `moorline ARGUMENTS` in a folder with a whole environment; TimeoutError after `limit`.

    It is the installed program where a fork is not the same: what Python is told by a variable,
    and help, for which other modules are imported first.
    """
    told = {name for name in variables if name.startswith("PYTHON")}
    whole = any(variables[name] != os.environ.get(name) for name in told)
    if whole or {"-h", "--help"} & {*arguments}:
        command = [Path(sys.executable).with_name("moorline"), *arguments]
        data = given if isinstance(given, bytes) else given.encode()
        done = subprocess.run(
            command, cwd=folder, env=variables, input=data, capture_output=True,
            timeout=limit, check=False,
        )  # fmt: skip
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        stdin.write(given if isinstance(given, bytes) else given.encode())
        stdin.seek(0)
        files = [each.fileno() for each in (stdin, out, err)]
        code = ask(str(_server()), arguments, str(folder), variables, files, limit)
        for each in (out, err):
            each.seek(0)
        return Result(code, out.read().decode(), err.read().decode())


def program(folder: Path) -> Path:
    """A folder for a PATH, in which `moorline` is a fork: for shell scripts."""
    path = folder / "moorline"
    client = Path(__file__).with_name("forkclient.py")
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {client} {_server()} "$@"\n')
    path.chmod(0o700)
    return folder


@cache
def sandboxes() -> Path:
    """Where the process listens that sandboxes are forks of; this one's are from then on."""
    where = _listening(SANDBOXES)
    launch_at(str(where))
    return where


def sandbox(arguments: list[str], folder: Path, log: int) -> Child:
    """Start a sandbox's process, for `launch.by`."""
    sandboxes()
    return launch.by(arguments, folder, log)


@cache
def _server() -> Path:
    """Where the process listens, started when the first command is run."""
    return _listening(COMMANDS, sandboxes())


def _listening(program: Path, *more: Path) -> Path:
    folder = tempfile.TemporaryDirectory(prefix="moorline-forks-")
    where = Path(folder.name) / "socket"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MOORLINE_")}
    child = subprocess.Popen(
        [sys.executable, str(program), str(where), *map(str, more)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"

    def end() -> None:
        child.communicate(timeout=ENDED)  # its input ends, and with that it does
        folder.cleanup()

    atexit.register(end)
    return where
