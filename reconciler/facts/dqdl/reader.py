"""Reads rules: tokens, then rules, conditions and values, by the grammar of the package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from reconciler.facts.dqdl.language import (
    KEYWORDS,
    OPERATORS,
    RULES,
    UNITS,
    AnyRule,
    Condition,
    DqdlError,
    Rule,
    Several,
    Span,
    Value,
    Word,
)

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<op>!=|>=|<=|=|>|<)"""
    r"""|(?P<now>now\(\))|(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<mark>[\[\](),-]))"""
)


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    at: int
    end: int


class Reader:
    """Goes through one text from the left."""

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
