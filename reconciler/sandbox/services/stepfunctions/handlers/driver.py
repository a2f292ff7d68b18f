"""The function of Moorline's own that drives a rollout, from the very bytes of its zip.

It runs in a process of its own, without environment and without Python's site packages, and has
no boto3: whatever it asks goes through the sandbox's door as the function's role, IAM included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.services.stepfunctions.execution import Failure, dumps
from reconciler.sandbox.state.world import WORLD

HANDLER = "reconciler.aws.function.handler.handler"
PROGRAM = Path(__file__).with_name("driven.py")
SECONDS = 180.0
"""On the clock on the wall; Lambda's own limit is by the function's settings."""


def invoked(key: str, region: str, code: bytes, event: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What the function gives back; `key` is of its role.

    Raises:
        Failure: it has failed, by the name of what it raised.
    """
    with tempfile.TemporaryDirectory(prefix="moorline-driver-") as folder:
        archive = Path(folder, "code.zip")
        archive.write_bytes(code)
        process = subprocess.Popen(  # noqa: S603  (our own program, and our own bytes)
            [sys.executable, "-I", "-S", "-B", str(PROGRAM), str(archive)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={},
            text=True,
        )
        end = threading.Timer(SECONDS, process.kill)
        end.start()
        try:
            return _talked(process, key, region, event)
        finally:
            end.cancel()
            process.kill()
            process.communicate()


def _talked(process: subprocess.Popen[str], key: str, region: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401  (any JSON value)
    to, back = process.stdin, process.stdout
    if to is None or back is None:
        raise AssertionError
    _say(to, {"event": dict(event), "now": WORLD.clock.now()})
    for line in back:
        told = json.loads(line)
        if "result" in told:
            return told["result"]
        if "raised" in told:
            raise Failure(str(told["raised"]["errorType"]), dumps(told["raised"]))
        _say(to, _answered(key, region, *told["ask"]))
    text = (process.stderr.read() if process.stderr else "")[-1000:]
    raise Failure("Sandbox.Timedout", f"the function has ended without an answer: {text}")


def _answered(
    key: str, region: str, service: str, method: str, params: dict[str, Any]
) -> dict[str, Any]:
    try:
        return {"answer": acting.call(key, region, service, method, params)}
    except acting.RefusedError as error:
        return {"error": [error.code, error.message, error.status]}


def _say(to: IO[str], told: Mapping[str, Any]) -> None:
    to.write(json.dumps(told, default=_moment) + "\n")
    to.flush()


def _moment(value: object) -> dict[str, float]:
    if isinstance(value, datetime):
        return {"$moment": value.timestamp()}
    raise TypeError(type(value))
