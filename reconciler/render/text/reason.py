"""Why a resource is there and what a spec makes, as text, from what `explain.resource` found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from reconciler.explain.resource import HELD, NAMED_BY_CONTENT
from reconciler.render.vocabulary.ink import Ink, cells
from reconciler.render.vocabulary.value import brief, path_text

_VALUE = 44
_WIDTH = 100
_PATH = 46
_LABEL = 10
EFFECTS = {
    "update": "in place",
    "append-only": "only grows",
    "replace": "replaces it",
    "none": "set by AWS",
    "unsupported": "",
}


def text(about: Mapping[str, Any], *, color: bool = False) -> str:
    """A resource: its spec, its neighbours, what it holds, and its properties with their lines."""
    ink = Ink(color)
    head = [*_aligned(list(_head(about)), ink)]
    return "\n".join([ink(about["address"], "bold"), *head, "", *_table(about, ink)])


def of_spec(about: Mapping[str, Any], *, color: bool = False) -> str:
    """A spec and the resources it makes."""
    ink = Ink(color)
    count = len(about["resources"])
    made = [(f"  {each['address']}", _place(each["at"])) for each in about["resources"]]
    end = f"It makes {count} {'resource' if count == 1 else 'resources'}."
    if about["deferred"]:
        end = "It waits for something in AWS; `moorline plan` says for what."
    head = [ink(about["spec"], "bold"), *_aligned(made, ink), f"  {end}"]
    return "\n".join([*head, *_lineage(about)])


def _lineage(about: Mapping[str, Any]) -> Iterator[str]:
    """Where its data comes from and goes to: the next ones first, then all that are further."""
    for label, key, near in (
        ("comes from", "comes_from", "made_of"),
        ("reaches", "reaches", "makes"),
    ):
        found = about.get(key)
        if found:
            first = about[near]
            rest = [each for each in found if each not in first]
            text = ", ".join(first)
            yield f"  {label:<{_LABEL}} {text}{', then ' + ', '.join(rest) if rest else ''}"


def _head(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if about.get("asked"):
        yield _labelled("instead of", about["asked"], "")
    yield _labelled("because", about["spec"], _place(about["at"]))
    for label, key in (("needs", "needs"), ("needed by", "needed_by")):
        found: Sequence[Mapping[str, Any]] = about[key]
        if not found:
            yield _labelled(label, "nothing", "")
        for number, each in enumerate(found):
            yield _labelled("" if number else label, each["address"], _place(each["at"]))
    if lies := about.get("partition"):
        yield _labelled("on a day", f"{lies['day']}: {lies['path']}", "")
    yield _labelled("holds", HELD.get(about["holds"], "nothing that is lost with it"), "")
    for number, line in enumerate(wrap(NAMED_BY_CONTENT, 80) if about["content_named"] else ()):
        yield _labelled("" if number else "changes", line, "")


def _labelled(label: str, words: str, at: str) -> tuple[str, str]:
    return f"  {label:<{_LABEL}} {words}", at


def _aligned(lines: Sequence[tuple[str, str]], ink: Ink) -> Iterator[str]:
    """Places in a column, but for a line that is far too long."""
    sizes = [cells(left) for left, right in lines if right]
    column = max((size for size in sizes if size <= _WIDTH), default=0)
    for left, right in lines:
        gap = " " * max(column - cells(left), 0)
        yield f"{left}{gap}  {ink(right, 'dim')}" if right else left


def _table(about: Mapping[str, Any], ink: Ink) -> Iterator[str]:
    rows = [
        (
            _path(each["path"]),
            brief(each["value"], _VALUE),
            EFFECTS[each["effect"]] if not about["content_named"] else "",
            _place(each["at"]),
        )
        for each in about["properties"]
    ]
    widths = [min(max((cells(row[n]) for row in rows), default=0), _PATH) for n in range(3)]
    for path, value, effect, at in rows:
        left = f"  {_padded(path, widths[0])}  {_padded(value, widths[1])}"
        yield f"{left}  {ink(_padded(effect, widths[2]), 'magenta')}  {ink(at, 'dim')}".rstrip()


def _path(path: Sequence[str]) -> str:
    """A path inside another property is indented and says the rest only."""
    return path_text(path) if len(path) == 1 else f"  {path_text(path[1:])}"


def _padded(words: str, width: int) -> str:
    return words + " " * max(width - cells(words), 0)


def _place(at: Mapping[str, Any] | None) -> str:
    return f"{at['file']}:{at['line']}" if at else ""
