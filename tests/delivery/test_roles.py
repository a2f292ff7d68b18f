"""The roles: who may take them, and that they suffice for what an apply calls."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from reconciler.delivery import api, roles, write
from reconciler.delivery.actions import needed
from reconciler.resources import api as resources
from reconciler.resources.permissions import permission

from .written import PROVIDERS, data, files, site, stage

SLOTS = {"partition": "aws", "region": "eu-west-1", "account": "1", "environment": "dev",
         "platform": "acme", "prefix": "acme-dev-"}  # fmt: skip


def template(provider: str) -> dict[str, Any]:
    return data(files(provider)[write.ROLES])["Resources"]


def statements(role: str) -> list[dict[str, Any]]:
    found = template("github").values()
    policies = [each["Properties"] for each in found if each["Type"] == "AWS::IAM::ManagedPolicy"]
    mine = [each for each in policies if {"Ref": role} in each["Roles"]]
    return [one for each in mine for one in each["PolicyDocument"]["Statement"]]


def test_a_job_gets_the_apply_role_through_its_environment_only() -> None:
    github = template("github")
    enter = {
        name: github[name]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
        for name in ("PlanRole", "ApplyRole")
    }

    host = "token.actions.githubusercontent.com"
    assert enter["ApplyRole"]["StringEquals"] == {
        f"{host}:aud": "sts.amazonaws.com",
        f"{host}:sub": [{"Fn::Sub": "repo:acme/platform:environment:${Environment}"}],
    }
    assert enter["PlanRole"]["StringEquals"][f"{host}:sub"] == [
        "repo:acme/platform:pull_request",
        "repo:acme/platform:ref:refs/heads/main",
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_role_is_open_to_everybody(provider: str) -> None:
    for name in ("PlanRole", "ApplyRole"):
        document = template(provider)[name]["Properties"]["AssumeRolePolicyDocument"]
        for each in document["Statement"]:
            assert each["Principal"] != "*"
            assert "Condition" in each or provider == "codepipeline"


def test_people_take_the_roles_where_the_environment_names_them() -> None:
    sso = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*Dev*"
    few = site(stages=(stage("dev", plan_people=(sso,)), stage("prod")))
    made = data(write.files(api.load()["github"], few)[write.ROLES])
    plan, apply = (
        made["Resources"][name]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for name in ("PlanRole", "ApplyRole")
    )

    assert len(apply) == 1
    name, entering, none = plan[1]["Fn::If"]
    assert (name, none) == ("PlanRolePeople", {"Ref": "AWS::NoValue"})
    assert entering["Action"] == ["sts:AssumeRole"]
    where = {"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, "PlanRolePeople"]}
    assert entering["Condition"] == {"ArnLike": {"aws:PrincipalArn": where}}
    known = made["Mappings"]["Environments"]
    assert known["dev"]["PlanRolePeople"] == [sso]
    assert [known[each]["PlanRoleHasPeople"] for each in ("dev", "prod")] == ["yes", "no"]


def test_no_role_may_take_itself_or_leaves_that_to_the_account() -> None:
    for name in ("PlanRole", "ApplyRole"):
        document = template("github")[name]["Properties"]["AssumeRolePolicyDocument"]
        assert [each["Action"] for each in document["Statement"]] == [
            ["sts:AssumeRoleWithWebIdentity"]
        ]


def test_the_plan_role_only_reads() -> None:
    own = {"kms:Sign", "s3:PutObject", "sns:Publish"}  # of plans, and of reports where asked for
    actions = {action for each in statements("PlanRole") for action in each["Action"]} - own
    verbs = ("get", "list", "describe", "lookup", "view")

    assert [each for each in actions if not each.partition(":")[2].lower().startswith(verbs)] == []


@pytest.mark.parametrize("type_", sorted(resources.load()))
def test_the_roles_suffice_for_every_call_of_a_type(type_: str) -> None:
    resource = resources.load()[type_]
    given = needed([resource], SLOTS)
    every = given.read | {action for actions in given.write.values() for action in actions}
    asked = {each for method in resource.methods for each in permission(resource.service, method)}

    assert asked <= every


def test_writes_are_confined_to_our_names_where_aws_can() -> None:
    given = needed(resources.load().values(), SLOTS)

    assert all("acme-dev-" in where or where in {"*", "owned"} for where in given.write)
    wide = given.write["*"]
    assert not any(fnmatchcase(each, "s3:*") for each in wide)
    assert not any(each in wide for each in ("iam:PassRole", "iam:CreateRole"))


def test_a_policy_is_no_longer_than_iam_takes() -> None:
    text = roles.template(site(types=tuple(resources.load())), api.load()["github"].trust(site()))
    import json

    for each in data(text)["Resources"].values():
        if each["Type"] == "AWS::IAM::ManagedPolicy":
            document = each["Properties"]["PolicyDocument"]
            assert len(json.dumps(document, separators=(",", ":"))) < 6144
