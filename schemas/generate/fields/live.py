"""One graph as what is live, another as what is wanted: the plan between the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.graph import Graph, Node
from reconciler.model.loss import Destruction
from reconciler.model.policy import Policy
from reconciler.model.value import UNKNOWN, Json, Ref, references, resolve
from reconciler.plan import order
from reconciler.plan.diff import TAGS
from reconciler.plan.live import Live, Orphan
from reconciler.plan.order import Draft
from reconciler.resources import api as resources
from reconciler.resources.api import OWNERSHIP, Place
from schemas.generate.fields.platform import Compiled

TODAY = date(2026, 1, 1)
ALL = Policy(frozenset(map(str, Destruction)), today=TODAY)


def planned(before: Compiled, after: Compiled) -> Draft:
    """The plan from what one platform makes to what the other asks for."""
    known = resources.load()
    live = _live(before.graph, after.graph, before.place)
    return order.plan(after.graph, live, known, after.place, ALL)


def _live(before: Graph, after: Graph, place: Place) -> Live:
    outputs = _outputs([before, after])
    seen: dict[Address, Observed | None] = {node.address: None for node in after}
    there = {node.address: Observed({}, outputs.get(node.address, {})) for node in before}
    first = Live({**seen, **there})
    made = {node.address: _observed(node, before, first, place) for node in before}
    found = {**seen, **{at: each for at, each in made.items() if at in after}}
    orphans = [
        Orphan(node.address, made[node.address], node.origin.spec if node.origin else "")
        for node in before
        if node.address not in after
    ]
    return Live(found, tuple(orphans))


def _observed(node: Node, before: Graph, first: Live, place: Place) -> Observed:
    known = resources.load()

    def value(ref: Ref) -> Json:
        found = order.known(ref, first, known, place)
        return f"{ref.output} of {ref.target.name}" if found is UNKNOWN else found

    props = resolve(node.props, value)
    whose = (place.platform, place.environment, "", place.region)
    own = {key: each for key, each in zip(OWNERSHIP, whose, strict=True) if each}
    tags = {each["Key"]: each["Value"] for each in props.get(TAGS) or ()} or own
    seen = first.found[node.address]
    named = {known[node.address.type].name: node.address.name}
    outputs = {**named, **(seen.outputs if seen else {}), **_borrowed(node, before)}
    kept = {key: each for key, each in props.items() if key != TAGS}
    for part in known[node.address.type].parts:  # what AWS adds to each item, such as its ARN
        shown = (name for whole in part.wholes.values() if whole.items for name in whole.each)
        added = {name for name in shown if name.endswith("Arn")}
        items = kept.get(part.prop)
        if isinstance(items, list) and all(isinstance(each, Mapping) for each in items):
            kept[part.prop] = [{**{name: f"arn:{name}" for name in added}, **it} for it in items]
    return Observed(kept, outputs, tags=tags)


def _borrowed(node: Node, graph: Graph) -> dict[str, Json]:
    """What a live resource shows of another one that it names, such as the variants of a config."""
    found: dict[str, Json] = {}
    for prop, borrowed in resources.load()[node.address.type].aside.borrowed.items():
        ref = node.props.get(borrowed.by)
        lender = graph.nodes.get(ref.target) if isinstance(ref, Ref) else None
        items = lender.props.get(prop) if lender else None
        if isinstance(items, list):
            back = {theirs: ours for ours, theirs in borrowed.names.items()}
            found[prop] = [
                {**it, **{back[key]: it[key] for key in it.keys() & back}} for it in items
            ]
    return found


def _outputs(graphs: Iterable[Graph]) -> dict[Address, dict[str, str]]:
    """A text for each id that AWS would choose, the same before and after."""
    found: dict[Address, dict[str, str]] = {}
    known = resources.load()
    for graph in graphs:
        for node in graph:
            named = known[node.address.type]
            for output in (*named.outputs, *named.created):
                if output.endswith(("Arn", "Id")):
                    text = _chosen(output, node.address, graph)
                    found.setdefault(node.address, {})[output] = text
            for ref in references(node.props):
                text = _chosen(ref.output, ref.target, graph)
                found.setdefault(ref.target, {})[ref.output] = text
    return found


def _chosen(output: str, address: Address, graph: Graph) -> str:
    """A text for what AWS would choose: something like an ARN for one."""
    known = resources.load().get(address.type)
    if known is None or not output.endswith("Arn"):
        return f"{output} of {address.name}"
    return f"arn:aws:{known.service}:{graph.region}:{graph.account}:{output}/{address.name}"
