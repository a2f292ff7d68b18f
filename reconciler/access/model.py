"""The question, the policies that take part, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Document = Mapping[str, Any]
"""A policy as IAM takes it, parsed: `{"Version": …, "Statement": […]}`."""
Context = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case, such as `aws:resourcetag/team`, and their values as texts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One action on one resource, by one principal; a call can be several of these."""

    action: str
    """As `s3:GetObject`; compared without regard to case."""
    resource: str
    """Its ARN, or ``*`` where the action knows no resource."""
    principal: str
    """ARN of a role, user, root or assumed-role session; or a service, `sagemaker.amazonaws.com`.

    Also the ARN of an identity provider, or ``*`` for nobody known.
    """
    account: str
    """The principal's account; empty for a service."""
    owner: str
    """The account of the resource."""
    context: Context = field(default_factory=dict)


class Guard(StrEnum):
    """How a policy at the resource takes part."""

    RESOURCE = "resource"
    """Buckets, topics, repositories: within an account either side is enough."""
    KEY = "key"
    """KMS: nothing is allowed without it, not even to the account; it may leave it to IAM."""
    TRUST = "trust"
    """A role's trust policy: as for a key, but a principal that it names needs no more."""


@dataclass(frozen=True, slots=True)
class Named:
    """A policy and what it is called in an answer."""

    name: str
    document: Document
    """A value: it is read once, so it must not change afterwards."""
    read: dict[str, tuple[Any, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Its statements by where it stands, as they were read."""


@dataclass(frozen=True, slots=True)
class Policies:
    """What AWS looks at: the principal's policies and boundary, and that of the resource."""

    identity: tuple[Named, ...] = ()
    boundary: Named | None = None
    resource: Named | None = None
    guard: Guard = Guard.RESOURCE
    session: tuple[Named, ...] = ()
    """What a role was taken with: together they narrow the session; nothing where it has none."""


class Why(StrEnum):
    """What decided."""

    ALLOWED = "allowed"
    DENIED = "a statement denies it"
    NOT_IDENTITY = "no policy of the principal allows it"
    NOT_RESOURCE = "the policy of the resource does not allow it"
    NOT_BOUNDARY = "the permissions boundary does not allow it"
    NOT_SESSION = "the policy of the session does not allow it"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, and the statements that made it."""

    why: Why
    by: tuple[str, ...] = ()
    """Statements as `policy#Sid`, or `policy#0` by position; those that denied, or allowed."""

    @property
    def allowed(self) -> bool:
        return self.why is Why.ALLOWED
