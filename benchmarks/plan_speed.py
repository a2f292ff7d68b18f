"""Plan with nothing changed, on about 1,000 live resources: calls, CPU and wall seconds.

Runs the real command against the embedded sandbox in its own process, and the
boto3 floor of reading the same resources one by one. The sandbox answers about
300 calls a second, so wall seconds say little about AWS; calls and CPU do.
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "platform")
        os.environ["XDG_STATE_HOME"] = str(Path(name, "state"))
        (folder / "specs").mkdir(parents=True)
        (folder / "environments").mkdir()
        (folder / "environments" / "bench.yaml").write_text(ENVIRONMENT)
        for index, text in enumerate(documents(SPECS)):
            (folder / "specs" / f"{index:05d}.yaml").write_text(text)
        try:
            measure(folder)
        finally:
            lifecycle.stop(lifecycle.folder_of(folder))


def measure(folder: Path) -> None:
    applied, cpu, wall = run(folder, "apply")
    failures = applied["failures"]
    assert not failures, failures[:3]
    made = applied["plan"]["summary"]["create"]
    planned = applied["plan"]["summary"]["calls_planned"]
    print(f"apply {made} resources from empty: {planned} calls, {cpu:.1f} s CPU, {wall:.1f} s")
    for _ in range(3):
        plan, cpu, wall = run(folder, "plan")
        calls = plan["summary"]["calls_made"]
        unchanged = plan["summary"]["unchanged"]
        assert not plan["steps"], plan["steps"][:1]
        print(
            f"plan, nothing changed, {unchanged} resources: {calls} calls"
            f" ({calls / unchanged:.2f} a resource, {calls / unchanged / FLOOR:.2f} of the floor),"
            f" {cpu:.1f} s CPU, {wall:.1f} s"
        )


if __name__ == "__main__":
    main()
