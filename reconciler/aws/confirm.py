"""Which differences are asked for once more: those that only a listing or a document has shown.

Listings lag behind a resource's own reads, so what differs in one may be from before a change.
Nothing is asked where nothing differs, nor where only tags do, or parts that were read apart. A
document is another service's word, in its own spelling: nothing that is changed is known from one.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from reconciler.aws.errors import contradiction
from reconciler.aws.single import Single
from reconciler.model.address import Address
from reconciler.model.change import Action, Observed
from reconciler.model.graph import Graph, Node
from reconciler.model.value import UNKNOWN, leaves, resolve
from reconciler.plan.diff import TAGS, compare
from reconciler.plan.live import Live
from reconciler.plan.order import known
from reconciler.resources.api import Place, Resource


def doubtful(
    graph: Graph,
    live: Live,
    listed: Mapping[Address, Container[str]],
    resources: Mapping[str, Resource],
    place: Place,
) -> list[Node]:
    """Of what was `listed`, the nodes that are not as declared, as far as references are known.

    With each address are the properties that its listing has told.
    """
    nodes = [graph.nodes[address] for address in sorted(listed) if address in graph]
    return [n for n in nodes if _differs(n, live, listed[n.address], resources, place)]


def changing(
    graph: Graph,
    live: Live,
    told: Iterable[Address],
    resources: Mapping[str, Resource],
    place: Place,
) -> list[Node]:
    """Of what documents have `told` of, the nodes that are not as declared, or may not be."""
    nodes = [graph.nodes[address] for address in sorted(told) if address in graph]
    return [node for node in nodes if _changes(node, live, resources, place)]


def _changes(node: Node, live: Live, resources: Mapping[str, Resource], place: Place) -> bool:
    observed = live.found.get(node.address)
    if observed is None or node.address in live.unknown:
        return False
    desired = resolve(node.props, lambda ref: known(ref, live, resources, place))
    if any(leaf is UNKNOWN for leaf in leaves(desired)):
        return True
    change = compare(node.address, desired, observed, resources[node.address.type])
    return change.action is not Action.NONE


def _differs(
    node: Node,
    live: Live,
    told: Container[str],
    resources: Mapping[str, Resource],
    place: Place,
) -> bool:
    observed = live.found.get(node.address)
    if observed is None or node.address in live.unknown:
        return False
    desired = resolve(node.props, lambda ref: known(ref, live, resources, place))
    if any(leaf is UNKNOWN for leaf in leaves(desired)):
        return False
    resource = resources[node.address.type]
    change = compare(node.address, desired, observed, resource)
    apart = {TAGS, *(part.prop for part in resource.parts if part.prop not in told)}
    listed = any(each.path[0] not in apart for each in change.fields)
    return change.action is not Action.NONE and (listed or not change.fields)


def confirmed(single: Single, resources: Mapping[str, Resource], node: Node) -> Observed:
    """A listed resource by its own reads.

    Raises:
        AwsError: its state could not be found out, as when these say that it is not there.
    """
    found = single.read(resources[node.address.type], node.address, node.props)
    if found is None:
        raise contradiction(str(node.address), "it is listed, and not there")
    return found
