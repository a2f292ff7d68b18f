"""Exchange one scalar of a YAML or JSON text, and leave every other byte as it is. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.diagnostic import Span
from reconciler.model.document import Document
from reconciler.model.value import Json, Path
from reconciler.specs.source import parse

Scalar = bool | int | float | str


class SpliceError(Exception):
    """A value cannot be exchanged in place. The message says why."""


@dataclass(frozen=True, slots=True)
class Site:
    """A scalar in a text: from character `start` to `end`."""

    file: str
    at: Span
    start: int
    end: int
    document: int
    """The number of the document in its file."""
    path: Path
    value: Scalar


@dataclass(frozen=True, slots=True)
class Edit:
    """What takes the place of a site."""

    site: Site
    text: str


def sites(text: str, file: str, at: Span) -> list[Site]:
    """The scalars at a place, or inside of what is there.

    Raises:
        SpliceError: there is none that stands on its own on one line.
    """
    found = parse(text, file)
    if any(each.is_error for each in found.diagnostics):
        raise SpliceError(f"{file} cannot be read any more")
    starts = _starts(text)
    for number, document in enumerate(found.documents):
        here = [path for path, span in document.values.items() if span == at]
        if here:
            whole = min(here, key=len)
            return [*_scalars(starts, document, number, whole)]
    raise SpliceError(f"nothing is written at {at}")


def _scalars(starts: list[int], document: Document, number: int, top: Path) -> Iterator[Site]:
    for path, span in document.values.items():
        if path[: len(top)] != top:
            continue
        value = _at(document.data, path)
        if isinstance(value, str | int | float | bool):
            start = starts[span.line - 1] + span.column - 1
            yield Site(document.file, span, start, start + span.length, number, path, value)


def spliced(text: str, edits: list[Edit]) -> str:
    """The text with every edit made.

    Raises:
        SpliceError: two edits meet.
    """
    out, end = [], 0
    for edit in sorted(edits, key=lambda each: each.site.start):
        if edit.site.start < end:
            raise SpliceError("two values stand in the same place")
        out += [text[end : edit.site.start], edit.text]
        end = edit.site.end
    return "".join([*out, text[end:]])


def edit(text: str, site: Site, value: Scalar) -> Edit:
    """The edit that makes a site say `value`, in the style in which it is written.

    Raises:
        SpliceError: it is written in a way that cannot be exchanged in place.
    """
    raw = text[site.start : site.end]
    if not _alone(raw, site):
        raise SpliceError(f"{site.at} is an alias, or is written on several lines")
    for candidate in _forms(raw, value, site.file):
        made = Edit(site, candidate)
        if _only(text, made, value):
            return made
    raise SpliceError(f"{value!r} cannot be written at {site.at}")


def _forms(raw: str, value: Scalar, file: str) -> Iterator[str]:
    """The ways to write a value; the style of what stands there first."""
    quoted = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and not file.endswith(".json"):
        if raw.startswith("'"):
            yield "'" + value.replace("'", "''") + "'"
        elif not raw.startswith('"'):
            yield value
    yield quoted


def _alone(raw: str, site: Site) -> bool:
    if site.file.endswith(".json"):
        return _is(_json(raw), site.value)
    found = parse(f"v: {raw}\n", "v.yaml")
    data = found.documents[0].data if found.documents else None
    value = data.get("v") if isinstance(data, dict) else None
    return raw[:1] not in "&*|>!" and _is(value, site.value)


def _json(raw: str) -> Json:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _only(text: str, made: Edit, value: Scalar) -> bool:
    """Whether exactly the value of the site is another one."""
    site = made.site
    try:
        changed = spliced(text, [made])
    except SpliceError:
        return False
    before, after = parse(text, site.file), parse(changed, site.file)
    if any(each.is_error for each in after.diagnostics):
        return False
    if len(before.documents) != len(after.documents):
        return False
    for number, (old, new) in enumerate(zip(before.documents, after.documents, strict=True)):
        want = _with(old.data, site.path, value) if number == site.document else old.data
        if json.dumps(want) != json.dumps(new.data):
            return False
    return True


def _with(data: Json, path: Path, value: Scalar) -> Json:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {
            key: _with(item, rest, value) if key == step else item for key, item in data.items()
        }
    return [_with(item, rest, value) if str(i) == step else item for i, item in enumerate(data)]


def _at(data: Json, path: Path) -> Json:
    for step in path:
        data = data[step] if isinstance(data, dict) else data[int(step)]
    return data


def _is(one: Json, other: Json) -> bool:
    return type(one) is type(other) and bool(one == other)


def _starts(text: str) -> list[int]:
    """Where each line begins."""
    out, at = [0], 0
    while at < len(text):
        if text[at] == "\r":
            at += 2 if text[at + 1 : at + 2] == "\n" else 1
            out.append(at)
        elif text[at] == "\n":
            at += 1
            out.append(at)
        else:
            following = [place for sign in "\r\n" if (place := text.find(sign, at)) >= 0]
            at = min(following, default=len(text))
    return out
