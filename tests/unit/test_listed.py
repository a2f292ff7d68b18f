"""How people read a difference inside a list, while what is decided stays as it is."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Action, Effect, Observed, Reason
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Origin
from reconciler.model.step import Step, step_from_json, step_to_json
from reconciler.plan.diff import compare
from reconciler.plan.normal import normal
from reconciler.plan.walk import walk
from reconciler.render.vocabulary.difference import rows_of
from reconciler.render.vocabulary.entries import differences
from reconciler.resources import api
from reconciler.resources.cloudcontrol.builder import served

RESOURCES = api.load()
ALARM = RESOURCES["AWS::CloudWatch::Alarm"]
BUDGET = RESOURCES["AWS::Budgets::Budget"]
CONFIG = RESOURCES["AWS::SageMaker::EndpointConfig"]
MODEL = RESOURCES["AWS::SageMaker::Model"]
PIPELINE = RESOURCES["AWS::SageMaker::Pipeline"]
ROLE = RESOURCES["AWS::IAM::Role"]


def step(resource: Any, want: Any, have: Any, origin: Origin | None = None) -> Step:
    found = compare(Address(resource.type, "x"), want, Observed(have), resource, origin)
    return Step("x", found.address, found.action, found.reason, fields=found.fields)


def read(resource: Any, want: Any, have: Any) -> list[str]:
    data = json.loads(json.dumps(step_to_json(step(resource, want, have))))
    assert step_to_json(step_from_json(data)) == data
    return [f"{row.path}: {row.text(80)}" for each in differences(data) for row in rows_of(each)]


def grants(*statements: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Policies": [{"PolicyName": "read", "PolicyDocument": document}]}


def allow(sid: str, *actions: str, **more: Any) -> dict[str, Any]:
    named = {"Sid": sid} if sid else {}
    return {**named, "Effect": "Allow", "Action": list(actions), "Resource": ["*"], **more}


def steps(*found: tuple[str, list[tuple[str, str]]], text: bool = False) -> dict[str, Any]:
    body = {
        "Steps": [
            {
                "Name": name,
                "Arguments": {"Data": [{"ChannelName": c, "Uri": u} for c, u in channels]},
            }
            for name, channels in found
        ]
    }
    return {
        "PipelineDefinition": {"PipelineDefinitionBody": json.dumps(body) if text else body},
    }


def told(kind: str, threshold: int, *people: str) -> dict[str, Any]:
    note = {"NotificationType": kind, "ComparisonOperator": "GREATER_THAN", "Threshold": threshold}
    subscribers = [{"SubscriptionType": "EMAIL", "Address": each} for each in people]
    return {"Notification": note, "Subscribers": subscribers}


NOTICE = "NotificationsWithSubscribers[NotificationType=ACTUAL,Threshold=80]"
STATEMENT = "Policies.read.PolicyDocument.Statement"
STEPS = "PipelineDefinition.PipelineDefinitionBody.Steps"
DATA = f"{STEPS}[Name=train].Arguments.Data"
READ: dict[str, tuple[Any, Any, Any, list[str]]] = {
    "a statement added in front": (
        ROLE,
        grants(allow("New", "a:B"), allow("A", "s3:Get*"), allow("B", "s3:Put*")),
        grants(allow("A", "s3:Get*"), allow("B", "s3:Put*")),
        [f"{STATEMENT}[Sid=New]: + {{Effect: Allow, Action: [a:B], Resource: [*]}}"],
    ),
    "a statement that changes, and so its place among the sorted": (
        ROLE,
        grants(allow("A", "z:*"), allow("B", "s3:Put*")),
        grants(allow("A", "a:Get*"), allow("B", "s3:Put*")),
        [f"{STATEMENT}[Sid=A].Action: a:Get* → z:*"],
    ),
    "a statement without a name": (
        ROLE,
        grants(allow("", "b:*", "c:D"), allow("", "s3:Put*")),
        grants(allow("", "s3:Put*"), allow("", "b:*")),
        [f"{STATEMENT}[0].Action: + c:D"],
    ),
    "a set of plain values": (
        ROLE,
        {"ManagedPolicyArns": ["a", "b"]},
        {"ManagedPolicyArns": ["b", "c"]},
        ["ManagedPolicyArns: - c", "ManagedPolicyArns: + a"],
    ),
    "a set of objects that AWS sorts otherwise": (
        ALARM,
        {"Dimensions": [{"Name": "a", "Value": "x"}, {"Name": "b", "Value": "y"}]},
        {"Dimensions": [{"Name": "b", "Value": "y"}, {"Name": "a", "Value": "z"}]},
        ["Dimensions[Name=a].Value: z → x"],
    ),
    "what AWS filled in is no part of it": (
        MODEL,
        {"Containers": [{"ContainerHostname": "a", "Image": "1"}, {"ContainerHostname": "b"}]},
        {
            "Containers": [
                {"ContainerHostname": "b", "Mode": "SingleModel"},
                {"ContainerHostname": "a", "Image": "2", "Mode": "SingleModel"},
            ]
        },
        [
            'Containers[ContainerHostname=a].Image: "2" → "1"',
            "Containers[ContainerHostname=a]: moved from place 2 to 1",
        ],
    ),
    "members told apart by several things": (
        BUDGET,
        {
            "NotificationsWithSubscribers": [
                told("ACTUAL", 80, "a@x"),
                told("FORECASTED", 80, "c@x"),
            ]
        },
        {
            "NotificationsWithSubscribers": [
                told("FORECASTED", 80, "c@x"),
                told("ACTUAL", 80, "b@x"),
            ]
        },
        [f"{NOTICE}.Subscribers[SubscriptionType=EMAIL].Address: b@x → a@x"],
    ),
    "two channels of a step change places": (
        PIPELINE,
        steps(("train", [("train", "x"), ("test", "y")])),
        steps(("train", [("test", "y"), ("train", "x")]), text=True),
        [f"{DATA}[ChannelName=train]: moved from place 2 to 1"],
    ),
    "a step in front of one that changes": (
        PIPELINE,
        steps(("prepare", []), ("train", [("train", "x"), ("test", "z")])),
        steps(("train", [("train", "x"), ("test", "y")]), text=True),
        [
            f"{STEPS}[Name=prepare]: + {{Arguments: {{Data: []}}}}",
            f"{DATA}[ChannelName=test].Uri: y → z",
        ],
    ),
    "a member that changes in its place": (
        PIPELINE,
        steps(("train", [("train", "x"), ("test", "z")])),
        steps(("train", [("train", "x"), ("test", "y")]), text=True),
        [f"{DATA}[ChannelName=test].Uri: y → z"],
    ),
    "a list that is keyed already": (
        CONFIG,
        {"ProductionVariants": [{"VariantName": "a", "ModelName": "m"}]},
        {"ProductionVariants": [{"VariantName": "a", "ModelName": "n"}]},
        ["ProductionVariants.a.ModelName: n → m"],
    ),
    "a type that AWS's own handlers serve": (
        served("AWS::ECS::TaskDefinition"),
        {"ContainerDefinitions": [{"Name": "log", "Image": "l"}, {"Name": "app", "Image": "2"}]},
        {"ContainerDefinitions": [{"Name": "app", "Image": "1"}]},
        [
            "ContainerDefinitions[Name=log]: + {Image: l}",
            'ContainerDefinitions[Name=app].Image: "1" → "2"',
        ],
    ),
}


@pytest.mark.parametrize(("resource", "want", "have", "lines"), READ.values(), ids=READ)
def test_a_difference_in_a_list_reads(resource, want, have, lines):
    assert read(resource, want, have) == lines


def test_the_path_names_places_and_the_member_beside_it():
    found = step(
        PIPELINE,
        steps(("train", [("train", "x"), ("test", "z")])),
        steps(("train", [("train", "x"), ("test", "y")])),
    )
    (field,) = step_to_json(found)["fields"]
    assert field["path"][-5:] == ["0", "Arguments", "Data", "1", "Uri"]
    assert field["members"] == [
        {"at": 3, "by": {"Name": "train"}},
        {"at": 6, "by": {"ChannelName": "test"}},
    ]


def test_both_sides_of_a_list_stand_at_its_first_difference():
    want, have = grants(allow("A", "a:A"), allow("N", "n:N")), grants(allow("N", "x:X"))
    fields = step_to_json(step(ROLE, want, have))["fields"]
    assert len(fields) > 1
    assert [*fields[0]["list"]] == ["path", "by", "before", "after"]
    assert all([*each["list"]] == ["path"] for each in fields[1:])
    assert "list" not in step_to_json(step(ROLE, want, have), causes=False)["fields"][0]


def test_what_is_decided_does_not_depend_on_how_it_reads():
    rng = random.Random(21)
    for _ in range(25):
        want, have = (
            steps(*((name, [(c, rng.choice("xy")) for c in rng.sample("abc", 2)]) for name in pick))
            for pick in (rng.sample(["p", "q", "r"], rng.randrange(1, 4)) for _ in range(2))
        )
        raw = [*walk(normal(want, PIPELINE), normal(have, PIPELINE), (), (), PIPELINE)]
        found = step(PIPELINE, want, have)
        assert [field.path for field in found.fields] == [each.path for each in raw]
        assert all(field.effect is Effect.IN_PLACE for field in found.fields)
        assert found.action is (Action.UPDATE if raw else Action.NONE)
        assert found.reason is (Reason.DIFFERS if raw else Reason.IN_SYNC)


SECRET = "hunter2-hunter2-hunter2"
HIDDEN: dict[str, tuple[Any, Any]] = {
    "under the name of a secret": (
        [{"Name": "a", "Environment": {"API_TOKEN": SECRET + "1"}}, {"Name": "b"}],
        [{"Name": "b"}, {"Name": "a", "Environment": {"API_TOKEN": SECRET}}],
    ),
    "where a reference is asked for": (
        [{"Name": "a", "Environment": {"PLAIN": "{{resolve:ssm-secure:/x}}"}}, {"Name": "b"}],
        [{"Name": "b"}, {"Name": "a", "Environment": {"PLAIN": SECRET}}],
    ),
    "where a reference is asked for in a longer list": (
        [{"Name": "a", "Environment": {"PLAIN": "{{resolve:ssm-secure:/x}}"}}, {"Name": "b"}],
        [{"Name": "a", "Environment": {"PLAIN": SECRET}}],
    ),
    "as what identifies it": (
        [{"Password": SECRET + "1", "V": 1}, {"Password": SECRET, "V": 2}],
        [{"Password": SECRET, "V": 3}, {"Password": SECRET + "1", "V": 4}],
    ),
}


@pytest.mark.parametrize(("want", "have"), HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("resource", [PIPELINE, served("AWS::ECS::TaskDefinition")])
def test_a_secret_in_a_list_is_not_shown(resource, want, have):
    prop = "ContainerDefinitions" if resource.generic else "PipelineDefinition"
    sides = [{prop: each if resource.generic else {"PipelineDefinitionBody": {"Steps": each}}}
             for each in (want, have)]  # fmt: skip
    found = step(resource, *sides)
    assert found.fields
    assert SECRET not in json.dumps(step_to_json(found))


AT = Span("specs/a.yaml", 9, 3)


def origin(says: Any, *path: str) -> Origin:
    place = Span("specs/a.yaml", 9, 3, 1, ("spec", *path), says)
    return Origin("Kind/a", AT, {("Threshold",): place, ("AlarmDescription",): place})


BACK: dict[str, tuple[Any, Any, Any, Any]] = {
    "a number": (5, {"Threshold": 5}, {"Threshold": 7}, {"value": 5, "back": 7}),
    "a unit": ("2h", {"Threshold": 7200}, {"Threshold": 3600}, {"value": "2h", "back": "1h"}),
    "a variable": ("${x}", {"Threshold": 5}, {"Threshold": 7}, {"value": "${x}"}),
    "no way back": ("low", {"Threshold": 5}, {"Threshold": 7}, {"value": "low"}),
    "a block": (None, {"Threshold": 5}, {"Threshold": 7}, {}),
    "a secret": (
        "password: hunter2hunter2",
        {"AlarmDescription": "password: hunter2hunter2"},
        {"AlarmDescription": "b"},
        {},
    ),
}


@pytest.mark.parametrize(("says", "want", "have", "told"), BACK.values(), ids=BACK)
def test_a_difference_knows_the_field_of_the_spec_and_the_edit(says, want, have, told):
    found = step(ALARM, want, have, origin(says, "limit"))
    (field,) = step_to_json(found)["fields"]
    assert field["spec"] == {"path": ["spec", "limit"], "at": field["at"], **told}
    assert step_to_json(step_from_json(step_to_json(found))) == step_to_json(found)


def said(line: int, *path: str, says: Any = None, inside: Any = None) -> Span:
    return Span("a.yaml", line, 1, path=("spec", *path), says=says, inside=inside)


def test_a_to_do_names_what_its_author_wrote_and_not_the_same_place_of_the_sorted_form() -> None:
    """Statements are sorted to be compared, so their numbers are not those of the spec."""
    words = ("sagemaker:*Endpoint", "sagemaker:BatchGetRecord", "sagemaker:GetRecord")
    values = tuple(said(11 + n, "statements", str(n), says=word) for n, word in enumerate(words))
    block = said(10, "statements", inside=lambda: values)
    origin = Origin("Security/x", said(1), {("Policies",): block})

    def wanted(action: str) -> dict[str, Any]:
        return grants(allow("", action), allow("", *words[1:], Resource=["b"]))

    want, have = wanted(words[0]), wanted("sagemaker:InvokeEndpoint")
    for each in step(ROLE, want, have, origin).fields:
        assert each.spec is not None
        assert (each.spec.line, each.spec.says, each.back) == (
            11,
            *words[:1],
            "sagemaker:InvokeEndpoint",
        )
        assert each.at == block
    more = grants(allow("", *words), allow("", "kms:Decrypt"))
    for each in step(ROLE, more, have, origin).fields:
        assert each.spec is not None
        assert (each.spec.line, each.spec.says, each.back) == (10, None, None)


def test_a_line_of_a_statement_is_not_that_of_another() -> None:
    """A spec that has the policy itself knows a line for each place of what it wrote."""
    own, other = ("AssumeRolePolicyDocument", "Statement", "0"), ("AssumeRolePolicyDocument",)
    origin = Origin("Resource/x", said(1), {own: said(30), other: said(20)})

    def trust(*services: str) -> dict[str, Any]:
        found = [allow("", "sts:AssumeRole", Principal={"Service": [it]}) for it in services]
        return {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": found}}

    fields = step(
        ROLE,
        trust("z.amazonaws.com", "b.amazonaws.com"),
        trust("z.amazonaws.com", "a.amazonaws.com"),
        origin,
    ).fields
    assert fields
    assert {each.at.line for each in fields if each.at} == {20}
