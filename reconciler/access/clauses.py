"""Statements by their patterns, to be compared with each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.access.conditions import texts
from reconciler.access.model import Document, Named
from reconciler.access.principals import Principals
from reconciler.access.statements import Kind, Statement, statements

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

    label: str = field(compare=False)
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
