"""Kinds and their fields as text, from what `explain.topics` found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from reconciler.render.vocabulary.ink import Ink, cells, cut

_WIDTH = 100
_LABEL = 12
_NAME = 34
_TOLD = 6
"""Properties that are listed; more are counted."""
HERE = "# <- here"


def text(about: Mapping[str, Any], *, color: bool = False, width: int = _WIDTH) -> str:
    """A kind with its fields, or a field with all that is known of it."""
    ink = Ink(color)
    name = ".".join(filter(None, (about["kind"], about["path"])))
    lines = [ink(name, "bold"), *_wrapped(about["why"], width)]
    for meaning in about["meanings"]:
        if len(about["meanings"]) > 1:
            lines += ["", ink(f"in a {meaning['section']}", "bold")]
            lines += _wrapped(meaning["says"], width) if meaning["says"] != about["why"] else []
        lines += ["", *_meaning(meaning, ink, width)]
    if about["fields"]:
        lines += ["", *_table(about["fields"], ink, width)]
    if not about["path"]:
        lines += ["", f"  `moorline explain {about['kind']}.FIELD` says more of a field."]
    for meaning in about["meanings"][:1]:
        lines += ["", "  example", *_example(meaning, ink)]
    for meaning in about["meanings"][1:]:
        lines += ["", f"  example, in a {meaning['section']}", *_example(meaning, ink)]
    return "\n".join(line.rstrip() for line in lines)


def _wrapped(words: str, width: int, indent: str = "  ") -> list[str]:
    return [indent + each for each in wrap(words, max(width - len(indent), 30))]


def _meaning(meaning: Mapping[str, Any], ink: Ink, width: int) -> Iterator[str]:
    yield from _labelled("type", [meaning["type"]], ink, width)
    needed = "yes" if meaning["required"] else "no"
    yield from _labelled("required", [needed], ink, width)
    if meaning["default"]:
        yield from _labelled("default", [meaning["default"]], ink, width)
    yield from _labelled("becomes", [*becomes(meaning)], ink, width)
    for each in meaning["changing"]:
        said = [*outcome(each["does"])]
        yield from _labelled(_ways(each["when"]), said, ink, width)


def _ways(when: Sequence[str]) -> str:
    """``raising it or lowering it``, with no more than can be read."""
    shown = [*dict.fromkeys(when)]
    if len(shown) > 3:  # noqa: PLR2004 - what is read
        shown = [*shown[:2], "other changes"]
    return " or ".join(shown)


def _labelled(label: str, lines: Sequence[str], ink: Ink, width: int) -> Iterator[str]:
    """A label, and its lines beside it; below it where it is long."""
    long = cells(label) > _LABEL
    if long:
        yield f"  {ink(label, 'dim')}"
    indent = " " * (_LABEL + 3)
    first = not long
    for each in lines:
        for part in wrap(each, max(width - len(indent), 30), subsequent_indent="  "):
            lead = f"  {ink(f'{label:<{_LABEL}}', 'dim')} " if first else indent
            yield f"{lead}{part}"
            first = False


def becomes(meaning: Mapping[str, Any]) -> Iterator[str]:
    """What a field is in AWS: types with their properties."""
    if said := meaning.get("means"):
        yield said
        return
    own: Sequence[Mapping[str, str]] = meaning["becomes"]
    others: Sequence[Mapping[str, str]] = meaning["elsewhere"]
    if not own and not others:
        yield "nothing in AWS, as far as its example shows: Moorline or people read it"
        return
    yield from _listed([f"{each['type']} {each['property']}".strip() for each in own])
    if others:
        where = dict.fromkeys(f"{each['kind']}: {each['type']}" for each in others)
        yield f"also in what refers to it, such as {', '.join([*where][:3])}"


def _listed(names: Sequence[str]) -> Iterator[str]:
    yield from names[:_TOLD]
    if len(names) > _TOLD:
        yield f"and {len(names) - _TOLD} more"


_DOES = {
    "update": "updates {type} in place",
    "replace": "replaces {type}",
    "rename": "makes another {type} and deletes the old one",
    "revision": "makes a new {type}; the old one goes when nothing uses it",
    "delete": "deletes {type}",
    "create": "makes {type}",
    "others": "changes what refers to it: specs of kind {kinds}",
    "referring": "changes whatever refers to it, as if the value were written there",
    "place": "means another place: all is made anew there, and what is here stays as it is",
    "refused": "is refused: {says}",
    "stays": "leaves AWS as it is: what is live keeps what it has",
}


def outcome(does: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What a change does, one line for each type of resource, the worst first."""
    if not does:
        yield "changes nothing in AWS"
    for each in does[:_TOLD]:
        words = {**each, "kinds": ", ".join(each.get("kinds", ()))}
        said = _DOES[each["does"]].format(**words)
        if each.get("between"):
            said += ", and there is none in between"
        for lost in each.get("loses", ()):
            said += f"; {lost}"
        if minutes := round(each.get("seconds", 0) / 60):
            said += f"; about {minutes} min"
        yield said
    if len(does) > _TOLD:
        yield f"and {len(does) - _TOLD} more types"


def _example(meaning: Mapping[str, Any], ink: Ink) -> Iterator[str]:
    for number, line in enumerate(meaning["example"].splitlines(), 1):
        here = f"  {ink(HERE, 'dim')}" if number == meaning["line"] else ""
        yield f"    {line}{here}"


def _table(fields: Mapping[str, str], ink: Ink, width: int) -> Iterator[str]:
    column = min(max(map(cells, fields)), _NAME)
    for name, said in fields.items():
        gap = " " * max(column - cells(name), 0)
        yield f"  {ink(name, 'bold')}{gap}  {cut(said, max(width - column - 4, 30))}"
