"""Requests that one policy allows and another does not: guessed from patterns, then decided.

Nothing is shown that `decide` has not said of both. Actions and ARNs are of AWS's own tables
(`access.table`), so what is shown is a request that somebody could send.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_network
from itertools import chain, islice, product

from reconciler.access import table
from reconciler.access.clauses import When
from reconciler.access.decide import decide
from reconciler.access.inclusion import Gap
from reconciler.access.match import actions, resources
from reconciler.access.model import Asked, Context, Document, Guard, Named, Policies
from reconciler.access.statements import Kind

STRANGER = "999999999999"
"""Stands for an account that nobody here knows."""
ANYONE = f"arn:aws:iam::{STRANGER}:role/anyone"
EXAMPLE = "example"
_TELLING = (
    "iam:CreateAccessKey",
    "s3:GetObject",
    "kms:Decrypt",
    "sts:AssumeRole",
    "s3:PutBucketPolicy",
)
"""What is tried where a pattern names no service."""
_TRIED = 240
_ACTIONS, _CONTEXTS = 12, 12
_ALL = Named(
    "any",
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
)
_ROOT = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")
_VERB = re.compile(r"[^:]+:[A-Z][a-z]*")
_VERBS = ("Delete", "Put", "Create", "Update", "Get", "Invoke", "Assume")
"""The verbs that are shown first: they say most to a reader."""
_MORE = {"numericlessthan": -1, "numericgreaterthan": 1}


@dataclass(frozen=True, slots=True)
class Site:
    """Where a policy stands: its kind, how it takes part, and what it is at."""

    kind: Kind
    guard: Guard = Guard.RESOURCE
    resource: str = ""
    """The ARN of what it is attached to, or of the role that it is of."""
    account: str = ""
    region: str = ""
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class Newly:
    """One request that is allowed now and was not before."""

    action: str
    resource: str
    principal: str = ""
    """Empty for whoever has the policy."""
    context: Mapping[str, str] = field(default_factory=dict)
    """Values of condition keys that it needs."""


def found(
    gaps: Iterable[Gap],
    before: Iterable[Document],
    after: Iterable[Document],
    site: Site,
    most: int = 2,
) -> tuple[Newly, ...]:
    """At most `most` requests, of different verbs, that the gaps let through."""
    old = tuple(Named("before", each) for each in before)
    new = tuple(Named("after", each) for each in after)
    out: dict[str, Newly] = {}
    for gap in gaps:
        for newly, asked in islice(_candidates(gap, site), _TRIED):
            if len(out) == most:
                return tuple(out.values())
            if _verb(newly.action) not in out and _opened(asked, old, new, site):
                out[_verb(newly.action)] = newly
    return tuple(out.values())


def _verb(action: str) -> str:
    """``s3:Put``: two requests that are shown do not do nearly the same."""
    found = _VERB.match(action)
    return found.group() if found else action


def _opened(asked: Asked, old: tuple[Named, ...], new: tuple[Named, ...], site: Site) -> bool:
    """Whether it is allowed now and was not, whatever else the principal may have."""
    for own in ((), (_ALL,)):
        try:
            if _decided(asked, new, own, site) and not _decided(asked, old, own, site):
                return True
        except ValueError:
            return False
    return False


def _decided(asked: Asked, here: tuple[Named, ...], own: tuple[Named, ...], site: Site) -> bool:
    if site.kind is Kind.IDENTITY:
        return decide(asked, Policies(identity=(*here, *own))).allowed
    at = here[0] if here else None
    return decide(asked, Policies(identity=own, resource=at, guard=site.guard)).allowed


def _candidates(gap: Gap, site: Site) -> Iterator[tuple[Newly, Asked]]:
    clause = gap.clause
    contexts = [*islice(_contexts(clause.whens, gap.lacks), _CONTEXTS)]
    wide = gap.place in {"", "*"}
    place = gap.place.replace("*", EXAMPLE).replace("?", "x")
    ordered = sorted(_actions(gap), key=lambda each: not (wide or _fits(each, place)))
    for context, action in product(contexts, ordered[:_ACTIONS]):
        for resource in _resources(gap, action, site):
            for principal, account in _principals(gap, site):
                full: Context = {key: (value,) for key, value in context.items()}
                owner = account if site.kind is Kind.IDENTITY else site.account
                asked = Asked(action, resource, principal, account, owner, full)
                who = "" if site.kind is Kind.IDENTITY else principal
                yield Newly(action, resource, who, context), asked


# -- actions


def _actions(gap: Gap) -> Iterator[str]:
    """Actions of a gap: those that are asked on such a resource, and say most, first."""
    if gap.action:
        yield from _matching(gap.action)
        return
    left = actions(gap.clause.actions)
    yield from (each for each in _TELLING if not left(each.lower()))


@lru_cache(512)
def _matching(pattern: str) -> tuple[str, ...]:
    service, _, _ = pattern.partition(":")
    if not {"*", "?"} & {*pattern}:
        return (_named(pattern),)
    if {"*", "?"} & {*service}:
        known: Iterable[str] = _TELLING
    else:
        try:
            known = table.actions(service.lower())
        except table.UnknownActionError:
            return (pattern.replace("*", "Any").replace("?", "x"),)
    fits = actions((pattern,))
    return tuple(sorted((each for each in known if fits(each.lower())), key=_order))


def _named(action: str) -> str:
    try:
        return table.action(action).name
    except table.UnknownActionError:
        return action


def _order(action: str) -> tuple[int, int, str]:
    name = action.partition(":")[2]
    verb = next((at for at, each in enumerate(_VERBS) if name.startswith(each)), len(_VERBS))
    return verb, len(name), name


# -- resources


def _resources(gap: Gap, action: str, site: Site) -> Iterator[str]:
    """ARNs that a pattern matches, those first that the action is asked on."""
    text = gap.place
    if not text and not gap.clause.elsewhere:
        yield site.resource or "*"
        return
    made = [*_of_table(action, site)]
    if site.resource and site.kind is not Kind.IDENTITY:
        made = [site.resource, f"{site.resource}/{EXAMPLE}"]
    if text in {"", "*"}:
        yield from made or ["*"]
        yield "*"
        return
    own = text.replace("*", EXAMPLE).replace("?", "x")
    fits = _fits(action, own)
    if fits:
        yield own
    pattern = resources((text,), variables=False)
    yield from (each for each in made if pattern(each, {}))
    if not fits:
        yield own


def _fits(action: str, arn: str) -> bool:
    try:
        return bool(table.fitting(action, arn)) or not table.action(action).types
    except table.UnknownActionError:
        return True


def _of_table(action: str, site: Site) -> Iterator[str]:
    """An ARN of each type of resource that the action is asked on."""
    service = action.partition(":")[0].lower()
    try:
        types = [table.type_of(service, each) for each in table.action(action).types]
    except table.UnknownActionError:
        return
    place = {"Partition": site.partition, "Region": site.region, "Account": site.account}
    for each in types:
        text = each.format
        for slot, value in {**place, **dict.fromkeys(each.slots, EXAMPLE)}.items():
            text = text.replace(f"${{{slot}}}", value)
        yield text


# -- principals


def _principals(gap: Gap, site: Site) -> Iterator[tuple[str, str]]:
    """Principals that a gap names, each with its account."""
    name = gap.principal
    if site.kind is Kind.IDENTITY:
        role = f"arn:{site.partition}:iam::{site.account or STRANGER}:role/{EXAMPLE}"
        yield (site.resource or role), site.account or STRANGER
    elif name in {"", "*"}:
        yield ANYONE, STRANGER
        if site.account:
            yield f"arn:{site.partition}:iam::{site.account}:role/{EXAMPLE}", site.account
        yield "*", ""
    elif account := _ROOT.fullmatch(name):
        number = account.group(1)
        yield f"arn:{site.partition}:iam::{number}:role/{EXAMPLE}", number
    elif name.startswith("arn:"):
        yield name, (name.split(":", 5)[4:5] or [""])[0]
    else:
        yield name, ""


# -- conditions


def _contexts(whens: tuple[When, ...], lacks: tuple[When, ...]) -> Iterator[dict[str, str]]:
    """Contexts that may fulfil the conditions, with values for keys that are asked for no more."""
    ways = [[*_ways(each)] for each in whens]
    for chosen in product(*ways):
        found: dict[str, str] = {}
        for key, value in chain.from_iterable(each.items() for each in chosen):
            found.setdefault(key, value)
        yield found
        for when in lacks:
            if when.key not in found:
                values = (text for text, variable in sorted(when.values) if not variable)
                yield from ({**found, when.key: value} for value in (EXAMPLE, *values))


def _ways(when: When) -> Iterator[dict[str, str]]:
    """Values of its key by which a condition may hold; none where a missing key is enough."""
    operator = when.operator.removeprefix("forallvalues:").removeprefix("foranyvalue:")
    if when.negated:
        yield {}
        yield {when.key: EXAMPLE}
        return
    if operator == "null":
        yield {when.key: EXAMPLE} if ("false", False) in when.values else {}
        return
    for text, variable in sorted(when.values):
        if not variable:
            yield {when.key: _value(operator.removesuffix("ifexists"), text)}
    if operator.endswith("ifexists") or when.operator.startswith("forallvalues:"):
        yield {}


def _value(operator: str, text: str) -> str:
    if operator in {"stringlike", "arnlike", "arnequals"}:
        return text.replace("*", EXAMPLE).replace("?", "x")
    if operator == "ipaddress":
        try:
            return str(ip_network(text, strict=False).network_address)
        except ValueError:
            return text
    step = _MORE.get(operator, 0)
    try:
        return str(int(text) + step) if step else text
    except ValueError:
        return text
