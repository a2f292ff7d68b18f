"""How whoever starts a run tells the sandbox of his stand-ins: the control API, over HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reconciler.sandbox.standin import container
from reconciler.sandbox.standin.container import Done
from reconciler.sandbox.standin.run import SECONDS, Ended, Job, flat, run

TIMEOUT = 30.0


def announce(endpoint: str, execution: str, names: Iterable[str]) -> None:
    """Say, before a run starts, which jobs stand-ins do: by name of a job, application or state.

    The ARN of an execution is known before: ``…:execution:MACHINE:NAME``, with a name of one's own.
    """
    _asked(endpoint, {"stand_in": {execution: sorted(names)}})


def waiting(endpoint: str, execution: str) -> list[dict[str, Any]]:
    """The jobs that wait: ``id, state, service, job, script, arguments, seconds, credentials``."""
    found: list[dict[str, Any]] = _asked(endpoint, {"jobs": execution})["jobs"]
    return found


def notes(endpoint: str, execution: str) -> list[dict[str, str]]:
    """What the sandbox did not do in a run: ``{state, note}``."""
    found: list[dict[str, str]] = _asked(endpoint, {"notes": execution})["notes"]
    return found


def do(endpoint: str, job: dict[str, Any], script: Path, seconds: float = SECONDS) -> Ended:
    """Run the stand-in of a job that waits, and say how it ended.

    Raises:
        OSError: the script cannot be read, or the sandbox is gone.
    """
    keys = job["credentials"]
    made = Job(
        script=script, arguments=flat(job["arguments"]), endpoint=endpoint, region=job["region"],
        key=keys["key"], secret=keys["secret"], token=keys["token"],
        seconds=min(seconds, float(job["seconds"])),
    )  # fmt: skip
    try:
        ended = run(made)
    except OSError as broken:
        told(endpoint, job["id"], ok=False, error=f"{script.name}: {broken.strerror or broken}")
        raise
    told(endpoint, job["id"], ok=ended.ok, error=ended.error)
    return ended


def learn(endpoint: str, job: dict[str, Any], seconds: float = SECONDS) -> Done:
    """Do a job of SageMaker's that waits, and say how it ended.

    Raises:
        OSError: the sandbox is gone.
    """
    try:
        done = container.do(endpoint, job, seconds)
    except OSError as broken:
        told(endpoint, job["id"], ok=False, error=f"ClientError: {broken}")
        raise
    _asked(endpoint, {"ended": {job["id"]: done.told}})
    return done


def told(endpoint: str, unique: str, *, ok: bool, error: str = "") -> None:
    """Say how a job ended."""
    _asked(endpoint, {"ended": {unique: {"ok": ok, "error": error}}})


def _asked(endpoint: str, given: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310  (the sandbox's own address)
        f"{endpoint.rstrip('/')}/moorline/machines", json.dumps(given).encode(),
        {"content-type": "application/json"}, method="POST",
    )  # fmt: skip
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found
