"""Seconds, peak memory and size of the pull-request comment, for plans of every size.

Each plan is rendered in its own process, so that the peak is its own; what the
plan itself takes is told apart. Run with the number of changes to do one.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

from reconciler.model import tally
from reconciler.model.step import step_from_json

SIZES = (20, 2_000, 20_000)
SHAPES = ("mixed", "destructive", "chained", "drift")
_TYPES = ("SageMaker::Endpoint", "CloudWatch::Alarm", "S3::Bucket", "SageMaker::FeatureGroup")


def plan_json(number: int, shape: str) -> dict[str, object]:
    """A plan of so many changes: of every action, or all refused, or each needing the last."""
    steps = [_step(index, shape) for index in range(number)]
    return {
        "format_version": 1,
        "environment": "prod",
        "platform": "acme",
        "account": "123456789012",
        "region": "eu-west-1",
        "commit": "4f2c9e1d00ff",
        "digest": "0" * 64,
        "steps": steps,
        "summary": {
            **tally.counted(map(step_from_json, steps)),
            "unchanged": 58,
            "calls_made": 31,
        },
        "diagnostics": [],
    }


def _step(index: int, shape: str) -> dict[str, object]:
    type_, name = f"AWS::{_TYPES[index % len(_TYPES)]}", f"acme-prod-thing-{index:05d}"
    lost = shape in {"destructive", "chained"}
    action = "delete" if lost else ("create", "update", "update", "delete")[index % 4]
    at = {"file": f"specs/part-{index // 20}.yaml", "line": index % 20 + 1, "column": 1}
    loss = {
        "destroys": "records",
        "says": "its records are lost",
        "path": [],
        "allowed": False,
        "approval": None,
    }
    field = {
        "path": ["Threshold", "Inner"],
        "before": index,
        "after": index + 1,
        "effect": "update",
        "at": at,
        "cause": "changed-by-hand" if shape == "drift" else "spec-changed",
    }
    needs = [f"AWS::{_TYPES[(index - 1) % 4]}/acme-prod-thing-{index - 1:05d}"]
    return {
        "id": f"{type_}/{name}",
        "type": type_,
        "name": name,
        "action": action,
        "reason": "not-declared" if action == "delete" else "differs",
        "cause": "spec-changed",
        "spec": "Thing/thing",
        "at": at,
        "detail": "",
        "destroys": "records" if lost else "",
        "loses": "its records are lost" if lost else "",
        "refused": "protection.allow does not list 'records'" if lost else "",
        "retry": False,
        "approval": None,
        "losses": [loss] if lost else [],
        "needs": needs if shape == "chained" and index else [],
        "after": [],
        "guard": "",
        "fields": [field] if action == "update" else [],
        "calls": [{"service": "s3", "method": "put", "params": {}, "outputs": {}}],
        "desired": {},
    }


def measure(number: int, shape: str) -> None:
    from reconciler.render.comment import comment
    from reconciler.render.formats import Context

    data = plan_json(number, shape)
    context = Context(drift=shape == "drift")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    for name, write in (("comment", comment.document), ("full", comment.full)):
        start = time.process_time()
        text = write(data, context)
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{name}, {number:,} changes, {shape}: {seconds:.3f} s CPU,"
            f" {peak} MB peak ({before} MB of it the plan and Python),"
            f" {len(text):,} characters, {len(text.encode()):,} bytes"
        )


def main() -> None:
    if len(sys.argv) == 3:
        measure(int(sys.argv[1]), sys.argv[2])
        return
    for number in SIZES:
        for shape in SHAPES:
            arguments = [sys.executable, "-m", "benchmarks.render_speed", str(number), shape]
            subprocess.run(arguments, check=True)


if __name__ == "__main__":
    main()
