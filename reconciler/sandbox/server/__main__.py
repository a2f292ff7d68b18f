"""One process that is AWS for everything on this machine: python -m reconciler.sandbox.server.

It listens on 127.0.0.1 only, keeps its state in memory while it lives, and writes a snapshot into
its state directory when told to stop, which the next one loads.
"""

from __future__ import annotations

import argparse
import fcntl
import json
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
from reconciler.sandbox.server.control import Control, configure_moto
from reconciler.sandbox.server.wsgi import Application
from reconciler.sandbox.state import snapshot
from reconciler.secret.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG = logging.getLogger("moorline.sandbox")
HOST = "127.0.0.1"
DEFAULT_SPEED = 10.0
PATIENCE, PAUSE = 20.0, 0.05


class _Quiet(MotoRequestHandler):
    protocol_version = "HTTP/1.1"  # keep connections open: half the time of a call otherwise

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401  (werkzeug's)
        if type == "error":
            LOG.error(message, *args)


def serve(state: Path, port: int, account: str, region: str, speed: float) -> None:
    """Serve until told to stop; returns after the snapshot is written."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "server.lock").open("w") as lock:
        if not _locked(lock, state):
            sys.exit(f"Another sandbox is using {state}; stop it or choose another directory.")
        _serve(state, port, account, region, speed)


def _locked(lock: IO[str], state: Path) -> bool:
    """Wait for a predecessor that is still writing its snapshot, but not for one that serves."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if (state / "server.json").exists() or time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        else:
            return True


def _serve(state: Path, port: int, account: str, region: str, speed: float) -> None:
    os.environ["MOTO_ACCOUNT_ID"] = account
    install()
    configure_moto()
    stopping = threading.Event()
    control = Control(state=state, account=account, region=region, stop=stopping.set, speed=speed)
    if not snapshot.load(state / "snapshot.pickle"):
        control.prepare()
    server = make_server(HOST, port, Application(control), threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]  # the threaded server has it
    control.port = server.port
    for number in (signal.SIGTERM, signal.SIGINT):
        # in a thread: a handler that takes a lock which the main thread holds would hang
        signal.signal(number, lambda *_: threading.Thread(target=stopping.set).start())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    running = state / "server.json"
    _announce(running, server.port)
    while not stopping.wait(0.1):  # the kernel may give a signal to another thread than this one
        pass
    server.shutdown()
    running.unlink(missing_ok=True)
    snapshot.save(state / "snapshot.pickle")


def _announce(path: Path, port: int) -> None:
    part = path.with_suffix(".part")
    content = {"pid": os.getpid(), "port": port, "url": f"http://{HOST}:{port}"}
    part.write_text(json.dumps(content))
    part.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="reconciler.sandbox.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="directory for the snapshot")
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--region", default="eu-west-1")
    parser.add_argument(
        "--speed", type=float, default=DEFAULT_SPEED, help="virtual seconds per real second"
    )
    given = parser.parse_args(arguments)
    with guarded():  # the log is a file that people send around
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
        serve(given.state, given.port, given.account, given.region, given.speed)


if __name__ == "__main__":
    main()
