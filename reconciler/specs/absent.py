"""Why an environment that is named is not there: the cause where it can be told. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from reconciler.kinds import api as kinds
from reconciler.kinds.environment import Environment
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.document import Document
from reconciler.specs import envelope, unread
from reconciler.specs.shape import shape
from reconciler.specs.words import did_you_mean, listed

KIND = "Environment"


def absent(
    documents: Iterable[Document], known: Collection[str], name: str, lost: Collection[str]
) -> list[Diagnostic]:
    """The faults of the documents that may be the environment `name`; none where it is `lost`.

    Otherwise that it is unknown. `known` are the environments that can be told.
    """
    documents = list(documents)
    if causes := _causes(documents, name):
        return causes
    if name in lost:
        return []
    text = f"unknown environment {name!r}"
    for document in documents:
        other = _name(document)
        if other in known and PurePosixPath(document.file).stem == name:
            text = f"{text}: this file declares {other!r}"
            help_ = f"write `name: {name}`, or say `-e {other}`"
            return [Diagnostic("ENV001", text, document.at(("metadata", "name")), help_)]
    help_ = f"environments are {listed(sorted(known), 'and')}"
    help_ = help_ if known else f"add environments/{name}.yaml"
    return [Diagnostic("ENV001", f"{text}{did_you_mean(name, known)}", None, help_)]


def parent(
    documents: Iterable[Document],
    known: Collection[str],
    name: str,
    lost: Collection[str],
    at: Span,
) -> list[Diagnostic]:
    """As `absent`, for an environment that another one extends at `at`."""
    if causes := _causes(list(documents), name):
        return causes
    if name in lost:
        return []
    text = f"unknown environment {name!r}{did_you_mean(name, known)}"
    help_ = f"environments are {listed(sorted(known), 'and')}"
    return [Diagnostic("ENV002", text, at, help_)]


def broken(documents: Collection[Document]) -> list[Diagnostic]:
    """The faults of every document that may be an environment and cannot be told as one."""
    registry = kinds.load()
    found: list[Diagnostic] = []
    for _, document in unread.misframed(documents, registry):
        if unread.may_be(document, KIND):
            found += framed(document)
    for document in documents:
        whole = _kind(document) == KIND and isinstance(document.data.get("spec"), dict)
        if _kind(document) == KIND and not whole and _name(document):
            found += [*framed(document), *_inside(document)]
    return list(dict.fromkeys(found))


def framed(document: Document) -> list[Diagnostic]:
    """What is wrong with the frame of an environment."""
    return envelope.read(document, kinds.load())[1]


def _causes(documents: list[Document], name: str) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for document in documents:
        if _kind(document) == KIND and _name(document) == name:  # and its spec is no mapping
            found += framed(document)
            found += _inside(document)
    for each, document in unread.misframed(documents, kinds.load()):
        if each == name and unread.may_be(document, KIND):
            found += framed(document)
    return list(dict.fromkeys(found))


def _kind(document: Document) -> object:
    return document.data.get("kind") if isinstance(document.data, dict) else None


def _inside(document: Document) -> list[Diagnostic]:
    return shape(document, Environment, ("spec",))[1] if "spec" in document.data else []


def _name(document: Document) -> str | None:
    metadata = document.data.get("metadata") if isinstance(document.data, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None
