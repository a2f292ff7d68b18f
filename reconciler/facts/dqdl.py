"""The language of Glue's data quality rules, as far as Moorline writes and the sandbox runs it.

A grammar of our own for the subset in `RULES`; AWS's own parser has the last word. Source: AWS Glue
developer guide, "Data Quality Definition Language (DQDL) reference".

    ruleset   = "Rules" "=" "[" rule { "," rule } "]"
    rule      = simple | "(" rule ")" { ("and" | "or") "(" rule ")" }
    simple    = name { text } [ condition ] [ "where" text ] [ "with" "threshold" condition ]
    condition = [ "not" ] ( "between" value "and" value | "in" "[" value { "," value } "]"
              | "matches" text ) | ( "=" | "!=" | ">" | ">=" | "<" | "<=" ) value
    value     = text | number [ unit ] | "NULL" | "EMPTY" | "WHITESPACES_ONLY"
              | "(" "now()" "-" number unit ")"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

MOST = 65_536
"""Characters of a ruleset. Source: CreateDataQualityRuleset, Ruleset."""
OPERATORS = frozenset({"=", "!=", ">", ">=", "<", "<="})
KEYWORDS = frozenset({"NULL", "EMPTY", "WHITESPACES_ONLY"})
UNITS = {"minutes": 60, "hours": 3600, "days": 86_400}


@dataclass(frozen=True, slots=True)
class Form:
    """What a kind of rule takes: texts, whether a condition, and a threshold; and what it says."""

    texts: tuple[int, int]
    condition: bool | None
    """Whether it has one; absent where it may."""
    rows: bool = False
    """Whether it tells for each row. Source: the reference, "row-level results"."""
    threshold: bool = False


RULES = {
    "ColumnCount": Form((0, 0), True),
    "ColumnDataType": Form((1, 1), True, rows=True, threshold=True),
    "ColumnExists": Form((1, 1), False),
    "ColumnLength": Form((1, 1), True, rows=True, threshold=True),
    "ColumnValues": Form((1, 1), True, rows=True, threshold=True),
    "Completeness": Form((1, 1), True, rows=True),
    "CustomSql": Form((1, 1), None, rows=True, threshold=True),
    "DataFreshness": Form((1, 1), True, rows=True),
    "DistinctValuesCount": Form((1, 1), True),
    "IsComplete": Form((1, 1), False, rows=True),
    "IsPrimaryKey": Form((1, 20), False, rows=True),
    "IsUnique": Form((1, 1), False, rows=True),
    "Mean": Form((1, 1), True),
    "ReferentialIntegrity": Form((2, 2), True, rows=True),
    "RowCount": Form((0, 0), True),
    "StandardDeviation": Form((1, 1), True),
    "Sum": Form((1, 1), True),
    "UniqueValueRatio": Form((1, 1), True),
    "Uniqueness": Form((1, 1), True, rows=True),
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


_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<op>!=|>=|<=|=|>|<)"""
    r"""|(?P<now>now\(\))|(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<mark>[\[\](),-]))"""
)


def quoted(text: str) -> str:
    """A text as the language writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folded(text: str) -> str:
    """A ruleset with its spaces outside of texts folded: both forms mean the same."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', text)
    return "".join(
        part if at % 2 else re.sub(r"\s+", " ", part) for at, part in enumerate(parts)
    ).strip()


def written(rules: list[str]) -> str:
    """A ruleset of rules."""
    return "Rules = [\n" + ",\n".join(f"    {each}" for each in rules) + "\n]"


def ruleset(text: str) -> list[AnyRule]:
    """The rules of a ruleset.

    Raises:
        DqdlError: it is none, or one of more than this subset.
    """
    if len(text) > MOST:
        raise DqdlError(f"a ruleset has at most {MOST:,} characters, this one {len(text):,}", MOST)
    reader = _Reader(text)
    reader.take("Rules")
    reader.take("=")
    reader.take("[")
    found = [reader.rule()]
    while reader.next == ",":
        reader.take(",")
        found.append(reader.rule())
    reader.take("]")
    reader.end()
    return found


def rule(text: str) -> AnyRule:
    """One rule.

    Raises:
        DqdlError: as `ruleset`.
    """
    reader = _Reader(text)
    found = reader.rule()
    reader.end()
    return found


