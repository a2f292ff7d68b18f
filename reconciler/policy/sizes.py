"""Documents and lists that are larger than AWS takes them.

AWS would refuse them in the middle of an apply: LimitExceeded for policies of roles, PolicyTooLarge
for those of buckets. Sizes and sources: `facts.limits`.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.limits import limits, size
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.value import Ref
from reconciler.policy.api import Rule, register
from reconciler.resources.api import Place, fill, lookup

CODE = Code(
    "SIZE001",
    "larger than AWS takes it",
    "A policy, a definition or a list of a resource is larger than AWS's quota for it, so AWS would"
    " refuse it in the middle of an apply. IAM does not count white space.",
    "Say it in fewer words: patterns instead of lists of names, or two resources instead of one.",
)
_ACCOUNT = "0" * 12
_ID = "0" * 36
"""As long as the ids that AWS chooses for keys."""


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each property, at the line behind it."""
    place = Place(_ACCOUNT, graph.region or "us-east-1", "", "")

    def length(ref: Ref) -> int:
        return _length(ref, place)

    for node in graph:
        for limit in limits().get(node.address.type, ()):
            have = size(limit, node.props, length)
            if have <= limit.most:
                continue
            at = node.origin.line_of(limit.path[:1]) if node.origin else None
            text = (
                f"{limit.what} {node.address.name!r}: {have:,} {limit.unit},"
                f" and AWS takes {limit.most:,}"
            )
            yield Diagnostic(CODE.code, text, at, limit.help, address=node.address)


register(Rule(CODE, check))


def _length(ref: Ref, place: Place) -> int:
    """The length of an output that follows from the name; of an ARN with an id of AWS's too."""
    resource = lookup(ref.target.type)
    if resource is None:
        return 0
    template = resource.predict.get(ref.output)
    if template is None and ref.output.endswith("Arn"):
        template = resource.arn
    slots = {**place.slots(ref.target.name), **dict.fromkeys(resource.outputs, _ID)}
    return len(str(fill(template, slots))) if template else 0
