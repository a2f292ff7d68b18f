"""A stream on demand has no number of shards. Source: Kinesis API reference, CreateStream."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.policy.api import Rule, register

TYPE, SHARDS, MODE = "AWS::Kinesis::Stream", "ShardCount", "StreamModeDetails"
CODE = Code(
    "GRAPH041",
    "number of shards on demand",
    "A stream on demand has no number of shards of its own: AWS sets it by what comes, and refuses"
    " one.",
    "Remove 'ShardCount', or set the mode to PROVISIONED.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each stream, at the number's line."""
    for node in graph:
        if node.address.type != TYPE or node.props.get(SHARDS) is None:
            continue
        if (node.props.get(MODE) or {}).get("StreamMode") == "ON_DEMAND":
            yield Diagnostic(
                CODE.code,
                f"{str(node.address)!r} is on demand and has a number of shards",
                node.origin.line_of((SHARDS,)) if node.origin else None,
                CODE.fix,
                address=node.address,
            )


register(Rule(CODE, check))
