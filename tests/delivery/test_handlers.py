"""The delivered roles may do what AWS's own handlers ask of them, and no more than is needed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from sweeps import sample

from reconciler.access.calls import asked
from reconciler.access.handlers import PASS, handled, handler_demands, looks, service_of
from reconciler.access.model import Asked, Named
from reconciler.access.request import Call
from reconciler.delivery import actions
from reconciler.facts import facts, served_types
from reconciler.resources.api import Resource, load
from reconciler.resources.cloudcontrol.builder import record

from .judged import ACCOUNT, OURS, REGION, Known, Role, delivered, everything

STREAM, TABLE = "AWS::Kinesis::Stream", "AWS::DynamoDB::Table"
MACHINE, CARD = "AWS::StepFunctions::StateMachine", "AWS::SageMaker::ModelCard"
SLOTS = {
    "partition": "aws", "region": REGION, "account": ACCOUNT, "platform": "acme",
    "environment": "test", "prefix": "acme-test-",
}  # fmt: skip
SOME = (STREAM, TABLE, MACHINE, CARD, *sample(sorted(served_types()), 120))


@cache
def of(type_name: str) -> Resource:
    return record(facts(type_name))


def statement(what: Iterable[str], on: Iterable[str], when: Any = ()) -> dict[str, Any]:
    condition = {operator: dict(keys) for operator, keys in when}
    return {
        "Effect": "Allow",
        "Action": sorted(what),
        "Resource": sorted(on),
        **({"Condition": condition} if condition else {}),
    }


def policy(name: str, statements: list[dict[str, Any]]) -> Named:
    return Named(name, {"Version": "2012-10-17", "Statement": statements})


@cache
def planner(*types: str) -> Role:
    known = [of(each) for each in types]
    own = [statement(it.actions, it.on, it.when) for it in actions.seen(known, SLOTS)]
    return Role("plan", (policy("0", [statement(actions.reads(known), ["*"]), *own]),))


@cache
def applier(*types: str) -> Role:
    grants = actions.writes(map(of, types), SLOTS)
    changes = [statement(each.actions, each.on, each.when) for each in grants]
    return Role("apply", (*planner(*types).policies, policy("1", changes)))


def questions(operation: str, type_name: str, name: str, **params: Any) -> list[Asked]:
    if operation == "CreateResource":
        chosen = of(type_name).name
        params = {"DesiredState": json.dumps({**params, **({chosen: name} if chosen else {})})}
    elif operation != "ListResources":
        params = {"Identifier": name, **params}
    given = {"TypeName": type_name, **params}
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/somebody/run-1"
    call = Call("cloudcontrol", operation, given, REGION, ACCOUNT, session)
    return [*asked(call, Known()), *handled(call, Known())]


def test_who_plans_opens_what_a_handler_reads_and_only_through_aws() -> None:
    """`AWS::Bedrock::Agent` is read with kms:Decrypt; keys are ours, and AWS's services ask."""
    types = [of("AWS::Bedrock::Agent")]
    assert "kms:Decrypt" not in actions.reads(types)
    (grant,) = [each for each in actions.seen(types, SLOTS) if "kms:Decrypt" in each.actions]
    assert grant.actions == ("kms:Decrypt",)
    conditions = dict(grant.when)
    assert ("aws:ViaAWSService", "true") in conditions["Bool"]
    assert [key for key, _ in conditions["StringEquals"]] == [
        "aws:ResourceTag/moorline:platform",
        "aws:ResourceTag/moorline:environment",
    ]
    assert all(":kms:" in each for each in grant.on)
    assert actions.seen([of("AWS::Kinesis::Stream")], SLOTS) == ()
    assert "cloudformation:DescribeType" in actions.reads(types)


@pytest.mark.parametrize("type_name", SOME)
def test_whoever_applies_is_allowed_all_that_the_handlers_ask(type_name: str) -> None:
    by, about = applier(type_name), facts(type_name)
    for operation, verb in (
        ("CreateResource", "create"),
        ("GetResource", "read"),
        ("UpdateResource", "update"),
        ("DeleteResource", "delete"),
        ("ListResources", "list"),
    ):
        if verb in about.handlers:
            more = {"PatchDocument": "[]"} if verb == "update" else {}
            sent = questions(operation, type_name, "acme-test-one", **more)
            assert len(sent) > 0
            assert by.refused(sent) == []


@pytest.mark.parametrize("type_name", SOME)
def test_whoever_plans_only_looks(type_name: str) -> None:
    given = actions.reads([of(type_name)])
    assert [each for each in given if not looks(each)] == []
    assert not {each for each in given if each.endswith(":*")}
    by = planner(type_name)
    for operation in ("CreateResource", "DeleteResource"):
        assert by.refused(questions(operation, type_name, "acme-test-one"))
    read = questions("GetResource", type_name, "acme-test-one")
    assert {each for each, *_ in by.refused(read)} <= {
        each for each in handler_demands(type_name, "read") if not looks(each)
    }


