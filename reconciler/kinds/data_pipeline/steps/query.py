"""query: SQL that Athena runs, in a workgroup of its own.

Athena reads the catalogue, the data and writes its results as the machine. Sources: Athena user
guide, "Fine-grained access to databases and tables", "Access to workgroups"; Step Functions
developer guide, "Run Athena queries with Step Functions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Lacking, Maybe, Problem, Scope, Section, Shorthand, Size, gibibytes
from reconciler.kinds.data_pipeline.api import Built, Doing, Place, Site, Step, register
from reconciler.kinds.data_pipeline.data import allow_output
from reconciler.kinds.data_pipeline.template import Template, fills
from reconciler.kinds.terms.asset import Script, bytes_of, problems
from reconciler.kinds.terms.athena import CHANGES, SEES, allow_run, allow_table
from reconciler.kinds.terms.machine import integration, retry
from reconciler.kinds.terms.permissions import allow_find, allow_read
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

GROUP = "AWS::Athena::WorkGroup"
RESULTS = "results"
_LONGEST = 1800
_MOST = 262_144


class Query(Section):
    """SQL that Athena runs. ``writes`` has ``results``, where Athena puts what it answers."""

    needs = ("sql", "file")

    sql: Maybe[Annotated[str, Field(min_length=1, max_length=_MOST)]] = None
    """The statement. It may hold placeholders; a brace itself is written twice."""
    file: Maybe[Annotated[Script, Shorthand("file")]] = None
    """A file with the statement, of at most 256 KB, run as it is."""
    max_scan: Maybe[Size] = None
    """How much data one statement may read; one that reads more is ended."""


def check(query: Query, step: Step) -> Iterator[Problem]:
    if (query.sql is None) == (query.file is None):
        yield Problem(("query",), "give one of 'sql' and 'file'")
    elif query.file is not None:
        yield from problems(query.file, "file", ("query", "file"))
    if RESULTS not in step.writes:
        help_ = "add `writes: {results: {source: DATASOURCE, path: PATH}}`"
        yield Problem(("query",), "Athena writes what it answers into a bucket", help_)
    elif fills(step.writes[RESULTS].path):
        text = "Athena writes all answers of a workgroup to one place"
        help_ = "leave the placeholders out; each answer has a name of its own"
        yield Problem(("writes", RESULTS, "path"), text, help_)


def texts(query: Query) -> Iterator[tuple[Path, str]]:
    """Texts that may hold placeholders."""
    if query.sql is not None:
        yield ("sql",), query.sql


def build(query: Query, step: Step, site: Site) -> Built:
    scope = site.scope
    address = scope.address(GROUP, step.name)
    role = site.machine.role
    allow_run(scope, role, address.name)
    for place in site.reads.values():
        allow_find(scope, role, place.spot)
        _catalogue(place, site, SEES)
    for name, place in site.writes.items():
        # UNLOAD and CREATE TABLE want an empty place; what a table has may be removed.
        anew = name != RESULTS and tables(scope, place)[0] is not None
        allow_output(role, place, scope, anew=anew)
        if name != RESULTS:
            _catalogue(place, site, (*SEES, *CHANGES))
    before, sql = _statement(query, step, site)
    parameters: dict[str, Json] = {**sql, "WorkGroup": Ref(address, "Name")}
    database = next(filter(None, (tables(scope, it)[0] for it in _places(site))), None)
    if database is not None:
        parameters["QueryExecutionContext"] = {"Database": database}
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "athena:startQueryExecution.sync"),
        "Parameters": parameters,
        "ResultSelector": {
            "run.$": "$.QueryExecution.QueryExecutionId",
            "results.$": "$.QueryExecution.ResultConfiguration.OutputLocation",
        },
    }
    return Built(
        state,
        [_workgroup(query, step, site)],
        retry=(
            retry("Athena.TooManyRequestsException", "Athena.InternalServerException", times=6),
        ),
        before=before,
        longest=_LONGEST,
    )


def _places(site: Site) -> list[Place]:
    return [*site.reads.values(), *site.writes.values()]


def tables(scope: Scope, place: Place) -> tuple[Json, Json]:
    """The database and the table of the catalogue in which a place is; nothing where in none."""
    found: Mapping[str, Json | Lacking] = scope.peer(place.kind, place.name)
    database, table = found.get("database"), found.get("table")
    if isinstance(database, Lacking) or isinstance(table, Lacking):
        return None, None
    return database, table


def _catalogue(place: Place, site: Site, actions: tuple[str, ...]) -> None:
    database, table = tables(site.scope, place)
    if database is None:
        return
    name, called = (it.target.name if isinstance(it, Ref) else it for it in (database, table))
    called = str(called).rpartition("/")[2]
    allow_table(site.scope, site.machine.role, name, called, actions)


def _statement(query: Query, step: Step, site: Site) -> tuple[dict[str, dict[str, Json]], Props]:
    """The statement as a parameter; that of a file is fetched by a state of its own before."""
    if query.sql is not None:
        return {}, Template.read(query.sql).field("QueryString")
    assert query.file is not None  # noqa: S101 - `check` has seen to it
    found = bytes_of(query.file, site.scope, (*site.path, "query", "file"))
    allow_read(site.scope, site.machine.role, found.spot)
    site.needs.extend(found.needs)
    fetched: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(site.scope, "aws-sdk:s3:getObject"),
        "Parameters": {"Bucket": found.bucket, "Key": found.key},
        "ResultSelector": {"text.$": "$.Body"},
        "ResultPath": f"$.fetched.{step.name}",
        "Retry": [retry("States.TaskFailed", times=3)],
    }
    return {f"{step.name} statement": fetched}, {"QueryString.$": f"$.fetched.{step.name}.text"}


def _workgroup(query: Query, step: Step, site: Site) -> Node:
    scope = site.scope
    results = site.writes[RESULTS]
    encrypted: dict[str, Json] = {"EncryptionOption": "SSE_S3"}
    if results.spot.key is not None:
        encrypted = {"EncryptionOption": "SSE_KMS", "KmsKey": results.spot.key}
    config: dict[str, Json] = {
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": True,
        "ResultConfiguration": {
            "OutputLocation": results.whole,
            "EncryptionConfiguration": encrypted,
            "ExpectedBucketOwner": scope.place.account,
        },
    }
    if query.max_scan is not None:
        config["BytesScannedCutoffPerQuery"] = gibibytes(query.max_scan) << 30
    here: Path = (*site.path, "query")
    return scope.node(
        scope.address(GROUP, step.name),
        {"State": "ENABLED", "WorkGroupConfiguration": config, "RecursiveDeleteOption": True},
        lines={
            (): here,
            ("WorkGroupConfiguration", "BytesScannedCutoffPerQuery"): (*here, "maxScan"),
            ("WorkGroupConfiguration", "ResultConfiguration"): (*site.path, "writes", RESULTS),
        },
    )


register(
    Doing(
        name="query",
        model=Query,
        summary="SQL that Athena runs.",
        check=check,
        texts=texts,
        shared=frozenset({RESULTS}),
        build=build,
    )
)
