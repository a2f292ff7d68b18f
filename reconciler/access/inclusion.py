"""Whether one policy allows nothing that another does not: proved, or left open.

A statement is what it says of actions, resources, principals and conditions. It is split into
atoms, one pattern of each, and each atom has to lie within one statement of the other policy. So a
statement that is split, merged, renamed or moved is no difference. Conditions are compared as they
are written: the same operator and key with fewer values, or more conditions, are narrower.

What is proved holds for every request that `decide` can be asked. What is not proved may hold too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from reconciler.access.clauses import Clause, When
from reconciler.access.match import KEPT, Form
from reconciler.access.patterns import Signs, apart, covers, signs
from reconciler.access.principals import EVERYONE, Principals

ALIKE = 4
"""Patterns of one element that are told of all that the same statements have."""
MOST = 256
"""Combinations of condition values that one statement is split into; beyond, it is not split."""
_OPEN = re.compile(r"[*?$]")


@dataclass(frozen=True, slots=True)
class Gap:
    """What one policy says and no statement of the other has: patterns of one statement."""

    clause: Clause
    action: str
    """Empty where it is all but the clause's actions."""
    place: str
    """Empty where it is the resource itself, or all but the clause's places."""
    principal: str
    """Empty where the policy names none, or all but the clause's principals."""
    lacks: tuple[When, ...] = ()
    """Conditions, or values, that statements of the other need which speak of all the same."""


def gaps(given: Iterable[Clause], within: Iterable[Clause]) -> Iterator[Gap]:
    """What the given statements say, and no statement of the others as well; nothing is proved."""
    others = [*within]
    known = {*others}
    for clause in given:
        if clause in known:
            continue
        same = [
            _Shared(
                1 << number, each, _acts(clause, each), _stands(clause, each), _names(clause, each)
            )
            for number, each in enumerate(others)
        ]
        seen: set[tuple[str, str, str]] = set()
        for whens in _split(clause):
            for gap in _gaps(clause, whens, same):
                place = gap.action, gap.place, gap.principal
                if place not in seen:
                    seen.add(place)
                    yield gap


def _split(clause: Clause) -> Iterator[tuple[When, ...]]:
    """Its conditions, one value of each at a time where any one is enough."""
    single = [
        [When(it.operator, it.key, frozenset({each})) for each in sorted(it.values)]
        if len(it.values) > 1 and it.any_value
        else [it]
        for it in clause.whens
    ]
    if prod(len(each) for each in single) > MOST:
        yield clause.whens
        return
    yield from product(*single)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What of a statement another one has, of each kind of pattern by itself."""

    bit: int
    other: Clause
    acts: frozenset[str]
    places: frozenset[str]
    names: frozenset[str]


def _gaps(clause: Clause, whens: tuple[When, ...], same: list[_Shared]) -> Iterator[Gap]:
    """The combinations that lie within no other statement, by bit sets of those that have them."""
    held = sum(it.bit for it in same if _held(whens, it.other.whens))
    written = {text.lower(): text for text in clause.actions}
    acts = _masks(tuple(written), clause.other, [(it.bit, it.acts) for it in same])
    places = _masks(clause.places, clause.elsewhere, [(it.bit, it.places) for it in same])
    who = _people(clause.principals)
    names = _masks(who, who == ("",), [(it.bit, it.names) for it in same])
    for (act, one), (at, two), (name, three) in product(acts, places, names):
        if not one & two & three & held:
            lacking = [it.other for it in same if one & two & three & it.bit]
            yield Gap(clause, written.get(act, ""), at, name, _lacks(whens, lacking))


def _masks(
    texts_: tuple[str, ...],
    whole: bool,
    have: list[tuple[int, frozenset[str]]],
) -> list[tuple[str, int]]:
    """Each pattern with the statements that have all of it; a few of those that fare alike."""
    found: dict[int, list[str]] = {}
    for text in ("",) if whole else texts_ or ("",):
        alike = found.setdefault(sum(bit for bit, held in have if text in held), [])
        if len(alike) < ALIKE:
            alike.append(text)
    return [(text, mask) for mask, alike in found.items() for text in alike]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of one element, sign by sign."""

    spelled: Mapping[str, Signs]
    """By their texts, in lower case where case does not count."""
    wild: tuple[tuple[str, Signs], ...]
    """Those that match more than themselves, each with what all of its matches begin with."""


