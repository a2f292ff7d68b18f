"""What namespaces and workgroups share: how they are written, tagged, and at work. Pure.

Source: Redshift Serverless API reference; that an operation that runs is a ConflictException, and
how roles are written, was seen on AWS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.model.value import Json
from reconciler.resources.api import Op, Tagging, absent, codes

SERVICE = "redshift-serverless"
BUSY = (
    absent("ConflictException", r"(?i)operation|running|progress|modif"),
    absent("ValidationException", r"(?i)recovery point|at least one snapshot"),
)
"""Refusals that go away by themselves: somebody works on it, or it is too young to change."""
READY, AT_WORK = codes("AVAILABLE"), codes("CREATING", "MODIFYING", "DELETING")
ROLE = re.compile(r"iamRoleArn=([^,)\s]+)")
GONE = (absent("ResourceNotFound"),)


def upper(value: Json) -> Json:
    """Members as CloudFormation calls them: with a capital."""
    return _renamed(value, str.upper)


def lower(value: Json) -> Json:
    """Members as the service calls them."""
    return _renamed(value, str.lower)


def _renamed(value: Json, how: object) -> Json:
    if isinstance(value, Mapping):
        return {how(key[:1]) + key[1:]: _renamed(it, how) for key, it in value.items()}  # type: ignore[operator]
    if isinstance(value, list | tuple):
        return [_renamed(each, how) for each in value]
    return value


def arn(kind: str, id_: str) -> str:
    """The template of an ARN, whose last part AWS chooses."""
    return "arn:{partition}:redshift-serverless:{region}:{account}:" + f"{kind}/{{{id_}}}"


def tagging(kind: str, id_: str) -> Tagging:
    """Tags by ARN."""
    resource = {"resourceArn": arn(kind, id_)}
    return Tagging(
        add=Op("tag_resource", resource),
        remove=Op("untag_resource", resource),
        read=Op("list_tags_for_resource", resource),
        at="tags",
        tags="tags",
        keys="tagKeys",
        item=("key", "value"),
        create="tags",
    )


def roles(said: Json) -> list[str]:
    """The ARNs of roles, in whichever form a read has them."""
    found = (ROLE.search(str(each)) for each in said or ())
    return [match[1] if match else str(each) for match, each in zip(found, said or (), strict=True)]
