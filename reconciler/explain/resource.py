"""Why a resource is there: the spec and lines behind it, what it needs, what it holds. Pure.

It reads the compiled graph only, so it says what should be, not what is live.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from reconciler.explain.property import explain
from reconciler.facts.projection import TEMPLATE, place
from reconciler.model.address import Address
from reconciler.model.change import Effect
from reconciler.model.diagnostic import Span, span_to_json
from reconciler.model.graph import Graph, Node
from reconciler.model.lineage import Lineage
from reconciler.model.value import Join, Json, Path, Ref, to_json
from reconciler.resources.api import HOLDS_TAG, Resource, lookup
from reconciler.resources.items import named
from reconciler.secret.redact import redact_value

HELD = {
    "records": "records; deleting it deletes stored data",
    "traffic": "traffic; requests fail while it is gone",
    "keys": "keys; what they encrypted cannot be read without them",
    "history": "history; versions, runs or logs go with it",
    "serviceAccess": "the right to use a service that AWS closed to new accounts",
}
NAMED_BY_CONTENT = (
    "its name carries a digest of its content: a change makes a new one beside it, and the old one"
    " is deleted when nothing uses it"
)
_DIGEST = 8


def reason(graph: Graph, address: Address) -> dict[str, Json]:
    """All that the graph knows of one of its resources, as JSON."""
    node = graph.nodes[address]
    resource = lookup(address.type)
    users = [each.address for each in graph if address in each.needs]
    return {
        "address": str(address),
        "spec": node.origin.spec if node.origin else "",
        "at": span_to_json(_line(node, ())),
        "holds": (resource.holds if resource else "") or _said(node),
        "content_named": bool(resource and resource.content_named),
        "needs": [_neighbour(graph, each) for each in sorted(node.needs)],
        "needed_by": [_neighbour(graph, each) for each in sorted(users)],
        "properties": [*_properties(node, resource)],
    }


def partition(graph: Graph, address: Address, day: str) -> dict[str, Json]:
    """Where a table has the rows of a day (ISO); nothing of what has no such layout.

    Raises:
        ValueError: there is no such day.
    """
    body = graph.nodes[address].props.get("TableInput")
    parameters = body.get("Parameters") if isinstance(body, Mapping) else None
    if not isinstance(parameters, Mapping) or TEMPLATE not in parameters:
        return {}
    template = parameters[TEMPLATE]
    parts = template.parts if isinstance(template, Join) else (template,)
    text = "".join(it.target.name if isinstance(it, Ref) else str(it) for it in parts)
    return {"day": day, "path": place(text, parameters, day)}


def _said(node: Node) -> str:
    """What its spec says that it holds."""
    tags = {tag["Key"]: tag["Value"] for tag in node.props.get("Tags") or ()}
    held = tags.get(HOLDS_TAG, "")
    return held if held in HELD else ""


def of_spec(graph: Graph, spec: str) -> dict[str, Json] | None:
    """The resources that a spec makes; nothing when there is no such spec in the graph."""
    made = [node for node in graph if node.origin and node.origin.spec == spec]
    if not made and spec not in graph.deferred:
        return None
    starts = [node.origin.at for node in made if node.origin]
    return {
        "spec": spec,
        "at": span_to_json(min(starts, default=None)),
        "deferred": spec in graph.deferred,
        "resources": [_neighbour(graph, node.address) for node in made],
    }


def of_lineage(lineage: Lineage, spec: str) -> dict[str, Json]:
    """What a spec comes from and what comes of it; nothing where it is part of no lineage."""
    into, out = lineage.near(spec)
    if not (into or out):
        return {}
    found = {"stage": lineage.stages.get(spec, ""), "made_of": [*into], "makes": [*out]}
    return {**found, "comes_from": [*lineage.before(spec)], "reaches": [*lineage.after(spec)]}


def like(graph: Graph, text: str) -> Address | None:
    """The resource meant by a text: its address, its name alone, or a name of other content."""
    type_, slash, name = text.partition("/")
    wanted = name if slash else text
    for node in graph:
        if node.address.name == wanted and (not slash or node.address.type == type_):
            return node.address
        if text in {node.address.name, node.address.name.rpartition("/")[2]}:  # within another one
            return node.address
    for node in graph:
        resource = lookup(node.address.type)
        if resource and resource.content_named and node.address.type == type_:
            base = node.address.name[:-_DIGEST]
            if wanted.startswith(base) and len(wanted) == len(node.address.name):
                return node.address
    return None


def close(graph: Graph, text: str, most: int = 3) -> list[str]:
    """Addresses that look like a text, the closest first."""
    known = {str(node.address).lower(): str(node.address) for node in graph}
    if "/" not in text:
        known = {address.partition("/")[2]: full for address, full in known.items()}
    return [known[each] for each in get_close_matches(text.lower(), known, most, cutoff=0.6)]


def _neighbour(graph: Graph, address: Address) -> dict[str, Json]:
    node = graph.nodes.get(address)
    spec = node.origin.spec if node and node.origin else ""
    return {
        "address": str(address),
        "spec": spec,
        "at": span_to_json(_line(node, ())) if node else None,
    }


def _line(node: Node, path: Path) -> Span | None:
    return node.origin.line_of(path) if node.origin else None


def _properties(node: Node, resource: Resource | None) -> Iterator[dict[str, Json]]:
    """Top-level properties, each followed by what in it has a line of its own."""
    props = to_json(redact_value(node.props))
    finer = node.origin.fields if node.origin else {}
    for name, value in props.items():
        yield _property(node, (name,), value)
        around = _line(node, (name,))
        for path in finer:
            if len(path) > 1 and path[0] == name and _line(node, path) != around:
                inner = _inside(props, path, resource)
                if inner is not None:
                    yield _property(node, path, inner)


def _property(node: Node, path: Path, value: Json) -> dict[str, Json]:
    effect = _effect(node.address.type, path)
    return {
        "path": list(path),
        "value": value,
        "at": span_to_json(_line(node, path)),
        "effect": effect,
    }


def _effect(type_: str, path: Path) -> str:
    """What a change of the property does; of the property around it where AWS has no such word."""
    top = str(explain(f"{type_}.{path[0]}")["effect"])
    if len(path) == 1 or top == Effect.APPEND_ONLY:
        return top
    inside = str(explain(".".join((type_, *_starred(path))))["effect"])
    return top if inside == Effect.UNSUPPORTED else inside


def _starred(path: Path) -> Iterator[str]:
    for part in path:
        yield "*" if part.isdigit() else part


def _inside(value: Json, path: Path, resource: Resource | None) -> Json:
    """The value at a path; a part may be the key of an item of a keyed list."""
    for depth, part in enumerate(path):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            value = _item(value, part, ".".join(path[:depth]), resource)
        else:
            return None
    return value


def _item(items: Sequence[Json], part: str, place: str, resource: Resource | None) -> Json:
    if part.isdigit() and int(part) < len(items):
        return items[int(part)]
    known = named(items, resource.keyed.get(place), place, resource) if resource else None
    return (known or {}).get(part)
