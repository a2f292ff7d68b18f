"""Rewrites the text of specs from older words to today's, and leaves every other byte. Pure.

Each move is made by itself, and only where the text that comes out reads as exactly the document
with that move made; whatever else is there stays as it is, and is named with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.model.diagnostic import Span
from reconciler.model.document import Document
from reconciler.model.value import Json, Path
from reconciler.specs.edits import Cannot, Edit, edits, made, spliced
from reconciler.specs.moves import Move, at, places
from reconciler.specs.source import parse

ENVIRONMENT = "Environment"
OVERRIDES: Path = ("spec", "overrides")
VARIABLES: Path = ("spec", "variables")
_MOST = 2000
"""Moves in one file; more is a circle."""


@dataclass(frozen=True, slots=True)
class Done:
    """A move that was made, at its place in the old text of that moment."""

    at: Span
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Left:
    """Something old that has to be changed by hand, and why."""

    at: Span
    what: str
    why: str


@dataclass(slots=True)
class Rewritten:
    """A file after it. `text` is the old one where nothing was done."""

    text: str
    done: list[Done] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    unread: bool = False
    """It is no right YAML."""


def rewrite(texts: Mapping[str, str], moves: tuple[Move, ...]) -> dict[str, Rewritten]:
    """The files of a project by name, in today's words. What is no right YAML is left alone."""
    found = {name: _file(name, text, moves) for name, text in texts.items()}
    shares = _variables(found, moves)
    if shares:
        more = tuple(
            Move(kind=ENVIRONMENT, at=(*VARIABLES, name), share=True) for name in sorted(shares)
        )
        for name, old in found.items():
            new = _file(name, old.text, more)
            found[name] = replace(new, done=[*old.done, *new.done], left=[*old.left, *new.left])
    return found


def _file(name: str, text: str, moves: tuple[Move, ...]) -> Rewritten:
    """One move after the other, each on what the last one left."""
    out = Rewritten(text)
    refused: set[tuple[int, Path, Move]] = set()
    for _ in range(_MOST):
        parsed = parse(out.text, name)
        if any(each.is_error for each in parsed.diagnostics):
            return Rewritten(text, unread=True)
        found = next(_wanted(parsed.documents, moves, refused), None)
        if found is None:
            return out
        number, path, move = found
        document = parsed.documents[number]
        try:
            wanted = made(document.data, path, move)
            changes = edits(out.text, document, path, move)
            new = _checked(out.text, name, number, changes, wanted)
        except Cannot as why:
            refused.add(found)
            out.left.append(Left(document.key_at(path), _words(path, move), str(why)))
            continue
        out.done.append(_done(out.text, document.key_at(path), path, move, changes))
        out.text = new
    return Rewritten(text)


def _done(text: str, at_: Span, path: Path, move: Move, changes: list[Edit]) -> Done:
    if move.within:
        return Done(at_, ".".join(move.at), ".".join((*move.within, path[-1])))
    start, end = min(each.start for each in changes), max(each.end for each in changes)
    after = spliced(text, changes)[start : len(spliced(text, changes)) - len(text) + end]
    return Done(at_, " ".join(text[start:end].split()), " ".join(after.split()))


def _words(path: Path, move: Move) -> str:
    return f"{path[-1]} → {move.to}" if move.to else path[-1]


def _wanted(
    documents: tuple[Document, ...],
    moves: tuple[Move, ...],
    refused: set[tuple[int, Path, Move]],
) -> Iterator[tuple[int, Path, Move]]:
    """What could be moved: document, path and move."""
    for number, document in enumerate(documents):
        for move, path in _candidates(document.data, moves):
            asked = (number, path, move)
            if asked not in refused and _is_old(document.data, path, move):
                yield asked


def _candidates(data: Json, moves: tuple[Move, ...]) -> Iterator[tuple[Move, Path]]:
    kind = data.get("kind") if isinstance(data, Mapping) else None
    for move in moves:
        if move.kind in {"", kind}:
            yield from ((move, path) for path in places(data, move.at))
        if kind != ENVIRONMENT or move.kind == ENVIRONMENT:
            continue
        for name, path in _overrides(data):
            if move.kind in {"", name}:
                inner = places(at(data, path), move.at)
                yield from ((move, (*path, *each)) for each in inner)


def _overrides(data: Json) -> Iterator[tuple[str, Path]]:
    """The kind that each override is of, and its path."""
    for path in places(data, (*OVERRIDES, "*")):
        yield path[-1].partition("/")[0], path


def _is_old(data: Json, path: Path, move: Move) -> bool:
    value, parent = at(data, path), at(data, path[:-1])
    if move.beside is not None and parent.get(move.beside[0]) not in move.beside[1]:
        return False
    if move.to or move.within:
        return True
    if move.values:
        return isinstance(value, str) and value in move.values
    if move.share:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, Mapping)


def _checked(text: str, name: str, number: int, changes: list[Edit], data: Json) -> str:
    """The new text, if it reads as it should."""
    new = spliced(text, changes)
    before, after = parse(text, name), parse(new, name)
    if any(each.is_error for each in after.diagnostics):
        raise Cannot("it is written in a way that cannot be changed in place")
    want = [data if n == number else each.data for n, each in enumerate(before.documents)]
    have = [each.data for each in after.documents]
    if json.dumps(want, sort_keys=True) != json.dumps(have, sort_keys=True):
        raise Cannot("it is an alias, or is written in a way that cannot be changed in place")
    return new


def _variables(found: Mapping[str, Rewritten], moves: tuple[Move, ...]) -> set[str]:
    """Variables that stand for shares wherever they are used."""
    uses: dict[str, int] = {}
    shares: dict[str, int] = {}
    targets = [
        replace(move, at=(*move.at[:-1], move.to or move.at[-1])) for move in moves if move.share
    ]
    for name, file in found.items():
        for document in parse(file.text, name).documents:
            for text in _texts(document.data):
                for part in text.split("${")[1:]:
                    variable = part.partition("}")[0]
                    uses[variable] = uses.get(variable, 0) + 1
            for move, path in _candidates(document.data, tuple(targets)):
                value, parent = at(document.data, path), at(document.data, path[:-1])
                fits = move.beside is None or parent.get(move.beside[0]) in move.beside[1]
                if isinstance(value, str) and value[:2] == "${" and value[-1] == "}" and fits:
                    shares[value[2:-1]] = shares.get(value[2:-1], 0) + 1
    return {name for name, count in shares.items() if uses.get(name) == count}


def _texts(data: Json) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for each in data.values():
            yield from _texts(each)
    elif isinstance(data, list):
        for each in data:
            yield from _texts(each)
