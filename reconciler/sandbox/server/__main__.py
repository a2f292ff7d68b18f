"""One process that is AWS for everything on this machine; `boot.py` starts it.

It listens on 127.0.0.1 only, keeps its state in memory while it lives, and writes a snapshot into
its state folder when it is told to stop or nobody uses it any more, which the next one loads.
"""

from __future__ import annotations

import argparse
import fcntl
import itertools
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from reconciler.sandbox.door.install import install
from reconciler.sandbox.home import address, place, private
from reconciler.sandbox.server.control import Control, configure_moto
from reconciler.sandbox.server.wsgi import Application
from reconciler.sandbox.state import snapshot
from reconciler.secret.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG = logging.getLogger("moorline.sandbox")
DEFAULT_SPEED = 10.0
PATIENCE, PAUSE = 20.0, 0.05
FORSAKEN, LOOKS = 30.0, 100
"""Seconds unused until it ends when its state folder is gone: no command finds it any more. It
looks every so many tenths of a second."""


class _Quiet(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # keep connections open: half the time of a call otherwise

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401  (werkzeug's)
        if type == "error":
            LOG.error(message, *args)


def serve(given: argparse.Namespace) -> None:
    """Serve until told to stop; returns after the snapshot is written."""
    state = place.prepared(given.state.absolute())
    with os.fdopen(private.opened(state / "server.lock", os.O_RDWR | os.O_CREAT), "w") as lock:
        if not _locked(lock, state):
            sys.exit(f"Another sandbox is using {state}; stop it or choose another directory.")
        _serve(given, state)


def _locked(lock: IO[str], state: Path) -> bool:
    """Wait for a predecessor that is still writing its snapshot, but not for one that serves."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if (state / address.FILE).exists() or time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        else:
            return True


def _serve(given: argparse.Namespace, state: Path) -> None:
    os.environ["MOTO_ACCOUNT_ID"] = given.account
    install()
    configure_moto()
    stopping = threading.Event()
    control = Control(
        state=state,
        account=given.account,
        region=given.region,
        stop=stopping.set,
        speed=given.speed,
    )
    if not snapshot.load(state / snapshot.FILE, place.key()):
        control.prepare()
    server = make_server(
        address.HOST, given.port, Application(control), threaded=True, request_handler=_Quiet
    )
    server.daemon_threads = True  # type: ignore[attr-defined]  # the threaded server has it
    control.port = server.port
    for number in (signal.SIGTERM, signal.SIGINT):
        # in a thread: a handler that takes a lock which the main thread holds would hang
        signal.signal(number, lambda *_: threading.Thread(target=stopping.set).start())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    address.announce(state, server.port)
    looks = itertools.count(1)
    while not stopping.wait(0.1):  # the kernel may give a signal to another thread than this one
        if 0 < given.idle < control.unused:
            break
        if next(looks) % LOOKS == 0 and control.unused > FORSAKEN and _forsaken(state):
            break
    server.shutdown()
    if _forsaken(state):  # what is there now belongs to a successor
        sys.exit(f"The state is lost: {state} was deleted, or another sandbox has it.")
    try:
        (state / address.FILE).unlink(missing_ok=True)
        snapshot.save(state / snapshot.FILE, place.key())
    except OSError as error:
        sys.exit(f"The state is lost: {state} could not be written ({error.strerror}).")


def _forsaken(state: Path) -> bool:
    """Whether the folder no longer says that this process serves it."""
    found = address.announced(state)
    return found is None or found.pid != os.getpid()


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="reconciler.sandbox.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder for the snapshot")
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--region", default="eu-west-1")
    parser.add_argument(
        "--speed", type=float, default=DEFAULT_SPEED, help="virtual seconds per real second"
    )
    parser.add_argument("--idle", type=float, default=0, help="seconds unused until it ends")
    given = parser.parse_args(arguments)
    with guarded():  # the log is a file that people send around
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
        try:
            serve(given)
        except (snapshot.RefusedError, private.SandboxError) as refused:
            sys.exit(str(refused))


if __name__ == "__main__":
    main()
