"""What waits for something that is not there yet: a spec, and what needs it of others. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.graph import Node
from reconciler.model.waiting import Waiting


def spread(
    nodes: dict[str, list[Node]],
    deferred: dict[str, Waiting],
    uses: Mapping[str, tuple[str, ...]],
) -> None:
    """Defer what needs a resource of a deferred spec; what else its own spec has is made.

    Args:
        nodes: The resources of each spec, without those of deferred ones; what waits is taken out.
        deferred: For what each deferred spec waits; those that wait in part are added.
        uses: The specs that a spec names.
    """
    changed = bool(deferred)
    while changed:
        changed = False
        made = {node.address for each in nodes.values() for node in each}
        for id_, own in nodes.items():
            cause = next((other for other in uses[id_] if other in deferred), None)
            ready = [node for node in own if not node.needs - made]
            if cause and len(ready) < len(own):
                nodes[id_] = ready
                why = f"{'part of it' if ready else 'it'} needs {cause}, which is deferred"
                deferred[id_] = Waiting(id_, why, deferred[cause].todo, whole=not ready)
                changed = True


def findings(deferred: Mapping[str, Waiting], lines: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """A warning for each spec that waits, at its line."""
    for id_, waiting in deferred.items():
        help_ = f"{waiting.todo}, then apply again; {waiting.stays}"
        text = f"{id_} is deferred: {waiting.why}"
        yield Diagnostic("PLAN010", text, lines[id_], help_, Severity.WARNING)
