"""`${name}` in the values of a spec.

A scalar that is exactly ``${name}`` becomes the variable with its type; inside a
longer text the value is written out. ``$${`` is a literal ``${``. Keys and
``{{resolve:…}}`` references are left alone; so are ``${ref:…}`` and the escapes where the kind
reads them itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.document import Document
from reconciler.model.value import Json, Path
from reconciler.specs.words import did_you_mean, listed

Scalar = bool | int | float | str
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TOKEN = re.compile(
    r"(?P<secret>\{\{resolve:[^}]*\}\})|(?P<literal>\$\$\{)|\$\{(?P<name>[^}]*)(?P<end>\}?)"
)
_ESCAPE = "write $${ for a literal ${"
_REFERENCE = "ref:"
_PSEUDO = "AWS::"


def substitute(
    document: Document, below: str, variables: Mapping[str, Scalar], *, references: bool = False
) -> tuple[Document, list[Diagnostic]]:
    """The document with all values below one top-level key substituted.

    With `references` what is written ``${ref:…}`` or ``$${`` stays as it is.
    """
    data = document.data
    if not isinstance(data, dict) or below not in data:
        return document, []
    work = _Work(document, variables, [], references)
    value = work.replaced(data[below], (below,))
    if value is data[below]:
        return document, work.found
    return replace(document, data={**data, below: value}), work.found


def uses(text: str) -> bool:
    """Whether a text has something to substitute."""
    return any(match["name"] is not None for match in _TOKEN.finditer(text))


def named(text: str) -> Iterator[str]:
    """The names between ``${`` and ``}``."""
    return (match["name"] for match in _TOKEN.finditer(text) if match["name"] is not None)


@dataclass(frozen=True, slots=True)
class _Work:
    """One pass over a document; values without `${` are returned as they are, not copied."""

    document: Document
    variables: Mapping[str, Scalar]
    found: list[Diagnostic]
    references: bool

    def replaced(self, value: Json, path: Path) -> Json:
        if isinstance(value, str):
            return self._text(value, path) if "${" in value else value
        if isinstance(value, dict):
            new = {key: self.replaced(item, (*path, key)) for key, item in value.items()}
            return new if any(new[key] is not value[key] for key in new) else value
        if isinstance(value, list):
            items = [self.replaced(item, (*path, str(i))) for i, item in enumerate(value)]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else items
        return value

    def _text(self, text: str, path: Path) -> Json:
        whole = _TOKEN.fullmatch(text)
        if whole is not None and whole["name"] is not None and whole["end"]:
            return self._lookup(whole, path)
        return "".join(self._pieces(text, path))

    def _pieces(self, text: str, path: Path) -> Iterator[str]:
        at = 0
        for match in _TOKEN.finditer(text):
            yield text[at : match.start()]
            at = match.end()
            if match["literal"]:
                yield match[0] if self.references else "${"
            elif match["secret"]:
                yield match[0]
            else:
                yield written(self._lookup(match, path))
        yield text[at:]

    def _lookup(self, match: re.Match[str], path: Path) -> Scalar:
        name = match["name"]
        if match["end"] and name in self.variables:
            return self.variables[name]
        if self.references and name.startswith(_REFERENCE):
            return match[0]
        at = self.document.at(path)
        if not match["end"] or not NAME.fullmatch(name):
            text = f"{match[0][:40]!r} is not the name of a variable"
            self.found.append(Diagnostic("ENV009", text, at, f"{self._cure(name)}; {_ESCAPE}"))
        else:
            text = f"unknown variable {name!r}{did_you_mean(name, self.variables)}"
            help_ = f"variables are {listed(sorted(self.variables), 'and')}; {_ESCAPE}"
            self.found.append(Diagnostic("ENV007", text, at, help_))
        return match[0]

    def _cure(self, name: str) -> str:
        """What to write where a name is none of a variable's."""
        if name.startswith(_REFERENCE):
            return "write the name of the other spec; only the kind Resource takes ${ref:…}"
        if name.startswith(_PSEUDO):
            return "write ${region} or ${account}: CloudFormation's pseudo parameters are not read"
        return "write ${name}, or ${ref:KIND/NAME.Output}" if self.references else "write ${name}"


def written(value: Scalar) -> str:
    """A value inside a longer text, in YAML's words."""
    return value if isinstance(value, str) else json.dumps(value)
