"""Rules over state machines in a graph: what AWS refuses, what never ends, what a role lacks."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node, build_graph
from reconciler.model.value import Join, JsonText, Ref
from reconciler.policy.api import load

MACHINE = Address("AWS::StepFunctions::StateMachine", "flow")
ROLE = Address("AWS::IAM::Role", "role")
JOB = Address("AWS::Glue::Job", "job")
TASK: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::glue:startJobRun.sync",
    "Parameters": {"JobName": Ref(JOB, "Name"), "Arguments": {"--in": Join(("s3://", "b"))}},
    "End": True,
}
ALL = ["glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun"]


def graph(state: dict[str, Any], actions: Any = ALL, on: Any = "*", **more: Any) -> Graph:
    statement = {"Effect": "Allow", "Action": actions, "Resource": on}
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
    definition = {"StartAt": "s", "States": {"s": state}}
    nodes = [
        Node(JOB, {"Name": "job"}),
        Node(ROLE, {"RoleName": "role", "Policies": [policy], **more}),
        Node(MACHINE, {"DefinitionString": JsonText(definition), "RoleArn": Ref(ROLE, "Arn")}),
    ]
    return build_graph(nodes)[0]


def found(made: Graph) -> list[str]:
    return [
        each.code
        for code in ("MACHINE001", "MACHINE002", "MACHINE003")
        for each in load()[code].check(made)
    ]


@pytest.mark.parametrize("actions", [ALL, "*", "glue:*", ["Glue:*JobRun"]])
def test_a_machine_that_is_right_has_no_finding(actions: Any) -> None:
    assert found(graph(TASK, actions)) == []


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({**TASK, "Foo": 1}, "MACHINE001"),
        ({**TASK, "Parameters": {"Job": Ref(JOB, "Name")}}, "MACHINE001"),
        ({"Type": "Pass", "Next": "s"}, "MACHINE002"),
    ],
)
def test_a_wrong_one_has_the_finding_that_fits(state: dict[str, Any], code: str) -> None:
    assert set(found(graph(state))) == {code}


def test_waiting_for_a_job_needs_more_than_starting_it() -> None:
    (only,) = load()["MACHINE003"].check(graph(TASK, "glue:StartJobRun"))
    assert "glue:GetJobRun, glue:BatchStopJobRun" in only.message
    assert "/States/s" in only.message


JOBS = "arn:aws:glue:eu-west-1:123456789012:job/"


@pytest.mark.parametrize(
    "on",
    [
        f"{JOBS}job",
        f"{JOBS}j*",
        "arn:aws:glue:*",
        Ref(JOB, "Arn"),
        [f"{JOBS}other", Join((Ref(JOB, "Arn"), "/x"))],
    ],
)
def test_an_action_on_the_resource_that_a_state_names_is_right(on: Any) -> None:
    assert found(graph(TASK, ALL, on)) == []


def test_what_a_call_hands_over_is_not_what_it_is_about() -> None:
    rules = Address("AWS::Glue::DataQualityRuleset", "rules")
    given = {"JobName": Ref(JOB, "Name"), "Arguments": {"--context": Ref(rules, "Name")}}
    made = graph({**TASK, "Parameters": given}, ALL, f"{JOBS}job")
    assert found(build_graph([*made, Node(rules, {"Name": "rules"})])[0]) == []


@pytest.mark.parametrize("on", [f"{JOBS}other", [f"{JOBS}jobs"], Ref(ROLE, "Arn"), []])
def test_an_action_on_other_resources_is_none_on_this_one(on: Any) -> None:
    (only,) = load()["MACHINE003"].check(graph(TASK, ALL, on))
    assert "glue:StartJobRun on 'job'" in only.message


def test_a_role_that_nobody_tells_of_is_not_judged() -> None:
    assert found(graph(TASK, [], ManagedPolicyArns=["arn:aws:iam::aws:policy/x"])) == []
