"""One case of the set `bugs`: its files in a folder of their own, with a sandbox of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIMIT = 300.0
"""Seconds that one command may take."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its JSON; an empty object where it printed none."""
        try:
            return json.loads(self.out)
        except ValueError:
            return {}

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def steps(self) -> list[Any]:
        return list(self.data.get("steps", ()))

    @property
    def codes(self) -> set[str]:
        """Codes of findings, on whichever stream."""
        return {str(each.get("code")) for each in self.data.get("diagnostics", ())}


class Scene:
    """Runs what a README says, in a copy of the case."""

    def __init__(self, case: Path, folder: Path) -> None:
        self.case = case
        self.folder = folder

    def moorline(self, *arguments: str, hook: bool = False) -> Said:
        """One command; with `hook` the answers of AWS are those of the case's file."""
        hooks = str(self.case / "hook.py") if hook else "-"
        return self._run([sys.executable, "-m", "tests.conformance.inject", hooks, *arguments])

    def hand(self, *arguments: str) -> Said:
        """The edits that a person makes beside Moorline."""
        return self._run([sys.executable, str(self.case / "hand.py"), self.url, *arguments])

    @cached_property
    def url(self) -> str:
        """Where the sandbox answers."""
        self.moorline("sandbox", "start")
        return f"http://127.0.0.1:{self.moorline('sandbox', 'status', '--json').data['port']}"

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        """A plain client of the sandbox, for looking."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="look",
            aws_secret_access_key="look",
        )

    def _run(self, command: list[str]) -> Said:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)


@contextmanager
def opened(case: Path) -> Iterator[Scene]:
    """A copy of a case; its sandbox is stopped and its files are removed in the end."""
    with tempfile.TemporaryDirectory(prefix="moorline-case-") as place:
        folder = Path(place) / "platform"
        shutil.copytree(case, folder)
        scene = Scene(case, folder)
        try:
            scene.moorline("fix")  # a case is written in the words of its time
            yield scene
        finally:
            scene.moorline("sandbox", "stop")
