"""What every spec has in common: apiVersion, kind, metadata, and a spec of its kind.

It checks the frame only; the inside of `spec` is for `shape` and the kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from reconciler.kinds.environment import TagKey, TagValue
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.document import Document
from reconciler.model.value import Json
from reconciler.specs.shape import shape
from reconciler.specs.words import closest, did_you_mean, listed, shown

API_VERSION = "moorline/v1"
KEYS = ("apiVersion", "kind", "metadata", "spec")
NAME = re.compile(r"(?!.*--)[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")
_NAME_HELP = "1 to 40 of a-z, 0-9 and single '-'; it starts with a letter and ends without '-'"


class Metadata(BaseModel):
    """Who a spec is: its name, its owner, and words for people."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(
        description="Unique within its kind and platform; part of the names of AWS resources.",
        examples=["fraud-detector"],
        json_schema_extra={"pattern": "^[a-z](?:-?[a-z0-9])*$", "maxLength": 40},
    )
    owner: str | None = Field(
        None, description="The team to ask.", examples=["fraud-team"], max_length=100
    )
    description: str | None = Field(
        None, description="What it is for, in a sentence.", max_length=1000
    )
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict,
        description="Added to every resource that the spec makes and that can be tagged.",
        examples=[{"cost-centre": "ml"}],
    )


@dataclass(frozen=True, slots=True)
class Envelope:
    """A document whose frame is right; `spec` is not checked yet."""

    kind: str
    metadata: Metadata
    spec: Json
    document: Document

    @property
    def id(self) -> str:
        """``Kind/name``, the name of a spec in overrides and messages."""
        return f"{self.kind}/{self.metadata.name}"


def envelopes(
    documents: Iterable[Document], kinds: Collection[str]
) -> tuple[list[Envelope], list[Diagnostic]]:
    """The envelopes of all documents, and what is wrong with any. Empty documents are skipped."""
    good: dict[str, Envelope] = {}
    found: list[Diagnostic] = []
    for document in documents:
        if document.data is None:
            continue
        envelope, problems = read(document, kinds)
        found += problems
        if envelope is None:
            continue
        if (first := good.setdefault(envelope.id, envelope)) is not envelope:
            found.append(_twice(first, envelope))
    return list(good.values()), found


def read(document: Document, kinds: Collection[str]) -> tuple[Envelope | None, list[Diagnostic]]:
    """The envelope of one document; none if its kind or name cannot be told."""
    data = document.data
    if not isinstance(data, dict):
        text = f"expected a spec, got {shown(data)}"
        help_ = "a spec is a mapping of apiVersion, kind, metadata and spec"
        return None, [Diagnostic("SPEC001", text, document.at(), help_)]
    found = [*_keys(document), *_version(document), *_kind(document, kinds)]
    metadata, problems = (
        shape(document, Metadata, ("metadata",)) if "metadata" in data else (None, [])
    )
    found += problems
    if metadata is not None and not NAME.match(metadata.name):
        text = f"the name {metadata.name!r} is not allowed"
        found.append(Diagnostic("SPEC004", text, document.at(("metadata", "name")), _NAME_HELP))
        metadata = None
    kind = data.get("kind")
    if metadata is None or not isinstance(kind, str) or kind not in kinds:
        return None, found
    return Envelope(kind, metadata, data.get("spec"), document), found


def _keys(document: Document) -> list[Diagnostic]:
    found = []
    for key in document.data:
        if key not in KEYS:
            text = f"unknown field {key!r}{did_you_mean(key, KEYS)}"
            help_ = f"a spec has {listed(KEYS, 'and')}"
            found.append(Diagnostic("SPEC010", text, document.key_at((key,)), help_))
    for key in KEYS:
        if key not in document.data and closest(key, set(document.data) - set(KEYS)) is None:
            text = f"the field {key!r} is missing"
            help_ = f"add `{key}: {_EXAMPLES[key]}`"
            found.append(Diagnostic("SPEC011", text, document.at(), help_))
    return found


_EXAMPLES = {
    "apiVersion": API_VERSION,
    "kind": "…",
    "metadata": "{name: …}",
    "spec": "…",
}


def _version(document: Document) -> list[Diagnostic]:
    version = document.data.get("apiVersion", API_VERSION)
    if version == API_VERSION:
        return []
    text = f"apiVersion is {shown(version)}"
    return [Diagnostic("SPEC002", text, document.at(("apiVersion",)), f"write {API_VERSION}")]


def _kind(document: Document, kinds: Collection[str]) -> list[Diagnostic]:
    if "kind" not in document.data:
        return []
    kind = document.data["kind"]
    if isinstance(kind, str) and kind in kinds:
        return []
    known = sorted(kinds)
    meant = did_you_mean(kind, known) if isinstance(kind, str) else ""
    text = f"unknown kind {kind!r}{meant}" if isinstance(kind, str) else f"kind is {shown(kind)}"
    help_ = f"kinds are {', '.join(known)}"
    return [Diagnostic("SPEC003", text, document.at(("kind",)), help_)]


def _twice(first: Envelope, second: Envelope) -> Diagnostic:
    place = first.document.at(("metadata", "name"))
    text = f"{second.id} is declared twice (first at {place})"
    at = second.document.at(("metadata", "name"))
    return Diagnostic("SPEC005", text, at, "rename one of the two, or remove it")
