"""AWS's decision on one request.

The order is that of the IAM User Guide, "How AWS enforcement code logic evaluates requests to allow
or deny access" and "Cross-account policy evaluation logic": an explicit deny of any policy first;
then the policy of the resource, for it can give more than the principal's own; then those, the
boundary and what the session was taken with ("Session policies"). Keys follow "Key policies in AWS
KMS": the key policy has to allow, or to name the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.access.model import Asked, Decision, Guard, Named, Policies, Why
from reconciler.access.principals import Asking, Degree, Sort, asking
from reconciler.access.statements import Kind, Statement, statements

_ASSUME = "sts:assumerole"
_ALL_POLICIES = "root"
"""What allowed, where the root user needs no policy."""


def decide(asked: Asked, policies: Policies) -> Decision:
    """Whether one action on one resource is allowed, and by which statements.

    Args:
        asked: The request. Its context has what AWS fills in, such as `aws:PrincipalArn`.
        policies: What takes part. A service, an identity provider's user and the root user have
            no policies and no boundary, so theirs are not looked at.

    Raises:
        ValueError: A policy is malformed; AWS refuses such a one when it is written.
    """
    who = asking(asked)
    action = asked.action.lower()
    entity = who.sort is Sort.ENTITY
    kind = Kind.TRUST if policies.guard is Guard.TRUST else Kind.RESOURCE
    bounded = entity and policies.boundary is not None
    own = _about(policies.identity if entity else (), Kind.IDENTITY, action, asked)
    limit = _about((policies.boundary,) if bounded else (), Kind.IDENTITY, action, asked)
    taken = _about(policies.session if entity else (), Kind.IDENTITY, action, asked)
    there = [
        (each, degree)
        for each in _about((policies.resource,), kind, action, asked)
        if (degree := each.names(who, bounded=bounded))
    ]
    at_resource = [each for each, _ in there]
    if denied := _labels((*own, *limit, *taken, *at_resource), allows=False):
        return Decision(Why.DENIED, denied)
    if who.sort is Sort.ROOT and action == _ASSUME:  # STS: "Roles may not be assumed by root"
        return Decision(Why.NOT_IDENTITY)
    degree = max((degree for each, degree in there if each.allows), default=Degree.NOT)
    within = not bounded or any(each.allows for each in limit)
    chosen = not (entity and policies.session) or any(each.allows for each in taken)
    given = _labels(own, allows=True)
    if who.sort is Sort.ROOT:
        given = (_ALL_POLICIES,)
    return _allowed(
        _Sides(given, within, chosen, degree, _labels(at_resource, allows=True)),
        asked,
        policies.guard,
        who,
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """What the principal's side and the resource's allow, where nothing denies."""

    given: tuple[str, ...]
    """The statements of the principal's policies that allow."""
    within: bool
    """The boundary allows, or there is none."""
    chosen: bool
    """A policy of the session allows, or it has none."""
    degree: Degree
    """How directly the resource's policy allows it to who asks."""
    there: tuple[str, ...]
    """Its statements that allow."""


def _allowed(sides: _Sides, asked: Asked, guard: Guard, who: Asking) -> Decision:
    if who.sort is Sort.OUTSIDE:
        return _answer(sides, needs_resource=True, needs_own=False)
    if asked.account != asked.owner:
        return _answer(sides, needs_resource=True, needs_own=True)
    if sides.degree is Degree.DIRECT:
        return Decision(Why.ALLOWED, sides.there)
    if sides.degree is Degree.ROLE and sides.within and sides.chosen:
        return Decision(Why.ALLOWED, sides.there)
    return _answer(
        sides, needs_resource=guard is not Guard.RESOURCE, needs_own=sides.degree < Degree.ROLE
    )


def _answer(sides: _Sides, *, needs_resource: bool, needs_own: bool) -> Decision:
    if needs_resource and sides.degree is Degree.NOT:
        return Decision(Why.NOT_RESOURCE)
    if needs_own and not sides.given:
        return Decision(Why.NOT_IDENTITY)
    if not sides.within:
        return Decision(Why.NOT_BOUNDARY)
    if not sides.chosen:
        return Decision(Why.NOT_SESSION)
    return Decision(Why.ALLOWED, (*sides.given, *(sides.there if needs_resource else ())))


def _about(
    policies: Iterable[Named | None], kind: Kind, action: str, asked: Asked
) -> list[Statement]:
    """The statements of these policies that speak of what is asked."""
    return [each for each in _all(policies, kind) if each.speaks_of(action, asked)]


def _all(policies: Iterable[Named | None], kind: Kind) -> Iterator[Statement]:
    for policy in policies:
        if policy is not None:
            yield from statements(policy, kind)


def _labels(found: Iterable[Statement], *, allows: bool) -> tuple[str, ...]:
    return tuple(each.label for each in found if each.allows == allows)
