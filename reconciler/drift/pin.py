"""Pin a version in the files: the line that says which one is deployed says a number. Pure.

Comments and layout stay. Where the environment's variable says it, that is what changes; a value
that other environments share is named, since they get it as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from reconciler.drift.splice import Edit, Site, SpliceError, edit, sites, spliced
from reconciler.model.diagnostic import Span
from reconciler.model.document import Document
from reconciler.model.value import Json, Path
from reconciler.specs.overlay import BUILT_IN, EnvironmentView
from reconciler.specs.source import parse

_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z][A-Za-z0-9_]*)\}")
_KEY = "version"


@dataclass(frozen=True, slots=True)
class Pin:
    """An edit that pins, and what it says in place of what."""

    edit: Edit
    before: str
    after: str

    @property
    def at(self) -> Span:
        return self.edit.site.at


def pin(
    document: Document,
    within: Path,
    number: int,
    view: EnvironmentView,
    texts: Callable[[str], str],
) -> Pin | None:
    """The edit that has `version` of a spec say a number; nothing where it says so already.

    Args:
        document: The spec as the environment has it, with the places of its values.
        within: Where the registry is named, below the document: ``("spec", "model")``.
        number: The version.
        view: The environment, whose variables may say it.
        texts: The text of a file.

    Raises:
        SpliceError: it cannot be written there without doubt.
    """
    path = (*within, _KEY)
    if path not in document.values:
        return _added(document, within, number, texts)
    at = document.at(path)
    found = sites(texts(at.file), at.file, at)
    if len(found) != 1:
        raise SpliceError(f"{at} is no single value")
    site = found[0]
    if isinstance(site.value, str) and "${" in site.value:
        site = _variable(site, view, texts)
    if site.value == number and not isinstance(site.value, bool):
        return None
    made = edit(texts(site.file), site, number)
    before = texts(site.file)[site.start : site.end]
    return Pin(made, before, made.text)


def _variable(site: Site, view: EnvironmentView, texts: Callable[[str], str]) -> Site:
    """Where the environment's own variable is set."""
    match = _VARIABLE.fullmatch(str(site.value))
    if match is None:
        raise SpliceError(f"{site.at} is put together from variables")
    name = match["name"]
    path = ("spec", "variables", name)
    if name in BUILT_IN or path not in view.document.values:
        raise SpliceError(f"{site.at} is the variable {name!r}, which nobody sets")
    at = view.document.at(path)
    if at.file != view.document.file:
        raise SpliceError(
            f"{at} belongs to another environment; set {name!r} in {view.document.file}"
        )
    return next(iter(sites(texts(at.file), at.file, at)))


def _added(document: Document, within: Path, number: int, texts: Callable[[str], str]) -> Pin:
    """The key behind the registry's, where nothing says a version yet."""
    at = document.at((*within, "registry"))
    text = texts(at.file)
    (site,) = sites(text, at.file, at) or (None,)
    if site is None:
        raise SpliceError(f"nothing is written at {at}")
    key = document.key_at((*within, "registry"))
    line = text[: site.start].rpartition("\n")[2]
    said = f"{_KEY}: {number}"
    if at.file.endswith(".json"):
        where, words = site.end, f', "{_KEY}": {number}'
    elif "{" in line or key.line != at.line:
        where, words = site.end, f", {said}"
    else:
        end = text.find("\n", site.end)
        where = end if end >= 0 else len(text)
        where -= 1 if text[where - 1 : where] == "\r" else 0
        words = f"\n{' ' * (key.column - 1)}{said}"
    there = Site(site.file, site.at, where, where, site.document, (*within, _KEY), "")
    made = Edit(there, words)
    if not _only(text, made, site, number):
        raise SpliceError(f"`{said}` cannot be added behind {at}")
    return Pin(made, "", said)


def _only(text: str, made: Edit, site: Site, number: int) -> bool:
    """Whether exactly the version is there besides."""
    before, after = parse(text, site.file), parse(spliced(text, [made]), site.file)
    if any(each.is_error for each in after.diagnostics):
        return False
    if len(before.documents) != len(after.documents):
        return False
    for index, (old, new) in enumerate(zip(before.documents, after.documents, strict=True)):
        want = old.data if index != site.document else _with(old.data, site.path[:-1], number)
        if json.dumps(want, sort_keys=True) != json.dumps(new.data, sort_keys=True):
            return False
    return True


def _with(data: Json, path: Path, number: int) -> Json:
    if not path:
        return {**data, _KEY: number}
    return {
        key: _with(item, path[1:], number) if key == path[0] else item for key, item in data.items()
    }
