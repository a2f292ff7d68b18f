"""Whether an account has used what is closed: what is listed, what was done, what nobody says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from reconciler.aws import evidence
from reconciler.aws.errors import Denied
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node, build_graph
from reconciler.model.policy import Policy
from reconciler.model.value import JsonText

TODAY = date(2026, 11, 29)
CREATED = "CreateTrainingJob"
Told = Mapping[str, Any]


@dataclass
class Asking:
    """What is asked in the place of AWS: by type or by event, what there is; none is a refusal."""

    listed: Mapping[str, list[Any] | None] = field(default_factory=dict)
    events: Mapping[str, list[Any] | None] = field(default_factory=dict)
    attempts: int = 9
    asked: list[str] = field(default_factory=list)

    def send(self, service: str, method: str, params: Told, **_: Any) -> Told:
        if method == "list_resources":
            self.asked.append(params["TypeName"])
            found, at = self.listed.get(params["TypeName"], []), "ResourceDescriptions"
        else:
            name = params["LookupAttributes"][0]["AttributeValue"]
            self.asked.append(name)
            found, at = self.events.get(name, []), "Events"
        if found is None:
            raise Denied(f"{service}.{method}", "AccessDeniedException", "not allowed")
        return {at: found}


def pipeline(kind: str, **arguments: Any) -> Graph:
    step = {"Name": "a", "Type": kind, "Arguments": arguments}
    body = JsonText({"Version": "2020-12-01", "Steps": [step]})
    props = {"PipelineDefinition": {"PipelineDefinitionBody": body}}
    graph, _ = build_graph([Node(Address("AWS::SageMaker::Pipeline", "a"), props)])
    return graph


def event(error: str = "", **given: Any) -> Told:
    told = {"requestParameters": given, **({"errorCode": error} if error else {})}
    return {"CloudTrailEvent": json.dumps(told)}


CHECK = pipeline("QualityCheck")
HOOK = pipeline("Training", DebugHookConfig={"S3OutputPath": "s3://b/d"})
SCHEDULES = "AWS::SageMaker::MonitoringSchedule"
GIVEN = {"debugHookConfig": {"s3OutputPath": "s3://b/d"}}
# what is needed, what AWS lists, what CloudTrail has, which service that proves
CASES: Mapping[str, tuple[Graph, Told, Told, str]] = {
    "nothing": (CHECK, {}, {}, ""),
    "a schedule": (CHECK, {SCHEDULES: [{"Identifier": "x"}]}, {}, "model-monitor"),
    "a schedule that was made": (
        CHECK, {}, {"CreateMonitoringSchedule": [event()]}, "model-monitor",
    ),
    "one that was refused": (
        CHECK, {}, {"CreateMonitoringSchedule": [event("AccessDenied")]}, "",
    ),
    "a job with a hook": (HOOK, {}, {CREATED: [event(**GIVEN)]}, "debugger"),
    "a job without one": (HOOK, {}, {CREATED: [event(trainingJobName="x")]}, ""),
    "a hook that was refused": (HOOK, {}, {CREATED: [event("AccessDenied", **GIVEN)]}, ""),
    "another's event": (HOOK, {}, {CREATED: [{"CloudTrailEvent": "no JSON"}]}, ""),
    "what may not be listed, but was done": (
        CHECK, {SCHEDULES: None}, {"CreateMonitoringSchedule": [event()]}, "model-monitor",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_either_proves_it(what: str) -> None:
    graph, listed, events, proves = CASES[what]
    asking: Any = Asking(listed, events)
    found, whole = evidence.used(asking, graph, Policy(today=TODAY), frozenset())
    assert (found, whole) == (frozenset(filter(None, [proves])), True)


def test_what_may_not_be_asked_proves_nothing_and_is_known() -> None:
    asking: Any = Asking({SCHEDULES: None})
    assert evidence.used(asking, CHECK, Policy(today=TODAY), frozenset()) == (frozenset(), False)


@pytest.mark.parametrize(
    ("graph", "stated", "live", "today"),
    [
        (pipeline("Training"), "", "", TODAY),
        (CHECK, "model-monitor", "", TODAY),
        (CHECK, "", "model-monitor", TODAY),
        (CHECK, "", "", date(2026, 7, 1)),
    ],
    ids=["nothing needs it", "stated", "live", "not closed yet"],
)
def test_nobody_is_asked_without_need(graph: Graph, stated: str, live: str, today: date) -> None:
    asking: Any = Asking()
    policy = Policy(today=today, existing={stated: None} if stated else {})
    known = frozenset(filter(None, [live]))
    assert evidence.used(asking, graph, policy, known) == (known, True)
    assert asking.asked == []
