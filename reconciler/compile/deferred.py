"""What waits for something that is not there yet: a spec, and what needs it of others. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.graph import Node


def spread(
    nodes: dict[str, list[Node]], deferred: dict[str, str], uses: Mapping[str, tuple[str, ...]]
) -> None:
    """Defer what needs a resource of a deferred spec; what else its own spec has is made.

    Args:
        nodes: The resources of each spec, without those of deferred ones; what waits is taken out.
        deferred: Why each deferred spec waits; those that wait in part are added.
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
                part = "part of it" if ready else "it"
                deferred[id_] = f"{part} needs {cause}, which is deferred"
                changed = True


def findings(
    nodes: Mapping[str, list[Node]], deferred: Mapping[str, str], lines: Mapping[str, Span]
) -> Iterator[Diagnostic]:
    """A warning for each spec that waits, at its line."""
    for id_, why in deferred.items():
        help_ = (
            "what does not need it is made; the rest is left as it is until then"
            if nodes.get(id_)
            else "nothing it owns is changed until then"
        )
        text = f"{id_} is deferred: {why}"
        yield Diagnostic("PLAN010", text, lines[id_], help_, Severity.WARNING)
