"""Glue's catalogue and Athena.

A table is asked for together with its database and the catalogue. Source: Glue developer guide,
"Specifying AWS Glue resource ARNs".
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, arn, plain

DATABASE = ("CreateDatabase", "GetDatabase", "GetDatabases", "GetTables")
TABLE = (
    "BatchCreatePartition", "CreateTable", "GetPartition", "GetPartitions", "GetTable",
    "GetTableVersion", "GetTableVersions",
    "UpdateTable",
)  # fmt: skip
BY_QUERY = ("GetQueryExecution", "GetQueryResults", "StopQueryExecution")


def catalogue(call: Call, _world: World) -> Iterable[Want]:
    """Every level down to what is asked for."""
    action = f"glue:{call.operation}"
    yield Want(action, arn(call, "glue", "rootcatalog"))
    named = call.get("DatabaseName") or call.get("DatabaseInput.Name") or call.get("Name")
    database = str(named or "*")
    yield Want(action, arn(call, "glue", "database", database))
    table = call.get("TableName") or call.get("TableInput.Name")
    if call.operation in TABLE:
        name = str(table or call.need("Name"))
        yield Want(action, arn(call, "glue", "table", str(call.need("DatabaseName")), name))
    elif call.operation == "GetTables":
        yield Want(action, arn(call, "glue", "table", database, "*"))


def workgroup(call: Call, world: World) -> Iterable[Want]:
    """A query belongs to a workgroup; without one it is `primary`. Source: StartQueryExecution."""
    name = call.get("WorkGroup")
    if call.operation in BY_QUERY:
        name = world.workgroup(str(call.need("QueryExecutionId")))
    at = arn(call, "athena", "workgroup", str(name or "primary"))
    yield Want(f"athena:{call.operation}", at)


OPERATIONS: dict[str, dict[str, Derive]] = {
    "athena": dict.fromkeys((*BY_QUERY, "StartQueryExecution", "GetWorkGroup"), workgroup),
    "glue": {
        **dict.fromkeys((*DATABASE, *TABLE), catalogue),
        **plain("glue", {"job JobName": "StartJobRun GetJobRun GetJobRuns BatchStopJobRun"}),
    },
}
