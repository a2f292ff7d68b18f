"""Starting, finding and stopping the sandbox server from another process.

Standard library only: a command that merely looks for a sandbox must not pay for moto's import.
A state folder holds at most one server: `server.json` says where it is, `server.log` what it
said, `snapshot.pickle` what it remembers. Which folder is a project's, `home.place` says.
"""

from __future__ import annotations

import fcntl
import http.client
import importlib.util
import json
import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.home import address, launch, place, private, process
from reconciler.sandbox.home.address import Running
from reconciler.sandbox.home.place import folder_of
from reconciler.sandbox.home.private import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MissingError", "Running", "SandboxError", "began", "control", "ensure", "find", "folder_of",
    "listed", "pace", "reset", "start", "status", "stop", "stop_all",
]  # fmt: skip

START_TIMEOUT = 180.0
STOP_TIMEOUT = 60.0
"""Seconds for what takes a few on a machine that has time for it; a busy one may need many."""
ASK_TIMEOUT = 10.0
PAUSE = 0.02
LOG_LINES = 15
NEEDED = ("moto", "cloudpickle", "flask", "flask_cors", "werkzeug")
"""What the extra `sandbox` brings; that it is there is seen without importing it."""
IDLE = "MOORLINE_SANDBOX_IDLE"
DEFAULT_IDLE = "8h"
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_CHILDREN: dict[int, launch.Child] = {}


class MissingError(SandboxError):
    """A package is not installed that only the sandbox needs."""

    def __init__(self, module: str) -> None:
        name = module.partition(".")[0]
        cure = "install it with `pip install 'moorline[sandbox]'`"
        super().__init__(f"the sandbox needs the package {name!r}: {cure}")


def start(
    state_dir: Path | str,
    *,
    account: str = "123456789012",
    region: str = "eu-west-1",
    idle: str | None = None,
    project: Path | None = None,
) -> Running:
    """Start a server on a free port and wait until it answers; SandboxError when it does not.

    It ends when it was not used for `idle`, such as "8h"; "0" means never.
    """
    seconds = _seconds(idle or os.environ.get(IDLE) or DEFAULT_IDLE)
    _installed()
    state = place.prepared(Path(state_dir).absolute())
    if project is not None:
        place.note(state, project)
    arguments = ["--state", str(state), "--account", account, "--region", region]
    arguments += ["--idle", str(seconds)]
    log = private.opened(state / "server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        child = launch.by(arguments, state, log)
    finally:
        os.close(log)
    _CHILDREN[child.pid] = child
    return _awaited(child, state)


def _awaited(child: launch.Child, state: Path) -> Running:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and child.poll() is None:
        found = find(state)
        if found is not None and found.pid == child.pid:
            return found
        time.sleep(PAUSE)
    late = child.poll() is None
    if late:
        child.terminate()
        child.wait()
    log = _tail(state)
    missing = re.search(r"No module named '(?!reconciler)([\w.]+)'", log)
    if missing:
        raise MissingError(missing[1])
    why = f" in {START_TIMEOUT:.0f} s: is this machine very busy?" if late else "."
    said = f" Its log ends with:\n{log}" if log.strip() else " It has said nothing."
    raise SandboxError(f"The sandbox in {state} did not start{why}{said}")


def _installed() -> None:
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            raise MissingError(name)


def _seconds(text: str) -> int:
    found = re.fullmatch(r"(\d{1,9})([smhd]?)", text)
    if found is None:
        msg = f"{text!r} is no time after which an unused sandbox ends."
        raise SandboxError(msg, f"write 30m, 8h or 2d, or 0 for never ({IDLE}, or --idle)")
    return int(found[1]) * SECONDS[found[2]]


def find(state_dir: Path | str) -> Running | None:
    """The live server of a state folder, or None; SandboxError for a folder of somebody else."""
    running = _announced(Path(state_dir).absolute())
    if running is None:
        return None
    answer = _ask(running, "ping")
    return running if answer is not None and answer.get("pid") == running.pid else None


def _announced(state: Path) -> Running | None:
    for child in [*_CHILDREN.values()]:  # another thread may start one meanwhile
        child.poll()  # or an ended one stays a zombie
    return address.announced(state) if place.exists(state) else None


def ensure(
    state_dir: Path | str,
    *,
    account: str = "123456789012",
    region: str = "eu-west-1",
    idle: str | None = None,
    project: Path | None = None,
) -> Running:
    """The live server, started when there is none; two processes never start two."""
    found = find(state_dir)
    if found is not None:
        return found
    _installed()
    with _locked(place.prepared(Path(state_dir).absolute())):
        return find(state_dir) or start(
            state_dir, account=account, region=region, idle=idle, project=project
        )


def stop(state_dir: Path | str) -> bool:
    """Stop the server after it has written its snapshot; False when there was none."""
    state = Path(state_dir).absolute()
    running = _announced(state)
    if running is None:
        return False
    if _ask(running, "stop", {}) is None:
        process.terminate(running.pid, running.started)
    deadline = time.monotonic() + STOP_TIMEOUT
    while time.monotonic() < deadline:
        if not _lives(running):
            return True
        time.sleep(PAUSE)
    log = _tail(state)
    said = f" Its log ends with:\n{log}" if log.strip() else ""
    limit = f"{STOP_TIMEOUT:.0f} s"
    raise SandboxError(f"The sandbox {running.pid} did not stop in {limit}.{said}")


def _lives(running: Running) -> bool:
    child = _CHILDREN.get(running.pid)
    return running.lives and (child is None or child.poll() is None)


def stop_all() -> int:
    """Stop every sandbox of this user and say how many ran; one that cannot stops no other."""
    stopped, failures = 0, []
    for state in place.known():
        try:
            stopped += stop(state)
        except SandboxError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return stopped


def listed() -> list[dict[str, Any]]:
    """Every sandbox of this user: its folder, its project, and where it runs."""
    found = []
    for state in place.known():
        running, project = _announced(state), place.noted(state)
        found.append(
            {
                "folder": str(state),
                "project": project,
                "exists": project is not None and Path(project).is_dir(),
                "running": running is not None,
                "pid": running.pid if running else None,
                "port": running.port if running else None,
            }
        )
    return found


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


def pace(running: Running) -> float | None:
    """How much faster than AWS's the rates of a server are that throttles; else nothing."""
    found = _ask(running, "throttling") or {}
    return float(found["pace"]) if found.get("share") else None


def began(running: Running) -> float:
    """When what a server holds was empty, in seconds since the epoch; 0 where it does not say."""
    return float((_ask(running, "ping") or {}).get("began", 0.0))


def lags(running: Running) -> bool:
    """Whether a server's reads lag behind its writes."""
    return any(((_ask(running, "lag") or {}).get("reads") or {}).values())


def _ask(
    running: Running, path: str, document: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    # no urllib: it knows proxies, redirects and files
    connection = http.client.HTTPConnection(address.HOST, running.port, timeout=ASK_TIMEOUT)
    method, body = ("GET", None) if document is None else ("POST", json.dumps(document))
    try:
        connection.request(method, f"/moorline/{path}", body)
        found = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):  # the last: it stops while it answers
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) else None


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    with os.fdopen(private.opened(state / "start.lock", os.O_RDWR | os.O_CREAT), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tail(state: Path) -> str:
    try:
        lines = private.read(state / "server.log").decode(errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(lines[-LOG_LINES:])
