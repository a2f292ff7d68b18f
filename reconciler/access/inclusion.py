"""Whether one policy allows nothing that another does not: proved, or left open.

A statement is what it says of actions, resources, principals and conditions. It is split into
atoms, one pattern of each, and each atom has to lie within one statement of the other policy. So a
statement that is split, merged, renamed or moved is no difference. Conditions are compared as they
are written: the same operator and key with fewer values, or more conditions, are narrower.

What is proved holds for every request that `decide` can be asked. What is not proved may hold too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from reconciler.access.conditions import texts
from reconciler.access.match import Form
from reconciler.access.model import Document, Named
from reconciler.access.patterns import Signs, apart, covers, signs
from reconciler.access.principals import EVERYONE, Principals
from reconciler.access.statements import Kind, Statement, statements

MOST = 4096
"""Combinations of condition values that one statement is split into; beyond, it is not split."""
_IF = "ifexists"
_ALL = "forallvalues:"


@dataclass(frozen=True, slots=True)
class When:
    """One condition: the operator and key in lower case, and the values as texts."""

    operator: str
    key: str
    values: frozenset[tuple[str, bool]]
    """Texts, and whether a variable in them is one: not where the policy's version knows none."""

    @property
    def negated(self) -> bool:
        """Whether more values make it narrower."""
        return "not" in self.operator.removeprefix(_ALL).removeprefix("foranyvalue:")

    @property
    def any_value(self) -> bool:
        """Whether it is the union of itself with one value at a time."""
        return not self.negated and not self.operator.startswith(_ALL) and self.operator != "null"

    def within(self, other: When) -> bool:
        """Whether it holds only where the other does."""
        lenient = f"{self.operator}{_IF}"
        if other.operator not in {self.operator, lenient} or self.key != other.key:
            return False
        if self.operator == "null":
            return self.values == other.values
        if self.negated:
            return self.values >= other.values
        return self.values <= other.values


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement, by its patterns."""

    label: str
    allows: bool
    actions: tuple[str, ...]
    other: bool
    """They are those of NotAction."""
    places: tuple[str, ...]
    """Empty where the statement has none, and speaks of the resource itself."""
    elsewhere: bool
    """They are those of NotResource."""
    principals: Principals | None
    whens: tuple[When, ...]
    variables: bool

    def act(self, text: str) -> Signs:
        return signs(text.lower(), Form.PLAIN)

    def place(self, text: str) -> Signs:
        return signs(text, Form.RESOURCE, variables=self.variables)


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


def clauses(document: Document | None, kind: Kind) -> tuple[Clause, ...]:
    """The statements of a policy; none where there is no policy.

    Raises:
        ValueError: AWS would not have taken it.
    """
    if document is None:
        return ()
    return tuple(_clause(each) for each in statements(Named("policy", document), kind))


def _clause(statement: Statement) -> Clause:
    item = statement.item
    return Clause(
        label=statement.label,
        allows=statement.allows,
        actions=_listed(item.get("NotAction" if statement.other else "Action")),
        other=statement.other,
        places=_listed(item.get("NotResource" if statement.elsewhere else "Resource")),
        elsewhere=statement.elsewhere,
        principals=statement.principals,
        whens=tuple(_whens(item.get("Condition") or {}, variables=statement.variables)),
        variables=statement.variables,
    )


def _listed(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - a text or a list of them
    return (value,) if isinstance(value, str) else tuple(value or ())


def _whens(block: Mapping[str, Any], *, variables: bool) -> Iterator[When]:
    for name, keys in block.items():
        for key, value in keys.items():
            values = frozenset((text, variables and "${" in text) for text in texts(value))
            yield When(name.lower(), key.lower(), values)


def gaps(given: Iterable[Clause], within: Iterable[Clause]) -> Iterator[Gap]:
    """What the given statements say, and no statement of the others as well; nothing is proved."""
    others = [*within]
    for clause in given:
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
    acts = _masks(clause.actions, clause.other, [(it.bit, it.acts) for it in same])
    places = _masks(clause.places, clause.elsewhere, [(it.bit, it.places) for it in same])
    who = _people(clause.principals)
    names = _masks(who, who == ("",), [(it.bit, it.names) for it in same])
    for (act, one), (at, two), (name, three) in product(acts, places, names):
        if not one & two & three & held:
            lacking = [it.other for it in same if one & two & three & it.bit]
            yield Gap(clause, act, at, name, _lacks(whens, lacking))


def _masks(
    texts_: tuple[str, ...],
    whole: bool,
    have: list[tuple[int, frozenset[str]]],
) -> list[tuple[str, int]]:
    """Each pattern with the statements that have all of it; in the order they are written."""
    if whole or not texts_:
        return [("", sum(bit for bit, found in have if "" in found))]
    return [(text, sum(bit for bit, found in have if text in found)) for text in texts_]


def _acts(clause: Clause, other: Clause) -> frozenset[str]:
    """Which of a statement's actions another has; "" for all that NotAction leaves."""
    mine = {text: clause.act(text) for text in clause.actions}
    theirs = [other.act(text) for text in other.actions]
    return _have(mine, theirs, whole=clause.other, but=other.other)


def _stands(clause: Clause, other: Clause) -> frozenset[str]:
    """Which of a statement's resources another has; "" for itself, or what NotResource leaves."""
    if not other.places:
        return frozenset({"", *clause.places})
    theirs = [other.place(text) for text in other.places]
    if not clause.places:
        everywhere = not other.elsewhere and ("*" in other.places)
        return frozenset({""} if everywhere else ())
    mine = {text: clause.place(text) for text in clause.places}
    return _have(mine, theirs, whole=clause.elsewhere, but=other.elsewhere)


def _have(
    mine: Mapping[str, Signs], theirs: list[Signs], *, whole: bool, but: bool
) -> frozenset[str]:
    if whole and but:  # what it leaves out, the other does not have to leave out less of
        held = all(any(covers(each, it) for each in mine.values()) for it in theirs)
        return frozenset({""} if held else ())
    if whole:
        anything = signs("*", Form.PLAIN)
        return frozenset({""} if any(covers(each, anything) for each in theirs) else ())
    if but:
        return frozenset(text for text, own in mine.items() if all(apart(own, it) for it in theirs))
    return frozenset(text for text, own in mine.items() if any(covers(it, own) for it in theirs))


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