@lru_cache(KEPT)
def _patterns(texts_: tuple[str, ...], form: Form, *, variables: bool) -> _Patterns:
    found = {text: signs(text, form, variables=variables) for text in texts_}
    wild = ((_begin(text), own) for text, own in found.items() if _begin(text) != text)
    return _Patterns(found, tuple(wild))


def _begin(text: str) -> str:
    """A text up to its first wildcard or variable."""
    return _OPEN.split(text, maxsplit=1)[0]


def _acts(clause: Clause, other: Clause) -> frozenset[str]:
    """Which of a statement's actions another has; "" for all that NotAction leaves."""
    mine, theirs = (
        _patterns(tuple(text.lower() for text in each.actions), Form.PLAIN, variables=False)
        for each in (clause, other)
    )
    return _have(mine, theirs, whole=clause.other, but=other.other)


def _stands(clause: Clause, other: Clause) -> frozenset[str]:
    """Which of a statement's resources another has; "" for itself, or what NotResource leaves."""
    if not other.places:
        return frozenset({"", *clause.places})
    if not clause.places:
        everywhere = not other.elsewhere and ("*" in other.places)
        return frozenset({""} if everywhere else ())
    mine, theirs = (
        _patterns(each.places, Form.RESOURCE, variables=each.variables) for each in (clause, other)
    )
    return _have(mine, theirs, whole=clause.elsewhere, but=other.elsewhere)


def _have(mine: _Patterns, theirs: _Patterns, *, whole: bool, but: bool) -> frozenset[str]:
    if whole and but:  # what it leaves out, the other does not have to leave out less of
        held = all(_covered(text, own, mine) for text, own in theirs.spelled.items())
        return frozenset({""} if held else ())
    if whole:
        anything = signs("*", Form.PLAIN)
        held = any(covers(each, anything) for each in theirs.spelled.values())
        return frozenset({""} if held else ())
    if but:
        away = theirs.spelled.values()
        found = (text for text, own in mine.spelled.items() if all(apart(own, it) for it in away))
        return frozenset(found)
    found = (text for text, own in mine.spelled.items() if _covered(text, own, theirs))
    return frozenset(found)


def _covered(text: str, own: Signs, by: _Patterns) -> bool:
    """Whether one of the patterns matches all that this one does."""
    if by.spelled.get(text) == own:
        return True
    return any(text.startswith(begin) and covers(wide, own) for begin, wide in by.wild)


def _people(principals: Principals | None) -> tuple[str, ...]:
    """The principals that a statement names; "" for what NotPrincipal leaves, or for none."""
    if principals is None or principals.excluding:
        return ("",)
    return (*sorted(principals.names), *sorted(principals.accounts))


def _names(clause: Clause, other: Clause) -> frozenset[str]:
    """Which of a statement's principals another names as directly."""
    one, two = clause.principals, other.principals
    if one is None or two is None:
        return frozenset({""} if one is None and two is None else ())
    if two.excluding:
        if not one.excluding:
            return frozenset()
        fewer = two.names <= one.names and two.accounts <= one.accounts
        return frozenset({""} if fewer or EVERYONE in one.names else ())
    if EVERYONE in two.names:
        return frozenset({"", *_people(one)})
    return frozenset() if one.excluding else (one.names & two.names) | (one.accounts & two.accounts)


def _held(mine: tuple[When, ...], theirs: tuple[When, ...]) -> bool:
    """Whether conditions hold only where the others do."""
    return all(any(each.within(other) for each in mine) for other in theirs)


def _lacks(whens: tuple[When, ...], others: list[Clause]) -> tuple[When, ...]:
    """Conditions that others need and these do not have, or have wider."""
    missing = (
        it for other in others for it in other.whens if not any(each.within(it) for each in whens)
    )
    return tuple(sorted(dict.fromkeys(missing), key=lambda it: (it.key, it.operator)))
