"""JSONPath as Step Functions takes it: of a state's input, its context (``$$``) and variables.

A path with a wildcard, slice, filter or descent gives a list of what it finds, another one the
value itself. Source: developer guide, "Processing input and output: Paths".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from reconciler.facts.asl import QueryError
from reconciler.model.value import Json

FAILED = "States.ParameterPathFailure"
_NAME = re.compile(r"[^\s.\[\]()'\",@$?*]+")
_START = re.compile(r"\$\$|\$(?P<variable>[A-Za-z_][A-Za-z0-9_]*)?")
_SLICE = re.compile(r"(-?\d+)?\s*:\s*(-?\d+)?(?:\s*:\s*(-?\d+))?")
_INDEXES = re.compile(r"-?\d+(?:\s*,\s*-?\d+)*")
_COMPARED = re.compile(r"(.+?)\s*(==|!=|>=|<=|>|<|=~)\s*(.+)", re.DOTALL)
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a path.

    Its kind is name, names, index, all, slice, deep, filter or length.
    """

    kind: str
    value: Json = None


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed path."""

    root: str
    """``$``, ``$$``, or the name of a variable."""
    steps: tuple[Step, ...]

    @property
    def definite(self) -> bool:
        """Whether it can give one value only."""
        return all(
            step.kind in {"name", "length"} or (step.kind == "index" and len(step.value) == 1)
            for step in self.steps
        )

    @property
    def reference(self) -> bool:
        """Whether it can say where a value goes: names and indexes from the root."""
        return self.root == "$" and self.definite and all(it.kind != "length" for it in self.steps)


@lru_cache(maxsize=4096)
def parse(text: str) -> Query:
    """The path in a text.

    Raises:
        ValueError: it is none.
    """
    start = _START.match(text)
    if start is None:
        raise ValueError(f"{text!r} is no JSONPath: it begins with $ or $$")
    steps = tuple(_steps(text, start.end()))
    root = start["variable"] or start.group()
    return Query(root, steps)


def _steps(text: str, at: int) -> Iterator[Step]:
    while at < len(text):
        if text.startswith("..", at):
            yield Step("deep")
            at += 2
            if text[at : at + 1] == "[":
                continue
            step, at = _dotted(text, at)
            yield step
        elif text[at] == ".":
            step, at = _dotted(text, at + 1)
            yield step
        elif text[at] == "[":
            end = _closing(text, at)
            yield _bracket(text, text[at + 1 : end].strip())
            at = end + 1
        else:
            raise ValueError(f"{text!r} is no JSONPath: {text[at:]!r} is not understood")


def _dotted(text: str, at: int) -> tuple[Step, int]:
    if text.startswith("*", at):
        return Step("all"), at + 1
    if text.startswith("length()", at):
        return Step("length"), at + len("length()")
    found = _NAME.match(text, at)
    if found is None:
        raise ValueError(f"{text!r} is no JSONPath: a name is missing at {at}")
    return Step("name", found.group()), found.end()


def _closing(text: str, at: int) -> int:
    depth, quote = 0, ""
    for number in range(at, len(text)):
        char = text[number]
        if quote:
            quote = "" if char == quote and text[number - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
            if not depth:
                return number
    raise ValueError(f"{text!r} is no JSONPath: a bracket is not closed")


def _bracket(text: str, body: str) -> Step:
    if body == "*":
        return Step("all")
    if body[:1] in {"'", '"'}:
        names = re.findall(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", body)
        found = [re.sub(r"\\(.)", r"\1", one or two) for one, two in names]
        return Step("name", found[0]) if len(found) == 1 else Step("names", tuple(found))
    if body.startswith("?(") and body.endswith(")"):
        return Step("filter", _condition(body[2:-1]))
    if _INDEXES.fullmatch(body):
        return Step("index", tuple(int(each) for each in body.split(",")))
    if part := _SLICE.fullmatch(body):
        return Step("slice", tuple(int(each) if each else None for each in part.groups()))
    raise ValueError(f"{text!r} is no JSONPath: [{body}] is not understood")


def _condition(text: str) -> tuple[Json, ...]:
    """A filter as nested tuples: ``or``, ``and``, ``not``, a comparison, or what must be there."""
    text = text.strip()
    for word, kind in (("||", "or"), ("&&", "and")):
        parts = _apart(text, word)
        if len(parts) > 1:
            return (kind, *map(_condition, parts))
    if text.startswith("!"):
        return ("not", _condition(text[1:]))
    if text.startswith("(") and _closing(text, 0) == len(text) - 1:
        return _condition(text[1:-1])
    if found := _COMPARED.fullmatch(text):
        return ("compare", _operand(found[1]), found[2], _operand(found[3]))
    return ("there", _operand(text))


def _apart(text: str, word: str) -> list[str]:
    parts, depth, quote, last = [], 0, "", 0
    for number, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif not depth and text.startswith(word, number):
            parts.append(text[last:number])
            last = number + len(word)
    return [*parts, text[last:]]


def _operand(text: str) -> Json:
    text = text.strip()
    if text.startswith(("@", "$")):
        return parse("$" + text[1:] if text[0] == "@" else text)
    if text[:1] == "'":
        return text[1:-1]
    if text[:1] == "/":
        return text.strip("/")
    return json.loads(text)


def find(
    text: str, data: Json, context: Json = None, variables: Mapping[str, Json] | None = None
) -> Json:
    """What a path finds.

    Raises:
        QueryError: it finds nothing, or is no path.
    """
    try:
        query = parse(text)
    except ValueError as mistake:
        raise QueryError("States.Runtime", str(mistake)) from None
    known = variables or {}
    if query.root not in {"$", "$$"} and query.root not in known:
        raise QueryError("States.Runtime", f"The variable ${query.root} is not assigned")
    start = data if query.root == "$" else context if query.root == "$$" else known[query.root]
    found = walk(query, start)
    if query.definite:
        if not found:
            shown = json.dumps(start, default=str)[:1024]
            raise QueryError(
                FAILED, f"The JSONPath '{text}' could not be found in the input '{shown}'"
            )
        return found[0]
    return found


def walk(query: Query, start: Json) -> list[Json]:
    """All that a path finds, from its root."""
    found = [start]
    for step in query.steps:
        found = [each for value in found for each in _one(step, value)]
    return found


def _one(step: Step, value: Json) -> Iterator[Json]:  # noqa: C901
    kind = step.kind
    if kind == "name":
        if isinstance(value, dict) and step.value in value:
            yield value[step.value]
    elif kind == "names":
        yield from (value[name] for name in step.value if isinstance(value, dict) and name in value)
    elif kind == "length":
        if isinstance(value, list | dict | str):
            yield len(value)
    elif kind == "all":
        yield from (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
    elif kind == "deep":
        yield from _below(value)
    elif not isinstance(value, list):
        return
    elif kind == "index":
        yield from (value[each] for each in step.value if -len(value) <= each < len(value))
    elif kind == "slice":
        yield from value[slice(*step.value)]
    else:
        yield from (each for each in value if _holds(step.value, each))


def _below(value: Json) -> Iterator[Json]:
    yield value
    for each in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _below(each)


def _holds(condition: tuple[Json, ...], item: Json) -> bool:
    kind, *rest = condition
    if kind == "or":
        return any(_holds(each, item) for each in rest)
    if kind == "and":
        return all(_holds(each, item) for each in rest)
    if kind == "not":
        return not _holds(rest[0], item)
    if kind == "there":
        return _value(rest[0], item) is not _MISSING
    left, sign, right = _value(rest[0], item), rest[1], _value(rest[2], item)
    if sign == "==":
        return bool(left == right)
    if sign == "!=":
        return bool(left != right)
    if sign == "=~":
        return isinstance(left, str) and re.search(str(right), left) is not None
    return _ordered(left, sign, right)


def _ordered(left: Json, sign: str, right: Json) -> bool:
    numbers = all(isinstance(it, int | float) and not isinstance(it, bool) for it in (left, right))
    if not numbers and not (isinstance(left, str) and isinstance(right, str)):
        return False
    return bool(
        {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[sign]
    )


def _value(operand: Json, item: Json) -> Json:
    if isinstance(operand, Query):
        found = walk(operand, item)
        return found[0] if found else _MISSING
    return operand
