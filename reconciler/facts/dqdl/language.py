"""What there is in the language: kinds of rules, conditions, values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

MOST = 65_536
"""Characters of a ruleset. Source: CreateDataQualityRuleset, Ruleset."""
OPERATORS = frozenset({"=", "!=", ">", ">=", "<", "<="})
KEYWORDS = frozenset({"NULL", "EMPTY", "WHITESPACES_ONLY"})
UNITS = {"minutes": 60, "hours": 3600, "days": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a kind of rule takes: texts, whether a condition, and a threshold; and what it says."""

    texts: tuple[int, int]
    condition: bool | None
    """Whether it has one; absent where it may."""
    rows: bool = False
    """Whether it tells for each row. Source: the reference, "row-level results"."""
    threshold: bool = False


RULES = {
    "ColumnCount": Form(texts=(0, 0), condition=True),
    "ColumnDataType": Form(texts=(1, 1), condition=True, rows=True, threshold=True),
    "ColumnExists": Form(texts=(1, 1), condition=False),
    "ColumnLength": Form(texts=(1, 1), condition=True, rows=True, threshold=True),
    "ColumnValues": Form(texts=(1, 1), condition=True, rows=True, threshold=True),
    "Completeness": Form(texts=(1, 1), condition=True, rows=True),
    "CustomSql": Form(texts=(1, 1), condition=None, rows=True, threshold=True),
    "DataFreshness": Form(texts=(1, 1), condition=True, rows=True),
    "DistinctValuesCount": Form(texts=(1, 1), condition=True),
    "IsComplete": Form(texts=(1, 1), condition=False, rows=True),
    "IsPrimaryKey": Form(texts=(1, 20), condition=False, rows=True),
    "IsUnique": Form(texts=(1, 1), condition=False, rows=True),
    "Mean": Form(texts=(1, 1), condition=True),
    "ReferentialIntegrity": Form(texts=(2, 2), condition=True, rows=True),
    "RowCount": Form(texts=(0, 0), condition=True),
    "StandardDeviation": Form(texts=(1, 1), condition=True),
    "Sum": Form(texts=(1, 1), condition=True),
    "UniqueValueRatio": Form(texts=(1, 1), condition=True),
    "Uniqueness": Form(texts=(1, 1), condition=True, rows=True),
}


FURTHER = frozenset(
    {
        *("AggregateMatch", "ColumnCorrelation", "ColumnNamesMatchPattern"),
        *("DatasetMatch", "DetectAnomalies", "Entropy", "FileFreshness", "FileMatch"),
        *("FileSize", "FileUniqueness", "RowCountMatch", "SchemaMatch"),
    }
)
"""Kinds of rules that AWS has and this grammar does not read."""


def beyond(text: str) -> str:
    """The first kind of rule in a text that only AWS can judge; "" where there is none."""
    return next((each for each in re.findall(r"[A-Za-z]+", text) if each in FURTHER), "")


@dataclass(frozen=True, slots=True)
class Word:
    """A value that is one of the language's own words."""

    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, in seconds; `ago` where it is counted back from now."""

    seconds: float
    ago: bool = False


Value: TypeAlias = str | float | Word | Span


@dataclass(frozen=True, slots=True)
class Condition:
    """`op` is an operator, ``between``, ``in`` or ``matches``."""

    op: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `text` is as it is written."""

    name: str
    texts: tuple[str, ...]
    condition: Condition | None = None
    threshold: Condition | None = None
    where: str = ""
    text: str = ""

    @property
    def rows(self) -> bool:
        """Whether it tells for each row."""
        form = RULES[self.name]
        if self.name == "CustomSql":  # a statement without a condition selects rows
            return self.condition is None
        return form.rows


@dataclass(frozen=True, slots=True)
class Several:
    """Rules of which all hold, or one."""

    op: str
    rules: tuple[Rule | Several, ...]
    text: str = ""

    @property
    def rows(self) -> bool:
        """Whether all of them tell for each row."""
        return all(each.rows for each in self.rules)


AnyRule: TypeAlias = Rule | Several


class DqdlError(ValueError):
    """A text that is no rule. `at` is where, in characters; `help` says what would be."""

    def __init__(self, message: str, at: int, help: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.at = at
        self.help = help


def plain(found: AnyRule) -> Iterator[Rule]:
    """The single rules in a rule."""
    if isinstance(found, Rule):
        yield found
    else:
        for each in found.rules:
            yield from plain(each)
