"""The CloudFormation template of the two roles of an environment: one to plan, one to apply.

It is deployed once for each environment, in its account. What the roles may do follows from
the AWS types that the specs make; who may take them, from the CI system.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import yaml

from reconciler.delivery.actions import OWNED, needed
from reconciler.delivery.api import Trust, literal
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json
from reconciler.resources import api as resources
from reconciler.resources.api import OWNERSHIP

_SIZE = 5_000
"""Characters of a managed policy; IAM takes 6,144 without spaces, and `${…}` grows a little."""
_SLOTS = {
    "partition": "${AWS::Partition}",
    "region": "${AWS::Region}",
    "account": "${AWS::AccountId}",
    "environment": "${Environment}",
}
_ROLES = {"PlanRole": "plan_role", "ApplyRole": "apply_role"}
_PEOPLE = {"PlanRole": "plan_people", "ApplyRole": "apply_people"}
_HEAD = """\
# Written by `moorline ci init`; docs/delivery.md says how to deploy it.
# Two roles for each environment: PlanRole only reads, ApplyRole changes what the specs own.
"""


def template(site: Site, trust: Trust) -> str:
    """The template as YAML."""
    body = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Roles with which CI plans and applies {site.platform}.",
        "Parameters": _parameters(site, trust),
        "Mappings": {"Environments": {stage.name: _facts(stage, site) for stage in site.stages}},
        "Conditions": _conditions(site, trust),
        "Resources": {
            **_provider(trust),
            **{name: _role(name, site, trust) for name in _ROLES},
            **_policies(site),
        },
        "Outputs": {
            name: {"Value": {"Fn::GetAtt": [name, "Arn"]}, "Description": f"For {use}."}
            for name, use in (("PlanRole", "roles.plan"), ("ApplyRole", "roles.apply"))
        },
    }
    return _HEAD + yaml.dump(body, Dumper=_Plain, sort_keys=False, width=100)


class _Plain(yaml.SafeDumper):
    """CloudFormation knows no aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _parameters(site: Site, trust: Trust) -> dict[str, Json]:
    text = {"Type": "String"}
    own = {
        "PermissionsBoundary": {
            **text,
            "Default": "",
            "Description": "ARN of the policy that bounds both roles; recommended.",
        },
        "ReportTo": {
            **text,
            "Default": "",
            "Description": "ARN of the S3 object or SNS topic that drift reports go to, if any.",
        },
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
    def given(name: str) -> Json:
        return {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}

    found = {"Bounded": given("PermissionsBoundary"), "Reports": given("ReportTo")}
    found["Receipts"] = {"Fn::Not": [{"Fn::Equals": [_fact("Bucket"), ""]}]}
    for name in _ROLES:
        if _people(name, site):
            found[f"{name}People"] = {"Fn::Equals": [_fact(f"{name}HasPeople"), "yes"]}
    if trust.issuer:
        found["NoProvider"] = {"Fn::Equals": [{"Ref": "OidcProvider"}, ""]}
    return found


def _facts(stage: Stage, site: Site) -> dict[str, str | list[str]]:
    """What differs between environments. Names of roles are what follows the last slash."""
    names = {name: getattr(stage, where).rpartition("/")[2] for name, where in _ROLES.items()}
    keys = f"{literal(stage.prefix)}/*" if stage.prefix else "*"
    facts: dict[str, str | list[str]] = {**names, "Bucket": stage.bucket, "Keys": keys}
    for name, who in _PEOPLE.items():
        if _people(name, site):  # a list may not be empty
            people = getattr(stage, who)
            facts[f"{name}People"] = [*people] or ["nobody"]
            facts[f"{name}HasPeople"] = "yes" if people else "no"
    return facts


def _fact(name: str) -> Json:
    return {"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, name]}


def _provider(trust: Trust) -> dict[str, Json]:
    if not trust.issuer:
        return {}
    made = {"Url": f"https://{trust.issuer}", "ClientIdList": [trust.audience]}
    return {"Provider": {"Type": "AWS::IAM::OIDCProvider", "Condition": "NoProvider"}
            | {"Properties": made}}  # fmt: skip


def _role(name: str, site: Site, trust: Trust) -> Json:
    boundary = {"Fn::If": ["Bounded", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}
    statements = [_enters(name, trust), *_people_enter(name, site)]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": _fact(name),
            "MaxSessionDuration": 3600 if name == "PlanRole" else 14400,
            "PermissionsBoundary": boundary,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        },
    }


def _enters(name: str, trust: Trust) -> Json:
    """Who takes the role in a job."""
    if not trust.issuer:
        principal = "PlanPrincipals" if name == "PlanRole" else "ApplyPrincipal"
        return _allow(["sts:AssumeRole"], Principal={"AWS": {"Ref": principal}})
    made = {"Fn::If": ["NoProvider", {"Ref": "Provider"}, {"Ref": "OidcProvider"}]}
    subjects = trust.plan if name == "PlanRole" else trust.apply
    condition: dict[str, dict[str, Json]] = {
        "StringEquals": {f"{trust.issuer}:aud": trust.audience}
    }
    how = (
        "StringLike"
        if any("*" in each.replace("${*}", "") for each in subjects)
        else "StringEquals"
    )
    condition.setdefault(how, {})[f"{trust.issuer}:sub"] = [_sub(each) for each in subjects]
    return _allow(
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
    statement = _allow(
        ["sts:AssumeRole"],
        Principal={"AWS": _sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
        Condition={"ArnLike": {"aws:PrincipalArn": _fact(f"{name}People")}},
    )
    yield {"Fn::If": [f"{name}People", statement, {"Ref": "AWS::NoValue"}]}


# -- what they may do


def _policies(site: Site) -> dict[str, Json]:
    known = resources.load()
    slots = {**_SLOTS, "platform": site.platform, "prefix": f"{site.platform}-${{Environment}}-"}
    actions = needed((known[type_] for type_ in site.types), slots)
    reads = [_allow(actions.read, Resource="*"), *_signing(site, "kms:Sign")]
    writes = [_write(where, what, site) for where, what in sorted(actions.write.items())]
    writes += _signing(site, "kms:Verify")
    both, one = ["PlanRole", "ApplyRole"], ["ApplyRole"]
    return {
        **_split("Read", reads, both),
        **_split("Write", writes, one),
        "ReceiptsRead": _policy(_receipts("s3:GetObject"), both, "Receipts"),
        "ReceiptsWrite": _policy(_receipts("s3:DeleteObject", "s3:PutObject"), one, "Receipts"),
        "Report": _policy([_report()], ["PlanRole"], "Reports"),
    }


def _write(where: str, actions: Iterable[str], site: Site) -> Json:
    if where != OWNED:
        return _allow(actions, Resource=where if where == "*" else _sub(where))
    values = (site.platform, _sub("${Environment}"))
    tags = {f"aws:ResourceTag/{key}": value for key, value in zip(OWNERSHIP, values, strict=False)}
    return _allow(actions, Resource="*", Condition={"StringEquals": tags})


def _signing(site: Site, action: str) -> list[Json]:
    """Leave to use the keys that plans are signed with, by ARN or by alias."""
    keys = sorted({stage.signing for stage in site.stages if stage.signing})
    arns = [key for key in keys if key.startswith("arn:") and ":key/" in key]
    names = [f"alias/{key.partition('alias/')[2]}" for key in keys if "alias/" in key]
    found = [_allow([action], Resource=arns)] if arns else []
    if names:
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": names}}
        found.append(_allow([action], Resource="*", Condition=condition))
    return found


def _receipts(*actions: str) -> list[Json]:
    bucket = {"Bucket": _fact("Bucket")}
    arn = "arn:${AWS::Partition}:s3:::${Bucket}/${Keys}"
    keys = {"Fn::Sub": [arn, {**bucket, "Keys": _fact("Keys")}]}
    found = [_allow(actions, Resource=keys)]
    if "s3:GetObject" in actions:
        whole = {"Fn::Sub": ["arn:${AWS::Partition}:s3:::${Bucket}", bucket]}
        found.append(_allow(["s3:ListBucket"], Resource=whole))
    return found


def _report() -> Json:
    return _allow(["s3:GetObject", "s3:PutObject", "sns:Publish"], Resource={"Ref": "ReportTo"})


def _split(name: str, statements: Iterable[Json], roles: list[str]) -> dict[str, Json]:
    """As many policies as it takes; a long statement becomes several."""
    packed: list[list[Json]] = [[]]
    room = _SIZE
    for statement in statements:
        rest = list(statement["Action"])
        while rest:
            taken, size = [], 300
            while rest and size < room:
                size += len(rest[0]) + 3
                taken.append(rest.pop(0))
            if taken:
                packed[-1].append({**statement, "Action": taken})
            room -= size
            if rest:
                packed.append([])
                room = _SIZE
    full = [each for each in packed if each]
    return {f"{name}{index}": _policy(each, roles) for index, each in enumerate(full, 1)}


def _policy(statements: list[Json], roles: list[str], condition: str = "") -> Json:
    document = {"Version": "2012-10-17", "Statement": statements}
    attached = [{"Ref": role} for role in roles]
    made: dict[str, Json] = {"Type": "AWS::IAM::ManagedPolicy"}
    if condition:
        made["Condition"] = condition
    return {**made, "Properties": {"Roles": attached, "PolicyDocument": document}}


def _allow(actions: Iterable[str], **rest: Json) -> dict[str, Json]:
    return {"Effect": "Allow", "Action": sorted(actions), **rest}


def _sub(text: str) -> Json | Mapping[str, str]:
    """A text whose slots CloudFormation fills; what IAM itself reads as `${$}` it leaves alone."""
    kept = re.sub(r"\$\{([$*?])\}", r"${!\1}", text)
    return {"Fn::Sub": kept} if "${" in kept else text
