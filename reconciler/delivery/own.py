"""On what an action may be done that a call of a type's own file sends. Pure.

By name where the ARN has one. Where it has an id that AWS chooses, by our tags: what is made gets
them in the same request, and only that is tagged which gets them so. Sources: Service Authorization
Reference; EC2 user guide, "Grant permission to tag Amazon EC2 resources during creation"; RDS user
guide, "Policy example: allow a user to create DB instances in an AWS account".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.access import table
from reconciler.delivery.forms import slot, slot_of, template
from reconciler.delivery.places import (
    ASKED,
    MADE,
    NAMED,
    OWNED,
    WITHIN,
    Bound,
    Place,
    When,
    begins,
    by_key,
    handed,
    pattern,
)
from reconciler.resources.api import Resource, fill, lookup
from reconciler.resources.permissions import PASS, permission
from reconciler.resources.whose import Within

_INSIDE = {
    "rds:CreateDBInstance": frozenset({"cluster", "og", "pg", "subgrp"}),
    "rds:ModifyDBCluster": frozenset({"cluster-pg", "og", "pg"}),
    "rds:ModifyDBInstance": frozenset({"og", "pg", "subgrp"}),
}
"""What IAM checks only where a call names it, and a call of ours does."""
_USED = frozenset({"cluster-pg", "og", "pg"})
"""What a database is made with and nobody changes by it: AWS's defaults are called otherwise."""
_NEW_GROUP: When = (("StringEquals", (*ASKED, ("ec2:CreateAction", "CreateSecurityGroup"))),)
_SAMPLE = {"partition": "aws", "region": "eu-west-1", "account": "123456789012", "name": "a"}
_PLACE = re.compile(r"\{(?!partition\}|region\}|account\})\w+\}")


def places_of(action: str, resource: Resource) -> Iterator[Place]:
    """Where an action of a type may be done: it is enough when one of the places fits."""
    at = template(resource)
    if action == PASS:
        yield from handed(resource)
    elif action.startswith("kms:"):
        yield from by_key(action)
    elif not at:
        parent = _parent(resource)
        yield (parent or "*",), NAMED if parent else (), Bound.FREE
    elif _nameless(action):
        made = action == permission(resource.service, resource.create.method)[0]
        yield ("*",), MADE if made and _tells(action) else (), Bound.FREE
    elif "{name}" not in at:
        yield from _by_tag(action, resource, at)
    else:
        bound = Bound.WITHIN if action in WITHIN else Bound.FREE
        if action == "iam:DeleteRolePermissionsBoundary":
            bound = Bound.NEVER
        on = {*_own(action, resource, at), *_required(action, resource)}
        yield tuple(sorted(each for each in on if f"{each}/*" not in on)), NAMED, bound


def _parent(resource: Resource) -> str:
    """The ARNs of what it is in, where IAM knows it by that alone and an id of AWS names that."""
    whose = resource.whose
    parent = lookup(whose.type) if isinstance(whose, Within) else None
    return _PLACE.sub("*", template(parent)) if parent and parent.told_by_tag else ""


def _nameless(action: str) -> bool:
    """Whether no policy can name what an action is done to: IAM asks it of `*`."""
    try:
        return not table.action(action).types
    except table.UnknownActionError:
        return False


def _tells(action: str) -> bool:
    """Whether IAM sees the tags in a request."""
    return "aws:RequestTag/${TagKey}" in table.action(action).keys


def _own(action: str, resource: Resource, at: str) -> Iterator[str]:
    """The pattern of the type's own names, unless the action is never about one."""
    besides = {each for needs in resource.aside.needs.values() for each in needs}
    if action not in besides or table.fitting(action, str(fill(at, _SAMPLE))):
        yield pattern(at, slot(resource))


def _required(action: str, resource: Resource) -> Iterator[str]:
    """What IAM checks an action against, such as the config of an endpoint besides itself."""
    service = action.partition(":")[0]
    try:
        types = table.action(action).types
    except table.UnknownActionError:
        return
    for name, must in types.items():
        if must or name in _INSIDE.get(action, ()):
            kind = table.type_of(service, name)
            found = begins(kind, slot_of(kind, slot(resource)))
            used = service == "rds" and name in _USED
            yield f"{found.partition('{prefix}')[0]}*" if used else found


def _by_tag(action: str, resource: Resource, at: str) -> Iterator[Place]:
    """Of what an id of AWS names: made with our tags, and then ours by them.

    Where no call says the id either, nobody can foresee what IAM sees of it, so that there it is
    not another's.
    """
    on = _PLACE.sub("*", at)
    made = action == permission(resource.service, resource.create.method)[0]
    if made and not resource.upsert:  # else the same call changes it, without any tags
        yield (on,), MADE, Bound.FREE
        for kind in _in(action):
            yield (kind,), (), Bound.FREE
        return
    told = all(slot in str(resource.key) for slot in _PLACE.findall(at))
    yield (on,), OWNED if told else NAMED, Bound.FREE
    if told and action == "ec2:CreateTags":
        yield (on,), _NEW_GROUP, Bound.FREE


def _in(action: str) -> Iterator[str]:
    """In what a thing is made, such as a network, which may be another account's that shares it."""
    service = action.partition(":")[0]
    for name, must in table.action(action).types.items():
        if not must:
            found = table.type_of(service, name).format.replace("${Account}", "*")
            yield _PLACE.sub("*", pattern(found, "*").replace("**", "*"))
