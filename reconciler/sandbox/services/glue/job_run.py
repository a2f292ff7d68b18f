"""Runs of Glue jobs: on the clock, one too many refused, and the job's role asked.

Source: Glue API, StartJobRun, GetJobRun, BatchStopJobRun; Glue developer guide, "AWS Glue job run
statuses". A run that a role cannot take fails with AWS's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.glue.models import glue_backends

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import all_records
from reconciler.sandbox.services.glue import own
from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.state import work
from reconciler.sandbox.state.world import WORLD

SERVICE = "glue"
KIND = "job-run"
MINUTES = 2880
"""After which a run ends where nothing is said; Glue 5.0 and later have 480. Source: the API."""
SHORT = 480
PRINCIPAL = "glue.amazonaws.com"
STATES = {
    work.RUNNING: "RUNNING", work.GOOD: "SUCCEEDED", work.BAD: "FAILED",
    work.STOPPED: "STOPPED", work.LATE: "TIMEOUT",
}  # fmt: skip
OWN = ("WorkerType", "NumberOfWorkers", "MaxCapacity", "SecurityConfiguration", "ExecutionClass",
       "NotificationProperty")  # fmt: skip


def job(call: Call, name: str) -> Mapping[str, Any]:
    """A job, whichever way it was made, with CloudFormation's names.

    Raises:
        Refused: EntityNotFoundException.
    """
    where = call.backend
    for record in all_records("AWS::Glue::Job"):
        here = record.account == where.account_id and record.region == where.region_name
        if here and record.ends is None and record.model.get("Name", record.parts[0]) == name:
            return record.model
    found = glue_backends[where.account_id][where.region_name].jobs.get(name)
    if found is None:
        raise Refused(
            "EntityNotFoundException",
            f"Failed to start job run due to missing metadata: Job {name} not found.",
        )
    shown: Mapping[str, Any] = found.as_dict()
    return shown


def start(call: Call) -> dict[str, Any]:
    """StartJobRun."""
    name = call["JobName"]
    made = job(call, name)
    most = int((made.get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1)
    if sum(it.data["work"].settle() == work.RUNNING for it in _of(call, name)) >= most:
        said = f"Concurrent runs exceeded for {name}"
        raise Refused("ConcurrentRunsExceededException", said)
    version = str(made.get("GlueVersion") or "0.9")
    usual = SHORT if version >= "5" else MINUTES
    minutes = int(call.get("Timeout") or made.get("Timeout") or usual)
    given = {**(made.get("DefaultArguments") or {}), **(call.get("Arguments") or {})}
    role = _role(call, str(made.get("Role", "")))
    asked = {
        "service": SERVICE, "job": name, "arguments": given, "role": role,
        "principal": PRINCIPAL, "account": call.backend.account_id,
        "region": call.backend.region_name,
        "script": (made.get("Command") or {}).get("ScriptLocation", ""),
    }  # fmt: skip
    run = work.begin(name, "jr_", WORLD.durations.glue_job, minutes * 60.0, asked)
    if WORLD.iam == "enforced" and not acting.trusts(role, PRINCIPAL, call.backend.account_id):
        WORLD.machines.held.pop(run.id, None)
        run.ends = run.began
        run.reason = f"Role {role} should be given assume role permissions for Glue Service."
    elif run.ends is not None and not run.reason:
        told = own.attempt(given, role, call.backend.account_id, call.backend.region_name)
        run.reason = told or ""
        if told is not None and WORLD.machines.asking:
            WORLD.machines.real.add(run.id)
    data = {
        "work": run,
        "JobName": name,
        "Arguments": call.get("Arguments") or {},
        "GlueVersion": version,
        "Timeout": minutes,
        "PreviousRunId": call.get("JobRunId"),
    }
    data |= {key: call.get(key, made.get(key)) for key in OWN}
    call.run(KIND, run.id, call.arn(f"job/{name}/run/{run.id}"), data)
    return {"JobRunId": run.id}


def _role(call: Call, name: str) -> str:
    where = call.backend
    return (
        name
        if name.startswith("arn:")
        else f"arn:{where.partition}:iam::{where.account_id}:role/{name}"
    )


def _of(call: Call, name: str) -> Iterator[Record]:
    return (it for it in call.kept(KIND).values() if it.data["JobName"] == name)


def _find(call: Call, name: str, run: str) -> Record:
    found: Record | None = call.kept(KIND).get(run)
    if found is None or found.data["JobName"] != name:
        raise Refused("EntityNotFoundException", f"JobRun {run} of job {name} not found.")
    return found


def get(call: Call) -> dict[str, Any]:
    """GetJobRun; looking at a running one moves the clock."""
    record = _find(call, call["JobName"], call["RunId"])
    if record.data["work"].settle() == work.RUNNING:
        WORLD.clock.polled()
    return {"JobRun": _shown(record)}


def _shown(record: Record) -> dict[str, Any]:
    run: work.Work = record.data["work"]
    state = run.settle()
    shown = {key: it for key, it in record.data.items() if key != "work" and it not in (None, {})}
    shown |= {
        "Id": run.id, "Attempt": 0, "StartedOn": run.began,
        "LastModifiedOn": run.ended or run.began,
        "JobRunState": STATES[state], "LogGroupName": "/aws-glue/jobs", "PredecessorRuns": [],
        "ExecutionTime": int((run.ended or WORLD.clock.now()) - run.began),
    }  # fmt: skip
    if run.ended is not None:
        shown["CompletedOn"] = run.ended
    why = run.reason if state == work.BAD else "Timeout exceeded" if state == work.LATE else ""
    return shown | ({"ErrorMessage": why} if why else {})


def list_(call: Call) -> dict[str, Any]:
    """GetJobRuns, newest first."""
    name = call["JobName"]
    job(call, name)
    rows = [_shown(each) for each in _of(call, name)][::-1]
    at, size = int(call.get("NextToken") or 0), int(call.get("MaxResults") or 200)
    more = {"NextToken": str(at + size)} if at + size < len(rows) else {}
    return {"JobRuns": rows[at : at + size], **more}


def stop(call: Call) -> dict[str, Any]:
    """BatchStopJobRun: a run that is over is an error of its own."""
    good, bad = [], []
    for run in call["JobRunIds"]:
        one = {"JobName": call["JobName"], "JobRunId": run}
        record = call.kept(KIND).get(run)
        if record is None or record.data["JobName"] != call["JobName"]:
            bad.append((one, "EntityNotFoundException", "JobRun not found."))
        elif record.data["work"].settle() != work.RUNNING:
            bad.append((one, "IllegalStateException", "The job run is not running."))
        else:
            record.data["work"].stop()
            good.append(one)
    errors = [
        {**one, "ErrorDetail": {"ErrorCode": code, "ErrorMessage": text}} for one, code, text in bad
    ]
    return {"SuccessfulSubmissions": good, "Errors": errors}


OPERATIONS = {
    "StartJobRun": start,
    "GetJobRun": get,
    "GetJobRuns": list_,
    "BatchStopJobRun": stop,
}
