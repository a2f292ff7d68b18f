"""Plan with nothing changed, on about 1,000 live resources: calls, CPU and wall seconds.

Runs the real command against the embedded sandbox in its own process, and the
boto3 floor of reading the same resources one by one. The sandbox answers about
300 calls a second, so wall seconds say little about AWS; calls and CPU do. Then both
once more on a sandbox that throttles as AWS does, on its faster clock.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from benchmarks.platforms import ENVIRONMENT, documents
from reconciler.sandbox import lifecycle

BIN = Path(sys.executable).with_name("moorline")
SPECS = 303
FLOOR = 1.4
"""boto3's reads for each unit of the SageMaker mix, one describe and one ListTags each."""


def run(folder: Path, *arguments: str) -> tuple[dict[str, object], float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(
        [BIN, *arguments, "--json"], cwd=folder, check=False, stdout=subprocess.PIPE
    )
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), cpu, wall


def main() -> None:
    for throttled in (False, True):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "platform")
            os.environ["XDG_STATE_HOME"] = str(Path(name, "state"))
            (folder / "specs").mkdir(parents=True)
            (folder / "environments").mkdir()
            (folder / "environments" / "bench.yaml").write_text(ENVIRONMENT)
            for index, text in enumerate(documents(SPECS)):
                (folder / "specs" / f"{index:05d}.yaml").write_text(text)
            state = lifecycle.folder_of(folder)
            running = lifecycle.start(state, project=folder)
            try:
                measure(folder, running, throttled=throttled)
            finally:
                lifecycle.stop(state)


def measure(folder: Path, running: lifecycle.Running, *, throttled: bool) -> None:
    if throttled:
        print("with AWS's rates:")
    pace = limits(running, share=float(throttled))["pace"]

    def told(cpu: float, wall: float) -> str:
        refused = sum(limits(running)["refused"].values())
        limits(running, share=float(throttled))
        text = f"{cpu:.1f} s CPU, {wall:.1f} s"
        return f"{text}, {refused} throttled at {pace:.0f} times AWS's rates" if throttled else text

    for what in ("from empty", "more, whose models are there now"):
        applied, cpu, wall = run(folder, "apply")
        assert not applied.get("failures", applied), str(applied)[:2000]
        made = applied["plan"]["summary"]["create"]
        planned = applied["plan"]["summary"]["calls_planned"]
        print(f"apply {made} resources {what}: {planned} calls, {told(cpu, wall)}")
        trained(running)
    for _ in range(1 if throttled else 3):
        plan, cpu, wall = run(folder, "plan")
        calls = plan["summary"]["calls_made"]
        unchanged = plan["summary"]["unchanged"]
        assert not plan["steps"], plan["steps"][:1]
        print(
            f"plan, nothing changed, {unchanged} resources: {calls} calls"
            f" ({calls / unchanged:.2f} a resource, {calls / unchanged / FLOOR:.2f} of the floor),"
            f" {told(cpu, wall)}"
        )


def trained(running: lifecycle.Running) -> None:
    """Put the files of the models into the bucket that the platform has made for them."""
    s3 = boto3.client(
        "s3",
        endpoint_url=running.url,
        region_name="eu-west-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
        config=Config(s3={"addressing_style": "path"}),
    )
    (bucket,) = (each["Name"] for each in s3.list_buckets()["Buckets"] if "lake" in each["Name"])
    for index in range(SPECS):
        s3.put_object(Bucket=bucket, Key=f"models/{index}/model.tar.gz", Body=b"model")


def limits(running: lifecycle.Running, *, share: float | None = None) -> dict[str, Any]:
    """What the sandbox says of its rates, set anew where a share is given."""
    given = None if share is None else {"share": share}
    return lifecycle.control(running, "throttling", given)


if __name__ == "__main__":
    main()
