"""Values of a plan's JSON in a few words, on one line, and safe for a terminal.

Marks (`$ref`, `$join`, `$text`, `$hidden`, `$mark`) are read in their JSON form, because a
renderer never sees anything but the plan's JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.value import Json, Mark
from reconciler.render.vocabulary.ink import cells, cut, harmless

LONG = 10_000
"""Characters of one value that are ever put together; no terminal shows more."""
_PLAIN = re.compile(r"[\w-]+\Z")
_AMBIGUOUS = re.compile(
    r"(?:true|false|null|none|[-+]?[0-9][0-9_.]*(?:e[-+]?[0-9]+)?)\Z", re.IGNORECASE
)
_MARKS = frozenset({"$ref", "$join", "$text", "$hidden", "$mark"})
_LEAD = 8
"""Characters in front of the first difference that stay when two long texts are cut."""


def brief(value: Json, width: int = LONG) -> str:
    """A value on one line of at most `width` cells."""
    parts: list[str] = []
    length = 0
    for part in _parts(value):
        parts.append(part)
        length += len(part)
        if length > 2 * width:
            break
    return cut("".join(parts) or '""', width)


def path_text(path: Iterable[str]) -> str:
    """``LifecycleConfiguration.Rules[0].Status``; odd names stand in brackets."""
    out = ""
    for part in path:
        if part.isdigit() or not _PLAIN.match(part):
            out += f"[{harmless(part)}]"
        else:
            out += f".{harmless(part)}" if out else harmless(part)
    return out


def mark_of(value: Json) -> str:
    """The key of a mark in its JSON form, "" for a plain value."""
    if isinstance(value, Mapping) and len(value) == 1:
        key = next(iter(value))
        return key if key in _MARKS else ""
    return ""


def document(value: Json) -> Json:
    """The data inside a document that AWS takes as text; any other value as it is."""
    if mark_of(value) == "$text":
        return value["$text"]
    if isinstance(value, str) and value[:1] in {"{", "["} and not value.startswith("{{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def pair(before: Json, after: Json, width: int) -> tuple[str, str]:
    """Two values side by side in `width` cells; cut so that their difference stays visible."""
    one, other = brief(before), brief(after)
    if cells(one) + cells(other) <= width:
        return one, other
    half = width // 2
    room = max(half, width - cells(other)), max(width - half, width - cells(one))
    start = 0
    if min(cells(one), cells(other)) > half:
        start = max(0, _common(one, other) - _LEAD)
    lead = "…" if start else ""
    return cut(lead + one[start:], room[0]), cut(lead + other[start:], room[1])


def _common(one: str, other: str) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _parts(value: Json) -> Iterator[str]:
    match value:
        case None:
            yield "(none)"
        case bool():
            yield "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - still exact
            yield str(int(value))
        case str():
            yield _string(value)
        case Mapping():
            yield from _mapping(value)
        case list() | tuple():
            yield "["
            for index, item in enumerate(value):
                yield ", " if index else ""
                yield from _parts(item)
            yield "]"
        case _:
            yield harmless(str(value))


def _mapping(value: Mapping[str, Json]) -> Iterator[str]:
    if mark := mark_of(value):
        yield from _marked(mark, value[mark])
        return
    yield "{"
    for index, (key, item) in enumerate(value.items()):
        yield f"{', ' if index else ''}{harmless(str(key))}: "
        yield from _parts(item)
    yield "}"


def _marked(mark: str, body: Json) -> Iterator[str]:
    match mark:
        case "$mark":
            yield str(Mark.__members__.get(str(body).upper(), harmless(str(body))))
        case "$hidden":
            yield str(Mark.SENSITIVE)
        case "$ref":
            yield f"({harmless(str(body[2]))} of {harmless(str(body[1]))})"
        case "$join":
            for part in body:
                yield from [harmless(part)] if isinstance(part, str) else _parts(part)
        case _:
            yield from _parts(body)


def _string(value: str) -> str:
    """A text as it is; in quotes when it could be taken for something else."""
    shown = harmless(value[:LONG])
    if not value or value != value.strip() or _AMBIGUOUS.match(value):
        return f'"{shown}"'
    return shown
