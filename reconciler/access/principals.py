"""Who asks, and how directly a Principal element names them.

Facts are of the IAM User Guide: "AWS JSON policy elements: Principal", "… NotPrincipal", and "How
AWS enforcement code logic evaluates requests to allow or deny access", which says how much a
resource's policy gives to an account, a role, a session and a user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

from reconciler.access.model import Asked

_ACCOUNT = re.compile(r"\d{12}")
_ROOT = re.compile(r"arn:[^:]+:iam::(\d{12}):root")
_SESSION = re.compile(r"(arn:[^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+", re.DOTALL)
_ROLE = re.compile(r"(arn:[^:]+:iam::\d{12}:role/)(?:.*/)?([^/]+)", re.DOTALL)
_FEDERATED = re.compile(r"arn:[^:]+:iam::\d{12}:(?:oidc|saml)-provider/.+", re.DOTALL)
_TYPES = {"AWS", "Service", "Federated", "CanonicalUser"}
EVERYONE = "*"
_ARN = "aws:principalarn"


class Degree(IntEnum):
    """How directly a statement names who asks."""

    NOT = 0
    ACCOUNT = 1
    """It names their account, which may leave it to its own policies."""
    ROLE = 2
    """It names the role of a session, which the role's boundary limits."""
    DIRECT = 3
    """It names the user, the session or the service, or everyone."""


class Sort(StrEnum):
    """What asks."""

    ENTITY = "entity"
    """A user, a role or a session, with policies of its own."""
    ROOT = "root"
    OUTSIDE = "outside"
    """A service, an identity provider's user, or nobody known: without policies of its own."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, by all names that a policy can have for them."""

    sort: Sort
    own: frozenset[str]
    """The name itself, which gives all."""
    role: str
    """The role's ARN with its path; empty for none."""
    path: bool
    """Whether the role's path is known."""
    account: str


def asking(asked: Asked) -> Asking:
    """Who asks.

    A session's ARN has no path of the role, so that is read of `aws:PrincipalArn`, which AWS fills
    with the role's ARN. Without that key a role is recognised by its name, with any path.
    """
    known = asked.context.get(_ARN, ())
    return _asking(asked.principal, asked.account, known[0] if len(known) == 1 else "")


@lru_cache(4096)
def _asking(name: str, account: str, arn: str) -> Asking:
    own = frozenset({name, EVERYONE})
    if session := _SESSION.fullmatch(name):
        base, number, role = session.groups()
        written = f"{base}:iam::{number}:role/{role}"
        known = _bare(arn) == written
        return Asking(Sort.ENTITY, own, arn if known else written, known, account)
    if _ROLE.fullmatch(name):
        return Asking(Sort.ENTITY, frozenset({EVERYONE}), name, path=True, account=account)
    if _ROOT.fullmatch(name):
        return Asking(Sort.ROOT, own, "", path=False, account=account)
    if not name.startswith("arn:") or _FEDERATED.fullmatch(name):
        return Asking(Sort.OUTSIDE, own, "", path=False, account="")
    return Asking(Sort.ENTITY, own, "", path=False, account=account)


def _bare(arn: str) -> str:
    """A role's ARN without its path; empty for anything else."""
    found = _ROLE.fullmatch(arn)
    return found.group(1) + found.group(2) if found else ""


def _account(sort: str, text: object) -> str:
    """The account that a principal stands for; empty for any other principal."""
    if not isinstance(text, str):
        raise ValueError(f"a principal of {sort} is not a text")  # noqa: TRY004
    if EVERYONE in text and (sort != "AWS" or text != EVERYONE):
        raise ValueError(f"principal {text!r} has a wildcard within it")
    if sort == "AWS" and (root := _ROOT.fullmatch(text)):
        return root.group(1)
    return text if sort == "AWS" and _ACCOUNT.fullmatch(text) else ""


@dataclass(frozen=True, slots=True)
class Principals:
    """A Principal or NotPrincipal element."""

    names: frozenset[str]
    """ARNs of users, roles and sessions; services and identity providers; ``*``."""
    accounts: frozenset[str]
    excluding: bool
    """It is NotPrincipal."""

    @classmethod
    def of(cls, value: object, *, excluding: bool) -> Principals:
        """An element as it stands in a policy.

        Raises:
            ValueError: AWS would not have taken it, such as a wildcard within an ARN.
        """
        if value == EVERYONE:
            return cls(frozenset({EVERYONE}), frozenset(), excluding)
        if not isinstance(value, Mapping) or not value:
            raise ValueError("Principal is neither * nor an object")
        names, accounts = set(), set()
        for sort, listed in value.items():
            if sort not in _TYPES:
                raise ValueError(f"no type of principal is named {sort!r}")
            for text in [listed] if isinstance(listed, str) else listed:
                if account := _account(sort, text):
                    accounts.add(account)
                else:
                    names.add(text)
        return cls(frozenset(names), frozenset(accounts), excluding)

    def degree(self, who: Asking, *, bounded: bool) -> Degree:
        """How directly it names who asks.

        NotPrincipal names everyone but those that it lists: their account and, for a session, the
        role or, for others, the principal, since AWS looks at one after the other. Whoever has a
        boundary is never exempt; both are of the page on NotPrincipal.
        """
        if not self.excluding:
            return self._listed(who)
        if bounded:
            return Degree.DIRECT
        if who.sort is Sort.ENTITY:
            exempt = who.account in self.accounts and self._listed(who) > Degree.ACCOUNT
            if who.role and EVERYONE not in self.names:
                exempt = exempt and self._has_role(who)
        else:
            exempt = self._listed(who) > Degree.NOT
        return Degree.NOT if exempt or EVERYONE in self.names else Degree.DIRECT

    def _listed(self, who: Asking) -> Degree:
        if not self.names.isdisjoint(who.own):
            return Degree.DIRECT
        if self._has_role(who):
            return Degree.ROLE
        if who.account and who.account in self.accounts:
            return Degree.ACCOUNT if who.sort is Sort.ENTITY else Degree.DIRECT
        return Degree.NOT

    def _has_role(self, who: Asking) -> bool:
        if not who.role:
            return False
        if who.role in self.names:
            return True
        return not who.path and any(_bare(name) == who.role for name in self.names)
