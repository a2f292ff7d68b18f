"""The edits of a text that carry out one move, and the document with it made. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from reconciler.model.diagnostic import Span
from reconciler.model.document import Document
from reconciler.model.value import Json, Path
from reconciler.specs.moves import Move, at


class Cannot(Exception):
    """A move cannot be made here. The message says why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for the characters from `start` to `end`, which are `before`."""

    start: int
    end: int
    text: str
    before: str


def spliced(text: str, changes: list[Edit]) -> str:
    """The text with every edit made; they do not meet."""
    for each in sorted(changes, key=lambda edit: edit.start, reverse=True):
        text = text[: each.start] + each.text + text[each.end :]
    return text


def made(data: Json, path: Path, move: Move) -> Json:
    """The document after a move.

    Raises:
        Cannot: what is there does not allow it.
    """
    value, parent, key = at(data, path), at(data, path[:-1]), path[-1]
    name = move.to or key
    if move.within:
        return _elsewhere(data, path, _target(data, path, move), value)
    if name != key and name in parent:
        raise Cannot(f"{name!r} is there too")
    return _put(data, path[:-1], _renamed(parent, key, name, _new(value, move)))


def edits(text: str, document: Document, path: Path, move: Move) -> list[Edit]:
    """What carries a move out.

    Raises:
        Cannot: it is not written in a way that allows it.
    """
    value = at(document.data, path)
    if move.within:
        return _moved(text, document, path, _target(document.data, path, move))
    changes = []
    if move.to and move.to != path[-1]:
        start, end = _range(text, document.keys[path])
        key = _like(text[start:end], move.to, document.file)
        changes.append(Edit(start, end, key, text[start:end]))
    new = _new(value, move)
    if new == value and type(new) is type(value):
        return changes
    if isinstance(value, Mapping):
        return [*changes, _unwrapped(text, document, path, new)]
    start, end = _range(text, document.values[path])
    written = _like(text[start:end], new, document.file)
    return [*changes, Edit(start, end, written, text[start:end])]


def _target(data: Json, path: Path, move: Move) -> Path:
    """The mapping that a field goes to: of the document, or of the override that has it."""
    target = (*path[: len(path) - len(move.at)], *move.within)
    for depth in range(len(target)):
        if target[depth] not in at(data, target[:depth]):
            raise Cannot(f"there is no {'.'.join(move.within)!r} beside it")
    return target


def _new(value: Json, move: Move) -> Json:
    """The value after a move."""
    if move.unwrap and isinstance(value, Mapping):
        given = {name: inner for name, inner in value.items() if inner is not None}
        if len(given) != 1:
            raise Cannot("it has to have one member")
        ((name, inner),) = given.items()
        if isinstance(inner, str) and name == "percent":
            raise Cannot(f"write a share, and put the sign into what {inner!r} stands for")
        return _share(inner) if name == "percent" else inner
    if move.share:
        return _share(value)
    return move.values.get(value, value) if isinstance(value, str) else value


def _share(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return value
    exact = int(value) if float(value).is_integer() else Decimal(repr(value))
    return f"{exact:f}%" if isinstance(exact, Decimal) else f"{exact}%"


def _renamed(parent: Mapping[str, Json], old: str, new: str, value: Json) -> Json:
    if isinstance(parent, list):
        return [value if str(index) == old else each for index, each in enumerate(parent)]
    return {new if key == old else key: value if key == old else v for key, v in parent.items()}


def _put(data: Json, path: Path, value: Json) -> Json:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(data, Mapping):
        return {k: _put(v, rest, value) if k == step else v for k, v in data.items()}
    return [_put(v, rest, value) if str(i) == step else v for i, v in enumerate(data)]


def _elsewhere(data: Json, path: Path, within: Path, value: Json) -> Json:
    """The field in another mapping; the one it leaves stays, if with nothing in it."""
    target = at(data, within)
    if path[-1] in target:
        raise Cannot(f"{'.'.join((*within, path[-1]))!r} is there already: keep one of the two")
    rest = {key: each for key, each in at(data, path[:-1]).items() if key != path[-1]}
    return _put(_put(data, path[:-1], rest), within, {**target, path[-1]: value})


def _range(text: str, span: Span) -> tuple[int, int]:
    start = _line(text, span.line) + span.column - 1
    return start, start + span.length


def _line(text: str, number: int) -> int:
    at_ = 0
    for _ in range(number - 1):
        ends = [e for sign in ("\r\n", "\n", "\r") if (e := text.find(sign, at_)) >= 0]
        end = min(ends)
        at_ = end + (2 if text.startswith("\r\n", end) else 1)
    return at_


def _like(old: str, new: Json, file: str) -> str:
    """A new scalar in the quotes of the old one, if it had any."""
    if not isinstance(new, str) or old.startswith('"') or file.endswith(".json"):
        return json.dumps(new)
    return "'" + new.replace("'", "''") + "'" if old.startswith("'") else new


def _unwrapped(text: str, document: Document, path: Path, new: Json) -> Edit:
    """The edit that puts one value in the place of a mapping."""
    start, end = _whole(text, document, path)
    before = text[start:end]
    if "#" in before:
        raise Cannot("a comment is inside of it")
    lead = "" if text[start] == "{" else " "
    key_end = _range(text, document.keys[path])[1]
    if lead:  # a block: back to the colon
        start = text.index(":", key_end) + 1
    return Edit(start, end, lead + _like("", new, document.file), text[start:end])


def _whole(text: str, document: Document, path: Path) -> tuple[int, int]:
    """From where a mapping starts to where it ends, its closing brace included."""
    start, _ = _range(text, document.values[path])
    below = [p for p in document.values if p[: len(path)] == path and len(p) > len(path)]
    if not below:
        raise Cannot("it is empty")
    end = max(_range(text, document.values[p])[1] for p in below)
    if text[start] == "{":
        closing = text.index("}", end)
        if text[end:closing].strip(" \t\r\n,"):
            raise Cannot("it is not written plainly")
        end = closing + 1
    return start, end


def _moved(text: str, document: Document, path: Path, within: Path) -> list[Edit]:
    """A field with a line of its own, or in braces, goes below the last line of another mapping."""
    if text[_range(text, document.values[path[:-1]])[0]] == "{":
        return _out_of_flow(text, document, path, within)
    if len(at(document.data, path[:-1])) == 1:
        raise Cannot("nothing else is beside it")
    start, _ = _range(text, document.keys[path])
    first = document.keys[path].line
    value_start, value_end = _range(text, document.values[path])
    line = _line(text, first)
    after = text.find("\n", value_end)
    tail = text[value_end : after if after >= 0 else len(text)]
    head = text[line:start]
    if head.strip() or after < 0 or (tail.strip() and not tail.strip().startswith("#")):
        raise Cannot("it has no line of its own")
    if text[_range(text, document.values[within])[0]] == "{":
        return _into_flow(text, document, within, (line, after + 1, text[start:value_end]))
    if "\n" in text[value_start:value_end]:
        raise Cannot("it is written on several lines")
    whole = text[line : after + 1]
    target, indent = _end_of_block(text, document, within)
    return [Edit(line, after + 1, "", whole), Edit(target, target, indent + whole.lstrip(), "")]


def _end_of_block(text: str, document: Document, within: Path) -> tuple[int, str]:
    """Where a line goes at the end of a mapping that is a block, and how far it is indented."""
    keys = [document.keys[p] for p in document.keys if p[:-1] == within]
    last = max(
        _range(text, document.values[p])[1]
        for p in document.values
        if p[: len(within)] == within and p != within
    )
    target = text.find("\n", last) + 1
    if target <= 0:
        raise Cannot("it is written on several lines")
    return target, " " * (keys[0].column - 1)


def _out_of_flow(text: str, document: Document, path: Path, within: Path) -> list[Edit]:
    """A field in braces, which goes with one of the commas around it."""
    start, (value_start, end) = (
        _range(text, document.keys[path])[0],
        _range(text, document.values[path]),
    )
    words = text[start:end]
    if "\n" in words or text[value_start] in "{[":
        raise Cannot("it is written on several lines or is no single value")
    after = len(text[end:]) - len(text[end:].lstrip())
    if text[end + after] == ",":
        behind = text[end + after + 1 :]
        gone = start, end + after + 1 + len(behind) - len(behind.lstrip(" "))
    else:
        before = text[:start].rstrip()
        gone = (len(before) - 1 if before.endswith(",") else start), end
    taken = Edit(*gone, "", text[slice(*gone)])
    if text[_range(text, document.values[within])[0]] == "{":
        _, closing = _whole(text, document, within)
        return [taken, Edit(closing - 1, closing - 1, f", {words}", "")]
    target, indent = _end_of_block(text, document, within)
    return [taken, Edit(target, target, f"{indent}{words}\n", "")]


def _into_flow(
    text: str, document: Document, within: Path, entry: tuple[int, int, str]
) -> list[Edit]:
    """A field at the end of a mapping in braces."""
    line, end, words = entry
    _, closing = _whole(text, document, within)
    value = words.partition(":")[2].strip()
    if "," in value and value[:1] not in "\"'":
        key = words.partition(":")[0]
        words = f"{key}: {json.dumps(value, ensure_ascii=False)}"
    return [
        Edit(line, end, "", text[line:end]),
        Edit(closing - 1, closing - 1, f", {words}", ""),
    ]
