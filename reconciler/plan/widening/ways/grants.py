"""Whom a type lets in by a list of its own, and types that are nothing but a grant.

Of those no rule says what is narrower, so a change of one may widen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.model.loss import Loss
from reconciler.model.value import Json, canonical
from reconciler.plan.widening.turn import Turn, access, listed, pairs, policy

LETS_IN = frozenset(
    {
        "AllowedAccounts",
        "AllowedPrincipals",
        "Principal",
        "Principals",
        "SharedAccounts",
        "TrustedAccounts",
        "TrustedPrincipals",
    }
)
DOCUMENTS = frozenset(
    {"AccessPolicies", "AccessPolicy", "InlinePolicy", "KeyPolicy", "PolicyDocument", "PolicyText"}
)
DOCUMENTS |= {
    "RepositoryPolicyText",
    "ResourcePolicy",
    "SessionPolicy",
    "BucketPolicy",
    "TopicPolicy",
}
"""Names of policies; where one has no form that is known, its change may widen."""
GRANT = re.compile(
    r"::(\w*Permissions?|\w*Grant|Assignment|ResourceShare|\w*AccessPolicy|AccessEntry"
    r"|\w*PrincipalAssociation|DataLakeSettings|VerifiedPermissions::Policy)$"
)
NAMES = LETS_IN
BOUND = ("EventSourceToken", "PrincipalOrgID", "SourceAccount", "SourceArn")
"""Properties of a permission without which its principal may be anybody's."""


def widened(turn: Turn) -> Iterator[Loss]:
    """Principals that are added, and grants that change otherwise."""
    told = False
    for prop in turn.props:
        for path, before, after in pairs(turn.before.get(prop), turn.after.get(prop), (prop,)):
            if path[-1] in LETS_IN:
                for loss in _let_in(path, before, after, turn):
                    told = True
                    yield loss
            elif (
                path[-1] in DOCUMENTS
                and not turn.new
                and before != after
                and not _read(before, after)
            ):
                told = True
                yield access(
                    [f"{'.'.join(path)} has no form that can be compared"], path, sure=False
                )
    plain = not told and not any(policy(each) for each in turn.after.values())
    if plain and not turn.new and turn.props and GRANT.search(turn.address.type):
        says = f"what {' and '.join(turn.props)} of such a grant allows is not known here"
        yield access([says], (turn.props[0],), sure=False)


def _read(before: Json, after: Json) -> bool:
    """Whether it is a policy that can be compared, or there is none."""
    return all(each is None or policy(each) for each in (before, after))


def _let_in(path: tuple[str, ...], before: Json, after: Json, turn: Turn) -> Iterator[Loss]:
    known = {canonical(each) for each in listed(before)}
    for each in listed(after):
        if canonical(each) in known or isinstance(each, Mapping):
            continue
        if not turn.new:
            yield access([f"lets in {each}"], path, sure=True)
        elif each == "*" and not any(turn.after.get(name) for name in BOUND):
            yield access(["lets in anyone"], path, sure=True)