def test_whoever_plans_reads_the_parameters_that_are_ours_and_no_secret() -> None:
    parameter, secret = "AWS::SSM::Parameter", "AWS::SecretsManager::Secret"
    by = planner(parameter, secret)
    assert by.refused(questions("GetResource", parameter, "acme-test-one")) == []
    refused = by.refused(questions("GetResource", parameter, "acme-prod-one"))
    assert {each for each, *_ in refused} == {"ssm:GetParameters"}
    assert not {action for _, action in by.actions} & {"secretsmanager:getsecretvalue"}


def test_no_role_has_cloudformation_as_a_whole() -> None:
    for type_name in SOME:
        given = {action for _, action in applier(type_name).actions}
        assert given >= {
            "cloudformation:createresource", "cloudformation:getresource",
            "cloudformation:getresourcerequeststatus", "cloudformation:listresourcerequests",
        }  # fmt: skip
        assert not [each for each in given if each.endswith(":*")]


@pytest.mark.parametrize("type_name", [TABLE, CARD])
def test_what_is_called_otherwise_is_not_ours_to_change(type_name: str) -> None:
    by = applier(type_name)
    made = {each for each, *_ in by.refused(questions("CreateResource", type_name, "acme-prod-1"))}
    assert any(":Create" in each for each in made)


@pytest.mark.parametrize("type_name", [TABLE, MACHINE])
def test_each_action_of_the_handlers_is_asked_for_by_itself(type_name: str) -> None:
    whole = applier(type_name)
    sent = questions("CreateResource", type_name, "acme-test-one")
    for name in {each.action for each in sent}:
        less = tuple(
            Named(each.name, {
                **each.document,
                "Statement": [
                    {**one, "Action": [it for it in one["Action"] if it.lower() != name.lower()]}
                    for one in each.document["Statement"]
                ],
            })
            for each in whole.policies
        )  # fmt: skip
        assert {each for each, *_ in Role("apply", less).refused(sent)} == {name}


@pytest.mark.parametrize("type_name", [STREAM, TABLE, MACHINE, "AWS::Transfer::Server"])
def test_a_stack_makes_such_roles_for_a_type_that_has_no_file(type_name: str) -> None:
    made = delivered(replace(everything("test"), types=(type_name,)), "test")
    plans, applies = made["moorline-test-plan"], made["moorline-test-apply"]
    for operation in ("CreateResource", "DeleteResource"):
        sent = questions(operation, type_name, "acme-test-one")
        assert applies.refused(sent) == []
        assert f"cloudformation:{operation}" in {each for each, *_ in plans.refused(sent)}
    read = questions("GetResource", type_name, "acme-test-one")
    assert (plans.refused(read), applies.refused(read)) == ([], [])


def test_a_type_that_nothing_serves_asks_for_nothing() -> None:
    by = delivered(
        replace(everything("test"), types=("AWS::CloudFormation::CustomResource",)), "test"
    )
    without = delivered(replace(everything("test"), types=()), "test")
    assert by["moorline-test-apply"].actions == without["moorline-test-apply"].actions


def test_another_platform_s_resource_is_kept_by_its_tags() -> None:
    at = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:acme-test-flow"
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/somebody/run-1"
    given = {"TypeName": MACHINE, "Identifier": at}
    call = Call("cloudcontrol", "DeleteResource", given, REGION, ACCOUNT, session)
    ours, theirs = (
        Known(tagged={at: tags}) for tags in (OURS, {**OURS, "moorline:platform": "somebody-else"})
    )
    by = applier(MACHINE)
    assert by.refused(handled(call, ours)) == []
    assert "states:DeleteStateMachine" in {each for each, *_ in by.refused(handled(call, theirs))}


def test_roles_are_handed_over_if_they_are_called_like_ours() -> None:
    for name, allowed in (("acme-test-work", True), ("admin", False)):
        role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        sent = questions("CreateResource", MACHINE, "acme-test-flow", RoleArn=role)
        refused = {each for each, *_ in applier(MACHINE).refused(sent)}
        assert ("iam:PassRole" not in refused) == allowed


def test_a_role_goes_to_the_service_that_the_file_of_a_type_says() -> None:
    """What AWS's handlers hand over, and what the delivered roles let be handed over."""
    found = {
        type_: (f"{service_of(type_)}.amazonaws.com", resource.aside.hands)
        for type_, resource in load().items()
        if resource.generic
        if any(PASS in handler_demands(type_, verb) for verb in ("create", "update"))
    }
    assert found
    assert {type_ for type_, (asked, given) in found.items() if asked not in given} == set()
