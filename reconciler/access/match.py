"""Patterns of policies: wildcards, ARNs, policy variables.

A pattern becomes a regular expression once, and is kept by its text. Facts are of the IAM User
Guide: "IAM JSON policy elements: Resource" (wildcards and colons), "IAM JSON policy elements:
Condition operators" (ArnLike by its six parts) and "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import lru_cache

from reconciler.access.model import Context

Test = Callable[[str, Context], bool]
"""Whether a text matches, with the values of the request for variables."""
Variable = tuple[str, str | None]
"""A key in lower case, and the text that stands in where the request has no such key."""

KEPT = 16384
"""How many patterns are kept; more than the policies of a large account have."""
HEAD = 5
"""The colons before the part of an ARN that names the resource."""

_VARIABLE = re.compile(r"\$\{([^}']*?(?:'(?:[^']|'')*'\s*)?)\}")
_DEFAULT = re.compile(r"\s*([^,']+?)\s*,\s*'((?:[^']|'')*)'\s*")
_SIGNS = {"*", "?", "$"}


class Form(Enum):
    """How far the wildcards of a pattern reach."""

    PLAIN = "plain"
    """Anywhere."""
    RESOURCE = "resource"
    """Within a segment, but a ``*`` that ends one goes on beyond the colon; behind the fifth
    colon there are no segments any more. So the User Guide has it for Resource."""
    ARN = "arn"
    """Within each of six parts, which there have to be."""


class Sign(Enum):
    """What a wildcard stands for; its value is that as a regular expression."""

    ANY = ".*"
    WITHIN = "[^:]*"
    ONE = "."
    ONE_WITHIN = "[^:]"


Token = str | Sign | Variable
"""One character that stands for itself, a wildcard, or a variable that is left open."""
_ANY, _WITHIN = Sign.ANY.value, Sign.WITHIN.value


def _spelled(parts: Iterable[tuple[str, bool] | Variable], form: Form) -> Iterator[Token]:
    """The signs of a pattern: texts, each with whether it stands for itself, and open variables."""
    colons = HEAD if form is Form.PLAIN else 0
    for part in parts:
        text, itself = part
        if not isinstance(itself, bool):
            yield text, itself
            continue
        if itself:
            yield from text
            continue
        for position, sign in enumerate(text):
            colons += sign == ":"
            if sign == "?":
                yield Sign.ONE if colons >= HEAD else Sign.ONE_WITHIN
            elif sign != "*":
                yield sign
            elif colons >= HEAD:
                yield Sign.ANY
            else:
                ends = form is Form.RESOURCE and text[position + 1 : position + 2] in {"", ":"}
                yield Sign.ANY if ends else Sign.WITHIN


def _source(parts: Iterable[tuple[str, bool]], form: Form) -> str:
    """The regular expression for a pattern: texts, each with whether it stands for itself."""
    parts = [*parts]
    colons = sum(text.count(":") for text, itself in parts if not itself)
    if form is Form.ARN and colons < HEAD:
        return "(?!)"
    signs = _spelled(parts, form)
    return _bounded([it.value if isinstance(it, Sign) else re.escape(str(it)) for it in signs])


@lru_cache(KEPT)
def spelled(text: str, form: Form, *, variables: bool) -> tuple[Token, ...]:
    """A pattern sign by sign, for comparisons of patterns with each other.

    Behind a fifth colon only, as in `resources`, variables of a Resource element are variables.
    """
    head = ":".join(text.split(":", HEAD)[:HEAD])
    if not variables or "${" not in text or (form is Form.RESOURCE and "${" in head):
        return tuple(_spelled([(text, False)], form))
    parts = [(each, False) if isinstance(each, str) else each for each in _parts(text)]
    return tuple(_spelled(parts, form))


def _bounded(signs: list[str]) -> str:
    """Signs as an expression that never tries a wildcard again once what follows it has matched.

    Only the last wildcard has to reach an end; each other is best matched as short as possible,
    up to the next one that reaches as far. So no pattern takes long, however many it has.
    """
    last = max((at for at, sign in enumerate(signs) if sign in {_ANY, _WITHIN}), default=-1)
    found, far, near = [], False, False
    for at, sign in enumerate(signs):
        if sign not in {_ANY, _WITHIN}:
            found.append(sign)
            continue
        if near:
            found.append(")")
        if far and sign == _ANY:
            found.append(")")
        if at == last:
            near = False
            far = far and sign == _WITHIN
            found.append(sign)
        elif sign == _ANY:
            far, near = True, False
            found.append("(?>.*?")
        else:
            near = True
            found.append("(?>[^:]*?")
    return "".join(found) + (")" if far else "")


@lru_cache(KEPT)
def _compiled(source: str) -> Callable[[str], object]:
    return re.compile(source, re.DOTALL).fullmatch


@lru_cache(KEPT)
def _parts(text: str) -> tuple[str | Variable, ...]:
    """A text cut into what stands there and its variables.

    Signs such as ``${*}`` are variables that no request has, with the sign as their default.
    """
    found: list[str | Variable] = []
    start = 0
    for each in _VARIABLE.finditer(text):
        found.append(text[start : each.start()])
        found.append(_variable(each.group(1)))
        start = each.end()
    found.append(text[start:])
    return tuple(found)


def _variable(inside: str) -> Variable:
    if inside.strip() in _SIGNS:
        return "", inside.strip()
    if default := _DEFAULT.fullmatch(inside):
        return default.group(1).lower(), default.group(2).replace("''", "'")
    return inside.strip().lower(), None


def _value(variable: Variable, context: Context) -> str | None:
    """What stands for a variable; None for no value. A key of several values gives none."""
    key, default = variable
    values = context.get(key, ())
    return values[0] if len(values) == 1 else default


def filled(text: str, context: Context) -> str | None:
    """A text with its variables filled in and no wildcards; None where one has no value."""
    found = []
    for part in _parts(text):
        value = part if isinstance(part, str) else _value(part, context)
        if value is None:
            return None
        found.append(value)
    return "".join(found)


@lru_cache(KEPT)
def _moving(text: str, values: tuple[str, ...], form: Form) -> Callable[[str], object]:
    """A pattern with the values of its variables, which stand for themselves, also a ``*``."""
    left = iter(values)
    parts = [
        (each, False) if isinstance(each, str) else (next(left), True) for each in _parts(text)
    ]
    return _compiled(_source(parts, form))


def _tests(patterns: Iterable[str], form: Form, *, variables: bool) -> Test:
    fixed = [text for text in patterns if not (variables and "${" in text)]
    moving = [text for text in patterns if variables and "${" in text]
    whole = _compiled("|".join(f"(?:{_source([(text, False)], form)})" for text in fixed))
    wanted = [(text, [each for each in _parts(text) if isinstance(each, tuple)]) for text in moving]

    def test(text: str, context: Context) -> bool:
        if fixed and whole(text):
            return True
        for pattern, names in wanted:
            values = tuple(_value(name, context) for name in names)
            if None not in values and _moving(pattern, values, form)(text):
                return True
        return False

    return test


@lru_cache(KEPT)
def actions(patterns: tuple[str, ...]) -> Callable[[str], object]:
    """Whether an action in lower case is one of these; actions have no variables."""
    return _compiled(
        "|".join(f"(?:{_source([(text.lower(), False)], Form.PLAIN)})" for text in patterns)
    )


@lru_cache(KEPT)
def resources(patterns: tuple[str, ...], *, variables: bool) -> Test:
    """Whether an ARN is one of a Resource element.

    Args:
        patterns: The element's texts.
        variables: Whether the policy's version knows variables; they are filled in behind the
            fifth colon, as the User Guide has it, and are text before it.
    """
    early = tuple(text for text in patterns if "${" in ":".join(text.split(":", HEAD)[:HEAD]))
    if not variables or not early:
        return _tests(patterns, Form.RESOURCE, variables=variables)
    late = _tests([text for text in patterns if text not in early], Form.RESOURCE, variables=True)
    text_only = _tests(early, Form.RESOURCE, variables=False)
    return lambda text, context: late(text, context) or text_only(text, context)


@lru_cache(KEPT)
def likes(patterns: tuple[str, ...], *, variables: bool) -> Test:
    """Whether a text is like one of these, as StringLike compares."""
    return _tests(patterns, Form.PLAIN, variables=variables)


@lru_cache(KEPT)
def arns(patterns: tuple[str, ...], *, variables: bool) -> Test:
    """Whether an ARN is like one of these, as ArnLike and ArnEquals compare alike."""
    return _tests(patterns, Form.ARN, variables=variables)


@lru_cache(KEPT)
def equals(values: tuple[str, ...], *, variables: bool, fold: bool) -> Test:
    """Whether a text is one of these; `fold` for no regard to case."""
    fixed = [text for text in values if not (variables and "${" in text)]
    moving = [text for text in values if variables and "${" in text]
    same = frozenset(text.lower() if fold else text for text in fixed)

    def test(text: str, context: Context) -> bool:
        if fold:
            text = text.lower()
        if text in same:
            return True
        for each in moving:
            value = filled(each, context)
            if value is not None and (value.lower() if fold else value) == text:
                return True
        return False

    return test
