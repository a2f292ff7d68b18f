"""The roles: who may take them, and that they suffice for what an apply calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.access.handlers import looks
from reconciler.delivery import api, resolve, roles, write
from reconciler.delivery.actions import reads, writes
from reconciler.delivery.site import Site
from reconciler.resources import api as resources
from reconciler.resources.permissions import permission

from .written import PROVIDERS, data, files, site, stage

SLOTS = {"partition": "aws", "region": "eu-west-1", "account": "1", "environment": "dev",
         "platform": "acme", "prefix": "acme-dev-"}  # fmt: skip


def template(provider: str) -> dict[str, Any]:
    return data(files(provider)[write.ROLES])["Resources"]


def statements(role: str) -> list[dict[str, Any]]:
    """As IAM has them in dev, with everything reported and encrypted."""
    key = "arn:aws:kms:eu-west-1:111122223333:key/k"
    more = {"ReportObject": "arn:aws:s3:::r/o", "ReportTopic": "arn:aws:sns:eu-west-1:1:t",
            "ReportKey": key, "ReceiptsKey": key}  # fmt: skip
    text = files("github")[write.ROLES]
    made = resolve.policies(text, "dev", "111122223333", "eu-west-1", more)
    return [one for each in made[role].policies for one in each["Statement"]]


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
    own |= {"kms:Decrypt", "kms:GenerateDataKey"}  # through S3 and SNS
    found = {action for each in statements("moorline-dev-plan") for action in each["Action"]}
    verbs = ("get", "list", "describe", "lookup", "view")

    assert own <= found
    reading = [each.partition(":")[2].lower() for each in found - own]
    assert [each for each in reading if not each.startswith(verbs)] == []


@pytest.mark.parametrize("type_", sorted(resources.load()))
def test_the_roles_suffice_for_every_call_of_a_type(type_: str) -> None:
    resource = resources.load()[type_]
    changes = {action for grant in writes([resource], SLOTS) for action in grant.actions}
    asked = {each for method in resource.methods for each in permission(resource.service, method)}

    assert asked <= reads([resource]) | changes


def test_writes_are_confined_to_our_names_or_our_tags() -> None:
    grants = writes(resources.load().values(), SLOTS)
    alone = {action for each in grants if not each.when for action in each.actions}
    free = [
        action
        for each in grants
        if "acme-dev-" not in str(each.on) and not each.when and "glue" not in str(each)
        for action in each.actions
        if not looks(action)
    ]

    assert set(free) <= {
        "cloudformation:CreateResource", "cloudformation:DeleteResource",
        "cloudformation:UpdateResource",  # what they do is asked of the caller besides
        "iam:CreateServiceLinkedRole",  # a service's own role
    }  # fmt: skip
    assert {each for each in alone - set(free) if not looks(each)} <= {
        "kms:CreateAlias", "kms:DeleteAlias",  # aliases of our names, and keys of ours
        "glue:CreateDatabase", "glue:CreateTable",
        "iam:PassRole",  # by a handler: roles called like ours
    }  # fmt: skip


@pytest.mark.parametrize("long", ["dev", "a-rather-long-name-for-an-environment-of-somebody"])
def test_the_policies_of_a_role_are_as_many_and_as_long_as_iam_takes(long: str) -> None:
    both = (stage(long, siblings=(f"acme-{long}-2-",)), stage(f"{long}-2"))
    every = site(types=tuple(sorted(resources.load())), stages=both)
    text = roles.template(every, api.load()["github"].trust(every))

    for name in (long, f"{long}-2"):
        made = resolve.policies(text, name, "111122223333", "ap-southeast-2")
        for role in made.values():
            sizes = [len(json.dumps(each, separators=(",", ":"))) for each in role.policies]
            assert len(sizes) <= 10
            assert max(sizes) <= 6144


def resolved(where: Site, name: str = "dev", **given: str) -> dict[str, resolve.Role]:
    text = roles.template(where, api.load()["github"].trust(where))
    return resolve.policies(text, name, "111122223333", "eu-west-1", given)


def test_receipts_may_be_listed_whatever_the_types() -> None:
    for types in (("AWS::KMS::Key",), ("AWS::S3::Bucket",)):
        made = resolved(site(types=types))["moorline-dev-plan"].policies
        found = [
            one for each in made for one in each["Statement"] if "s3:ListBucket" in one["Action"]
        ]
        assert len(found) == 1


def test_a_template_becomes_what_iam_has() -> None:
    made = resolved(site(stages=(stage("dev", bucket="", signing=""), stage("prod"))))
    plan, apply = made["moorline-dev-plan"], made["moorline-dev-apply"]
    host = "token.actions.githubusercontent.com"

    (trusted,) = plan.trust["Statement"]
    assert trusted["Principal"] == {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{host}"}
    assert (len(plan.policies), len(apply.policies)) == (1, 3)
    assert "Fn::" not in json.dumps([plan, apply])
    assert "Ref" not in json.dumps([plan.policies, apply.policies])


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("nowhere", {}, "no environment 'nowhere'"),
        ("dev", {"ReportTo": "x"}, "no parameter 'ReportTo'"),
    ],
)
def test_a_template_with_other_parameters_is_none(name: str, given: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        resolved(site(), name, **given)


def test_what_the_resolver_does_not_know_is_not_guessed() -> None:
    text = files("github")[write.ROLES]
    for wrong in ("Fn::Join: [x]", "Ref: Nothing"):
        changed = data(text)
        changed["Resources"]["Read1"]["Properties"]["PolicyDocument"] = data(wrong)
        with pytest.raises(ValueError, match="not"):
            resolve.policies(changed, "dev", "111122223333", "eu-west-1")
