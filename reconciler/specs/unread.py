"""What is probably declared where nothing can be read: names that are no mistake to use. Pure.

A file that is not YAML and a document whose kind is misspelt are causes. That a name is not
declared is then only a consequence, and is not said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from reconciler.model.document import Document
from reconciler.specs.words import closest

ANYTHING = "*"
"""Stands among names where a folder could not be read, which may declare whatever is missed."""
_NAME = re.compile(r"""\bname["']?\s*:\s*["']?([A-Za-z0-9][\w-]*)""")


def names(file: str, text: str) -> frozenset[str]:
    """The names that a file may declare whose text could not be parsed."""
    return frozenset({PurePosixPath(file).stem, *_NAME.findall(text)})


def among(name: str, lost: Collection[str]) -> bool:
    """Whether what is called `name` may be declared where nothing can be read."""
    return name in lost or ANYTHING in lost


def misframed(
    documents: Iterable[Document], kinds: Collection[str]
) -> Iterator[tuple[str, Document]]:
    """Documents that are no specs of a known kind, each with the names it may have."""
    for document in documents:
        if document.data is None or _framed(document, kinds):
            continue
        yield PurePosixPath(document.file).stem, document
        if isinstance(document.data, dict):
            metadata = document.data.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            if isinstance(name, str):
                yield name, document


def may_be(document: Document, kind: str) -> bool:
    """Whether a document may be of a kind, as far as what it says of its kind goes."""
    said = document.data.get("kind") if isinstance(document.data, dict) else None
    return not isinstance(said, str) or said == kind or closest(said, [kind]) is not None


def _framed(document: Document, kinds: Collection[str]) -> bool:
    data = document.data
    if not isinstance(data, dict):
        return False
    kind, metadata = data.get("kind"), data.get("metadata")
    named = isinstance(metadata, dict) and isinstance(metadata.get("name"), str)
    return isinstance(kind, str) and kind in kinds and named
