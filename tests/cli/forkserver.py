"""The process that `forks.py` asks: python forkserver.py SOCKET SOCKET_OF_SANDBOXES.

It imports what commands import, then forks one child for each connection, and answers with the
child's process id and, later, its exit code. A sandbox that a command starts is asked for at the
second socket (`forksandbox.py`).
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

BIN = Path(sys.executable).parent
PARTS = ("cli", "resources", "kinds", "aws", "render", "plan", "receipts", "facts", "delivery")
LIBRARIES = ("boto3", "botocore.retries.standard", "botocore.parsers", "jinja2", "deepdiff")


SERVICES = (
    "budgets", "cloudcontrol", "cloudtrail", "cloudwatch", "iam", "kms", "logs",
    "resourcegroupstaggingapi", "s3", "sagemaker", "sns", "sts",
)  # fmt: skip


def imported() -> None:
    """Import what any command imports; the sandbox's server is not among it.

    AWS's models of services are read too, as each command would.
    """
    import reconciler

    for name in LIBRARIES:
        importlib.import_module(name)
    for found in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if found.name.split(".")[1] in PARTS and not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    from reconciler.aws.clients import BotoClients

    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    clients = BotoClients("eu-west-1", endpoint="http://127.0.0.1:1", credentials=keys)
    for service in SERVICES:
        clients.client(service)


def planned() -> None:
    """Plan the example without AWS: what is read and made of tables and schemas stays."""
    from click.testing import CliRunner

    from reconciler.cli.main import main

    with contextlib.chdir(Path(__file__).parents[2]):
        CliRunner().invoke(main, ["plan", "-e", "dev", "--offline"])
    assert threading.active_count() == 1, "a fork has the thread that forks alone"


def serve(where: str) -> list[str]:
    """Fork for each request; returns in a child, with the arguments of its command."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(where)
    listening.listen(64)
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)
    children: dict[int, socket.socket] = {}
    gc.collect()
    gc.freeze()  # pages of what is there now stay shared
    os.write(1, b"ready\n")
    while True:
        ready, _, _ = select.select([0, listening, woken], [], [])
        if 0 in ready:  # who started this has ended, however that was
            os._exit(0)
        if listening in ready:
            asked, _ = listening.accept()
            _, files, _, _ = socket.recv_fds(asked, 1, 4)
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for each in (asked, listening, *children.values()):
                    each.close()
                os.close(woken)
                os.close(waker)
                return become(files)
            for each in files:
                os.close(each)
            children[pid] = asked
            asked.sendall(f"{pid}\n".encode())
        if woken in ready:
            os.read(woken, 4096)
            reap(children)


def reap(children: dict[int, socket.socket]) -> None:
    """Say how children ended."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with children.pop(pid) as asked, contextlib.suppress(OSError):
            asked.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def become(files: list[int]) -> list[str]:
    """Take on the files, folder and environment of a request, in a session of its own."""
    os.setsid()
    with os.fdopen(files[3], "rb") as whole:
        count, *parts = map(os.fsdecode, whole.read().split(b"\0"))
    arguments, folder = parts[: int(count)], parts[int(count)]
    variables = dict(each.split("=", 1) for each in parts[int(count) + 1 :])
    for number, each in enumerate(files[:3]):
        os.dup2(each, number)
        os.close(each)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  (as the interpreter opens them)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    return arguments


def command(main: Callable[[], object]) -> int:
    """Run a command to its exit code, as the interpreter does for a program."""
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  (whatever it is ends a program with its traceback)
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def leave(code: int) -> None:
    """End without taking apart what was there before the fork, which takes longer than `plan`."""
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as the end of Python
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])
    from cli.sandboxes import launch_at

    sys.path[0] = str(BIN)
    imported()
    planned()
    launch_at(sys.argv[2])
    sys.argv = [str(BIN / "moorline"), *serve(sys.argv[1])]
    from reconciler.cli.main import main

    leave(command(main))
