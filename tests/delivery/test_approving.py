"""The third role: it decides on versions of models, and no other role does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from reconciler.delivery import api, approvals, resolve, roles
from reconciler.delivery.actions import Grant
from reconciler.delivery.places import Bound
from reconciler.model.address import Address

from .judged import ACCOUNT, REGION, Role, delivered, everything, one, role
from .lives import decided, weighed
from .written import TYPES, site, stage

APPROVED = {"ModelApprovalStatus": "Approved"}
STAGED = {"ModelLifeCycle": {"Stage": "Production", "StageStatus": "Approved"}}
PERSON = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*Risk*"


ROLE = f"arn:aws:iam::{ACCOUNT}:role/moorline-test-approve"


@cache
def approver(*stated: Address) -> Role:
    """The role of an environment that has a registry, and names of groups of its own."""
    own = replace(everything("test").stages[0], approve_role=ROLE, stated=stated)
    where = replace(everything("test"), stages=(own,), types=(*TYPES, approvals.GROUP))
    return delivered(where, "test")["moorline-test-approve"]


@pytest.mark.parametrize("what", [APPROVED, STAGED, {"ModelApprovalStatus": "Rejected"}])
def test_only_the_role_that_approves_decides(what: dict[str, Any]) -> None:
    sent = decided("test", **what)
    assert approver().refused(sent.questions) == []
    for kind in ("plan", "apply"):
        assert role(kind, "test").refused(sent.questions), kind


@pytest.mark.parametrize("name", ["prod", "test2"])
def test_it_decides_on_versions_of_its_own_environment_alone(name: str) -> None:
    assert approver().refused(decided(name, **APPROVED).questions)


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("sagemaker", "DeleteModelPackage", {"ModelPackageName": "acme-test-fraud/1"}),
        ("sagemaker", "CreateModelPackage", {"ModelPackageGroupName": "acme-test-fraud"}),
        ("sagemaker", "DeleteModelPackageGroup", {"ModelPackageGroupName": "acme-test-fraud"}),
        ("sagemaker", "UpdateEndpoint",
         {"EndpointName": "acme-test-fraud", "EndpointConfigName": "acme-test-fraud"}),
        ("s3", "PutObject", {"Bucket": "acme-test-artifacts", "Key": "1/evaluation.json"}),
        ("s3", "GetObject", {"Bucket": "acme-test-artifacts", "Key": "train/customers.csv"}),
        ("s3", "GetObject", {"Bucket": "acme-prod-artifacts", "Key": "1/evaluation.json"}),
    ],
)  # fmt: skip
def test_it_changes_nothing_else_and_reads_no_data(
    service: str, operation: str, params: dict[str, Any]
) -> None:
    assert approver().refused(one(service, operation, None, **params).questions)


def test_it_reads_all_that_a_version_is_judged_by_and_has_no_action_besides() -> None:
    by, asked = approver(), [each for sent in weighed("test") for each in sent.questions]
    assert by.refused(asked) == []
    every = [*asked, *decided("test", **APPROVED).questions]
    assert {action for _, action in by.actions - by.deciding(every)} == set()


def test_a_group_that_a_spec_names_itself_is_in_the_role() -> None:
    by = approver(Address(approvals.GROUP, "risk-models"))
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/risk-models/3"
    sent = one("sagemaker", "UpdateModelPackage", None, ModelPackageArn=arn, **APPROVED)
    assert by.refused(sent.questions) == []


def test_whoever_applies_never_approves_whatever_else_it_may_set() -> None:
    update = ("sagemaker:UpdateModelPackage",)
    decided, staged = approvals.kept_off([Grant(update, ("*",), (), Bound.FREE)])
    assert (decided["Effect"], staged["Effect"]) == ("Deny", "Deny")
    statuses = {"sagemaker:ModelApprovalStatus": ["Approved", "Rejected"]}
    assert decided["Condition"] == {"StringEquals": statuses}
    assert staged["Condition"] == {"Null": {"sagemaker:ModelLifeCycle:stage": "false"}}
    assert approvals.kept_off([Grant(("s3:PutObject",), ("*",), (), Bound.FREE)]) == []


@pytest.mark.parametrize(
    ("provider", "people", "registry"),
    [
        ("github", (), True),
        ("github", (PERSON,), True),
        ("github", (PERSON,), False),
        ("gitlab", (), True),
        ("jenkins", (PERSON,), True),
        ("codepipeline", (), True),
        ("codepipeline", (PERSON,), True),
    ],
)
def test_there_is_a_role_where_somebody_takes_it(
    provider: str, people: tuple[str, ...], *, registry: bool
) -> None:
    """A job of GitHub by an environment of its own; elsewhere AWS cannot tell such jobs apart."""
    types = (*TYPES, approvals.GROUP) if registry else TYPES
    own = stage(
        "dev", approve_people=people, approve_role="arn:aws:iam::111122223333:role/moorline-yes"
    )
    where = site(types=types, stages=(own,))
    trust = api.load()[provider].trust(where)
    text = roles.template(where, trust)
    given = {} if trust.issuer else {"PlanPrincipals": ["p"], "ApplyPrincipal": "a"}
    made = resolve.policies(text, "dev", "111122223333", "eu-west-1", given)
    assert ("moorline-yes" in made) == (registry and bool(people or provider == "github"))
    if "moorline-yes" not in made:
        return
    entering = made["moorline-yes"].trust["Statement"]
    assert len(entering) == (2 if people and provider == "github" else 1)
    assert all(each["Condition"] for each in entering)
    assert "environment:dev" not in {
        subject.rpartition(":environment:")[2] for each in entering for subject in _subjects(each)
    }


def _subjects(statement: dict[str, Any]) -> list[str]:
    condition = statement["Condition"]
    return [
        each
        for key, value in condition.get("StringEquals", {}).items()
        if key.endswith(":sub")
        for each in value
    ]
