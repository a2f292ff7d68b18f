"""Directives, document markers, and the events of a whole file in PyYAML's classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from reconciler.specs.yaml12.block import blank_document, document
from reconciler.specs.yaml12.scanner import Event, NoVerdictError, RefusedError, Scanner

MAX_CHARACTERS = 1 << 16
"""Longer texts would take too long."""

_BREAK = r"(?:\r\n|\r|\n)"
_MARKER = re.compile(r"(?:(?<=[\r\n])|\A)(?:---|\.\.\.)(?=[ \t\r\n]|\Z)")
_BLANK = re.compile(rf"(?:[ \t]*(?:#[^\r\n]*)?{_BREAK}|[ \t]*#[^\r\n]*\Z|[ \t]+\Z)*")
_REST = re.compile(rf"(?:[ \t]+(?:#[^\r\n]*)?)?(?:{_BREAK}|\Z)")
_DIRECTIVE = re.compile(
    rf"%([0-9A-Za-z-]+)(?=[ \t\r\n]|\Z)([^\r\n]*?)(?:[ \t]+#[^\r\n]*)?(?:{_BREAK}|\Z)"
)
_VERSION = re.compile(r"1\.[0-9]+\Z")
_URI = r"(?:%[0-9a-fA-F]{2}|[0-9A-Za-z\-#;/?:@&=+$,_.!~*'()\[\]])"
_TAG = re.compile(rf"[ \t]+!(?:[0-9A-Za-z-]*!)?[ \t]+{_URI}+[ \t]*\Z")
_DEFAULT = {"!": "!", "!!": "tag:yaml.org,2002:"}


def read(text: str) -> list[Any]:
    """The events of a text.

    Raises:
        RefusedError: it is not YAML.
        NoVerdictError: it is too long or too deeply nested to tell.
    """
    if len(text) > MAX_CHARACTERS:
        raise NoVerdictError
    try:
        return list(_stream(text))
    except RecursionError:
        raise NoVerdictError from None


def _stream(text: str) -> Iterator[Any]:
    at, fresh = 0, True  # fresh: directives and bare documents may follow
    while True:
        at = _skip(text, at)
        if at >= len(text):
            break
        handles, following = _directives(text, at) if fresh else (_DEFAULT, at)
        marker = _MARKER.match(text, following)
        if marker is None:
            if following != at or not fresh:
                raise RefusedError(following)
            start = at
        elif marker[0] == "---":
            start = marker.end()
        elif following != at:
            raise RefusedError(following)
        else:
            at, fresh = _suffix(text, marker.end()), True
            continue
        end = found.start() if (found := _MARKER.search(text, start)) else len(text)
        yield yaml.DocumentStartEvent()
        yield from map(_converted, _document(text, start, end, handles))
        yield yaml.DocumentEndEvent()
        at, fresh = end, False
    yield yaml.StreamEndEvent()


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _suffix(text: str, at: int) -> int:
    found = _REST.match(text, at)
    if found is None:
        raise RefusedError(at)
    return found.end()


def _directives(text: str, at: int) -> tuple[dict[str, str], int]:
    """The tag handles that directives declare, and where the directives end."""
    handles = dict(_DEFAULT)
    seen: set[str] = set()
    while text[at : at + 1] == "%":
        found = _DIRECTIVE.match(text, at)
        if found is None:
            raise RefusedError(at)
        name, words = found[1], found[2].split()
        if name == "YAML":
            good = len(words) == 1 and _VERSION.match(words[0]) and "YAML" not in seen
            seen.add("YAML")
        elif name == "TAG":
            good = _TAG.match(found[2]) and words[0] not in seen
            if good:
                seen.add(words[0])
                handles[words[0]] = words[1]
        else:
            good = True
        if not good:
            raise RefusedError(at)
        at = _skip(text, found.end())
    return handles, at


def _document(text: str, start: int, end: int, handles: dict[str, str]) -> list[Event]:
    scanner = Scanner(text, start, end, handles)
    if document(scanner):
        return scanner.events
    again = Scanner(text, start, end, handles)
    if blank_document(again):
        return again.events
    raise RefusedError(scanner.farthest)


def _mark(index: int) -> yaml.Mark:
    return yaml.Mark("", index, 0, 0, None, 0)


def _converted(event: Event) -> Any:  # noqa: ANN401 PyYAML has no types
    start, end = _mark(event.start), _mark(event.end)
    match event.kind:
        case "scalar":
            implicit = (not event.style and event.tag is None, False)
            return yaml.ScalarEvent(
                event.anchor, event.tag, implicit, event.value, start, end, event.style
            )
        case "alias":
            return yaml.AliasEvent(event.value, start, end)
        case "[":
            return yaml.SequenceStartEvent(event.anchor, event.tag, True, start, end)  # noqa: FBT003
        case "{":
            return yaml.MappingStartEvent(event.anchor, event.tag, True, start, end)  # noqa: FBT003
        case "]":
            return yaml.SequenceEndEvent(end if event.start == event.end else _mark(0), end)
        case _:
            return yaml.MappingEndEvent(end if event.start == event.end else _mark(0), end)
