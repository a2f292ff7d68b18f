"""The CloudFormation template of an environment's roles: one to plan, one to apply.

A third one decides on versions of models, where specs make a registry (`approvals`).

It is deployed once for each environment, in its account. What the roles may do follows from
the AWS types that the specs make; who may take them, from the CI system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from reconciler.delivery import approvals, rights
from reconciler.delivery.api import Trust
from reconciler.delivery.cloudformation import allow, either, fact, given, sub
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json

_ROLES = {"PlanRole": "plan_role", "ApplyRole": "apply_role", approvals.ROLE: "approve_role"}
_PEOPLE = {
    "PlanRole": "plan_people",
    "ApplyRole": "apply_people",
    approvals.ROLE: "approve_people",
}
_FOR = {"PlanRole": "plan", "ApplyRole": "apply", approvals.ROLE: "approve"}
_HEAD = """\
# Written by `moorline ci init`; docs/delivery.md says how to deploy it.
# Roles for each environment: PlanRole only reads, ApplyRole changes what the specs own, and
# ApproveRole, where specs make a registry of models, decides on its versions.
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
        "Mappings": {
            "Environments": {each.name: _facts(each, site, trust) for each in site.stages}
        },
        "Conditions": _conditions(site, trust),
        "Resources": {
            **_provider(trust),
            **{name: _role(name, site, trust) for name in _made(site, trust)},
            **rights.policies(site, trust),
        },
        "Outputs": {name: _output(name, _when(name, site, trust)) for name in _made(site, trust)},
    }


def _made(site: Site, trust: Trust) -> list[str]:
    """The roles that the template has."""
    return [each for each in _ROLES if each != approvals.ROLE or approvals.there(site, trust)]


def _when(name: str, site: Site, trust: Trust) -> dict[str, Json]:
    """The condition of a role, where it has one."""
    condition = approvals.here(site, trust) if name == approvals.ROLE else ""
    return {"Condition": condition} if condition else {}


def _output(name: str, when: Mapping[str, Json]) -> Json:
    value = {"Fn::GetAtt": [name, "Arn"]}
    return {**when, "Value": value, "Description": f"For roles.{_FOR[name]}."}


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
            "Description": "ARN of the policy that bounds these roles; recommended.",
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
        own |= approvals.parameters(site, trust)
    return {"Environment": {**text, "AllowedValues": list(site.names)}, **own}


def _conditions(site: Site, trust: Trust) -> dict[str, Json]:
    found = {"Bounded": given({"Ref": "PermissionsBoundary"}), **rights.conditions(site)}
    for name in _made(site, trust):
        if _people(name, site):
            found[f"{name}People"] = {"Fn::Equals": [fact(f"{name}HasPeople"), "yes"]}
    found |= approvals.conditions(site, trust)
    if trust.issuer:
        found["NoProvider"] = {"Fn::Equals": [{"Ref": "OidcProvider"}, ""]}
    return found


def _facts(stage: Stage, site: Site, trust: Trust) -> dict[str, str | list[str]]:
    """What differs between environments. Names of roles are what follows the last slash."""
    made = _made(site, trust)
    names = {name: getattr(stage, _ROLES[name]).rpartition("/")[2] for name in made}
    found: dict[str, str | list[str]] = {**names, **rights.facts(stage, site)}
    for name in made:
        if _people(name, site):  # a list may not be empty
            people = getattr(stage, _PEOPLE[name])
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
    statements = [*_enters(name, trust), *_people_enter(name, site)]
    return {
        "Type": "AWS::IAM::Role",
        **_when(name, site, trust),
        "Properties": {
            "RoleName": fact(name),
            "MaxSessionDuration": 14400 if name == "ApplyRole" else 3600,
            "PermissionsBoundary": boundary,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }


def _enters(name: str, trust: Trust) -> Iterator[Json]:
    """Who takes the role in a job; nobody where no job approves."""
    if not trust.issuer:
        principal = {"PlanRole": "PlanPrincipals", approvals.ROLE: approvals.PRINCIPAL}
        who = {"Ref": principal.get(name, "ApplyPrincipal")}
        entering = allow(["sts:AssumeRole"], Principal={"AWS": who})
        yield either(approvals.JOBS, entering) if name == approvals.ROLE else entering
        return
    made = either("NoProvider", {"Ref": "Provider"}, {"Ref": "OidcProvider"})
    subjects: tuple[str, ...] = getattr(trust, _FOR[name])
    if not subjects:
        return
    condition: dict[str, dict[str, Json]] = {
        "StringEquals": {f"{trust.issuer}:aud": trust.audience}
    }
    how = (
        "StringLike"
        if any("*" in each.replace("${*}", "") for each in subjects)
        else "StringEquals"
    )
    condition.setdefault(how, {})[f"{trust.issuer}:sub"] = [sub(each) for each in subjects]
    yield allow(
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
