"""Athena's queries: on the clock, with the limits of their workgroup; nothing is computed.

The sandbox has no SQL engine: a query ends well after a while, or as a script of its workgroup's
name says, and has read and written nothing. Its results can be given for a test by a script of the
state that runs it. Source: Athena API, StartQueryExecution, GetQueryExecution.
"""

from __future__ import annotations

from typing import Any

from moto.athena.models import athena_backends

from reconciler.sandbox.beside import Call, Record
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudcontrol.store import all_records
from reconciler.sandbox.state import work
from reconciler.sandbox.state.world import WORLD

SERVICE = "athena"
KIND = "query"
MINUTES = 30
"""After which a DML query ends. Source: Athena user guide, "Service quotas"."""
STATES = {
    work.RUNNING: "RUNNING", work.GOOD: "SUCCEEDED", work.BAD: "FAILED", work.STOPPED: "CANCELLED",
    work.LATE: "FAILED",
}  # fmt: skip


def _group(call: Call, name: str) -> dict[str, Any]:
    """The configuration of a workgroup.

    Raises:
        Refused: InvalidRequestException.
    """
    where = call.backend
    for record in all_records("AWS::Athena::WorkGroup"):
        here = record.account == where.account_id and record.region == where.region_name
        if here and record.ends is None and name in record.parts:
            found = dict(record.model.get("WorkGroupConfiguration") or {})
            return found | {"State": record.model.get("State", "ENABLED")}
    held = athena_backends[where.account_id][where.region_name].work_groups.get(name)
    if held is None:
        raise Refused("InvalidRequestException", f"WorkGroup {name} is not found.")
    return dict(held.configuration or {}) | {"State": held.state}


def start(call: Call) -> dict[str, Any]:
    """StartQueryExecution: the same token is the same query."""
    token = call.get("ClientRequestToken")
    for record in call.kept(KIND).values():
        if token and record.data["token"] == token:
            if record.data["Query"] != call["QueryString"]:
                raise Refused("InvalidRequestException", "Idempotent parameters do not match")
            return {"QueryExecutionId": record.name}
    name = call.get("WorkGroup") or "primary"
    group = _group(call, name)
    if group["State"] != "ENABLED":
        raise Refused("InvalidRequestException", f"WorkGroup {name} is disabled.")
    own = group.get("ResultConfiguration") or {}
    given = call.get("ResultConfiguration") or {}
    enforced = group.get("EnforceWorkGroupConfiguration", False)
    result = own if enforced and own else {**own, **given}
    if not result.get("OutputLocation") and not (
        group.get("ManagedQueryResultsConfiguration") or {}
    ).get("Enabled"):
        said = "No output location provided. You did not provide an output location for your query"
        raise Refused("InvalidRequestException", f"{said} results.")
    run = work.begin(name, "", WORLD.durations.athena_query, MINUTES * 60.0)
    unique = f"{run.id[:8]}-{run.id[8:12]}-{run.id[12:16]}-{run.id[16:20]}-{run.id[20:]}"
    run.id = unique
    result = {**result}
    if result.get("OutputLocation"):
        result["OutputLocation"] = f"{str(result['OutputLocation']).rstrip('/')}/{unique}.csv"
    data = {"work": run, "token": token, "Query": call["QueryString"], "WorkGroup": name,
            "ResultConfiguration": result, "parameters": call.get("ExecutionParameters"),
            "QueryExecutionContext": call.get("QueryExecutionContext") or {}}  # fmt: skip
    call.run(KIND, unique, call.arn(f"query/{unique}"), data)
    return {"QueryExecutionId": unique}


def _find(call: Call) -> Record:
    found: Record | None = call.kept(KIND).get(call["QueryExecutionId"])
    if found is None:
        said = f"QueryExecution {call['QueryExecutionId']} was not found"
        raise Refused("InvalidRequestException", said)
    return found


def get(call: Call) -> dict[str, Any]:
    """GetQueryExecution; looking at a running one moves the clock."""
    record = _find(call)
    run: work.Work = record.data["work"]
    state = run.settle()
    if state == work.RUNNING:
        WORLD.clock.polled()
    status: dict[str, Any] = {"State": STATES[state], "SubmissionDateTime": run.began}
    if run.ended is not None:
        status["CompletionDateTime"] = run.ended
    why = run.reason or ("Query timeout" if state == work.LATE else "")
    if state in {work.BAD, work.LATE}:
        error = {"ErrorCategory": 2, "ErrorType": 1000, "Retryable": False, "ErrorMessage": why}
        status |= {"StateChangeReason": why, "AthenaError": error}
    shown = {
        key: record.data[key]
        for key in ("Query", "WorkGroup", "ResultConfiguration", "QueryExecutionContext")
    }
    millis = int(((run.ended or WORLD.clock.now()) - run.began) * 1000)
    word = record.data["Query"].lstrip()[:6].upper()
    kind = "DDL" if word in {"CREATE", "ALTER ", "DROP T", "MSCK R"} else "DML"
    shown |= {"QueryExecutionId": record.name, "StatementType": kind, "Status": status}
    shown["Statistics"] = {"DataScannedInBytes": 0, "TotalExecutionTimeInMillis": millis}
    if record.data["parameters"]:
        shown["ExecutionParameters"] = record.data["parameters"]
    return {"QueryExecution": shown}


def results(call: Call) -> dict[str, Any]:
    """GetQueryResults: none, of a query that has ended well."""
    record = _find(call)
    state = record.data["work"].settle()
    if state != work.GOOD:
        said = f"Query has not yet finished. Current state: {STATES[state]}"
        raise Refused("InvalidRequestException", said)
    return {"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": []}}, "UpdateCount": 0}


def stop(call: Call) -> dict[str, Any]:
    """StopQueryExecution."""
    _find(call).data["work"].stop()
    return {}


OPERATIONS = {
    "StartQueryExecution": start,
    "GetQueryExecution": get,
    "GetQueryResults": results,
    "StopQueryExecution": stop,
}
