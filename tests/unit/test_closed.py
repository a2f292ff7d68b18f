"""Services closed to new accounts: the table, what needs a row of it, on which day, for whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
import pytest

from reconciler.compile.check import planned, problems
from reconciler.facts.availability import row_of, table
from reconciler.facts.files import read
from reconciler.kinds import availability
from reconciler.kinds.api import load
from reconciler.model.address import Address
from reconciler.model.availability import Row, Standing
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.graph import Graph, Node, Origin, build_graph
from reconciler.model.policy import Policy
from reconciler.model.value import Join, JsonText
from reconciler.policy import api as rules
from reconciler.policy.api import Ruled

TODAY = date(2026, 11, 29)
LINE = Span("specs/a.yaml", 7, 3)
CODES = ("CLOSED001", "CLOSED002", "CLOSED003")
SM = "AWS::SageMaker::"
DKR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def graph(type_: str, props: Mapping[str, Any]) -> Graph:
    origin = Origin("Kind/a", Span("specs/a.yaml", 1, 1), {tuple(props)[:1]: LINE} if props else {})
    built, found = build_graph([Node(Address(type_, "acme-dev-a"), props, origin=origin)])
    assert found == []
    return built


def pipeline(*steps: Any, text: bool = False) -> Mapping[str, Any]:
    document = {"Version": "2020-12-01", "Steps": [*steps]}
    body = orjson.dumps(document).decode() if text else JsonText(document)
    return {"PipelineDefinition": {"PipelineDefinitionBody": body}}


def nested(type_: str, **arguments: Any) -> Mapping[str, Any]:
    """A pipeline whose one step lies inside a condition."""
    inner = {"Name": "a", "Type": type_, "Arguments": arguments}
    branch = {"IfSteps": [inner], "ElseSteps": []}
    return pipeline({"Name": "if", "Type": "Condition", "Arguments": branch})


def said(found: list[Diagnostic]) -> list[tuple[str, str]]:
    return [(each.code, str(each.severity)) for each in found if each.code in CODES]


ERROR, WARNING = ("CLOSED001", "error"), ("CLOSED001", "warning")
GONE = ("CLOSED002", "error")
NEEDS: dict[str, tuple[str, Mapping[str, Any], tuple[str, str]]] = {
    "a type": (SM + "MonitoringSchedule", {}, ERROR),
    "another type of the same": (SM + "ModelBiasJobDefinition", {}, ERROR),
    "every type of a service": ("AWS::AppRunner::VpcConnector", {}, ERROR),
    "an explainer": (SM + "EndpointConfig", {"ExplainerConfig": {"Clarify": {}}}, ERROR),
    "a hook in a step": (SM + "Pipeline", nested("Training", DebugHookConfig={"S": 1}), ERROR),
    "a profiler": (SM + "Pipeline", nested("Training", ProfilerConfig={"S3": "s3://x"}), ERROR),
    "a check of Clarify": (SM + "Pipeline", nested("ClarifyCheck"), ERROR),
    "a check of quality": (SM + "Pipeline", pipeline({"Type": "QualityCheck"}), ERROR),
    "in a definition as text": (SM + "Pipeline", pipeline({"Type": "ClarifyCheck"}, text=True),
                                ERROR),
    "an image": (
        SM + "Pipeline",
        nested("Processing", ImageUri=f"{DKR}/sagemaker-clarify-processing:1"),
        ERROR,
    ),
    "an image put together": (
        SM + "Model",
        {"PrimaryContainer": {"Image": Join(("1.dkr.ecr", "/sagemaker-model-monitor-analyzer:1"))}},
        ERROR,
    ),
    "a runtime": ("AWS::Lambda::Function", {"Runtime": "python3.10"}, ERROR),
    "Glue 1.0 as a number": ("AWS::Glue::Job", {"GlueVersion": 1.0}, GONE),
    "Glue 2.0": ("AWS::Glue::MLTransform", {"GlueVersion": "2.0"}, GONE),
    "a type that ended": (SM + "DeviceFleet", {}, GONE),
    "an accelerator": (
        SM + "EndpointConfig", {"ProductionVariants": [{"AcceleratorType": "ml.eia2.medium"}]}, GONE
    ),
    "an accelerator in a list": (
        SM + "NotebookInstance", {"AcceleratorTypes": ["ml.eia1.medium"]}, GONE
    ),
    "the compiler's image": (
        SM + "Pipeline",
        nested("Training", AlgorithmSpecification={
            "TrainingImage": f"{DKR}/huggingface-pytorch-trcomp-training:1.9"}),
        ERROR,
    ),
    "a launch configuration": (
        "AWS::AutoScaling::AutoScalingGroup", {"LaunchConfigurationName": "x"}, ERROR
    ),
}  # fmt: skip
NEEDS_NOT: dict[str, tuple[str, Mapping[str, Any]]] = {
    "what was reopened": ("AWS::CodeCommit::Repository", {"RepositoryName": "x"}),
    "data capture": (SM + "EndpointConfig", {"DataCaptureConfig": {"EnableCapture": True}}),
    "an empty member": (SM + "EndpointConfig", {"ExplainerConfig": {}}),
    "a profiler that is off": (
        SM + "Pipeline", nested("Training", ProfilerConfig={"DisableProfiler": True})
    ),
    "a newer runtime": ("AWS::Lambda::Function", {"Runtime": "python3.13"}),
    "a longer version": ("AWS::Glue::Job", {"GlueVersion": "5.0"}),
    "a name in a parameter": (SM + "Pipeline", pipeline({"Name": "ClarifyCheck", "Type": "Fail"})),
    "a type of the same family": ("AWS::CloudTrail::Trail", {}),
    "the other Timestream": ("AWS::Timestream::InfluxDBInstance", {}),
}  # fmt: skip


@pytest.mark.parametrize("what", NEEDS)
def test_what_needs_it_is_an_error_at_its_line(what: str) -> None:
    type_, props, expected = NEEDS[what]
    found = problems(graph(type_, props), Policy(today=TODAY))
    assert said(found) == [expected]
    (only,) = (each for each in found if each.code in CODES)
    assert only.at == (LINE if props else Span("specs/a.yaml", 1, 1))
    assert only.help


@pytest.mark.parametrize("what", NEEDS_NOT)
def test_what_does_not_need_it_is_right(what: str) -> None:
    assert said(problems(graph(*NEEDS_NOT[what]), Policy(today=TODAY))) == []


SCHEDULE = graph(SM + "MonitoringSchedule", {})
PROFILED = graph(SM + "Pipeline", nested("Training", ProfilerConfig={"S3": "s3://x"}))
OLD = graph("AWS::Glue::Job", {"GlueVersion": "2.0"})
FLEET = graph("AWS::DevOpsGuru::ResourceCollection", {})
MONITOR, PROFILER = "model-monitor", "profiler"
# what is needed, what is stated, what was found live, the day, what is said
STANDINGS: dict[str, tuple[Graph, str, str, date, list[tuple[str, str]]]] = {
    "a new account": (SCHEDULE, "", "", TODAY, [ERROR]),
    "stated": (SCHEDULE, MONITOR, "", TODAY, []),
    "in use": (SCHEDULE, "", MONITOR, TODAY, [WARNING]),
    "stated and in use": (SCHEDULE, MONITOR, MONITOR, TODAY, []),
    "another is stated": (SCHEDULE, PROFILER, "", TODAY, [ERROR]),
    "before it closed": (SCHEDULE, "", "", date(2026, 7, 29), [WARNING]),
    "the day it closed": (SCHEDULE, "", "", date(2026, 7, 30), [ERROR]),
    "it ends, stated": (PROFILED, PROFILER, "", TODAY, [WARNING]),
    "its last day, stated": (PROFILED, PROFILER, "", date(2027, 6, 30), [WARNING]),
    "it has ended, stated": (PROFILED, PROFILER, "", date(2027, 7, 1), [GONE]),
    "it has ended, in use": (PROFILED, "", PROFILER, date(2027, 7, 1), [GONE]),
    "shut down, stated": (OLD, "glue-2.0", "", TODAY, [GONE]),
    "shut down, in use": (OLD, "", "glue-2.0", TODAY, [GONE]),
    "before it shut down": (OLD, "", "", date(2026, 3, 31), [WARNING]),
    "sunset, new": (FLEET, "", "", TODAY, [ERROR]),
}


@pytest.mark.parametrize("what", STANDINGS)
def test_the_day_the_statement_and_the_evidence_decide(what: str) -> None:
    needs, stated, used, today, expected = STANDINGS[what]
    existing = {stated: None} if stated else {}
    policy = Policy(today=today, existing=existing)
    assert said(planned(needs, policy, frozenset(filter(None, [used])))) == expected


def test_a_finding_says_since_when_and_the_way_out() -> None:
    (new,) = planned(SCHEDULE, Policy(today=TODAY), frozenset())
    assert "takes nobody new since 2026-07-30" in new.message
    assert "nothing of it was found in this account" in new.message
    assert "`services: {model-monitor: existing}`" in new.help
    stated = Policy(today=TODAY, existing={PROFILER: None})
    (ends,) = planned(PROFILED, stated, frozenset())
    assert "ends after 2027-06-30, in 213 days" in ends.message


def test_the_same_need_of_one_line_is_told_once() -> None:
    twice = pipeline({"Type": "ClarifyCheck"}, {"Type": "ClarifyCheck"})
    assert said(problems(graph(SM + "Pipeline", twice), Policy(today=TODAY))) == [ERROR]


def test_a_name_that_no_row_has_is_an_error_at_its_line() -> None:
    policy = Policy(today=TODAY, existing={"clarifi": LINE})
    (found,) = problems(Graph(), policy)
    assert (found.code, found.at) == ("CLOSED003", LINE)
    assert "did you mean 'clarify'" in found.message


# -- the platform's own rows

OWN: dict[str, Any] = {
    "title": "Neo",
    "status": "maintenance",
    "since": "2026-01-31",
    "reference": "AWS",
    "replacement": "another compiler",
    "touches": [{"type": "AWS::SageMaker::CompilationJob"}],
}


def test_a_row_of_the_platform_is_added() -> None:
    needs = graph(SM + "CompilationJob", {})
    assert said(problems(needs, Policy(today=TODAY))) == []
    policy = Policy(today=TODAY, services=(row_of("neo", OWN),))
    assert said(problems(needs, policy)) == [ERROR]


def test_a_row_of_the_platform_replaces_ours() -> None:
    reopened = row_of(MONITOR, {**OWN, "status": "reopened"})
    assert said(problems(SCHEDULE, Policy(today=TODAY, services=(reopened,)))) == []


# -- the data

RAW = read("availability.json")
MODEL = load()["Availability"].model


def test_the_table_is_what_a_spec_of_the_kind_may_say() -> None:
    spec = MODEL.model_validate_json(orjson.dumps({"services": RAW["services"]}))
    assert [*load()["Availability"].check(spec)] == []
    assert {row.name: row for row in availability.rows(spec)} == dict(table().rows)


@pytest.mark.parametrize("row", table().rows.values(), ids=lambda row: row.name)
def test_a_row_can_be_used(row: Row) -> None:
    for pattern in row.messages:
        re.compile(pattern)
    assert row.source.startswith("https://")
    assert row.until is None or row.until >= row.since
    assert all("." in call for call in row.calls)
    for touch in row.touches:
        assert touch.member or not touch.values
        assert re.fullmatch(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9*]+", touch.type)
    assert row.standing(TODAY) in Standing


BAD = [
    ({"status": "closed"}, "a status that is none"),
    ({"since": "soon"}, "no day"),
    ({"extra": 1}, "an unknown member"),
    ({"touches": [{"member": "Runtime"}]}, "no type"),
]


@pytest.mark.parametrize(("change", "why"), BAD, ids=[why for _, why in BAD])
def test_a_row_of_another_form_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        MODEL.model_validate_json(orjson.dumps({"services": {"neo": {**OWN, **change}}}))


WRONG = [
    ({"status": "sunset"}, "last day"),
    ({"until": "2020-01-01"}, "ends before"),
    ({"messages": ["("]}, "no regular expression"),
]


@pytest.mark.parametrize(("change", "says"), WRONG, ids=[says for _, says in WRONG])
def test_a_row_that_contradicts_itself_is_a_problem(change: dict[str, Any], says: str) -> None:
    spec = MODEL.model_validate_json(orjson.dumps({"services": {"neo": {**OWN, **change}}}))
    assert [says in each.message for each in load()["Availability"].check(spec)] == [True]


def test_rules_that_depend_on_the_environment_are_checked_when_planning() -> None:
    ruled = {code for code, rule in rules.load().items() if isinstance(rule, Ruled)}
    assert set(CODES) <= ruled