def plain(found: AnyRule) -> Iterator[Rule]:
    """The single rules in a rule."""
    if isinstance(found, Rule):
        yield found
    else:
        for each in found.rules:
            yield from plain(each)


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    at: int
    end: int


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(self._tokens())
        self.at = 0

    def _tokens(self) -> Iterator[_Token]:
        at = 0
        while self.text[at:].strip():
            found = _TOKEN.match(self.text, at)
            if found is None or found.lastgroup is None:
                rest = self.text[at:].strip()
                raise DqdlError(f"{rest[:20]!r} is nothing that the language knows", at)
            kind = found.lastgroup
            yield _Token(kind, found[kind], found.start(kind), found.end(kind))
            at = found.end()

    @property
    def token(self) -> _Token:
        """The next token; an empty one at the end."""
        end = len(self.text)
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("", "", end, end)

    @property
    def next(self) -> str:
        """The next token's text."""
        return self.token.text

    def take(self, text: str) -> None:
        """Go past a token that has to be there."""
        if self.next != text:
            raise DqdlError(f"expected {text!r}, found {self.next or 'the end'!r}", self.token.at)
        self.at += 1

    def end(self) -> None:
        """Nothing is left."""
        if self.next:
            raise DqdlError(f"{self.next!r} after the end of the rule", self.token.at)

    def _any(self, kind: str, what: str) -> str:
        if self.token.kind != kind:
            found = self.next or "the end"
            raise DqdlError(f"expected {what}, found {found!r}", self.token.at)
        self.at += 1
        return self.tokens[self.at - 1].text

    def rule(self) -> AnyRule:
        """A rule, or several in brackets."""
        start = self.token.at
        if self.next != "(":
            return self._simple()
        found, ops = [self._bracket()], set[str]()
        while self.next in {"and", "or"}:
            ops.add(self.next)
            self.at += 1
            found.append(self._bracket())
        if len(ops) > 1:
            raise DqdlError("'and' and 'or' side by side", start, "put brackets around one of them")
        if len(found) == 1:
            return found[0]
        return Several(ops.pop(), tuple(found), self.text[start : self.tokens[self.at - 1].end])

    def _bracket(self) -> AnyRule:
        self.take("(")
        found = self.rule()
        self.take(")")
        return found

    def _simple(self) -> Rule:
        start = self.token.at
        name = self._any("word", "a kind of rule")
        form = RULES.get(name)
        if form is None:
            close = next(iter(get_close_matches(name, RULES, n=1)), "")
            help_ = f"did you mean {close!r}?" if close else f"there are {', '.join(RULES)}"
            raise DqdlError(f"unknown kind of rule {name!r}", start, help_)
        texts = []
        while self.token.kind == "text":
            texts.append(self._text())
        least, most = form.texts
        if not least <= len(texts) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise DqdlError(f"{name} takes {wanted} texts, not {len(texts)}", start)
        condition = self._condition() if self._begins() else None
        if form.condition is not None and form.condition != (condition is not None):
            how = "needs a condition" if form.condition else "takes no condition"
            raise DqdlError(f"{name} {how}", start)
        where, threshold = "", None
        if self.next == "where":
            self.at += 1
            where = self._text()
        if self.next == "with":
            self.at += 1
            self.take("threshold")
            if not form.threshold:
                raise DqdlError(f"{name} takes no threshold", start)
            threshold = self._condition()
        text = self.text[start : self.tokens[self.at - 1].end]
        return Rule(name, tuple(texts), condition, threshold, where, text)

    def _begins(self) -> bool:
        return self.token.kind == "op" or self.next in {"not", "between", "in", "matches"}

    def _condition(self) -> Condition:
        negated = self.next == "not"
        if negated:
            self.at += 1
        token = self.token
        self.at += 1
        if token.text in OPERATORS and not negated:
            return Condition(token.text, (self._value(),))
        if token.text == "between":
            low = self._value()
            self.take("and")
            return Condition("between", (low, self._value()), negated)
        if token.text == "in":
            self.take("[")
            values = [self._value()]
            while self.next == ",":
                self.at += 1
                values.append(self._value())
            self.take("]")
            return Condition("in", tuple(values), negated)
        if token.text == "matches":
            return Condition("matches", (self._pattern(),), negated)
        raise DqdlError(f"{token.text or 'the end'!r} is no condition", token.at)

    def _pattern(self) -> str:
        at, text = self.token.at, self._text()
        try:
            re.compile(text)
        except re.error as error:
            raise DqdlError(f"{text!r} is no pattern: {error}", at) from error
        return text

    def _value(self) -> Value:
        token = self.token
        if token.kind == "text":
            return self._text()
        if token.kind == "number":
            self.at += 1
            return self._span(float(token.text))
        if token.text in KEYWORDS:
            self.at += 1
            return Word(token.text)
        if token.text == "(":
            self.at += 1
            self.take("now()")
            self.take("-")
            back = self._span(float(self._any("number", "a number")))
            self.take(")")
            if isinstance(back, Span):
                return Span(back.seconds, ago=True)
        raise DqdlError(f"{token.text or 'the end'!r} is no value", token.at)

    def _span(self, number: float) -> Value:
        if self.next in UNITS:
            self.at += 1
            return Span(number * UNITS[self.tokens[self.at - 1].text])
        return number

    def _text(self) -> str:
        return re.sub(r"\\(.)", r"\1", self._any("text", "a text in quotes")[1:-1])
