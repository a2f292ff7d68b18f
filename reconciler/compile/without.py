"""What is wrong with specs when their environment cannot be used: one report, one round. Pure.

The environment's faults are told first. Specs are then checked by what is left of it; what only
it could have said is no fault of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from reconciler.compile import compiler, packing
from reconciler.model.diagnostic import Diagnostic, Severity, ordered
from reconciler.model.document import Document
from reconciler.specs.salvage import salvage

CODE, FIRST, LAST = "ENV014", -1, 1
_ITS_OWN = frozenset({"ENV007", "ASSET001"})
"""What a whole environment would have said: its variables, and where files go."""
_CERTAIN = ("SECRET", "ENV009", "ENV010")
"""Findings that are so whatever a variable stands for."""


def report(
    documents: Iterable[Document],
    name: str,
    causes: Iterable[Diagnostic],
    lost: Collection[str] = (),
) -> list[Diagnostic]:
    """The `causes`, what is wrong with the specs, and how far they were checked.

    `name` is the environment, "" where none can be told.
    """
    first = [replace(each, turn=FIRST) for each in causes]
    said = {(each.code, each.at) for each in first}
    others = [
        each for each in _specs(list(documents), name, lost) if (each.code, each.at) not in said
    ]
    whose = f"the environment {name!r}" if name else "an environment"
    text = f"specs were checked as far as they can be without {whose}"
    aside = Diagnostic(
        CODE,
        text,
        help="mend the environment and run this again: what depends on it was not checked",
        severity=Severity.NOTE,
        turn=LAST,
    )
    return ordered([*first, *others, aside])


def _specs(documents: list[Document], name: str, lost: Collection[str]) -> list[Diagnostic]:
    saved = salvage(documents, name)
    specs, found = compiler.read(documents, saved.view, lost)
    open_ = {at for document in documents for at in saved.unknown(document)}
    found = [
        each
        for each in found
        if each.code not in _ITS_OWN and (each.at not in open_ or each.code.startswith(_CERTAIN))
    ]
    if saved.whole and not open_ and not lost:
        specs = packing.unread(specs)
        found += [each for each in compiler.build(specs, saved.view)[1] if each.is_error]
    return found
