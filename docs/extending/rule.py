"""A feature group without an offline store has no history to train on.

Copy to `reconciler/policy/<rule>.py`, then `make docs`. A code is never reused.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph
from reconciler.policy.api import Rule, register

TYPE = "AWS::SageMaker::FeatureGroup"
CODE = Code(
    "GRAPH900",
    "feature group without history",
    "Nothing keeps the records of this feature group, so no model can be trained on them.",
    "Give the feature group an `offline` store.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each, at the line of the spec that makes it."""
    for node in graph:
        if node.address.type == TYPE and not node.props.get("OfflineStoreConfig"):
            yield Diagnostic(
                CODE.code,
                f"{node.address.name!r} has no offline store",
                node.origin.line_of(()) if node.origin else None,
                CODE.fix,
                Severity.WARNING,
                node.address,
            )


register(Rule(CODE, check))
