"""The CloudFormation template of the two roles of an environment: one to plan, one to apply.

It is deployed once for each environment, in its account. What the roles may do follows from
the AWS types that the specs make; who may take them, from the CI system.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from reconciler.delivery import rights
from reconciler.delivery.api import Trust
from reconciler.delivery.cloudformation import allow, either, fact, given, sub
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json

_ROLES = {"PlanRole": "plan_role", "ApplyRole": "apply_role"}
_PEOPLE = {"PlanRole": "plan_people", "ApplyRole": "apply_people"}
_HEAD = """\
# Written by `moorline ci init`; docs/delivery.md says how to deploy it.
# Two roles for each environment: PlanRole only reads, ApplyRole changes what the specs own.
"""


def template(site: Site, trust: Trust) -> str:
    """The template as YAML."""
    return _HEAD + yaml.dump(body(site, trust), Dumper=_Plain, sort_keys=False, width=100)


def body(site: Site, trust: Trust) -> dict[str, Json]:
    """What the template holds."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Roles with which CI plans and applies {site.platform}.",
        "Parameters": _parameters(site, trust),
        "Mappings": {"Environments": {stage.name: _facts(stage, site) for stage in site.stages}},
        "Conditions": _conditions(site, trust),
        "Resources": {
            **_provider(trust),
            **{name: _role(name, site, trust) for name in _ROLES},
            **rights.policies(site),
        },
        "Outputs": {
            name: {"Value": {"Fn::GetAtt": [name, "Arn"]}, "Description": f"For {use}."}
            for name, use in (("PlanRole", "roles.plan"), ("ApplyRole", "roles.apply"))
        },
    }


class _Plain(yaml.SafeDumper):
    """CloudFormation knows no aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _parameters(site: Site, trust: Trust) -> dict[str, Json]:
    text = {"Type": "String"}
    own: dict[str, Json] = {
        "PermissionsBoundary": {
            **text,
            "Default": "",
            "Description": "ARN of the policy that bounds both roles; recommended.",
        },
        **rights.parameters(site),
    }
    if trust.issuer:
        own["OidcProvider"] = {
            **text,
            "Default": "",
            "Description": f"ARN of the account's OIDC provider for {trust.issuer}; made if empty.",
        }
    else:
        several = {"Type": "CommaDelimitedList"}
        where = "in the delivery account that"
        own["PlanPrincipals"] = {**several, "Description": f"ARNs of the roles {where} plan."}
        own["ApplyPrincipal"] = {**text, "Description": f"ARN of the role {where} applies."}
    return {"Environment": {**text, "AllowedValues": list(site.names)}, **own}


def _conditions(site: Site, trust: Trust) -> dict[str, Json]:
    found = {"Bounded": given({"Ref": "PermissionsBoundary"}), **rights.conditions(site)}
    for name in _ROLES:
        if _people(name, site):
            found[f"{name}People"] = {"Fn::Equals": [fact(f"{name}HasPeople"), "yes"]}
    if trust.issuer:
        found["NoProvider"] = {"Fn::Equals": [{"Ref": "OidcProvider"}, ""]}
    return found


def _facts(stage: Stage, site: Site) -> dict[str, str | list[str]]:
    """What differs between environments. Names of roles are what follows the last slash."""
    names = {name: getattr(stage, where).rpartition("/")[2] for name, where in _ROLES.items()}
    found: dict[str, str | list[str]] = {**names, **rights.facts(stage, site)}
    for name, who in _PEOPLE.items():
        if _people(name, site):  # a list may not be empty
            people = getattr(stage, who)
            found[f"{name}People"] = [*people] or ["nobody"]
            found[f"{name}HasPeople"] = "yes" if people else "no"
    return found


def _provider(trust: Trust) -> dict[str, Json]:
    if not trust.issuer:
        return {}
    made = {"Url": f"https://{trust.issuer}", "ClientIdList": [trust.audience]}
    return {"Provider": {"Type": "AWS::IAM::OIDCProvider", "Condition": "NoProvider"}
            | {"Properties": made}}  # fmt: skip


def _role(name: str, site: Site, trust: Trust) -> Json:
    boundary = either("Bounded", {"Ref": "PermissionsBoundary"})
    statements = [_enters(name, trust), *_people_enter(name, site)]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": fact(name),
            "MaxSessionDuration": 3600 if name == "PlanRole" else 14400,
            "PermissionsBoundary": boundary,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }


def _enters(name: str, trust: Trust) -> Json:
    """Who takes the role in a job."""
    if not trust.issuer:
        principal = "PlanPrincipals" if name == "PlanRole" else "ApplyPrincipal"
        return allow(["sts:AssumeRole"], Principal={"AWS": {"Ref": principal}})
    made = either("NoProvider", {"Ref": "Provider"}, {"Ref": "OidcProvider"})
    subjects = trust.plan if name == "PlanRole" else trust.apply
    condition: dict[str, dict[str, Json]] = {
        "StringEquals": {f"{trust.issuer}:aud": trust.audience}
    }
    how = (
        "StringLike"
        if any("*" in each.replace("${*}", "") for each in subjects)
        else "StringEquals"
    )
    condition.setdefault(how, {})[f"{trust.issuer}:sub"] = [sub(each) for each in subjects]
    return allow(
        ["sts:AssumeRoleWithWebIdentity"], Principal={"Federated": made}, Condition=condition
    )


def _people(name: str, site: Site) -> bool:
    """Whether any environment names people for a role."""
    return any(getattr(stage, _PEOPLE[name]) for stage in site.stages)


def _people_enter(name: str, site: Site) -> Iterator[Json]:
    """Whom the environment names; their own policies must allow it too.

    Roles of IAM Identity Center end with letters that AWS chooses, and a principal of a policy
    takes no pattern: the condition does (IAM, "AWS global condition context keys").
    """
    if not _people(name, site):
        return
    statement = allow(
        ["sts:AssumeRole"],
        Principal={"AWS": sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
        Condition={"ArnLike": {"aws:PrincipalArn": fact(f"{name}People")}},
    )
    yield either(f"{name}People", statement)
