"""Runs on EMR Serverless: an application starts by itself, and a run ends on the clock.

Source: EMR Serverless API, StartJobRun, GetJobRun, CancelJobRun; user guide, "Job run states".
"""

from __future__ import annotations

from typing import Any

from moto.emrserverless.models import emrserverless_backends

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import all_records
from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.state import work
from reconciler.sandbox.state.world import WORLD

SERVICE = "emr-serverless"
KIND = "job-run"
PRINCIPAL = "emr-serverless.amazonaws.com"
MINUTES = 720
"""After which a run ends where nothing is said. Source: the API, executionTimeoutMinutes."""
STATES = {
    work.RUNNING: "RUNNING", work.GOOD: "SUCCESS", work.BAD: "FAILED", work.STOPPED: "CANCELLED",
    work.LATE: "CANCELLED",
}  # fmt: skip


def _application(call: Call, name: str) -> dict[str, Any]:
    """An application, whichever way it was made; AWS's names of its API."""
    where = call.backend
    for record in all_records("AWS::EMRServerless::Application"):
        here = record.account == where.account_id and record.region == where.region_name
        if here and record.ends is None and name in record.parts:
            model = record.model
            auto = model.get("AutoStartConfiguration") or {}
            return {
                "arn": record.arn,
                "title": model.get("Name", ""),
                "releaseLabel": model.get("ReleaseLabel"),
                "automatic": auto.get("Enabled", True),
                "state": "CREATED",
            }
    found = emrserverless_backends[where.account_id][where.region_name].applications.get(name)
    if found is None:
        raise Refused("ResourceNotFoundException", f"Application {name} does not exist")
    own: Any = found.auto_start_configuration or {}
    automatic = own.get("enabled", True)
    return {
        "arn": found.arn,
        "title": found.name,
        "releaseLabel": found.release_label,
        "automatic": automatic,
        "state": found.state,
    }


def start(call: Call) -> dict[str, Any]:
    """StartJobRun."""
    name, role = call["applicationId"], call["executionRoleArn"]
    made = _application(call, name)
    if not made["automatic"] and made["state"] != "STARTED":
        raise Refused("ConflictException", f"Application {name} is not started")
    driver = (call.get("jobDriver") or {}).get("sparkSubmit") or {}
    minutes = int(call.get("executionTimeoutMinutes") or MINUTES)
    asked = {
        "service": SERVICE,
        "job": call.get("name") or name,
        "application": made["title"],
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
            "release": made["releaseLabel"], "title": call.get("name"),
            "overrides": call.get("configurationOverrides"), "minutes": minutes}  # fmt: skip
    arn = f"{made['arn']}/jobruns/{run.id}"
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


def cancel(call: Call) -> dict[str, Any]:
    """CancelJobRun."""
    record = _find(call)
    record.data["work"].stop()
    return {"applicationId": record.data["application"], "jobRunId": record.name}


OPERATIONS = {"StartJobRun": start, "GetJobRun": get, "CancelJobRun": cancel}
