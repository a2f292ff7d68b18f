"""Jobs of Glue, in moto's records: whole replacement by UpdateJob, and what Glue fills in.

Sources: Glue API, CreateJob, UpdateJob, DeleteJob; Glue developer guide, "AWS Glue version
support policy". A version that has ended, and capacity beside workers, are refused.
"""

from __future__ import annotations

from typing import Any

from moto.glue.models import FakeJob, glue_backends

from reconciler.facts.runtimes import GLUE_ENDED, GLUE_WORKERS
from reconciler.sandbox.beside import Call
from reconciler.sandbox.services.glue.common import missing, now, page, there, wrong

SERVICE = "glue"
NAMES = {SERVICE: frozenset({"JobName"})}
FIELDS = {
    "role": "Role",
    "command": "Command",
    "description": "Description",
    "log_uri": "LogUri",
    "execution_property": "ExecutionProperty",
    "default_arguments": "DefaultArguments",
    "non_overridable_arguments": "NonOverridableArguments",
    "connections": "Connections",
    "max_retries": "MaxRetries",
    "allocated_capacity": "AllocatedCapacity",
    "timeout": "Timeout",
    "max_capacity": "MaxCapacity",
    "security_configuration": "SecurityConfiguration",
    "notification_property": "NotificationProperty",
    "glue_version": "GlueVersion",
    "number_of_workers": "NumberOfWorkers",
    "worker_type": "WorkerType",
    "code_gen_configuration_nodes": "CodeGenConfigurationNodes",
    "execution_class": "ExecutionClass",
    "source_control_details": "SourceControlDetails",
}
MORE = ("JobMode", "JobRunQueuingEnabled", "MaintenanceWindow")
USUAL = "0.9"
SHORT, LONG = 480, 2880
"""Minutes of a run where nobody says: from version 5.0 on, and before."""


def _backend(call: Call) -> Any:  # noqa: ANN401 - moto's
    return glue_backends[call.backend.account_id][call.backend.region_name]


def _find(call: Call, name: str) -> Any:  # noqa: ANN401 - moto's
    found = _backend(call).jobs.get(name)
    if found is None:
        raise missing(f"Job {name} not found.")
    return found


def _checked(given: dict[str, Any]) -> None:
    workers = [key for key in ("WorkerType", "NumberOfWorkers") if given.get(key) is not None]
    if workers and (given.get("MaxCapacity") or given.get("AllocatedCapacity")):
        text = "Please do not set Allocated Capacity or Max Capacity if using Worker Type and"
        raise wrong(f"{text} Number of Workers.")
    if given.get("GlueVersion") in GLUE_ENDED:
        raise wrong(f"Glue version {given['GlueVersion']} is no longer supported.")
    worker = given.get("WorkerType")
    if worker is not None and worker not in GLUE_WORKERS:
        raise wrong(f"Worker Type {worker} is not supported.")
    if not (given.get("Command") or {}).get("ScriptLocation"):
        raise wrong("Command must have a ScriptLocation.")


def _set(job: Any, given: dict[str, Any]) -> None:  # noqa: ANN401 - moto's
    for attribute, name in FIELDS.items():
        setattr(job, attribute, given.get(name))
    job.moorline = {name: given[name] for name in MORE if name in given}


def create(call: Call) -> dict[str, Any]:
    """CreateJob."""
    name = call["Name"]
    given = dict(call.params)
    if name in _backend(call).jobs:
        raise there(f"Job with name: {name} already exists")
    _checked(given)
    fields: dict[str, Any] = {attribute: given.get(key) for attribute, key in FIELDS.items()}
    job: Any = FakeJob(name, tags=dict(given.get("Tags") or {}), backend=_backend(call), **fields)
    _set(job, given)
    _backend(call).jobs[name] = job
    return {"Name": name}


def _shown(job: Any) -> dict[str, Any]:  # noqa: ANN401 - moto's
    found = {key: value for key, value in job.as_dict().items() if value not in (None, {}, "")}
    version = found.setdefault("GlueVersion", USUAL)
    dpus = GLUE_WORKERS.get(found.get("WorkerType") or "", (1, ""))[0]
    if "NumberOfWorkers" in found:
        found["MaxCapacity"] = float(dpus * found["NumberOfWorkers"])
    found["AllocatedCapacity"] = int(found.setdefault("MaxCapacity", 10.0))
    found.setdefault("MaxRetries", 0)
    found.setdefault("Timeout", SHORT if version >= "5" else LONG)
    found.setdefault("ExecutionProperty", {"MaxConcurrentRuns": 1})
    found.setdefault("ExecutionClass", "STANDARD")
    found = {"JobMode": "SCRIPT", "JobRunQueuingEnabled": False, **found}
    stamps = {"CreatedOn": job.created_on.timestamp(), "LastModifiedOn": _modified(job)}
    return {**found, **getattr(job, "moorline", {}), **stamps}


def _modified(job: Any) -> float:  # noqa: ANN401 - moto's
    return float(getattr(job, "modified", job.last_modified_on.timestamp()))


def get(call: Call) -> dict[str, Any]:
    """GetJob."""
    return {"Job": _shown(_find(call, call["JobName"]))}


def many(call: Call) -> dict[str, Any]:
    """GetJobs."""
    jobs = _backend(call).jobs
    return page(call, [_shown(jobs[name]) for name in sorted(jobs)], "Jobs", 1000)


def update(call: Call) -> dict[str, Any]:
    """UpdateJob: the whole; what is not given is reset."""
    job = _find(call, call["JobName"])
    given = dict(call["JobUpdate"])
    _checked(given)
    _set(job, given)
    job.modified = now()
    return {"JobName": call["JobName"]}


def delete(call: Call) -> dict[str, Any]:
    """DeleteJob: one that is not there is no fault."""
    _backend(call).jobs.pop(call["JobName"], None)
    return {"JobName": call["JobName"]}


OPERATIONS = {
    "CreateJob": create,
    "DeleteJob": delete,
    "GetJob": get,
    "GetJobs": many,
    "UpdateJob": update,
}
