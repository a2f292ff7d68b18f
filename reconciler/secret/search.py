"""Find secrets written into specs. Nothing here ever prints one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.document import Document
from reconciler.model.value import Json, Path
from reconciler.secret.entropy import random_runs
from reconciler.secret.names import placeholder, secretive
from reconciler.secret.references import WAY_OUT
from reconciler.secret.shapes import assignments, tokens

HELP = f"{WAY_OUT}; a secret that was in Git must be renewed"
_REFERENCE = re.compile(r"\{\{resolve:[^}]*\}\}")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_KNOWN = frozenset(
    """arn arns bucket certificate checksum commit digest digests etag fingerprint hash id ids
    image images key location path prefix ref repository revision sha thumbprint thumbprints uri
    uris url urls version""".split()  # noqa: SIM905 - reads as words
)
"""Last words of fields that may hold what looks random."""
_COLUMNS = frozenset({"columns", "features", "fields", "partitions", "schema"})
"""Maps whose keys name data: a feature called `card_token` holds its type here."""
_ADDRESS = re.compile(r"arn:|s3://|https?://|[\w.-]+\.dkr\.ecr\.|sha256:|[\w.-]+/[\w./-]+[:@]")
_LEAST = 20
_BREAK = re.compile(r"\r\n|\r|\n")


class Secret(NamedTuple):
    """A finding, and the texts that must not be shown."""

    diagnostic: Diagnostic
    values: tuple[str, ...]


def in_document(document: Document) -> Iterator[Secret]:
    """Secrets among the values of a document."""
    for path, value in _scalars(document.data, ()):
        found = list(_in_value(path, value))
        if found:
            what, _ = max(found, key=lambda each: len(each[1]))
            yield Secret(_finding(what, document.at(path)), tuple(hidden for _, hidden in found))


def in_text(file: str, text: str) -> Iterator[Secret]:
    """Secrets of a known form anywhere in a file: in comments and keys too."""
    end = 0
    for found in sorted(tokens(text), key=lambda each: (each.start, -each.end)):
        if found.start < end:
            continue
        end = found.end
        line = text.count("\n", 0, found.start) + 1
        first = text.rfind("\n", 0, found.start) + 1
        length = len(_BREAK.split(text[found.start : found.end], maxsplit=1)[0])
        at = Span(file, line, found.start - first + 1, max(1, length))
        yield Secret(_finding(found.what, at), (text[found.start : found.end],))


def masked(text: str, values: frozenset[str]) -> str:
    """A file as it may be shown: stars for secrets, every other character in its place."""
    lines = {line for value in values for line in value.splitlines() if len(line.strip()) > 2}  # noqa: PLR2004 - not brackets
    for line in sorted(lines, key=len, reverse=True):
        text = text.replace(line, "*" * len(line))
    return text


def _scalars(value: Json, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if len(value) >= _LEAST or (path and secretive(path[-1])) or "=" in value:
            yield path, value
    elif isinstance(value, Mapping):
        named = _named(value, path)
        if named:
            yield named
        for key, item in value.items():
            yield from _scalars(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _scalars(item, (*path, str(index)))
    elif path and isinstance(value, int) and not isinstance(value, bool) and secretive(path[-1]):
        yield path, str(value)


def _named(value: Mapping[str, Json], path: Path) -> tuple[Path, str] | None:
    """``{Name: DB_PASSWORD, Value: …}``, as some AWS types write a map."""
    for key, held in (("Name", "Value"), ("Key", "Value"), ("name", "value")):
        text = value.get(held)
        if isinstance(text, str) and isinstance(value.get(key), str) and secretive(value[key]):
            return (*path, held, value[key]), text
    return None


def _in_value(path: Path, value: str) -> Iterator[tuple[str, str]]:
    text = _REFERENCE.sub("", value)
    known = [*tokens(text)]
    if not known and path and _names_secret(path) and text.strip() and not placeholder(text):
        yield f"value of {path[-1]!r}", value
        return
    known += assignments(text) if not known else ()
    for found in known:
        yield found.what, text[found.start : found.end]
    if known or _is_known(path) or _ADDRESS.match(text):
        return
    for start, end in random_runs(text):
        yield "", text[start:end]


def _names_secret(path: Path) -> bool:
    """Whether the key is a secret's name, and not one of the user's columns."""
    return secretive(path[-1]) and not any(step in _COLUMNS for step in path[:-1])


def _is_known(path: Path) -> bool:
    """Whether the field, or the list it stands in, holds what looks random by nature."""
    name = next((step for step in reversed(path) if not step.isdecimal()), "")
    words = [word.lower() for word in _WORDS.findall(name)]
    return bool(words) and words[-1] in _KNOWN


def _finding(what: str, at: Span) -> Diagnostic:
    if what:
        return Diagnostic("SECRET001", f"a secret is written here: {what}", at, HELP)
    text = "this may be a secret: it is long and looks random"
    return Diagnostic("SECRET001", text, at, HELP, Severity.WARNING)
