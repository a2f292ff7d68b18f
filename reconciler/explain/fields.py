"""Fields of kinds: what a path that somebody types means, and what is known of the field.

The facts are in `schemas/fields/`, one file for each kind, made by `schemas.generate.fields`: what
a field becomes and what changing it does was found there by compiling and planning its example.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

from reconciler.facts.files import read, schemas
from reconciler.model.value import Json

ANY, ITEM = "*", "[]"
SPEC, METADATA = "spec", "metadata"
PLACE = "place"
"""What a change does that means another place."""
VARIABLES = ("Environment", "spec", "variables")
EVERYWHERE = "where everything is made, or a part of what everything is called"
REFERRING = "whatever refers to it, as ${NAME}"
_REFERRING = [{"when": ["changing it"], "does": [{"does": "referring"}]}]
FRAME = {
    "apiVersion": "The version of the spec language; every document says it.",
    "kind": "What the document describes; `moorline schema` lists all kinds.",
}
_INDEX = re.compile(r"\[[^\]]*\]")
Entry = Mapping[str, Any]


class Missing(NamedTuple):
    """There is no such field: what was looked at, the part that is not there, and what is near."""

    where: str
    part: str
    near: tuple[str, ...]
    known: tuple[str, ...] = ()
    """The fields that there are where it was looked for."""


@cache
def kinds() -> dict[str, str]:
    """Every kind, by its name in lower case."""
    found = sorted(path.stem for path in (schemas() / "fields").glob("*.json"))
    return {name.lower(): name for name in found}


def asked(subject: str) -> tuple[str, tuple[str, ...]] | None:
    """The kind and the parts of the path in a text; nothing where it begins with no kind."""
    head, *parts = _INDEX.sub(f".{ITEM}", subject.strip()).split(".")
    kind = kinds().get(head.lower())
    return (kind, tuple(part for part in parts if part)) if kind else None


def entries(kind: str) -> Sequence[Entry]:
    """All fields of a kind, in the order of its model."""
    found: Sequence[Entry] = _file(kind)["fields"]
    return found


@cache
def _file(kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read(f"fields/{kind}.json")
    return found


def summary(kind: str) -> str:
    """What a kind is, in a sentence."""
    return str(_file(kind)["summary"])


def place(
    kind: str, parts: Sequence[str], meanings: Callable[[str], Sequence[str]] = lambda _: ()
) -> tuple[str, ...] | Missing:
    """The path of a field as its kind has it.

    `spec` may be left out, names of members may stand for any, and case does not count. `meanings`
    are what a word of other tools, or an older one, may stand for, the likeliest first.
    """
    known = [_path(each) for each in entries(kind)]
    given = [*parts]
    first = given[0].lower() if given else SPEC
    best: Missing | None = None
    for root in (SPEC, METADATA):
        tries = [given[1:]] if first == root else []
        tries += [given] if root == SPEC else []
        for rest in tries:
            found = _descend(known, (root,), rest)
            if not isinstance(found, Missing):
                return found
            best = best if best and len(best.where) >= len(found.where) else found
    alone = _descend(known, (METADATA,), given)
    if not isinstance(alone, Missing):
        return alone
    assert best is not None  # noqa: S101 - `given` is always tried
    last = parts[-1].lower()
    around = tuple(best.where.split("."))
    words = [last, *(it.lower() for each in {best.part: 0, parts[-1]: 0} for it in meanings(each))]
    like = [path for word in words for path in known if path[-1].lower() == word]
    like.sort(key=lambda path: path[: len(around)] != around)  # those of the section come first
    near = dict.fromkeys([*best.near, *map(_plain, like)])
    below_top = best.where.removeprefix(f"{SPEC}.").removeprefix(SPEC)
    where = ".".join(filter(None, (kind, below_top)))
    return Missing(where, best.part, tuple(near)[:3], best.known)


def _plain(path: tuple[str, ...]) -> str:
    """A path as `near` has it: without `spec`."""
    return ".".join(path[1:] if path[0] == SPEC else path)


def of(kind: str, path: tuple[str, ...]) -> list[Entry]:
    """What is known of a field; several where it means different things in different sections."""
    return [_true(kind, each) for each in entries(kind) if _path(each) == path]


def _true(kind: str, entry: Entry) -> Entry:
    """An entry in words where what its example becomes would be no more than one case of it.

    A variable is whatever refers to it, and of an account or a region every resource is made.
    """
    if kind == VARIABLES[0] and _path(entry)[:2] == VARIABLES[1:]:
        return {**entry, "means": REFERRING, "changing": _REFERRING}
    places = any(does["does"] == PLACE for way in entry["changing"] for does in way["does"])
    return {**entry, "means": EVERYWHERE} if places else entry


def below(kind: str, path: tuple[str, ...]) -> Iterator[Entry]:
    """The fields in a section, and in the members of a list or a mapping."""
    for each in entries(kind):
        inside = _path(each)
        if inside[: len(path)] == path and len(inside) > len(path):
            rest = inside[len(path) :]
            if len(rest) == 1 or (len(rest) == 2 and rest[0] in {ANY, ITEM}):  # noqa: PLR2004 - a member and its field
                yield each


def shown(path: Iterable[str]) -> str:
    """``spec.alarms[].metric``."""
    return ".".join(path).replace(f".{ITEM}", ITEM)


def field_name(entry: Entry, around: tuple[str, ...]) -> str:
    """The name of a field as seen from a section around it."""
    return shown(_path(entry)[len(around) :])


def line(entry: Entry) -> str:
    """Type, whether it is needed, and the first sentence, in one line."""
    needed = "required" if entry["required"] else ""
    default = f"default {entry['default']}" if entry["default"] else ""
    head = "; ".join(filter(None, (entry["type"], needed, default)))
    said = first_sentence(entry["says"])
    return f"{head}: {said}" if said else head


def first_sentence(text: str) -> str:
    """The first sentence of a description."""
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _path(entry: Entry) -> tuple[str, ...]:
    return tuple(entry["path"].split("."))


def _descend(
    known: Sequence[tuple[str, ...]], path: tuple[str, ...], rest: Sequence[str]
) -> tuple[str, ...] | Missing:
    """One part after the other; a list or a mapping is entered by any of its members."""
    if not rest:
        return path
    part, *more = rest
    names = [*dict.fromkeys(each[len(path)] for each in _inside(known, path))]
    exact = next((each for each in names if each == part), None)
    close = next((each for each in names if each.lower() == part.lower()), None)
    if name := exact or close:
        return _descend(known, (*path, name), more)
    if ITEM in names:
        member = part == ANY or part.isdigit()
        return _descend(known, (*path, ITEM), more if member else rest)
    if ANY in names:
        return _descend(known, (*path, ANY), more)
    lower = {each.lower(): each for each in names}
    near = get_close_matches(part.lower(), lower, 3)
    around = ".".join(filter(None, (*path[1:-1], path[-1] if len(path) > 1 else "")))
    prefix = f"{around}." if around else ""
    meant = tuple(f"{prefix}{lower[each]}" for each in near)
    return Missing(shown(path), part, meant, tuple(names))


def _inside(known: Sequence[tuple[str, ...]], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    depth = len(path)
    for each in known:
        if len(each) > depth and each[:depth] == path:
            yield each


def frame(parts: Sequence[str]) -> Json:
    """The fields that every document has besides `metadata` and `spec`."""
    if len(parts) != 1:
        return None
    lower = {each.lower(): each for each in FRAME}
    return lower.get(parts[0].lower())
