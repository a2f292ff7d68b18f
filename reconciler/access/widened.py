"""What a policy lets through that the one before did not, and what a new one opens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from reconciler.access import witness
from reconciler.access.clauses import Clause, When, clauses
from reconciler.access.conditions import network
from reconciler.access.inclusion import Gap, gaps
from reconciler.access.model import Document
from reconciler.access.principals import EVERYONE
from reconciler.access.statements import Kind
from reconciler.access.witness import Newly, Site

SHOWN = 3
"""Gaps that are told; how many more there are is told too."""
_LOOKED = 6
"""Gaps in which a request is looked for."""
_BOUND = {
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce",
    "aws:sourceorgid", "aws:sourceorgpaths", "aws:userid", "aws:principalservicename",
    "kms:calleraccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "aws:sourceip",
    "aws:vpcsourceip",
}  # fmt: skip
"""Keys by a fixed value of which a policy for everybody is not public. Source: Amazon S3 User
Guide, "Blocking public access to your Amazon S3 storage", The meaning of public; and the KMS key
kms:CallerAccount."""


@dataclass(frozen=True, slots=True)
class Widened:
    """That a policy allows more, or may; and requests that show it."""

    says: tuple[str, ...]
    requests: tuple[Newly, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether a request has been found that was not allowed before."""
        return bool(self.requests)


def widened(before: Sequence[Document], after: Sequence[Document], site: Site) -> Widened | None:
    """What policies let through beyond those before; nothing where it is proved that they do not.

    Several are the policies of one principal, and no policy is one that allows nothing.
    """
    try:
        old = [*chain.from_iterable(clauses(each, site.kind) for each in before)]
        new = [*chain.from_iterable(clauses(each, site.kind) for each in after)]
    except ValueError as error:
        return Widened((f"it cannot be compared: {error}",))
    denied = [each for each in new if not each.allows]
    more = [*gaps((it for it in new if it.allows), [*(it for it in old if it.allows), *denied])]
    less = [*gaps((it for it in old if not it.allows), denied)]
    if not more and not less:
        return None
    shown = witness.found([*more[:_LOOKED], *less[:_LOOKED]], before, after, site)
    said = [*(_more(each) for each in more), *(_less(each) for each in less)]
    return Widened(tuple(_few(said)), shown)


def _few(said: Iterable[str]) -> Iterator[str]:
    listed = [*dict.fromkeys(said)]
    yield from listed[:SHOWN]
    if len(listed) > SHOWN:
        yield f"and {len(listed) - SHOWN} more"


def _more(gap: Gap) -> str:
    if not gap.lacks:
        return f"it allows {_what(gap)}"
    keys, kept = _keys(gap), {when.key for when in gap.clause.whens}
    if kept.issuperset(when.key for when in gap.lacks):
        return f"it allows {_what(gap)} under a wider condition on {keys}"
    return f"it allows {_what(gap)} without the condition on {keys} that it had"


def _less(gap: Gap) -> str:
    if gap.lacks:
        return f"it denies {_what(gap)} only under a further condition, on {_keys(gap)}"
    return f"it no longer denies {_what(gap)}"


def _keys(gap: Gap) -> str:
    return " and ".join(dict.fromkeys(when.key for when in gap.lacks))


def _what(gap: Gap) -> str:
    """``s3:* on arn:aws:s3:::raw/* to anyone``."""
    clause = gap.clause
    action = gap.action or f"all actions but {_listed(clause.actions)}"
    place = gap.place or (f"all but {_listed(clause.places)}" if clause.elsewhere else "")
    where = f" on {'everything' if place == '*' else place}" if place else ""
    if clause.principals is None:
        return f"{action}{where}"
    if clause.principals.excluding:
        return f"{action}{where} to all but {_listed(sorted(clause.principals.names))}"
    return f"{action}{where} to {_who(gap.principal)}"


def _who(principal: str) -> str:
    if principal == EVERYONE:
        return "anyone"
    return f"account {principal}" if principal.isdigit() else principal


