"""Repositories that attack whoever opens them, and what must not have happened afterwards."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.cli.folder import Apart
from tests.cli.mistakes import environment, spec

PLACE = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
MODULES = (
    "reconciler/__init__", "reconciler/sandbox/server/__main__", "json", "logging", "moto",
    "pickle", "cloudpickle", "werkzeug", "sitecustomize", "usercustomize", "argparse", "platform",
)  # fmt: skip
"""What a Python that starts in the folder would import from it."""
KEPT = ("server.log", "start.lock", "server.lock", "snapshot.pickle", "server.json", "key")
PRECIOUS = b"kept by the user, outside of the repository\n"


class Payload:
    """A pickle that makes a folder when it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> object:
        return os.makedirs, (str(self.marker), 0o700, True)


@dataclass
class Surroundings:
    """What lies outside of the repository: nothing of it may be touched."""

    folder: Path
    victim: subprocess.Popen[bytes]
    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def markers(self) -> Path:
        """Where code of the repository leaves its name when it runs."""
        return self.folder / "markers"

    @property
    def precious(self) -> Path:
        return self.folder / "precious"

    def harm(self) -> list[str]:
        """Everything that the repository achieved."""
        found = [f"ran {path.name}" for path in sorted(self.markers.iterdir())]
        found += [f"asked {path}" for path in self.asked]
        found += [
            f"changed {path.name}"
            for path in sorted(self.precious.iterdir())
            if path.read_bytes() != PRECIOUS
        ]
        if {path.name for path in self.precious.iterdir()} != {*KEPT}:
            found.append("made or removed files outside")
        if self.victim.poll() is not None:
            found.append("ended a process")
        return found


@contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    """A process, a server and files that a repository would like to reach."""
    for name in ("markers", "precious"):
        (folder / name).mkdir(parents=True)
    for name in KEPT:
        (folder / "precious" / name).write_bytes(PRECIOUS)
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({"pid": victim.pid, "stopping": True, "reset": True}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    victim = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    each = {"poll_interval": 0.02}
    threading.Thread(target=server.serve_forever, kwargs=each, daemon=True).start()
    try:
        yield Surroundings(folder, victim, server.server_port, asked)
    finally:
        server.shutdown()
        server.server_close()
        victim.kill()
        victim.communicate()


def platform(path: Path) -> Apart:
    """A small honest platform on the sandbox, to which attacks are added."""
    folder = Apart(path)
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    folder.write("environments/local.yaml", environment("local", PLACE))
    return folder


def plant_modules(folder: Path, around: Surroundings) -> None:
    """Modules by the names that Moorline and its sandbox import."""
    for name in MODULES:
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        marker = str(around.markers / name.replace("/", "."))
        path.write_text(f"import os\nos.makedirs({marker!r}, exist_ok=True)\n")


def snapshot(around: Surroundings, name: str, stamp: dict[str, object]) -> bytes:
    """A state whose loading runs code."""
    return json.dumps(stamp).encode() + b"\n" + pickle.dumps(Payload(around.markers / name))
