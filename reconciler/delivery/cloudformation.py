"""The words of a CloudFormation template that the roles are written with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reconciler.model.value import Json

NOTHING: Json = {"Ref": "AWS::NoValue"}
FORMS = {"underscored": "Underscored", "joined": "Joined"}
"""Facts of an environment: how its names begin where a type takes no hyphens, by slot."""


def slots(platform: str, prefix: str) -> dict[str, str]:
    """What stands in patterns of ARNs and tags, as CloudFormation fills it in."""
    return {
        "partition": "${AWS::Partition}",
        "region": "${AWS::Region}",
        "account": "${AWS::AccountId}",
        "environment": "${Environment}",
        "platform": platform,
        "prefix": prefix,
        **{slot: f"${{{name}}}" for slot, name in FORMS.items()},
    }


def sub(text: str) -> Json:
    """A text whose slots CloudFormation fills; what IAM itself reads as `${$}` it leaves alone."""
    kept = re.sub(r"\$\{([$*?])\}", r"${!\1}", text)
    given = {name: fact(name) for name in FORMS.values() if f"${{{name}}}" in kept}
    if given:
        return {"Fn::Sub": [kept, given]}
    return {"Fn::Sub": kept} if "${" in kept else text


def fact(name: str) -> Json:
    """What differs between environments."""
    return {"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, name]}


def given(value: Json) -> Json:
    """A condition: a text is not empty."""
    return {"Fn::Not": [{"Fn::Equals": [value, ""]}]}


def either(condition: str, yes: Json, no: Json = NOTHING) -> Json:
    """One value or the other."""
    return {"Fn::If": [condition, yes, no]}


def allow(actions: Iterable[str], **rest: Json) -> dict[str, Json]:
    """A statement."""
    return {"Effect": "Allow", "Action": sorted(actions), **rest}


def deny(actions: Iterable[str], **rest: Json) -> dict[str, Json]:
    """A statement that no other outweighs."""
    return {**allow(actions, **rest), "Effect": "Deny"}


def inline(managed: Json) -> Json:
    """The same as a policy in its one role, which has a name there instead of an ARN."""
    props = managed["Properties"]
    held = {
        "RoleName": props["Roles"][0],
        "PolicyName": "more",
        "PolicyDocument": props["PolicyDocument"],
    }
    return {"Type": "AWS::IAM::RolePolicy", "Properties": held}


def policy(statements: list[Json], roles: Iterable[str], condition: str = "") -> Json:
    """A managed policy of some of the roles."""
    made: dict[str, Json] = {"Type": "AWS::IAM::ManagedPolicy"}
    if condition:
        made["Condition"] = condition
    document: Mapping[str, Json] = {"Version": "2012-10-17", "Statement": statements}
    attached = [{"Ref": role} for role in roles]
    return {**made, "Properties": {"Roles": attached, "PolicyDocument": document}}
