r"""References to other specs inside texts: ``${ref:KIND/NAME.Output}``.

A text that is exactly one reference becomes its value with its type; inside a longer text the
value is written out. ``$${`` is a literal ``${``. The output may be left out where a spec has
one that stands for the whole, and may lead into a map: ``${ref:Security/core.keys.data}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.value import UNKNOWN, Join, Json, Path, Ref

FORM = "${ref:KIND/NAME.Output}"
_TOKEN = re.compile(r"(?P<literal>\$\$\{)|\$\{ref:(?P<body>[^}]*)(?P<end>\}?)")
_BODY = re.compile(
    r"(?P<kind>[A-Za-z]+)/(?P<name>[a-z0-9-]+)(?:\.(?P<output>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*))?"
)


@dataclass(frozen=True, slots=True)
class Use:
    """One reference: a kind, the name of a spec, and an output, "" for the spec as a whole."""

    kind: str
    name: str
    output: str = ""

    def __str__(self) -> str:
        return f"${{ref:{self.kind}/{self.name}{'.' if self.output else ''}{self.output}}}"


@dataclass(frozen=True, slots=True)
class Malformed:
    """What begins as a reference and is none, as it is written."""

    text: str


Part = str | Use | Malformed


def parts(text: str) -> tuple[Part, ...]:
    """A text in pieces, in order; literal pieces have their escapes taken out."""
    if "${" not in text:
        return (text,)
    found: list[Part] = []
    at = 0
    for match in _TOKEN.finditer(text):
        found.append(text[at : match.start()])
        at = match.end()
        if match["literal"]:
            found.append("${")
            continue
        body = _BODY.fullmatch(match["body"]) if match["end"] else None
        found.append(Use(body["kind"], body["name"], body["output"] or "") if body else _bad(match))
    found.append(text[at:])
    return tuple(_joined(found)) or ("",)


def _bad(match: re.Match[str]) -> Malformed:
    return Malformed(match[0][:60])


def _joined(found: list[Part]) -> Iterator[Part]:
    """Neighbouring texts as one, empty ones left out."""
    plain = ""
    for each in found:
        if isinstance(each, str):
            plain += each
            continue
        if plain:
            yield plain
        plain = ""
        yield each
    if plain:
        yield plain


def texts(value: Json, path: Path = ()) -> Iterator[tuple[Path, tuple[Part, ...]]]:
    """Every text of a tree that has more than plain characters, in pieces."""
    if isinstance(value, str):
        if "${" in value:
            yield path, parts(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from texts(item, (*path, str(index)))


def uses(value: Json, path: Path = ()) -> Iterator[tuple[Path, Use]]:
    """Every reference of a tree with the path of the text that it stands in."""
    for at, pieces in texts(value, path):
        yield from ((at, piece) for piece in pieces if isinstance(piece, Use))


def opened(value: Json) -> Json:
    """The tree with marks in the place of references, to be checked before they are known."""
    if isinstance(value, str):
        pieces = parts(value)
        if len(pieces) == 1:
            return pieces[0] if isinstance(pieces[0], str) else UNKNOWN
        return Join(tuple(each for each in pieces if isinstance(each, str | Ref)))
    if isinstance(value, Mapping):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [opened(item) for item in value]
    return value
