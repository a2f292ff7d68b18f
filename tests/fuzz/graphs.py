"""Random graphs over random types, written as a kind would write them: every property, always."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Graph, Node, Origin, build_graph
from reconciler.model.value import Ref, digest
from reconciler.resources.api import NAME_TAG, OWNERSHIP

from .records import PLACE, Traits

SMALL = st.integers(1, 2)
WORDS = st.sampled_from(["u", "v", "w"])


def owned_tags(spec: str, name: str, traits: Traits) -> dict[str, str]:
    values = (PLACE.platform, PLACE.environment, spec, PLACE.region)
    tags = dict(zip(OWNERSHIP, values, strict=True))
    return {**tags, NAME_TAG: name} if traits.found_by_tag else tags


@st.composite
def _body(draw: Any, traits: Traits) -> dict[str, Any]:
    props: dict[str, Any] = {"Fixed": draw(SMALL), "Size": draw(SMALL)}
    if traits.append:
        words = sorted(draw(st.sets(WORDS)))
        props["Items"] = [{"Key": word, "Value": draw(SMALL)} for word in words]
    if "facet" in traits.shapes:
        props["Facet"] = draw(st.sampled_from([{}, {"A": 1}, {"A": 2}]))
    if "mode" in traits.shapes:
        props["Mode"] = draw(st.sampled_from([{"State": "off"}, {"State": "on"}]))
    if "switch" in traits.shapes:
        props["On"] = draw(st.booleans())
    if "members" in traits.shapes:
        props["Members"] = sorted(draw(st.sets(WORDS)))
    if "named" in traits.shapes:
        names = sorted(draw(st.sets(WORDS)))
        props["Named"] = [{"Item": name, "Document": {"A": draw(SMALL)}} for name in names]
    return props


@st.composite
def graphs(draw: Any, types: tuple[Traits, ...], least: int = 0) -> Graph:
    """Up to three resources of each type."""
    made: dict[int, list[Address]] = {}
    nodes: list[Node] = []
    for traits in types:
        made[traits.number] = []
        bases = sorted(draw(st.sets(st.sampled_from(["a", "b", "c"]), min_size=least)))
        for base in bases:
            node = draw(_node(traits, types, base, made))
            made[traits.number].append(node.address)
            nodes.append(node)
    graph, problems = build_graph(nodes)
    assert problems == []
    return graph


@st.composite
def _node(
    draw: Any, traits: Traits, types: tuple[Traits, ...], base: str, made: dict[int, list[Address]]
) -> Node:
    props = draw(_body(traits))
    targets = [target for number in traits.refers for target in made[number]]
    numbers = {types[number].type: types[number] for number in traits.refers}
    depends: list[Address] = []
    for prop in ("Uses", "Needs"):
        chosen = sorted(draw(st.sets(st.sampled_from(targets), max_size=2))) if targets else []
        refs = []
        for target in chosen:
            predicted = not numbers[target.type].found_by_tag
            if traits.content_named and not predicted:
                continue  # a digest cannot know an id that is replaced under it
            output = "Arn" if traits.content_named else draw(st.sampled_from(["Arn", "Id"]))
            refs.append(Ref(target, output))
        props[prop] = refs
    if targets and draw(st.booleans()):
        depends = [draw(st.sampled_from(targets))]
    spec = f"Kind/{base}"
    name = f"{PLACE.prefix}{base}"
    if traits.content_named:
        name = f"{name}-{digest(props, 8)}"
    colour = draw(st.sampled_from([{}, {"colour": "red"}, {"colour": "blue"}]))
    tags = {**owned_tags(spec, name, traits), **colour}
    props["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    if traits.found_by_tag:
        props["Alias"] = f"alias/{name}"
    keep = draw(st.integers(1, 3)) if traits.content_named else 1
    origin = Origin(spec, Span("specs.yaml", 1, 1))
    return Node(Address(traits.type, name), props, tuple(depends), origin, keep)
