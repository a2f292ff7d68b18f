"""That a step sends what a secret holds, and that AWS keeps a copy of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Node
from reconciler.model.secret import Secret
from reconciler.model.step import Step
from reconciler.model.value import leaves

CODE = "SECRET005"


def copies(node: Node, steps: Iterable[Step]) -> Iterator[Diagnostic]:
    """One note for each secret that the calls of a resource send."""
    sent = (leaf for step in steps for call in step.calls for leaf in leaves(call.params))
    names = dict.fromkeys(leaf.arn for leaf in sent if isinstance(leaf, Secret))
    for name in names:
        short = name.partition(":secret:")[2] or name
        text = f"apply sends what secret {short!r} holds, and AWS keeps a copy of it"
        help_ = f"{str(node.address)!r} takes the value itself; Moorline keeps and shows it nowhere"
        at = node.origin.at if node.origin else None
        yield Diagnostic(CODE, text, at, help_, Severity.NOTE, node.address)
