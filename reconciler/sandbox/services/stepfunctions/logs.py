"""The log of a machine's runs, where it has one. Source: "Logging using CloudWatch Logs"."""

from __future__ import annotations

import json
from typing import Any

from moto.logs.models import logs_backends

from reconciler.sandbox.services.stepfunctions.execution import Execution

BAD = ("Failed", "Aborted", "TimedOut")
FATAL = ("ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")


def write(run: Execution) -> None:
    """Write what was not written yet; a group that is not there loses it, as on AWS."""
    level = str(run.logging.get("level", "OFF"))
    events, run.logged = run.events[run.logged :], len(run.events)
    arn = next((_group(each) for each in run.logging.get("destinations") or ()), "")
    if level == "OFF" or not arn or not events:
        return
    name = arn.split(":log-group:", 1)[-1].removesuffix(":*")
    backend = logs_backends[run.account][run.region]
    if name not in backend.groups:
        return
    stream = f"states/{run.machine_name}/{run.name}"
    if stream not in backend.groups[name].streams:
        backend.create_log_stream(name, stream)
    rows = [
        {"timestamp": int(each["timestamp"] * 1000), "message": json.dumps(_shown(run, each))}
        for each in events
        if level == "ALL" or each["type"].endswith(FATAL if level == "FATAL" else BAD)
    ]
    if rows:
        backend.put_log_events(name, stream, rows)


def _group(destination: dict[str, Any]) -> str:
    return str((destination.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn", ""))


def _shown(run: Execution, event: dict[str, Any]) -> dict[str, Any]:
    details: dict[str, Any] = next(
        (it for key, it in event.items() if key.endswith("EventDetails")), {}
    )
    if not run.logging.get("includeExecutionData"):
        hidden = {"input", "output", "parameters"}
        details = {
            key: it for key, it in details.items() if key.removesuffix("Details") not in hidden
        }
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details,
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(int(event["timestamp"] * 1000)),
        "execution_arn": run.arn,
    }
