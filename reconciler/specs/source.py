"""YAML and JSON text to documents with positions.

Whatever the input, the answer is documents and findings, never an exception,
in bounded time and memory. Files named `*.json` are read as strict JSON. For
YAML libyaml has the first word, and the strict parser the last where it is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.document import Document, Parsed
from reconciler.model.value import Json
from reconciler.specs import strict_json, yaml12
from reconciler.specs.compose import MAX_FOUND, Composer, GiveUpError
from reconciler.specs.doubt import doubtful, refusal
from reconciler.specs.encoding import decode, empty, forbidden
from reconciler.specs.position import KeyPositions, Marks, Positions, Text, mark, start_of
from reconciler.specs.syntax import Problem, explain

__all__ = ["Document", "Parsed", "parse"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_MAX_TAG_LINES = 20


def parse(text: str | bytes, file: str) -> Parsed:
    """Read all documents of a file; `file` is the name that positions carry."""
    source, unreadable = decode(text, file)
    if unreadable is not None:
        return Parsed((), (unreadable,))
    if file.endswith(".json"):
        return _parse_json(source)
    if (bad := forbidden(source)) is not None:
        return Parsed((), (bad,))
    return _parse_yaml(source)


def _parse_json(source: Text) -> Parsed:
    value, marks, found = strict_json.read(source)
    documents = () if any(item.is_error for item in found) else (_document(source, value, marks),)
    return Parsed(documents, tuple(found))


def _parse_yaml(source: Text) -> Parsed:
    if source.text.count("\n%TAG") > _MAX_TAG_LINES:  # libyaml compares each with all others
        text = f"more than {_MAX_TAG_LINES} %TAG lines"
        at = source.span(mark(0, 1))
        return Parsed((), (Diagnostic("YAML009", text, at, "remove them; tags are not read"),))
    loader = _Loader(source.text)
    try:
        first = _compose(source, loader.get_event)
    finally:
        loader.dispose()
    if first.gave_up or not (first.error or first.doubtful or doubtful(source.text)):
        return first.parsed
    try:
        events = yaml12.read(source.text)
    except yaml12.NoVerdictError:
        return first.parsed
    except yaml12.RefusedError as refused:
        if first.error:
            return first.parsed
        return Parsed((), (*first.parsed.diagnostics, refusal(source, refused.at)))
    return _compose(source, iter(events).__next__).parsed


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one parser made of a text."""

    parsed: Parsed
    error: bool
    doubtful: bool
    gave_up: bool


def _compose(source: Text, next_event: Callable[[], Any]) -> _Reading:
    composer = Composer(source)
    documents: list[Document] = []
    found: list[Diagnostic] = []
    error: Diagnostic | None = None
    gave_up = False
    try:
        for value, marks in composer.documents(next_event):
            documents.append(_document(source, value, marks))
            if value is None and not source.written(start_of(marks)):
                found.append(empty(source, start_of(marks), "document"))
                if len(found) >= MAX_FOUND:
                    raise GiveUpError  # noqa: TRY301 the way out for all limits
    except GiveUpError:
        gave_up = True
    except yaml.MarkedYAMLError as problem:
        error = _syntax_error(source, problem, composer.opened)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        message = f"not valid YAML: {problem}"
        error = Diagnostic("YAML001", message, source.span(mark(0, 1)), "rewrite the file")
    found += composer.found
    if error is not None:
        found.append(error)
    if not documents and not found:
        found.append(empty(source, mark(0, 1), "file"))
    parsed = Parsed(tuple(documents), tuple(found))
    return _Reading(parsed, error is not None, composer.doubtful, gave_up)


def _syntax_error(source: Text, error: yaml.MarkedYAMLError, inside: int | None) -> Diagnostic:
    at = error.problem_mark or error.context_mark
    opened = error.context_mark.index if error.context_mark else inside
    problem = Problem(error.problem or "", error.context or "", at.index if at else 0, opened)
    return explain(source, problem, inside)


def _document(source: Text, value: Json, marks: Marks) -> Document:
    keys = KeyPositions(source, value, marks)
    return Document(value, source.file, keys, Positions(source, value, marks))
