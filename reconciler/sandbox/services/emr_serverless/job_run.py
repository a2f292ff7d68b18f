"""Runs on EMR Serverless: an application starts by itself, and a run ends on the clock.

Source: EMR Serverless API, StartJobRun, GetJobRun, CancelJobRun; user guide, "Job run states".
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.types.emrserverless_application import (
    RUNS as KIND,
    state,
    tell,
)
from reconciler.sandbox.services.emr_serverless.application import find
from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.state import work
from reconciler.sandbox.state.world import WORLD

SERVICE = "emr-serverless"
PRINCIPAL = "emr-serverless.amazonaws.com"
MINUTES = 720
"""After which a run ends where nothing is said. Source: the API, executionTimeoutMinutes."""
STATES = {
    work.RUNNING: "RUNNING", work.GOOD: "SUCCESS", work.BAD: "FAILED", work.STOPPED: "CANCELLED",
    work.LATE: "CANCELLED",
}  # fmt: skip


def start(call: Call) -> dict[str, Any]:
    """StartJobRun."""
    name, role = call["applicationId"], call["executionRoleArn"]
    model = find(call, name)
    if state(model) != "STARTED":
        if not (model.get("AutoStartConfiguration") or {}).get("Enabled", True):
            raise Refused("ConflictException", f"Application {name} is not started")
        tell(model, "STARTED")
    driver = (call.get("jobDriver") or {}).get("sparkSubmit") or {}
    minutes = int(call.get("executionTimeoutMinutes") or MINUTES)
    asked = {
        "service": SERVICE,
        "job": call.get("name") or name,
        "application": model.get("Name", ""),
        "role": role,
        "principal": PRINCIPAL,
        "account": call.backend.account_id,
        "region": call.backend.region_name,
        "script": driver.get("entryPoint", ""),
        "arguments": driver.get("entryPointArguments") or [],
    }
    run = work.begin(
        str(call.get("name") or name),
        "00",
        WORLD.durations.emr_serverless_job,
        minutes * 60.0,
        asked,
    )
    if WORLD.iam == "enforced" and not acting.trusts(role, PRINCIPAL, call.backend.account_id):
        WORLD.machines.held.pop(run.id, None)
        run.ends = run.began
        run.reason = f"Unable to assume role {role}: it does not trust {PRINCIPAL}."
    data = {"work": run, "application": name, "role": role, "driver": call.get("jobDriver"),
            "release": model.get("ReleaseLabel"), "title": call.get("name"),
            "overrides": call.get("configurationOverrides"), "minutes": minutes}  # fmt: skip
    arn = f"{model['Arn']}/jobruns/{run.id}"
    call.run(KIND, run.id, arn, data, **(call.get("tags") or {}))
    return {"applicationId": name, "jobRunId": run.id, "arn": arn}


def _find(call: Call) -> Record:
    found: Record | None = call.kept(KIND).get(call["jobRunId"])
    if found is None or found.data["application"] != call["applicationId"]:
        raise Refused("ResourceNotFoundException", f"JobRun {call['jobRunId']} does not exist")
    return found


def get(call: Call) -> dict[str, Any]:
    """GetJobRun; looking at a running one moves the clock."""
    record = _find(call)
    run: work.Work = record.data["work"]
    state, data = run.settle(), record.data
    if state == work.RUNNING:
        WORLD.clock.polled()
    why = run.reason or ("Job run timed out." if state == work.LATE else "")
    shown = {
        "applicationId": data["application"], "jobRunId": run.id, "arn": record.arn,
        "name": data["title"], "createdBy": data["role"], "createdAt": run.began,
        "updatedAt": run.ended or run.began, "executionRole": data["role"],
        "state": STATES[state], "stateDetails": why if state in {work.BAD, work.LATE} else "",
        "releaseLabel": data["release"], "jobDriver": data["driver"], "tags": record.tags,
        "configurationOverrides": data["overrides"], "executionTimeoutMinutes": data["minutes"],
        "mode": "BATCH",
    }  # fmt: skip
    return {"jobRun": {key: it for key, it in shown.items() if it is not None}}


def listed(call: Call) -> dict[str, Any]:
    """ListJobRuns, the newest first."""
    model, wanted = find(call, call["applicationId"]), set(call.get("states") or ())
    found = []
    for record in reversed([*call.kept(KIND).values()]):
        run: work.Work = record.data["work"]
        word = STATES[run.settle()]
        if record.data["application"] != model["ApplicationId"] or (wanted and word not in wanted):
            continue
        found.append(
            {
                "applicationId": model["ApplicationId"],
                "id": run.id,
                "arn": record.arn,
                "createdBy": record.data["role"],
                "createdAt": run.began,
                "updatedAt": run.ended or run.began,
                "executionRole": record.data["role"],
                "state": word,
                "stateDetails": run.reason,
                "releaseLabel": record.data["release"],
            }
        )
    return {"jobRuns": found}


def cancel(call: Call) -> dict[str, Any]:
    """CancelJobRun."""
    record = _find(call)
    record.data["work"].stop()
    return {"applicationId": record.data["application"], "jobRunId": record.name}


OPERATIONS = {
    "StartJobRun": start,
    "GetJobRun": get,
    "ListJobRuns": listed,
    "CancelJobRun": cancel,
}
