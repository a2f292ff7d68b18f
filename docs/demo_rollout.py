"""A new version takes over step by step, on the embedded sandbox, as a team would see it.

Run by `make demo-rollout`. Three versions of a model: a healthy one goes from 5 % to all of the
traffic; a bad one is stopped at 5 % and taken back; of the third one the driver is killed at 50 %,
and another working copy goes on. Every command is really run; an unexpected exit code ends the demo
with 1. The clock of the sandbox goes 2,400 times as fast as the one on the wall.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import boto3

from reconciler.cli.main import main as moorline
from reconciler.sandbox import lifecycle
from reconciler.sandbox.home import place

REGION, ENDPOINT, BUCKET = "eu-west-1", "acme-local-scorer", "team-models"
SPEED = 2400.0
MOORLINE = (sys.executable, "-c", "from reconciler.cli.main import main; main()")
SPEC = """\
apiVersion: moorline/v1
kind: Rollout
metadata: {name: scorer, owner: fraud-team, description: Scores payments.}
spec:
  model:
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud@sha256:%s
    artifact: s3://team-models/scorer/%d.tar.gz
  serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 4}}
  strategy: {canary: {steps: [5%%, 25%%, 50%%, 75%%, 100%%], bake: 10m}}
  drive: cli
  analysis:
    - {metric: Invocation5XXErrors, atMost: 1%%}
    - {metric: ModelLatency, statistic: p99, below: 250ms}
"""
ENVIRONMENT = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: local}
spec:
  platform: acme
  account: "123456789012"
  region: eu-west-1
  sandbox: true
  protection: {allow: [traffic, access]}
"""


def say(text: str) -> None:
    """A sentence between two commands."""
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


class Copy:
    """A working copy of the repository, and what somebody types there."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self._variables = {**os.environ, place.GIVEN: str(state), "NO_COLOR": "1"}

    def git(self, *arguments: str) -> None:
        """Git, without a word."""
        who = ("-c", "user.name=demo", "-c", "user.email=demo@example.com")
        subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True)

    def write(self, version: int) -> None:
        """Commit a spec that asks for a version of the model."""
        (self.folder / "specs").mkdir(exist_ok=True)
        (self.folder / "environments").mkdir(exist_ok=True)
        (self.folder / "specs/scorer.yaml").write_text(SPEC % ("a" * 64, version))
        (self.folder / "environments/local.yaml").write_text(ENVIRONMENT)
        self.git("add", ".")
        self.git("commit", "-q", "-m", f"scorer {version}")

    def start(self, arguments: str) -> subprocess.Popen[str]:
        """Show and begin one command in a process of its own."""
        print(f"\n$ moorline {arguments}", flush=True)
        return subprocess.Popen(
            [*MOORLINE, *shlex.split(arguments)],
            cwd=self.folder,
            text=True,
            env=self._variables,
            stderr=subprocess.PIPE,
        )

    def run(self, arguments: str, *, expect: int = 0) -> None:
        """Show and run one command; end the demo when its exit code is not the expected one.

        It runs in this process, which saves the second that Python takes to load it.
        """
        print(f"\n$ moorline {arguments}", flush=True)
        code = self._here(arguments)
        if code != expect:
            sys.exit(f"expected exit code {expect}, got {code}")

    def quietly(self, arguments: str) -> None:
        """Run one command of which only the end is shown."""
        print(f"\n$ moorline {arguments}", flush=True)
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(io.StringIO()):
            code = self._here(arguments)
        print("\n".join(said.getvalue().strip().splitlines()[-2:]), flush=True)
        if code:
            sys.exit(f"expected exit code 0, got {code}")

    def _here(self, arguments: str) -> int:
        os.chdir(self.folder)
        os.environ |= self._variables
        try:
            moorline(shlex.split(arguments), standalone_mode=False)
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    def killed(self, arguments: str, line: str) -> None:
        """Run one command, and kill it as soon as it has said something."""
        process = self.start(arguments)
        for said in process.stderr or ():
            print(said, end="", flush=True)
            if line in said:
                process.kill()
                break
        process.wait()
        print("Killed", flush=True)


def main() -> None:
    """The whole story, in folders that are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="moorline-rollout-"))
    state = lifecycle.folder_of(home / "desk")
    try:
        _story(home, state)
    finally:
        lifecycle.stop(state)
        shutil.rmtree(home, ignore_errors=True)


def _story(home: Path, state: Path) -> None:
    (home / "desk").mkdir()
    desk = Copy(home / "desk", state)
    desk.git("init", "-q", ".")
    desk.write(1)
    running = lifecycle.ensure(state, account="123456789012", region=REGION, project=desk.folder)
    lifecycle.control(running, "clock", {"speed": SPEED})
    lifecycle.control(running, "traffic", {"rates": {ENDPOINT: 50}})
    _upload(running.url)

    say("A model is live. Fifty requests a second come in from now on.")
    desk.quietly("apply --yes")

    say("A new version is merged: apply puts it beside the live one, with no traffic, and ends.")
    desk.write(2)
    desk.run("apply --yes")
    say("It goes up step by step, each judged by what CloudWatch has of it.")
    desk.run("rollout run scorer --yes")

    say("The next one is bad: three of ten requests fail.")
    _behave(running, errors=0.3)
    desk.write(3)
    desk.quietly("apply --yes")
    desk.run("rollout run scorer --yes", expect=6)
    say("All traffic is on the version before, and the bad one is not tried again by itself.")
    desk.run("rollout status scorer")

    say("The third one is good. Its driver is killed when half of the traffic has moved.")
    _behave(running, errors=0.0)
    desk.write(4)
    desk.quietly("apply --yes")
    desk.killed("rollout run scorer --yes", "candidate 50 %")

    say("Another working copy, which has never seen the first one, goes on from there.")
    desk.git("clone", "-q", str(desk.folder), str(home / "other"))
    other = Copy(home / "other", state)
    other.run("rollout status scorer")
    other.run("rollout run scorer --yes")
    say("What was done, by whom and why, is in the receipts.")
    other.run("rollout history scorer --limit 6")


def _upload(url: str) -> None:
    """The model files, by somebody who trains."""
    s3 = boto3.client(
        "s3",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="alice",
        aws_secret_access_key="alice",
    )
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for version in range(1, 5):
        s3.put_object(Bucket=BUCKET, Key=f"scorer/{version}.tar.gz", Body=str(version).encode())


def _behave(running: lifecycle.Running, *, errors: float) -> None:
    """How the candidate answers from now on."""
    each = {"of": f"{ENDPOINT}/candidate", "errors": errors}
    lifecycle.control(running, "traffic", {"behaviours": [each]})


if __name__ == "__main__":
    main()
