"""AWS would refuse a property, by its own published schemas.

A finding here is a fault of a spec that its kind did not catch, so it points at
the spec line behind the property.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts import Facts, check, facts
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, in_words
from reconciler.model.given import stated
from reconciler.model.graph import Graph, Node
from reconciler.policy.api import Rule, register
from reconciler.resources.api import lookup

TAGS = "Tags"


CODE = Code(
    "GRAPH005",
    "AWS would refuse a property",
    "A compiled property does not fit AWS's published schema of the resource type.",
    "Correct the spec line; if it looks right, the kind is at fault: report it.",
)


def check_graph(graph: Graph) -> Iterator[Diagnostic]:
    """Everything AWS would refuse, as far as its published schemas say."""
    for node in graph:
        yield from _node(node)


register(Rule(CODE, check_graph))


def _as_list(about: Facts) -> bool:
    """Whether the type keeps tags as a node does."""
    shape = about.shape_at((TAGS,))
    return about.tag_property == (TAGS,) and shape is not None and shape.is_list


def _node(node: Node) -> list[Diagnostic]:
    if node.asset is not None:  # an object in a bucket, of which CloudFormation has no type
        return []
    resource = lookup(node.address.type)
    ours = {companion.prop for companion in resource.companions} if resource else set()
    if resource and not _as_list(facts(node.address.type)):
        ours.add(TAGS)  # the type keeps tags under another name or in another form
    needed = facts(node.address.type).required if resource and resource.generic else frozenset()
    given = stated(node.props) if resource and resource.generic else node.props
    props = {
        key: value  # empty says "not set", which AWS never sees
        for key, value in given.items()
        if key not in ours and (value not in ("", [], {}) or key in needed)
    }
    out = []
    for problem in check.problems(node.address.type, props):
        path = ".".join(problem.path)
        at = node.origin.line_of(problem.path) if node.origin else None
        said = in_words(f"{node.address.type}.{path}", at)
        text = f"{said}: {problem.message}" if path else problem.message
        out.append(Diagnostic(CODE.code, text, at, "", address=node.address))
    return out
