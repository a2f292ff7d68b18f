"""A role's update in two halves: what comes before its users, and what goes after them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.change import Reason
from reconciler.model.graph import Node
from reconciler.model.plan import WIDEN, Step
from reconciler.model.value import Ref
from reconciler.plan.order import Draft
from reconciler.resources import api
from reconciler.resources.api import REGION_TAG

from .fakes import OWN, RESOURCES, address, live, node
from .planning import plan

ROLE = Address("AWS::IAM::Role", "acme-dev-role")
KIND = {**RESOURCES, ROLE.type: api.load()[ROLE.type]}
VERSION, SERVER = address("version"), address("server")
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
WRITE = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}
OURS = {**OWN, REGION_TAG: "eu-west-1"}
ID = "AWS::IAM::Role/acme-dev-role"


def policy(*statements: dict[str, Any], name: str = "own", version: str = "2012-10-17") -> Any:
    document = {"Version": version, "Statement": [*statements]}
    return {"PolicyName": name, "PolicyDocument": document}


def planned(
    before: list[Any], after: list[Any], *, moves: bool = True, **more: tuple[Any, Any]
) -> Draft:
    """A server that refers to the role by way of a version, which has no step."""
    had, wants = ({key: it[n] for key, it in more.items()} for n in (0, 1))
    nodes: list[Node] = [
        node(ROLE, {"Policies": after, **wants}),
        node(VERSION, {"Uses": [Ref(ROLE, "Arn")]}),
        node(SERVER, {"Uses": [Ref(VERSION, "Arn")], "Size": 2}),
    ]
    arn = "arn:aws:iam::123456789012:role/acme-dev-role"
    found = {
        ROLE: live({"Policies": before, **had}, outputs={"Arn": arn}, tags=OURS),
        VERSION: live({"Uses": [arn]}),
        SERVER: live({"Uses": ["arn:123456789012:acme-dev-x"], "Size": 1 if moves else 2}),
    }
    return plan(nodes, found, resources=KIND)


def step(draft: Draft, id_: str) -> Step:
    return next(each for each in draft.steps if each.id == id_)


def order(draft: Draft) -> dict[str, tuple[str, ...]]:
    """What each step waits for, without what the order alone is about."""
    return {each.id: each.waits for each in draft.steps}


def test_both_halves_stand_around_their_users() -> None:
    draft = planned([policy(READ)], [policy(WRITE)])
    server = str(SERVER)
    assert order(draft)[server] == (ID + WIDEN,), "by way of what has no step"
    assert server in order(draft)[ID]
    assert ID + WIDEN in order(draft)[ID]
    first, last = step(draft, ID + WIDEN), step(draft, ID)
    assert (first.reason, last.reason) == (Reason.DIFFERS, Reason.NARROWED)
    (both,) = first.desired["Policies"]
    assert both["PolicyDocument"]["Statement"] == [WRITE, READ]
    assert first.widens
    assert not last.widens
    assert [call.method for call in (*first.calls, *last.calls)] == ["put_role_policy"] * 2


def test_what_only_takes_away_is_one_step_after_them() -> None:
    draft = planned([policy(READ, WRITE)], [policy(READ)])
    assert order(draft) == {ID: (str(SERVER),), str(SERVER): ()}
    assert step(draft, ID).reason is Reason.NARROWED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([policy(READ)], [policy(READ, WRITE)]),
        ([policy(READ, DENY)], [policy(WRITE)]),
        ([policy(READ, version="2008-10-17")], [policy(WRITE)]),
        ([policy(READ)], [policy({**WRITE, "Resource": ["arn:aws:s3:::" + "x" * 11_000]})]),
    ],
    ids=["it only adds", "a denial goes", "another language", "too long together"],
)
def test_it_is_one_step_before_them_as_it_was(before: list[Any], after: list[Any]) -> None:
    draft = planned(before, after)
    assert [each.id for each in draft.steps if each.address == ROLE] == [ID]
    assert step(draft, ID).reason is Reason.DIFFERS


def test_a_role_whose_users_stay_changes_at_once() -> None:
    draft = planned([policy(READ)], [policy(WRITE)], moves=False)
    assert [each.id for each in draft.steps] == [ID]
    assert step(draft, ID).needs == ()


def test_no_name_is_given_to_two_statements_of_a_policy() -> None:
    draft = planned([policy({"Sid": "A", **READ})], [policy({"Sid": "A", **WRITE})])
    (both,) = step(draft, ID + WIDEN).desired["Policies"]
    assert not any("Sid" in each for each in both["PolicyDocument"]["Statement"])


def test_a_policy_that_goes_whole_and_one_that_is_attached_stay_meanwhile() -> None:
    attached = (["arn:old"], ["arn:new"])
    draft = planned(
        [policy(READ, name="old")], [policy(WRITE, name="new")], ManagedPolicyArns=attached
    )
    first, last = step(draft, ID + WIDEN), step(draft, ID)
    assert [each["PolicyName"] for each in first.desired["Policies"]] == ["new", "old"]
    assert first.desired["ManagedPolicyArns"] == ["arn:new", "arn:old"]
    methods = [call.method for call in last.calls]
    assert methods == ["delete_role_policy", "detach_role_policy"]
