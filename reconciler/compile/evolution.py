"""What an edit of specs breaks, and whom: compared with other specs, or with what is live. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.compile.spec import Spec
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.lineage import Lineage

BREAKS = frozenset({"SCHEMA001", "GLUE001", "GLUE004"})
"""Codes of edits that who reads the data does not survive."""


def since(before: Iterable[Spec], after: Iterable[Spec], lineage: Lineage) -> list[Diagnostic]:
    """What edits break that lie between two sets of specs; `lineage` is that of the first."""
    old = {spec.id: spec for spec in before}
    found: list[Diagnostic] = []
    for spec in after:
        was = old.get(spec.id)
        if was is None:
            continue
        for each in spec.kind.evolves(was.model, spec.model):
            at = (spec.key_at if each.on_key else spec.at)(each.path)
            plain = Diagnostic(each.code, each.message, at, each.help, each.severity)
            found.append(told(plain, spec.id, lineage))
    return found


def told(found: Diagnostic, spec: str, lineage: Lineage) -> Diagnostic:
    """The finding with those whom it breaks, by name."""
    chain = " → ".join(_words(each, lineage) for each in lineage.after(spec))
    return replace(found, message=f"{found.message}; breaks {chain}") if chain else found


def named(found: Iterable[Diagnostic], graph: Graph, lineage: Lineage) -> list[Diagnostic]:
    """Findings of a plan, those about what breaks with whom it breaks."""
    out = []
    for each in found:
        node = graph.nodes.get(each.address) if each.address else None
        if each.code in BREAKS and node is not None and node.origin is not None:
            out.append(told(each, node.origin.spec, lineage))
        else:
            out.append(each)
    return out


def _words(spec: str, lineage: Lineage) -> str:
    """As people say it: ``features/customer``, ``model/fraud``."""
    kind, _, name = spec.partition("/")
    return f"{lineage.stages.get(spec, kind)}/{name}"
