"""Asks `forkserver.py` for one command; run as a program it stands for `moorline` on a PATH.

The standard library only, and little of it: as a program it is what each command of a shell script
pays. The environment of the command is the program's own, and so are its files and folder.
"""

import os
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence


def send(
    asked: socket.socket,
    arguments: Sequence[str],
    folder: str,
    variables: Mapping[str, str],
    files: Sequence[int],
) -> None:
    """Ask for a process with these three files."""
    parts = [str(len(arguments)), *arguments, folder, *(f"{k}={v}" for k, v in variables.items())]
    with tempfile.TemporaryFile() as whole:
        whole.write(b"\0".join(map(os.fsencode, parts)))
        whole.seek(0)
        socket.send_fds(asked, [b"."], [*files, whole.fileno()])


def ask(
    where: str,
    arguments: Sequence[str],
    folder: str,
    variables: Mapping[str, str],
    files: Sequence[int],
    limit: float | None = None,
) -> int:
    """The exit code of a command with these three files; OSError after `limit` seconds."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(limit)
        asked.connect(where)
        send(asked, arguments, folder, variables, files)
        answers = asked.makefile("r")
        pid = int(answers.readline())
        try:
            return int(answers.readline())
        except OSError:  # TimeoutError is one
            os.killpg(pid, signal.SIGKILL)
            raise


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], sys.argv[2:], os.getcwd(), os.environ, (0, 1, 2)))  # noqa: PTH109
