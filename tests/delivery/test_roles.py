"""The roles: who may take them, and that they suffice for what an apply calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.access import table
from reconciler.access.handlers import looks
from reconciler.delivery import api, resolve, roles, write
from reconciler.delivery.actions import methods, reads, writes
from reconciler.delivery.packing import joined
from reconciler.delivery.site import Site
from reconciler.resources import api as resources
from reconciler.resources.permissions import PASS, permission

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
    types = [each for each in resources.load().values() if not each.packed]  # test_assets
    grants = writes(types, SLOTS)
    alone = {action for each in grants if not each.when for action in each.actions}
    free = [
        action
        for each in grants
        if not {"acme-dev-", "acme_dev_"} & {way for way in WAYS if way in str(each.on)}
        and not each.when
        and "sagemaker_featurestore" not in str(each)
        for action in each.actions
        if not looks(action)
    ]

    assert set(free) <= {
        "cloudformation:CreateResource", "cloudformation:DeleteResource",
        "cloudformation:UpdateResource",  # what they do is asked of the caller besides
        "ec2:CreateSecurityGroup",  # in whatever network; the group itself gets our tags
        "iam:CreateServiceLinkedRole",  # a service's own role
    }  # fmt: skip
    assert {each for each in alone - set(free) if not looks(each)} <= {
        "kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias",  # of our names, and keys of ours
        "glue:CreateDatabase", "glue:CreateTable",
    }  # fmt: skip


WAYS = ("acme-dev-", "acme_dev_")


@pytest.mark.parametrize("type_", sorted(resources.load()))
def test_no_type_of_ours_hands_a_role_to_whatever_service(type_: str) -> None:
    for grant in writes([resources.load()[type_]], SLOTS):
        if PASS in grant.actions:
            assert [key for _, keys in grant.when for key, _ in keys] == ["iam:PassedToService"]


@pytest.mark.parametrize("type_", sorted(resources.load()))
def test_what_a_call_depends_on_is_allowed_besides(type_: str) -> None:
    """By IAM's own tables: another service's part of a creation, an update, a deletion.

    A topic is handed no role: what it tells of deliveries is not supported.
    """
    resource = resources.load()[type_]
    given = {action for grant in writes([resource], SLOTS) for action in grant.actions}
    given |= reads([resource]) | NOT_ASKED | ({PASS} if type_ == "AWS::SNS::Topic" else set())
    for method in methods(resource)[1] if not resource.generic else ():
        own = permission(resource.service, method)[0]
        assert {*table.action(own).dependent} <= given, own


NOT_ASKED = {
    "iam:CreateServiceLinkedRole",  # for budgets that act, and keys of several regions
    "kms:RetireGrant",  # of what is not sealed with a key of ours
    "rds:CreateDBSnapshot", "rds:CreateTenantDatabase", "rds:DeleteTenantDatabase",  # of Oracle's
    "secretsmanager:GetRandomPassword",  # it is asked of nothing that somebody owns
    "secretsmanager:RotateSecret",  # AWS rotates by itself
}  # fmt: skip
"""What no request of ours makes AWS ask for, with the reason."""


@pytest.mark.parametrize(
    ("type_", "action", "at"),
    [
        ("AWS::Glue::Database", "glue:CreateDatabase", "database/acme_dev_*"),
        ("AWS::Glue::Table", "glue:CreateTable", "table/acme_dev_*/*"),
        ("AWS::Glue::DataQualityRuleset", "glue:GetTable", "table/acme_dev_*/*"),
        ("AWS::Scheduler::Schedule", "scheduler:CreateSchedule", "schedule/acme-dev-*/*"),
        ("AWS::IAM::ManagedPolicy", "iam:CreatePolicy", "policy/acme-dev-*"),
        ("AWS::Glue::Schema", "glue:CreateSchema", "registry/acme-dev-*"),
    ],
)
def test_names_are_as_the_type_writes_them(type_: str, action: str, at: str) -> None:
    grants = [each for each in writes([resources.load()[type_]], SLOTS) if action in each.actions]
    on = [place for each in grants for place in each.on]
    assert [place for place in on if place.endswith(at)]
    assert "*" not in on


def test_statements_become_one_only_where_no_service_is_in_both() -> None:
    """Two of a service would each get what the other has."""
    made = [
        {
            "Effect": "Allow",
            "Action": [f"{service}:{verb}"],
            "Resource": f"arn:aws:{service}:r:1:{at}",
        }
        for service, verb, at in (("glue", "A", "a"), ("sns", "B", "b"), ("glue", "C", "c"))
    ]
    whole, rest = joined(made)
    assert whole["Action"] == ["glue:A", "sns:B"]
    assert (rest["Action"], rest["Resource"]) == (["glue:C"], "arn:aws:glue:r:1:c")
    star = {"Effect": "Allow", "Action": ["glue:A"], "Resource": "*"}
    assert joined([star, made[1]]) == [star, made[1]]
    assert len(joined([made[0], {**made[1], "Effect": "Deny"}])) == 2


@pytest.mark.parametrize("long", ["dev", "a-rather-long-name-for-an-environment"])
def test_the_policies_of_a_role_are_as_many_and_as_long_as_iam_takes(long: str) -> None:
    both = (stage(long, siblings=(f"acme-{long}-2-",)), stage(f"{long}-2"))
    every = site(types=tuple(sorted(resources.load())), stages=both)
    text = roles.template(every, api.load()["github"].trust(every))

    for name in (long, f"{long}-2"):
        made = resolve.policies(text, name, "111122223333", "ap-southeast-2")
        for role in made.values():
            sizes = [len(json.dumps(each, separators=(",", ":"))) for each in role.policies]
            assert len(sizes) - len(role.inline) <= 10
            assert len(role.inline) <= 1
            assert max(sizes) <= 6144  # of inline ones together 10,240


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
