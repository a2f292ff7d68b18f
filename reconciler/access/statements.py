"""A policy document as statements that can be asked.

AWS refuses what is malformed when a policy is written (`MalformedPolicyDocument`), so no such
policy is ever evaluated; here it is a ValueError that names the statement. Facts are of the IAM
User Guide, "Grammar of the IAM JSON policy language", and the pages of the elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reconciler.access.conditions import Condition, conditions
from reconciler.access.match import Test, actions, resources
from reconciler.access.model import Asked, Document, Named
from reconciler.access.principals import Asking, Degree, Principals

VARIABLES = "2012-10-17"
VERSIONS = {VARIABLES, "2008-10-17"}
"""Without a Version it is the older one, which knows no variables."""
ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
}  # fmt: skip


class Kind(StrEnum):
    """Where a policy stands, which decides about the elements that it may have."""

    IDENTITY = "identity"
    """Attached to a principal, or its boundary: with resources and no principal."""
    RESOURCE = "resource"
    """At a resource: with a principal; some services leave out Resource, which is then itself."""
    TRUST = "trust"
    """A role's trust policy: with a principal, without resources."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its label, its effect, and what it speaks of."""

    label: str
    allows: bool
    named: Callable[[str], object]
    """Whether an action in lower case is in Action or NotAction."""
    other: bool
    """It is NotAction."""
    place: Test | None
    """Whether an ARN is in Resource or NotResource; None for none of both."""
    elsewhere: bool
    """It is NotResource."""
    principals: Principals | None
    conditions: tuple[Condition, ...]
    item: Mapping[str, Any]
    """As it is written."""
    variables: bool
    """Its policy's version knows variables."""

    def speaks_of(self, action: str, asked: Asked) -> bool:
        """Whether it is about this action, resource and context; who asks is left open."""
        if bool(self.named(action)) == self.other:
            return False
        if self.place and self.place(asked.resource, asked.context) == self.elsewhere:
            return False
        return all(each.holds(asked.context) for each in self.conditions)

    def names(self, asking: Asking, *, bounded: bool) -> Degree:
        """How directly it names who asks; `bounded` for a principal with a boundary."""
        if self.principals is None:
            return Degree.DIRECT
        return self.principals.degree(asking, bounded=bounded)


def statements(policy: Named, kind: Kind) -> tuple[Statement, ...]:
    """The statements of a policy; read once for each `Named`.

    Raises:
        ValueError: AWS would not have taken the policy; the text says which statement and why.
    """
    if (found := policy.read.get(kind)) is None:
        found = policy.read[kind] = _document(policy.name, policy.document, kind)
    return tuple(found)


def _document(name: str, document: Document, kind: Kind) -> tuple[Statement, ...]:
    if not isinstance(document, Mapping):
        raise ValueError(f"policy {name} is not an object")  # noqa: TRY004
    version = document.get("Version", "2008-10-17")
    if version not in VERSIONS:
        raise ValueError(f"policy {name}: there is no version {version!r}")
    if unknown := sorted(set(document) - {"Version", "Id", "Statement"}):
        raise ValueError(f"policy {name}: no element is named {unknown[0]!r}")
    listed = document.get("Statement")
    items = [listed] if isinstance(listed, Mapping) else listed
    if not isinstance(items, list | tuple) or not items:
        raise ValueError(f"policy {name} has no Statement")
    found, sids = [], set()
    for number, item in enumerate(items):
        label = f"{name}#{number}"
        if not isinstance(item, Mapping):
            raise ValueError(f"{label} is not an object")  # noqa: TRY004
        if sid := item.get("Sid"):
            label = f"{name}#{sid}"
            if sid in sids:
                raise ValueError(f"{label}: two statements have this Sid")
            sids.add(sid)
        try:
            found.append(_statement(label, item, kind, variables=version == VARIABLES))
        except ValueError as error:
            raise ValueError(f"{label}: {error}") from error
    return tuple(found)


def _statement(label: str, item: Mapping[str, Any], kind: Kind, *, variables: bool) -> Statement:
    if unknown := sorted(set(item) - ELEMENTS):
        raise ValueError(f"no element is named {unknown[0]!r}")
    if item.get("Effect") not in {"Allow", "Deny"}:
        raise ValueError("Effect is neither Allow nor Deny")
    action = _one_of(item, "Action", "NotAction")
    if action is None:
        raise ValueError("it has no Action")
    patterns = _texts(item, action)
    for text in patterns:
        if text != "*" and not all(text.partition(":")):
            raise ValueError(f"{action} {text!r} names no service")
    place = _one_of(item, "Resource", "NotResource")
    if kind is Kind.IDENTITY and place is None:
        raise ValueError("it has no Resource")
    if kind is Kind.TRUST and place is not None:
        raise ValueError(f"a trust policy has no {place}")
    return Statement(
        label=label,
        allows=item["Effect"] == "Allow",
        named=actions(patterns),
        other=action == "NotAction",
        place=resources(_arns(item, place), variables=variables) if place else None,
        elsewhere=place == "NotResource",
        principals=_principals(item, kind),
        conditions=conditions(item.get("Condition", {}), variables=variables),
        item=item,
        variables=variables,
    )


def _one_of(item: Mapping[str, Any], one: str, other: str) -> str | None:
    """Which of two elements there is."""
    if one in item and other in item:
        raise ValueError(f"it has both {one} and {other}")
    return one if one in item else other if other in item else None


def _texts(item: Mapping[str, Any], element: str) -> tuple[str, ...]:
    value = item[element]
    found = (value,) if isinstance(value, str) else value
    if not isinstance(found, list | tuple) or not found:
        raise ValueError(f"{element} is neither a text nor a list of texts")
    if not all(isinstance(each, str) for each in found):
        raise ValueError(f"{element} is neither a text nor a list of texts")
    return tuple(found)


def _arns(item: Mapping[str, Any], element: str) -> tuple[str, ...]:
    found = _texts(item, element)
    for text in found:
        if not text.startswith(("arn:", "*")):
            raise ValueError(f"{element} {text!r} is no ARN and not *")
    return found


def _principals(item: Mapping[str, Any], kind: Kind) -> Principals | None:
    element = _one_of(item, "Principal", "NotPrincipal")
    if kind is Kind.IDENTITY:
        if element:
            raise ValueError(f"a policy of a principal has no {element}")
        return None
    if element is None:
        raise ValueError("it has no Principal")
    if element == "NotPrincipal" and item["Effect"] == "Allow":
        raise ValueError("NotPrincipal is for Deny only")
    return Principals.of(item[element], excluding=element == "NotPrincipal")
