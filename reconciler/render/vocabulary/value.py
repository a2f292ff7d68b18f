"""Values of a plan's JSON in a few words, on one line, and safe for a terminal.

Marks (`$ref`, `$join`, `$text`, `$hidden`, `$secret`, `$mark`) are read in their JSON form,
because a renderer never sees anything but the plan's JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.contrast import Contrast, around, beside, contrast, stacked
from reconciler.model.value import Json, Mark, canonical
from reconciler.render.vocabulary.ink import cells, cut, harmless

LONG = 10_000
"""Characters of one value that are ever put together; no terminal shows more."""
_PLAIN = re.compile(r"[\w-]+\Z")
_AMBIGUOUS = re.compile(
    r"(?:true|false|null|none|[-+]?[0-9][0-9_.]*(?:e[-+]?[0-9]+)?)\Z", re.IGNORECASE
)
_NONE = "(none)"
_SAID = frozenset({_NONE, *Mark})
"""What stands for something that is no text."""
_MARKS = frozenset({"$ref", "$join", "$text", "$hidden", "$secret", "$mark"})
_VERSION = 8
"""Characters of a version's id that tell it from another one."""
HUGE = 200_000
"""Characters of a value that are compared with another one; none that AWS takes is longer."""
_NEAR = 200
"""Characters beside what differs in two huge texts that are ever put together."""
_OTHER = "what is hidden differs"
REDACTED = "(redacted)"
"""Stands in the middle of a text for a secret in it; see `secret.redact`."""


def brief(value: Json, width: int = LONG) -> str:
    """A value on one line of at most `width` cells."""
    return cut(_joined(value, 2 * width, LONG) or '""', width)


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


def pair(before: Json, after: Json, width: int) -> Contrast:
    """Two values side by side in `width` cells; what they have in common is cut, never the rest."""
    return contrast(*_told(before, after), width, cells)


def under(before: Json, after: Json, width: int) -> Contrast:
    """Two values below each other, each in `width` cells, cut likewise."""
    return stacked(*_told(before, after), width, cells)


def among(value: Json, others: Sequence[Json], width: int) -> str:
    """A value in `width` cells that cannot be taken for one of the others cut likewise."""
    whole = _whole(value)
    if cells(whole) <= width:
        return whole
    return beside(whole, [_whole(each) for each in others], width, cells)


def _told(before: Json, after: Json) -> tuple[str, str]:
    """Two values as texts that differ wherever the values do."""
    if isinstance(before, str) and isinstance(after, str):
        before, after = _around(before, after)
    one, other = _whole(before), _whole(after)
    if one == other and canonical(before) != canonical(after):
        one, other = _around(*(json.dumps(each, sort_keys=True) for each in (before, after)))
    elif one == other and (str(Mark.SENSITIVE) in one or REDACTED in one):
        other = f"{one} ({_OTHER})"
    return one, other


def _whole(value: Json) -> str:
    """A value on one line, of as good as any length."""
    return _joined(value, HUGE, HUGE) or '""'


def _joined(value: Json, most: int, longest: int) -> str:
    """The parts of a value, not many more characters than `most`."""
    parts: list[str] = []
    length = 0
    for part in _parts(value, longest):
        parts.append(part)
        length += len(part)
        if length > most:
            break
    return "".join(parts)


def _around(before: str, after: str) -> tuple[str, str]:
    """Of two huge texts the part that differs, and what is next to it."""
    if max(len(before), len(after)) <= LONG:
        return before, after
    start, end = around(before, after)
    first = max(0, start - _NEAR)
    one, other = (
        f"{'…' if first else ''}{each[first : len(each) - max(0, end - _NEAR)]}"
        for each in (before, after)
    )
    return one[:LONG], other[:LONG]


def _parts(value: Json, longest: int) -> Iterator[str]:
    match value:
        case None:
            yield _NONE
        case bool():
            yield "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - still exact
            yield str(int(value))
        case str():
            yield _string(value, longest)
        case Mapping():
            yield from _mapping(value, longest)
        case list() | tuple():
            yield "["
            for index, item in enumerate(value):
                yield ", " if index else ""
                yield from _parts(item, longest)
            yield "]"
        case _:
            yield harmless(str(value))


def _mapping(value: Mapping[str, Json], longest: int) -> Iterator[str]:
    if mark := mark_of(value):
        yield from _marked(mark, value[mark], longest)
        return
    yield "{"
    for index, (key, item) in enumerate(value.items()):
        yield f"{', ' if index else ''}{harmless(str(key))}: "
        yield from _parts(item, longest)
    yield "}"


def _marked(mark: str, body: Json, longest: int) -> Iterator[str]:
    match mark:
        case "$mark":
            yield str(Mark.__members__.get(str(body).upper(), harmless(str(body))))
        case "$hidden":
            yield str(Mark.SENSITIVE)
        case "$secret":
            yield _kept(*(harmless(str(each)) for each in body))
        case "$ref":
            yield f"({harmless(str(body[2]))} of {harmless(str(body[1]))})"
        case "$join":
            for part in body:
                yield from [harmless(part)] if isinstance(part, str) else _parts(part, longest)
        case _:
            yield from _parts(body, longest)


def _kept(arn: str, member: str, version: str) -> str:
    """Where a secret is kept, and its version: never what it is."""
    if not arn:
        return f"(secret at {version})"
    name = arn.partition(":secret:")[2] or arn
    part = f"{member} of " if member else ""
    at = f", version {version[:_VERSION]}" if version else ""
    return f"({part}secret {name}{at})"


def _string(value: str, longest: int) -> str:
    """A text as it is; in quotes when it could be taken for something else."""
    shown = harmless(value[:longest])
    if not value or value != value.strip() or value in _SAID or _AMBIGUOUS.match(value):
        return f'"{shown}"'
    return shown
