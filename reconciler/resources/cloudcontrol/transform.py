"""What AWS makes of a value, by the `propertyTransform` of its schema: the part that is used. Pure.

The texts are JSONata, with ``$OR`` between alternatives; a result may be a regular expression.
What this does not know (functions of their own, blocks, matches) is not evaluated: whoever asks
cannot tell. Source: CloudFormation CLI user guide, "propertyTransform"; JSONata, "Path operators"
and "String functions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from reconciler.model.value import Json
from reconciler.resources.cloudcontrol.functions import FUNCTIONS, LEVELS, WORDS

LONGEST = 4096
"""Characters of a text that is held to a pattern; a longer one is not judged."""


class CannotTell(Exception):
    """The text is outside of the part that is known."""


Code: TypeAlias = Callable[["Scope"], Json]
Scope: TypeAlias = tuple[Mapping[str, Json], ...]
"""Objects in which names are looked up, nearest first."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<or>\$OR\b)|(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<number>\d+(?:\.\d+)?)
    |(?P<regex>(?<=,\s)/(?:\\.|[^/\\])+/|(?<=,)/(?:\\.|[^/\\])+/)|(?P<name>\$?[A-Za-z_]\w*)
    |(?P<op>:=|~>|!=|<=|>=|[-+*&=?:,.()\[\]{}<>])|(?P<bad>\S))""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def same(expression: str, live: Json, *scope: Mapping[str, Json]) -> bool:
    """Whether the live value is one of those that AWS may make of the declared one.

    `scope` are the objects in which names stand: the one around the property, and the whole.

    Raises:
        CannotTell: no alternative that could be evaluated gives the live value, and one could not.
    """
    unknown = False
    for code in _alternatives(expression):
        try:
            if code is None:
                unknown = True
            elif _is(code(scope), live):
                return True
        except (CannotTell, TypeError, ValueError, IndexError, AttributeError, re.error):
            unknown = True
    if unknown:
        raise CannotTell
    return False


def _is(made: Json, live: Json) -> bool:
    if made is None or live is None:
        return made is None and live is None
    if isinstance(made, bool) or isinstance(live, bool):
        return made is live
    if str(made) == str(live):
        return True
    if not isinstance(made, str) or not isinstance(live, str) or len(live) > LONGEST:
        return bool(made == live)
    pattern = made.replace("[[", r"[\[")  # as Java reads it
    return re.fullmatch(pattern, live) is not None


@cache
def _alternatives(expression: str) -> tuple[Code | None, ...]:
    """Every alternative; nothing for one that is outside of what is known."""
    found: list[Code | None] = []
    for part in _split(expression):
        try:
            parser = _Parser(part)
            code = parser.expression()
            found.append(code if parser.over else None)
        except CannotTell:
            found.append(None)
    return tuple(found)


def _split(expression: str) -> list[list[tuple[str, str]]]:
    tokens: list[tuple[str, str]] = []
    at, text = 0, expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return [[("bad", text[at:])]]
        tokens.append((match.lastgroup or "bad", match[match.lastgroup or 0]))
        at = match.end()
    parts: list[list[tuple[str, str]]] = [[]]
    depth = 0
    for kind, word in tokens:
        depth += (word in {"(", "[", "{"}) - (word in {")", "]", "}"}) if kind == "op" else 0
        if kind == "or" and depth == 0:
            parts.append([])
        else:
            parts[-1].append((kind, word))
    return parts


class _Parser:
    """One alternative: the usual precedence, every piece a function of a scope."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def over(self) -> bool:
        return self.at == len(self.tokens)

    def _next(self) -> tuple[str, str]:
        if self.over:
            raise CannotTell
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, *words: str) -> str:
        if not self.over and self.tokens[self.at][0] in {"op", "name"}:
            word = self.tokens[self.at][1]
            if word in words:
                self.at += 1
                return word
        return ""

    def _need(self, word: str) -> None:
        if not self._take(word):
            raise CannotTell

    def expression(self) -> Code:
        """A condition with its two results, or what stands alone."""
        test = self._binary(0)
        if not self._take("?"):
            return test
        yes = self.expression()
        self._need(":")
        no = self.expression()
        return lambda scope: yes(scope) if test(scope) else no(scope)

    def _binary(self, level: int) -> Code:
        if level == len(LEVELS):
            return self._postfix()
        left = self._binary(level + 1)
        while word := self._take(*LEVELS[level]):
            left = _combined(LEVELS[level][word], left, self._binary(level + 1))
        return left

    def _postfix(self) -> Code:
        found = self._primary()
        while self._take("["):
            sign = -1 if self._take("-") else 1
            kind, word = self._next()
            if kind != "number":
                raise CannotTell
            self._need("]")
            found = _indexed(found, sign * int(word))
        return found

    def _primary(self) -> Code:
        kind, word = self._next()
        if kind == "string":
            text = re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), word[1:-1])
            return lambda _: text
        if kind == "number":
            number = float(word) if "." in word else int(word)
            return lambda _: number
        if kind == "regex":
            pattern = re.compile(word[1:-1])
            return lambda _: pattern
        if kind == "name":
            return self._named(word)
        if word == "(":
            inside = self.expression()
            self._need(")")
            return inside
        if word == "[":
            items = self._items("]")
            return lambda scope: [item(scope) for item in items]
        raise CannotTell

    def _named(self, word: str) -> Code:
        if word in WORDS:
            constant = WORDS[word]
            return lambda _: constant
        if word.startswith("$"):
            function = FUNCTIONS.get(word)
            if function is None:
                raise CannotTell
            self._need("(")
            arguments = self._items(")")
            return lambda scope: function(*(each(scope) for each in arguments))
        path = [word]
        while self._take("."):
            kind, name = self._next()
            if kind != "name" or name.startswith("$"):
                raise CannotTell
            path.append(name)
        return lambda scope: _looked_up(scope, path)

    def _items(self, end: str) -> list[Code]:
        found: list[Code] = []
        if self._take(end):
            return found
        while True:
            found.append(self.expression())
            if not self._take(","):
                self._need(end)
                return found


def _combined(how: Callable[[Any, Any], Json], left: Code, right: Code) -> Code:
    return lambda scope: how(left(scope), right(scope))


def _indexed(of: Code, index: int) -> Code:
    def code(scope: Scope) -> Json:
        found = of(scope)
        return (
            found[index] if isinstance(found, list) and -len(found) <= index < len(found) else None
        )

    return code


def _looked_up(scope: Scope, path: list[str]) -> Json:
    """A name beside the property, or from the top of the document."""
    for around in scope:
        here: Json = around
        for name in path:
            here = here.get(name) if isinstance(here, Mapping) else None
        if here is not None:
            return here
    return None
