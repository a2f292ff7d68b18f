"""Starting, finding and stopping the sandbox server from another process.

Standard library only: a command that merely looks for a sandbox must not pay for moto's import.
A state directory holds at most one server: `server.json` says where it is, `server.log` what it
said, `snapshot.pickle` what it remembers.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

START_TIMEOUT = 60.0
STOP_TIMEOUT = 20.0
PAUSE = 0.02
LOG_LINES = 15
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


class SandboxError(RuntimeError):
    """The sandbox could not be started or stopped; the message holds its last log lines."""


@dataclass(frozen=True, slots=True)
class Running:
    """A live sandbox server; `url` is the endpoint for every AWS client."""

    url: str
    pid: int
    port: int


def start(
    state_dir: Path | str, *, account: str = "123456789012", region: str = "eu-west-1"
) -> Running:
    """Start a server on a free port and wait until it answers; SandboxError when it does not."""
    state = Path(state_dir).absolute()
    state.mkdir(parents=True, exist_ok=True)
    root = str(Path(__file__).parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "reconciler.sandbox.server", "--port", "0"]
    command += ["--state", str(state), "--account", account, "--region", region]
    with (state / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
    _CHILDREN[process.pid] = process
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        found = find(state)
        if found is not None and found.pid == process.pid:
            return found
        time.sleep(PAUSE)
    if process.poll() is None:
        process.terminate()
        process.wait()
    msg = f"The sandbox in {state} did not start. Its log ends with:\n{_tail(state)}"
    raise SandboxError(msg)


def find(state_dir: Path | str) -> Running | None:
    """The live server of a state directory, or None."""
    state = Path(state_dir).absolute()
    try:
        found = json.loads((state / "server.json").read_text())
        running = Running(url=found["url"], pid=int(found["pid"]), port=int(found["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not _alive(running.pid):
        return None
    answer = _ask(running, "ping")
    return running if answer is not None and answer.get("pid") == running.pid else None


def ensure(
    state_dir: Path | str, *, account: str = "123456789012", region: str = "eu-west-1"
) -> Running:
    """The live server, started when there is none; two processes never start two."""
    found = find(state_dir)
    if found is not None:
        return found
    with _locked(Path(state_dir)):
        return find(state_dir) or start(state_dir, account=account, region=region)


def stop(state_dir: Path | str) -> bool:
    """Stop the server after it has written its snapshot; False when there was none."""
    running = find(state_dir)
    if running is None:
        return False
    if _ask(running, "stop", {}) is None:
        os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while time.monotonic() < deadline:
        if not _alive(running.pid):
            return True
        time.sleep(PAUSE)
    log = _tail(Path(state_dir))
    msg = f"The sandbox {running.pid} did not stop in {STOP_TIMEOUT:.0f} s. Log:\n{log}"
    raise SandboxError(msg)


def status(state_dir: Path | str) -> dict[str, Any] | None:
    """What the server says about itself: pid, port, resources, calls, clock, uptime; or None."""
    running = find(state_dir)
    return None if running is None else _ask(running, "status")


def reset(state_dir: Path | str) -> None:
    """Empty the sandbox: the live server, or the snapshot of a stopped one."""
    running = find(state_dir)
    if running is None:
        (Path(state_dir) / "snapshot.pickle").unlink(missing_ok=True)
    else:
        control(running, "reset", {})


def control(running: Running, path: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """Call the control API (POST when a document is given); SandboxError when it refuses."""
    answer = _ask(running, path, document)
    if answer is None or "error" in answer:
        why = "no answer" if answer is None else answer["error"]
        msg = f"The sandbox at {running.url} refused {path}: {why}."
        raise SandboxError(msg)
    return answer


def _ask(
    running: Running, path: str, document: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    data = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(f"{running.url}/moorline/{path}", data=data)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as reply:
            found: dict[str, Any] = json.load(reply)
            return found
    except urllib.error.HTTPError as refused:
        try:
            return dict(json.load(refused))
        except ValueError:
            return None
    except (OSError, ValueError, http.client.HTTPException):  # the last: it stops while it answers
        return None


def _alive(pid: int) -> bool:
    child = _CHILDREN.get(pid)
    if child is not None:
        return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    state.mkdir(parents=True, exist_ok=True)
    with (state / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tail(state: Path) -> str:
    try:
        lines = (state / "server.log").read_text(errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(lines[-LOG_LINES:])
