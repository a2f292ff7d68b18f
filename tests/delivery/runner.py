"""Runs jobs of the written workflows with bash, the way GitHub's runner does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cli import forks
from tests.cli.result import Result

from .written import data

BIN = Path(sys.executable).parent
REPOSITORY = "acme/platform"
WORKFLOWS = ".github/workflows"
SKIPPED = ("Install Moorline", "Get a token for AWS", "Fetch the last receipt")
LIMIT = 120


@dataclass
class Ran:
    """How a job ended, and what its steps said and put out."""

    code: int = 0
    text: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""


@dataclass
class Runner:
    """A working copy, the forge that its jobs speak to, and the artifacts of a run."""

    path: Path
    api: str
    token: str
    artifacts: Path
    runs: int = 0
    author: str = ""
    """The repository's variable MOORLINE_AUTHOR."""
    programs: Path = BIN
    """Where `moorline` is; all else is beside the interpreter."""

    def job(self, workflow: str, name: str, event: dict[str, Any] | None = None) -> Ran:
        """Run the shell steps of a job; the artifact steps copy folders."""
        self.runs += 1
        whole = data((self.path / WORKFLOWS / f"moorline-{workflow}.yml").read_text())
        job = whole["jobs"][name]
        shutil.rmtree(self.path / "moorline-out", ignore_errors=True)
        home = self.artifacts / f"run-{self.runs}"
        home.mkdir(parents=True)
        (home / "event.json").write_text(json.dumps(event or {}))
        known = self._environment(home) | self._filled(whole.get("env", {}) | job.get("env", {}))
        ran = Ran()
        for step in job["steps"]:
            if "artifact" in step.get("uses", ""):
                self._artifact(step)
            if "run" not in step or step.get("name") in SKIPPED or ran.code:
                continue
            self._shell(step, known, home, ran)
        ran.summary = _read(home / "summary")
        ran.outputs = dict(re.findall(r"^(\w+)=(.*)$", _read(home / "output"), re.MULTILINE))
        return ran

    def _shell(self, step: dict[str, Any], known: dict[str, str], home: Path, ran: Ran) -> None:
        script = home / "step.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.path,
            env=known | self._filled(step.get("env", {})),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        ran.code, ran.text = done.returncode, ran.text + done.stdout + done.stderr

    def _artifact(self, step: dict[str, Any]) -> None:
        kept, here = self.artifacts / step["with"]["name"], self.path / step["with"]["path"]
        source, target = (here, kept) if "upload" in step["uses"] else (kept, here)
        if source.exists():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)

    def _environment(self, home: Path) -> dict[str, str]:
        return {
            "PATH": f"{self.programs}:{BIN}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "XDG_STATE_HOME": os.environ["XDG_STATE_HOME"],  # one sandbox for all jobs
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.api,
            "GITHUB_EVENT_PATH": str(home / "event.json"),
            "GITHUB_OUTPUT": str(home / "output"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(self.runs),
            "GITHUB_SHA": self.git("rev-parse", "HEAD"),
            "GITHUB_STEP_SUMMARY": str(home / "summary"),
            "RUNNER_TEMP": str(self.artifacts / "temp"),
        }

    def _filled(self, variables: dict[str, Any]) -> dict[str, str]:
        values = {
            "github.token": self.token,
            "github.sha": self.git("rev-parse", "HEAD"),
            "github.run_id": str(self.runs),
            "github.server_url": "https://github.test",
            "github.repository": REPOSITORY,
            "matrix.environment": "one",
            "vars.MOORLINE_AUTHOR": self.author,
        }
        return {
            name: re.sub(r"\$\{\{ (.+?) \}\}", lambda found: values[found[1]], str(text))
            for name, text in variables.items()
        }

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments],
            cwd=self.path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def moorline(self, *arguments: str) -> Result:
        variables = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "HOME": str(self.artifacts),
            "XDG_STATE_HOME": os.environ["XDG_STATE_HOME"],
        }
        return forks.run(arguments, self.path, variables)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
