"""The parent's side: a folder of its own, an environment of its own, limits, and one way out.

On Linux the process is in a network of its own, in which is but a relay to the sandbox, and the
kernel lets it read Python and write its own folder (Landlock), nothing else. Where a kernel does
not do both, Python's audit hooks alone hold it; `Ended.alone` says which. They cannot be taken out
again, but code that is not Python is not held by them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.sandbox.standin.relay import serve

GUARD = Path(__file__).with_name("guard.py")
SECONDS, MEMORY = 300.0, 2 << 30
"""What it may take where nobody says: seconds of the clock on the wall, and bytes."""
OUTPUT = 65_536
"""Characters of what it prints that are kept, from the end."""
LOCAL = {"127.0.0.1", "localhost", "::1"}
_MARK = "moorline-guard:"
LOOK = 0.1
"""Seconds between two looks at what is to end a container."""


@dataclass(frozen=True, slots=True)
class Container:
    """How a container of SageMaker's begins; its paths are below ``/opt/ml``."""

    program: str
    """The file that is run, or the name of a module."""
    module: bool = False
    folder: str = "/opt/ml"
    """Where it is run."""
    paths: tuple[str, ...] = ()
    """Folders in which it finds modules."""
    variables: Mapping[str, str] = field(default_factory=dict)
    heard: Callable[[str], None] = field(default=lambda _: None)
    """Is told what it prints, as it does."""
    watch: Callable[[], bool] = field(default=lambda: False)
    """Says that it is to be ended now, as when its instance is taken away."""


@dataclass(frozen=True, slots=True)
class Job:
    """What stands in for what, and as whom."""

    script: Path
    arguments: Sequence[str]
    endpoint: str
    """The sandbox's address, on this machine."""
    region: str
    key: str
    secret: str
    token: str
    seconds: float = SECONDS
    memory: int = MEMORY
    container: Container | None = None
    """What it finds where it is a job of SageMaker's."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How it went."""

    ok: bool
    error: str
    """Why it is not well, in one line."""
    output: str
    """The end of what it has printed."""
    alone: bool
    """Whether the kernel, too, has kept it from every other network and file."""
    code: int = 0
    """Its exit code; below zero a signal."""
    mounted: bool = True
    """Of a container: whether it has found its files at ``/opt/ml``."""
    broken: bool = False
    """Whether it was ended as `watch` said."""


def flat(arguments: Mapping[str, str] | Sequence[str]) -> list[str]:
    """The arguments of a job as a command line: Glue has pairs, EMR Serverless a list."""
    if isinstance(arguments, Mapping):
        return [part for name, value in arguments.items() for part in (name, str(value))]
    return [str(each) for each in arguments]


def environment(job: Job, home: Path) -> dict[str, str]:
    """All that the process finds; nothing of the caller's own environment."""
    return {
        "AWS_ACCESS_KEY_ID": job.key,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": job.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": job.endpoint,
        "AWS_REGION": job.region,
        "AWS_SECRET_ACCESS_KEY": job.secret,
        "AWS_SESSION_TOKEN": job.token,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(home),
        "TZ": "UTC",
    }


def run(job: Job) -> Ended:
    """Run a stand-in until it ends or its time is over.

    Raises:
        ValueError: the endpoint is not on this machine.
        OSError: the script cannot be read.
    """
    with folder() as home:
        shutil.copyfile(job.script, home / "job.py")
        return inside(job, home)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of a process's own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(
        prefix="moorline-stand-in-", ignore_cleanup_errors=True
    ) as made:
        home = Path(made).resolve()
        home.chmod(0o700)
        yield home


def inside(job: Job, home: Path) -> Ended:
    """Run what is in a folder already, until it ends or its time is over.

    Raises:
        ValueError: the endpoint is not on this machine.
    """
    target = urlsplit(job.endpoint)
    if target.hostname not in LOCAL or target.port is None:
        raise ValueError(f"{job.endpoint} is not a port on this machine")
    with serve(home / "relay", target.hostname, target.port):
        return _run(job, home, target.port)


def _told(job: Job, home: Path, port: int) -> dict[str, object]:
    own = job.container
    return {
        "home": str(home), "port": port, "relay": str(home / "relay"), "seconds": job.seconds,
        "memory": job.memory, "arguments": list(job.arguments), "container": own is not None,
        "name": own.program if own else job.script.name,
        "program": own.program if own else str(home / "job.py"),
        "module": own is not None and own.module, "native": own is not None,
        "folder": own.folder if own else str(home), "paths": list(own.paths) if own else [],
        "variables": dict(own.variables) if own else {},
    }  # fmt: skip


def _run(job: Job, home: Path, port: int) -> Ended:
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and file; the guard is first)
        [sys.executable, "-I", "-B", str(GUARD)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=home,
        env=environment(job, home), start_new_session=True, close_fds=True, text=True,
        errors="replace",
    )  # fmt: skip
    over, broken = threading.Event(), threading.Event()

    def end() -> None:
        over.set()
        _kill(process)

    timer = threading.Timer(job.seconds, end)
    timer.daemon = True
    timer.start()
    own = job.container or Container("")
    watcher = threading.Thread(target=_watch, args=(process, own, broken), daemon=True)
    if job.container is not None:
        watcher.start()
    try:
        output = _spoken(process, json.dumps(_told(job, home, port)), own.heard)
        code = process.wait()
    finally:
        timer.cancel()
        _kill(process)
        process.wait()
    marks = {line for line in output.splitlines() if line.startswith(_MARK)}
    shown = "".join(line for line in output.splitlines(keepends=True) if not line.startswith(_MARK))
    error = _error(code, job, shown, over=over.is_set())
    return Ended(
        not error, error, shown[-OUTPUT:], output.startswith(f"{_MARK}alone\n"), code,
        f"{_MARK}not mounted" not in marks, broken.is_set(),
    )  # fmt: skip


def _watch(process: subprocess.Popen[str], own: Container, broken: threading.Event) -> None:
    while process.poll() is None:
        if own.watch():
            broken.set()
            _kill(process)
            return
        time.sleep(LOOK)


def _spoken(process: subprocess.Popen[str], told: str, heard: Callable[[str], None]) -> str:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("the pipes were asked for")
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(told)
        process.stdin.close()
    head: list[str] = []
    kept: deque[str] = deque()
    first = last = 0
    while line := process.stdout.readline(OUTPUT):
        if not line.startswith(_MARK):
            heard(line)
        if first < OUTPUT:
            head.append(line)
            first += len(line)
            continue
        kept.append(line)
        last += len(line)
        while last - len(kept[0]) >= OUTPUT:
            last -= len(kept.popleft())
    return "".join([*head, *kept])


def _error(code: int, job: Job, output: str, *, over: bool) -> str:
    if over:
        return f"{job.script.name} ran longer than {job.seconds:g} seconds and was ended"
    if code == 0:
        return ""
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"{job.script.name} ended with {how}: {last}"[:1000].rstrip(": ")


def _kill(process: subprocess.Popen[str]) -> None:
    """End the process and all that it has begun; it is the leader of a group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
