"""Patterns of policies: wildcards, ARNs, policy variables.

A pattern becomes a regular expression once, and is kept by its text. Facts are of the IAM User
Guide: "IAM JSON policy elements: Resource" (wildcards and colons), "IAM JSON policy elements:
Condition operators" (ArnLike by its six parts) and "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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


def _plain(text: str) -> str:
    """A text with wildcards as the source of a regular expression."""
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


def _within(part: str) -> str:
    """As `_plain`, for wildcards that stay between two colons."""
    return re.escape(part).replace(r"\*", "[^:]*").replace(r"\?", "[^:]")


def _resource(text: str) -> str:
    """The source for a Resource element, as far as it has no variables.

    The User Guide: a wildcard stands for text within a segment, and a ``*`` that ends a segment
    can go on beyond the colon. Behind the fifth colon there are no segments any more.
    """
    *head, tail = text.split(":", HEAD)
    if len(head) < HEAD:
        head, tail = [*head, tail], ""
        return ":".join(_segment(part) for part in head)
    return ":".join([*(_segment(part) for part in head), _plain(tail)])


def _segment(part: str) -> str:
    return _within(part[:-1]) + ".*" if part.endswith("*") else _within(part)


def _arn(text: str) -> str:
    """The source for ArnLike: six parts, each compared on its own; `(?!)` where there are fewer."""
    *head, tail = text.split(":", HEAD)
    if len(head) < HEAD:
        return "(?!)"
    return ":".join([*(_within(part) for part in head), _plain(tail)])


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


def _pattern(text: str, context: Context, form: Callable[[str], str]) -> str | None:
    """The source for a text with variables: their values stand for themselves, also a ``*``."""
    marks: list[str] = []
    values: list[str] = []
    for part in _parts(text):
        if isinstance(part, str):
            marks.append(part)
            continue
        value = _value(part, context)
        if value is None:
            return None
        marks.append(f"\0{len(values)}\0")
        values.append(re.escape(value))
    source = form("".join(marks))
    for number, value in enumerate(values):
        source = source.replace(re.escape(f"\0{number}\0"), value)
    return source


def _tests(patterns: Iterable[str], form: Callable[[str], str], variables: bool) -> Test:
    fixed = [text for text in patterns if not (variables and "${" in text)]
    moving = [text for text in patterns if variables and "${" in text]
    whole = _compiled("|".join(f"(?:{form(text)})" for text in fixed)) if fixed else None

    def test(text: str, context: Context) -> bool:
        if whole and whole(text):
            return True
        for pattern in moving:
            source = _pattern(pattern, context, form)
            if source is not None and _compiled(source)(text):
                return True
        return False

    return test


@lru_cache(KEPT)
def actions(patterns: tuple[str, ...]) -> Callable[[str], object]:
    """Whether an action in lower case is one of these; actions have no variables."""
    return _compiled("|".join(f"(?:{_plain(text.lower())})" for text in patterns))


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
        return _tests(patterns, _resource, variables)
    late = _tests([text for text in patterns if text not in early], _resource, variables=True)
    text_only = _tests(early, _resource, variables=False)
    return lambda text, context: late(text, context) or text_only(text, context)


@lru_cache(KEPT)
def likes(patterns: tuple[str, ...], *, variables: bool) -> Test:
    """Whether a text is like one of these, as StringLike compares."""
    return _tests(patterns, _plain, variables)


@lru_cache(KEPT)
def arns(patterns: tuple[str, ...], *, variables: bool) -> Test:
    """Whether an ARN is like one of these, as ArnLike and ArnEquals compare alike."""
    return _tests(patterns, _arn, variables)


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
