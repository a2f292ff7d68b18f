"""On what the delivered roles may change something, and under which conditions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

from reconciler.access import table
from reconciler.access.handlers import LINKED, looks, places, service_of
from reconciler.delivery.forms import PREFIX, slot, slot_of
from reconciler.resources.api import OWNERSHIP, Resource
from reconciler.resources.permissions import PASS

When: TypeAlias = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Conditions: operators, each with keys and what they have to be."""

_TAGS = OWNERSHIP[:2]
_VALUES = ("{platform}", "{environment}")
OURS = tuple((f"aws:ResourceTag/{tag}", value) for tag, value in zip(_TAGS, _VALUES, strict=True))
ASKED = tuple((f"aws:RequestTag/{tag}", value) for tag, value in zip(_TAGS, _VALUES, strict=True))
NAMED: When = (("StringEqualsIfExists", OURS),)
"""Not another's: where AWS says whose a resource is, it is ours. Buckets say so where their
attribute-based access is on (S3 user guide, "Enabling ABAC"), what is new not at all."""
OWNED: When = (("StringEquals", OURS),)
MADE: When = (("StringEquals", ASKED),)
FRESH: When = (
    ("StringEquals", ASKED),
    ("Null", ((OURS[0][0], "true"), ("kms:ResourceAliases", "true"))),
)
"""A key that is nobody's yet, while it is made: it has no tags, and no alias."""
CALLED: When = (
    ("ForAnyValue:StringLike", (("kms:ResourceAliases", "alias/{prefix}*"),)),
    ("StringEqualsIfExists", OURS),
)
"""A key that is called like ours and is not another's, as one that is adopted."""
ADOPTING = frozenset(
    f"kms:{name}"
    for name in (
        "DisableKey", "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "PutKeyPolicy",
        "TagResource", "UpdateKeyDescription",
    )
)  # fmt: skip
"""What is done to a key before it carries our tags, or in the minutes until IAM sees them."""
GRANTS = frozenset({"CreateGrant", "RevokeGrant"})
USES = ("Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt")
"""Begin the names of KMS's actions on data."""
FOR_A_SERVICE = ("Bool", (("aws:ViaAWSService", "true"),))
"""What a service of AWS asks for in the caller's name, and nobody else."""
KEYS = "arn:{partition}:kms:{region}:{account}:key/*"
ROLES = "arn:{partition}:iam::{account}:role/{prefix}*"
SERVICES_ROLES = "arn:{partition}:iam::{account}:role/aws-service-role/*"
"""Roles that AWS makes for its services, with policies of its own."""


class Bound(StrEnum):
    """What a boundary for the roles that specs make does to a statement."""

    FREE = ""
    WITHIN = "within"
    """Only on roles that have it, or get it."""
    NEVER = "never"
    """Not where there is one."""


WITHIN = frozenset(
    f"iam:{name}"
    for name in (
        "AttachRolePolicy", "CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy",
        "UpdateAssumeRolePolicy",
    )
)  # fmt: skip
"""What could give a role more than its boundary allows, were it not asked for. Source: IAM user
guide, "Permissions boundaries", "Delegating responsibility to others"."""


Place: TypeAlias = tuple[tuple[str, ...], When, Bound]


def forwarded(action: str, resource: Resource) -> Iterator[Place]:
    """Where a handler's action may be done: by name where IAM's tables tell, else not another's."""
    service, _, name = action.partition(":")
    if looks(action):
        listed = service == "kms" and table.action(action).types
        yield ((KEYS,), (FOR_A_SERVICE,), Bound.FREE) if listed else (("*",), (), Bound.FREE)
    elif action == LINKED:
        yield (SERVICES_ROLES,), (), Bound.FREE
    elif action == PASS:
        yield from handed(resource)
    elif service == "kms":
        for on, when, bound in by_key(action):
            yield on, (*_forwarded_key(name), *when), bound
    elif service == "iam":
        bound = Bound.WITHIN if action in WITHIN else Bound.FREE
        on = tuple(sorted(begins(each, PREFIX) for each in _of_iam(action)))
        yield on or (ROLES,), NAMED, bound
    elif (found := places(resource.type, action)) and (
        resource.name or service != service_of(resource.type)  # what AWS names is not called ours
    ):
        own = slot(resource) if service == service_of(resource.type) else PREFIX
        yield tuple(sorted({begins(each, slot_of(each, own)) for each in found})), NAMED, Bound.FREE
    else:
        yield ("*",), NAMED, Bound.FREE


def handed(resource: Resource) -> Iterator[Place]:
    """Roles of ours, to the services that a type hands them to; to any where none is known."""
    to = resource.aside.hands
    if not to and resource.generic is None:
        to = (f"{resource.service}.amazonaws.com",)
    for each in to:
        yield (ROLES,), (("StringEquals", (("iam:PassedToService", each),)),), Bound.FREE
    if not to:
        yield (ROLES,), (), Bound.FREE


def _of_iam(action: str) -> tuple[table.Type, ...]:
    """What an action of IAM is about: a role, a policy, a group, a user."""
    return tuple(table.type_of("iam", each) for each in table.action(action).types)


def _forwarded_key(name: str) -> When:
    """A key is used by the service that the handler works for, and not by whoever has the role."""
    if name in GRANTS:
        return (("Bool", (("kms:GrantIsForAWSResource", "true"),)),)
    if name.startswith(USES):
        return (FOR_A_SERVICE,)
    return ()


def by_key(action: str) -> Iterator[Place]:
    """Keys by our tags, but for new ones; aliases, which have no tags, by name and by key."""
    if action == "kms:CreateKey":
        yield ("*",), MADE, Bound.FREE
        return
    yield (KEYS,), OWNED, Bound.FREE
    if action == "kms:TagResource":
        yield (KEYS,), FRESH, Bound.FREE
    if action in ADOPTING:
        yield (KEYS,), CALLED, Bound.FREE
    if "Alias" in action:
        yield ("arn:{partition}:kms:{region}:{account}:alias/{prefix}*",), (), Bound.FREE


def begins(kind: table.Type, own: str) -> str:
    """The pattern of ARNs of what IAM knows as a type, whose first name begins with ours."""
    first, *rest = pattern(kind.format, own).split(f"{own}*")
    return f"{first}{own}*{'*'.join(rest)}" if rest else first


def pattern(arn: str, own: str = PREFIX) -> str:
    """The pattern of our names for an ARN's template, be it ours or IAM's."""
    for theirs, ours in _WHERE.items():
        arn = arn.replace(theirs, ours)
    return re.sub(r"\$\{\w+\}|\{name\}", f"{own}*", arn)


_WHERE = {"${Partition}": "{partition}", "${Region}": "{region}", "${Account}": "{account}"}