def _listed(texts: Sequence[str]) -> str:
    few = ", ".join(texts[:SHOWN])
    return few if len(texts) <= SHOWN else f"{few}, …"


# -- a new policy


def public(document: Document, kind: Kind) -> tuple[str, ...]:
    """What a policy at a resource allows to everybody, without a condition that says to whom.

    Raises:
        ValueError: AWS would not have taken the policy.
    """
    if kind is Kind.IDENTITY:
        return ()
    return tuple(
        f"it allows {_listed(each.actions) if not each.other else 'nearly all actions'} to anyone"
        for each in clauses(document, kind)
        if each.allows and each.principals and EVERYONE in each.principals.names
        and not any(_bounds(when) for when in each.whens)
    )  # fmt: skip


def _bounds(when: When) -> bool:
    """Whether a condition says who may ask, by values that are not for everybody."""
    if when.key not in _BOUND or when.negated or not when.values:
        return False
    if when.operator.endswith("ifexists") or when.operator.startswith("forallvalues:"):
        return False
    if when.operator == "null":
        return False
    return not any(_broad(text) for text, _ in when.values)


def _broad(text: str) -> bool:
    """Whether a value is for nearly everybody: a wildcard, or more addresses than S3 counts as few.

    Source: Amazon S3 User Guide, The meaning of public: wider than /8, or /32 of IPv6.
    """
    if not text.strip("*?"):
        return True
    found = network(text)
    return found is not None and found.prefixlen < (8 if found.version == 4 else 32)  # noqa: PLR2004


def others(document: Document, kind: Kind, account: str) -> tuple[str, ...]:
    """The accounts beside `account` that a policy at a resource names.

    Raises:
        ValueError: AWS would not have taken the policy.
    """
    found: set[str] = set()
    for each in clauses(document, kind):
        if each.allows and each.principals:
            found |= each.principals.accounts
            arns = (name.split(":", 5) for name in each.principals.names if name.startswith("arn:"))
            found |= {parts[4] for parts in arns if len(parts) > 4}  # noqa: PLR2004 - the account
    return tuple(sorted(found - {account, ""}))


def everything(document: Document, kind: Kind) -> tuple[str, ...]:
    """Statements of a principal's policy that allow all of AWS, or all of a service, everywhere.

    Raises:
        ValueError: AWS would not have taken the policy.
    """
    if kind is not Kind.IDENTITY:
        return ()
    found = []
    for each in clauses(document, kind):
        if not each.allows or each.whens or not _anywhere(each):
            continue
        if each.other:
            found.append(f"it allows all actions but {_listed(each.actions)}")
        wide = [text for text in each.actions if not each.other and text.endswith((":*", "*:*"))]
        wide += ["all actions"] if "*" in each.actions and not each.other else []
        found += [f"it allows {text} on everything" for text in wide]
    return tuple(found)


def _anywhere(clause: Clause) -> bool:
    return clause.elsewhere or "*" in clause.places


def kind_of(*documents: Document | None) -> Kind:
    """Where policies of this form stand, by whether they name principals and resources."""
    listed = [each for document in documents for each in _items(document)]
    if not any({"Principal", "NotPrincipal"} & {*each} for each in listed):
        return Kind.IDENTITY
    named = any({"Resource", "NotResource"} & {*each} for each in listed)
    taken = all(_takes(each.get("Action")) for each in listed)
    return Kind.RESOURCE if named or not taken else Kind.TRUST


def _takes(action: object) -> bool:
    texts = [action] if isinstance(action, str) else action
    given = texts if isinstance(texts, list | tuple) else ["*"]
    return all(str(each).lower().startswith("sts:") for each in given)


def _items(document: Document | None) -> list[Mapping[str, object]]:
    listed = (document or {}).get("Statement") if isinstance(document, Mapping) else ()
    found = [listed] if isinstance(listed, Mapping) else listed
    return (
        [it for it in found or () if isinstance(it, Mapping)]
        if isinstance(found, list | tuple)
        else []
    )
