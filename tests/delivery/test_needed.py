"""Each statement of the delivered roles is needed by some call, and each action in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sweeps import LONG

from reconciler.access.handlers import SERVICE, handler_demands
from reconciler.access.model import Asked
from reconciler.facts import facts
from reconciler.resources import api as resources
from reconciler.resources.permissions import PASS

from .judged import ACCOUNT, GROUP, KEY, OURS, REGION, Known, Role, one, role, samples
from .lives import ADOPTING, BOUNDARY, about_itself, life, looked, runs, signature

LISTED = {
    name.lower()
    for each in resources.load().values()
    if each.service == SERVICE
    for verb in facts(each.type).handlers
    for name in handler_demands(each.type, verb)
}
"""What AWS says that its handlers ask for, whether or not a call here makes them do so."""


def everything_asked(name: str = "test") -> Iterator[Asked]:
    for each in (*life(name), *samples(), *looked(name), *runs(name), signature("Verify")):
        yield from each.questions
    yield from rare(name)
    adopted = Known(keys={f"alias/acme-{name}-d": KEY}, named={KEY: (f"alias/acme-{name}-d",)})
    nameless = Known(tagged={KEY: OURS})  # somebody took its alias
    for known in (adopted, nameless):
        for operation, params in ADOPTING:
            yield from one("kms", operation, known, **params).questions
    free = {"RoleName": f"acme-{name}-work"}  # of its boundary, which left the specs
    yield from one("iam", "DeleteRolePermissionsBoundary", None, **free).questions


def rare(name: str) -> Iterator[Asked]:
    """What no sample has: rules that are told otherwise, partitions that are written anew."""
    known = Known(tagged={f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{GROUP}": OURS})
    for way in ("Egress", "Ingress"):
        told = f"UpdateSecurityGroupRuleDescriptions{way}"
        yield from one("ec2", told, known, GroupId=GROUP).questions
    table = {"DatabaseName": f"acme_{name}_orders", "TableName": "orders"}
    yield from one("glue", "BatchUpdatePartition", None, **table, Entries=[]).questions


def forbidden(name: str = "test") -> Iterator[Asked]:
    """What only a Deny stands against: names of a neighbour, untagged, and the roles."""
    for each in everything_asked(name):
        for begin in (f"acme-{name}-", f"acme_{name}_"):
            other = f"{begin}2{begin[-1]}"
            if begin in each.resource:
                context = {k: v for k, v in each.context.items() if "resourcetag" not in k}
                yield replace(each, resource=each.resource.replace(begin, other), context=context)
        called = each.context.get("kms:resourcealiases")
        if called and not [key for key in each.context if "resourcetag" in key]:
            yield replace(each, context={
                **each.context, "kms:resourcealiases": (*called, f"alias/acme-{name}-2-d")
            })  # fmt: skip
    for sent in about_itself(f"acme-{name}-apply"):
        yield from sent.questions


def test_the_plan_role_has_no_action_that_nothing_needs() -> None:
    by = role("plan", "test")

    unneeded = by.actions - by.deciding(everything_asked())
    assert {action for _, action in unneeded} - LISTED == set()


@pytest.mark.parametrize("boundary", ["", BOUNDARY] if LONG else [""])
def test_the_apply_role_has_no_action_that_nothing_needs(boundary: str) -> None:
    by = role("apply", "test", siblings=("acme-test-2-",), near=True, boundary=boundary)
    asked = [*everything_asked(), *forbidden()]
    if boundary:
        asked = [within(each) for each in asked]
    unneeded = {action for _, action in by.actions - by.deciding(asked)}

    # denied twice, where a boundary keeps anybody from it anyway
    assert unneeded - LISTED == ({"iam:deleterolepermissionsboundary"} if boundary else set())


def within(question: Asked) -> Asked:
    if not question.action.startswith("iam:") or question.action == PASS:
        return question
    return replace(question, context={**question.context, "iam:permissionsboundary": (BOUNDARY,)})


def test_an_action_that_is_too_much_would_be_found() -> None:
    by = role("plan", "test")
    more = by.policies[0].document["Statement"][0]
    document = {"Version": "2012-10-17", "Statement": [
        {**more, "Action": [*more["Action"], "s3:GetBucketAcl"]},
    ]}  # fmt: skip
    wide = Role(by.name, (replace(by.policies[0], document=document), *by.policies[1:]))

    assert wide.actions - wide.deciding(everything_asked()) == {("0#0", "s3:getbucketacl")}
