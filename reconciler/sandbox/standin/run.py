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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    target = urlsplit(job.endpoint)
    if target.hostname not in LOCAL or target.port is None:
        raise ValueError(f"{job.endpoint} is not a port on this machine")
    with tempfile.TemporaryDirectory(
        prefix="moorline-stand-in-", ignore_cleanup_errors=True
    ) as folder:
        home = Path(folder).resolve()
        home.chmod(0o700)
        shutil.copyfile(job.script, home / "job.py")
        with serve(home / "relay", target.hostname, target.port):
            return _run(job, home, target.port)


def _run(job: Job, home: Path, port: int) -> Ended:
    told = {
        "home": str(home), "port": port, "relay": str(home / "relay"), "seconds": job.seconds,
        "memory": job.memory, "arguments": list(job.arguments), "name": job.script.name,
    }  # fmt: skip
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and file; the guard is first)
        [sys.executable, "-I", "-B", str(GUARD)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=home,
        env=environment(job, home), start_new_session=True, close_fds=True, text=True,
        errors="replace",
    )  # fmt: skip
    over = threading.Event()

    def end() -> None:
        over.set()
        _kill(process)

    timer = threading.Timer(job.seconds, end)
    timer.daemon = True
    timer.start()
    try:
        output = _spoken(process, json.dumps(told))
        code = process.wait()
    finally:
        timer.cancel()
        _kill(process)
        process.wait()
    alone = output.startswith(f"{_MARK}alone\n")
    shown = "".join(line for line in output.splitlines(keepends=True) if not line.startswith(_MARK))
    error = _error(code, job, shown, over=over.is_set())
    return Ended(not error, error, shown[-OUTPUT:], alone)


def _spoken(process: subprocess.Popen[str], told: str) -> str:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("the pipes were asked for")
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(told)
        process.stdin.close()
    head, kept = process.stdout.read(OUTPUT), ""
    while chunk := process.stdout.read(OUTPUT):
        kept = (kept + chunk)[-OUTPUT:]
    return head + kept


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
