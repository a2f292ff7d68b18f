"""quality: what the data is held to, as a ruleset of Glue, with an alarm.

The ruleset says what is right; a step `quality` of a DataPipeline evaluates it and says what
becomes of rows that are not (`reconciler.kinds.terms.quality`). Source: AWS Glue developer guide,
"AWS Glue Data Quality"; CreateDataQualityRuleset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from reconciler.facts import dqdl
from reconciler.kinds.api import (
    Lacking,
    Maybe,
    Path,
    Problem,
    Reference,
    Scope,
    Section,
)
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.members.schema import Schema, has_table
from reconciler.kinds.data_source.rules import Check, Elsewhere, alias, following, of_column
from reconciler.kinds.terms.quality import FAILED_RULES, NAMESPACE, RULESET
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Ref

ALARM = "AWS::CloudWatch::Alarm"


class Rows(Section):
    """How many rows a batch has."""

    at_least: Maybe[Annotated[int, Field(ge=0)]] = None
    """The least."""
    at_most: Maybe[Annotated[int, Field(ge=0)]] = None
    """The greatest number."""


class Quality(Section):
    """What the data is held to, beside what follows from its columns."""

    keys: tuple[str, ...] = ()
    """Columns that together tell each row from all others."""
    columns: dict[str, Check] = Field(default_factory=dict)
    """By column: what its values are held to."""
    rows: Maybe[Rows] = None
    """How many rows a batch has."""
    rules: tuple[str, ...] = ()
    """Further rules in the language of Glue, each as it stands between commas."""
    follow_columns: bool = True
    """Whether rules follow from the columns: that each is there, that those that are required have
    values, how long texts may be, and in CSV and JSON what they can be read as."""
    monitor: Maybe[Annotated[str, Reference("Monitor")]] = None
    """Who is told when a rule fails, by an alarm that stays on for an hour."""


def rules(quality: Quality, spec: Source) -> Iterator[tuple[str, Path]]:
    """Every rule, with the path that says it."""
    here: Path = ("quality",)
    seen: set[str] = set()

    def new(found: Iterable[str], path: Path) -> Iterator[tuple[str, Path]]:
        for each in found:
            if each not in seen:
                seen.add(each)
                yield each, path

    if quality.follow_columns:
        yield from new(following(spec.columns, spec.format, quality.columns), ("columns",))
    if quality.keys:
        names = " ".join(map(dqdl.quoted, quality.keys))
        yield from new([f"IsPrimaryKey {names}"], (*here, "keys"))
    for name, check in quality.columns.items():
        found = of_column(name, check, spec.columns.get(name))
        yield from new(found, (*here, "columns", name))
    if quality.rows is not None:
        ends = ((">=", quality.rows.at_least), ("<=", quality.rows.at_most))
        found_rows = [f"RowCount {op} {end}" for op, end in ends if end is not None]
        yield from new(found_rows, (*here, "rows"))
    for number, text in enumerate(quality.rules):
        yield from new([text.strip()], (*here, "rules", str(number)))


def check(quality: Quality, spec: Source) -> Iterator[Problem]:
    here = ("quality",)
    known = ", ".join(spec.columns) or "none"
    for number, name in enumerate(quality.keys):
        if name not in spec.columns:
            at = (*here, "keys", str(number))
            yield Problem(at, f"{name!r} is not in 'columns'", f"there are: {known}")
    for name, each in quality.columns.items():
        path: Path = (*here, "columns", name)
        if name not in spec.columns:
            text = f"{name!r} is not in 'columns'"
            yield Problem(path, text, f"there are: {known}", on_key=True)
        yield from _check(each, path)
    found = [*rules(quality, spec)]
    for rule, path in found:
        yield from _rule(rule, path)
    if not found:
        text = "nothing is checked"
        yield Problem(here, text, "add 'columns' to the DataSource, or 'rules' here")
    size = len(dqdl.written([each for each, _ in found]))
    if size > dqdl.MOST:
        text = f"the rules have {size:,} characters, and Glue takes {dqdl.MOST:,}"
        yield Problem(here, text, "check fewer things, or split the data")


def _check(check: Check, path: Path) -> Iterator[Problem]:
    said = check.model_fields_set - {"nulls"}
    if not said:
        yield Problem(path, "this checks nothing", "add 'complete', 'between' or another check")
    if check.nulls is not None and not check.compares:
        text = "'nulls' belongs to rules about values"
        yield Problem((*path, "nulls"), text, "remove it, or add 'between', 'values' or 'matches'")
    if check.nulls in {"pass", "skip"} and check.complete is True:
        text = f"rows without a value cannot {check.nulls}: each has one by 'complete'"
        yield Problem((*path, "nulls"), text, "remove one of them")
    for name, ends in (("between", check.between), ("length", check.length)):
        if ends is None:
            continue
        if ends.at_least is None and ends.at_most is None:
            yield Problem((*path, name), "a range needs an end", "add 'atLeast' or 'atMost'")
        elif (
            ends.at_least is not None and ends.at_most is not None and ends.at_least > ends.at_most
        ):
            yield Problem((*path, name), "'atLeast' is greater than 'atMost'", "exchange them")


def _rule(rule: str, path: Path) -> Iterator[Problem]:
    try:
        dqdl.rule(rule)
    except dqdl.DqdlError as error:
        if other := dqdl.beyond(rule):
            text = f"the rule {other} is for AWS to judge; the sandbox does not evaluate it"
            severity = Severity.WARNING
            yield Problem(path, text, "see to it that it is right", "QUALITY001", severity)
            return
        text = f"{rule!r} is no rule: {error}"
        yield Problem(path, text, error.help or "see the reference of DQDL")


def ruleset(quality: Quality, spec: Source) -> str:
    """The text of the ruleset."""
    return dqdl.written([each for each, _ in rules(quality, spec)])


def references(quality: Quality) -> dict[str, str]:
    """Other DataSources by what the rules call them."""
    return {
        alias(each.exists_in.source): each.exists_in.source
        for each in quality.columns.values()
        if each.exists_in is not None
    }


def build(quality: Quality, spec: Source, scope: Scope) -> Iterator[Node]:
    address = scope.address(RULESET)
    schema: Schema | None = spec.member("schema")
    props: dict[str, Json] = {
        "Description": f"What {scope.name} is held to."[:2048],
        "Ruleset": dqdl.folded(ruleset(quality, spec)),
    }
    if schema is not None and has_table(schema, spec):
        props["TargetTable"] = {
            "DatabaseName": scope.export("DataSource", scope.name, "database"),
            "TableName": scope.export("DataSource", scope.name, "table"),
        }
    for name, each in quality.columns.items():
        if each.exists_in is not None:
            _there(each.exists_in, ("quality", "columns", name, "existsIn", "column"), scope)
    yield scope.node(address, props, lines={(): ("quality",), ("Ruleset",): ("quality",)})
    if quality.monitor is not None:
        yield _alarm(quality.monitor, scope)


def _there(elsewhere: Elsewhere, path: Path, scope: Scope) -> None:
    """Report a column that the table of another DataSource does not have."""
    scope.export("DataSource", elsewhere.source, "table")
    found = scope.export("DataSource", elsewhere.source, "columns")
    have = {str(each["Name"]) for each in found}
    if elsewhere.column.lower() not in have:
        text = f"DataSource {elsewhere.source!r} has no column {elsewhere.column!r}"
        scope.problem(path, text, help=f"there are: {', '.join(sorted(have))}")


def _alarm(monitor: str, scope: Scope) -> Node:
    told = [scope.export("Monitor", monitor, "topicArn")]
    return scope.node(
        scope.address(ALARM, "quality"),
        {
            "AlarmDescription": f"A rule of quality of DataSource {scope.name} has failed.",
            "ActionsEnabled": True,
            "Namespace": NAMESPACE,
            "MetricName": FAILED_RULES,
            "Dimensions": [{"Name": "Ruleset", "Value": Ref(scope.address(RULESET), "Name")}],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 60,
            "DatapointsToAlarm": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": told,
            "OKActions": told,
            "InsufficientDataActions": [],
        },
        lines={(): ("quality",), ("AlarmActions",): ("quality", "monitor")},
    )


def exports(quality: Quality, spec: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    found = [each for each, _ in rules(quality, spec)]
    return {
        "ruleset": Ref(scope.address(RULESET), "Name"),
        "dqdl": dqdl.written(found),
        "references": references(quality),
    }


_NONE = Lacking("has no rules of quality", "add 'quality: {}' to it")
register(
    Member(
        name="quality",
        model=Quality,
        summary="What the data is held to.",
        check=check,
        build=build,
        exports=exports,
        without=dict.fromkeys(("ruleset", "dqdl", "references"), _NONE),
    )
)
