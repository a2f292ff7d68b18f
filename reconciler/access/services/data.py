"""Glue's catalogue, connections, crawlers and jobs, and Athena.

A table is asked for together with its database and the catalogue. Source: Glue developer guide,
"Specifying AWS Glue resource ARNs".
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.access.request import Call, Derive, Want, World, arn, passed, plain, tags

DATABASE = (
    "CreateDatabase", "DeleteDatabase", "GetDatabase", "GetDatabases", "GetTables",
    "UpdateDatabase",
)  # fmt: skip
TABLE = (
    "BatchCreatePartition", "BatchDeletePartition", "BatchGetPartition", "BatchUpdatePartition",
    "CreatePartition", "CreatePartitionIndex", "CreateTable", "DeletePartition",
    "DeletePartitionIndex", "DeleteTable", "GetPartition", "GetPartitionIndexes", "GetPartitions",
    "GetTable", "GetTableVersion", "GetTableVersions", "UpdatePartition", "UpdateTable",
)  # fmt: skip
REGISTRY = ("CreateRegistry", "DeleteRegistry", "GetRegistry", "ListSchemas", "UpdateRegistry")
SCHEMA = (
    "CreateSchema", "DeleteSchema", "DeleteSchemaVersions", "GetSchema", "GetSchemaByDefinition",
    "GetSchemaVersion", "ListSchemaVersions", "RegisterSchemaVersion", "UpdateSchema",
)  # fmt: skip
_NAMELESS = ("dataQualityRuleset/", "registry/", "schema/")
"""What GetTags has no resource type for. Source: Service Authorization Reference, "AWS Glue"."""
RULESET = (
    "ListDataQualityRulesets",
    "CreateDataQualityRuleset", "DeleteDataQualityRuleset", "GetDataQualityRuleset",
    "UpdateDataQualityRuleset",
)  # fmt: skip
CONNECTION = ("CreateConnection", "DeleteConnection", "GetConnection", "UpdateConnection")
WORKER = tuple(
    f"{verb}{what}" for what in ("Crawler", "Job") for verb in ("Create", "Delete", "Get", "Update")
)
TAGS = ("GetTags", "TagResource", "UntagResource")
BY_QUERY = ("GetQueryExecution", "GetQueryResults", "StopQueryExecution")


def catalogue(call: Call, _world: World) -> Iterable[Want]:
    """Every level down to what is asked for; what goes with a database is asked for too."""
    action, given = f"glue:{call.operation}", tags(call.get("Tags"))
    yield Want(action, arn(call, "glue", "rootcatalog"))
    named = call.get("DatabaseName") or call.get("DatabaseInput.Name") or call.get("Name")
    database = str(named or "*")
    yield Want(action, arn(call, "glue", "database", database), {}, given)
    if given:
        yield Want("glue:TagResource", arn(call, "glue", "database", database), {}, given)
    if call.operation == "DeleteDatabase":
        yield Want(action, arn(call, "glue", "table", database, "*"))
        yield Want(action, arn(call, "glue", "userdefinedfunction", database, "*"))
    table = call.get("TableName") or call.get("TableInput.Name")
    if call.operation in TABLE:
        name = str(table or call.need("Name"))
        yield Want(action, arn(call, "glue", "table", str(call.need("DatabaseName")), name))
    elif call.operation == "GetTables":
        yield Want(action, arn(call, "glue", "table", database, "*"))


def registry(call: Call, _world: World) -> Iterable[Want]:
    """A registry, by name or ARN; a listing without one is of all."""
    name = call.get("RegistryName") or call.get("RegistryId.RegistryName")
    yield from _tagged(call, arn(call, "glue", "registry", str(name or "*")))


def schema(call: Call, _world: World) -> Iterable[Want]:
    """A schema and the registry that it is in. An id of a version says neither."""
    base = call.get("SchemaId.RegistryName") or call.get("RegistryId.RegistryName") or "*"
    name = call.get("SchemaId.SchemaName") or call.get("SchemaName") or "*"
    full = f"{base}/{name}"
    if found := str(call.get("SchemaId.SchemaArn") or "").partition(":schema/")[2]:
        full, base = found, found.partition("/")[0]
    yield Want(f"glue:{call.operation}", arn(call, "glue", "registry", str(base)))
    yield from _tagged(call, arn(call, "glue", "schema", full))


def ruleset(call: Call, _world: World) -> Iterable[Want]:
    """A ruleset, or all; a new one is of no type that policies could name."""
    at = arn(call, "glue", "dataQualityRuleset", str(call.get("Name") or "*"))
    given = tags(call.get("Tags"))
    new = call.operation == "CreateDataQualityRuleset"
    yield Want(f"glue:{call.operation}", "*" if new else at, {}, given if new else {})
    if given and new:
        yield Want("glue:TagResource", at, {}, given)
    base, table = call.get("TargetTable.DatabaseName"), call.get("TargetTable.TableName")
    if base and table:
        yield Want("glue:GetTable", arn(call, "glue", "rootcatalog"))
        yield Want("glue:GetTable", arn(call, "glue", "database", str(base)))
        yield Want("glue:GetTable", arn(call, "glue", "table", str(base), str(table)))


def connection(call: Call, _world: World) -> Iterable[Want]:
    """A connection and the catalogue; a new one is asked for on the catalogue alone."""
    action, given = f"glue:{call.operation}", tags(call.get("Tags"))
    name = call.get("Name") or call.get("ConnectionName") or call.need("ConnectionInput.Name")
    at = arn(call, "glue", "connection", str(name))
    new = call.operation == "CreateConnection"
    yield Want(action, arn(call, "glue", "rootcatalog"), {}, given)
    if not new:
        yield Want(action, at)
    if given:
        yield Want("glue:TagResource", at, {}, given)


def worker(call: Call, _world: World) -> Iterable[Want]:
    """A crawler or a job, its tags and its role; a new crawler is of no type that policies name."""
    kind = "crawler" if call.operation.endswith("Crawler") else "job"
    at = arn(call, "glue", kind, str(call.get("Name") or call.need("JobName")))
    given = tags(call.get("Tags"))
    yield Want(f"glue:{call.operation}", "*" if call.operation == "CreateCrawler" else at, {}, given)
    if given:
        yield Want("glue:TagResource", at, {}, given)
    yield from passed(call, call.get("Role") or call.get("JobUpdate.Role"), "glue.amazonaws.com")


def tagged(call: Call, _world: World) -> Iterable[Want]:
    """What carries the tags, by its ARN; to read some, no policy can name what has them."""
    given, at = tags(call.get("TagsToAdd")), str(call.need("ResourceArn"))
    nameless = call.operation == "GetTags" and f"{at.split(':')[5]}/".startswith(_NAMELESS)
    yield Want(f"glue:{call.operation}", "*" if nameless else at, {}, given)


def _tagged(call: Call, at: str) -> Iterable[Want]:
    given = tags(call.get("Tags"))
    yield Want(f"glue:{call.operation}", at, {}, given)
    if given:
        yield Want("glue:TagResource", at, {}, given)


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
        **plain("glue", {"": "CheckSchemaVersionValidity GetJobs ListRegistries"}),
        **dict.fromkeys((*DATABASE, *TABLE), catalogue),
        **dict.fromkeys(REGISTRY, registry),
        **dict.fromkeys(SCHEMA, schema),
        **dict.fromkeys(RULESET, ruleset),
        **dict.fromkeys(CONNECTION, connection),
        **dict.fromkeys(WORKER, worker),
        **dict.fromkeys(TAGS, tagged),
        **plain("glue", {"job JobName": "StartJobRun GetJobRun GetJobRuns BatchStopJobRun"}),
    },
}
