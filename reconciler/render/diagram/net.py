"""What a picture of a plan or of a compiled graph shows: boxes and arrows, as plain values.

An arrow leads from what has to be there first to what needs it. A replacement
is one box. Where there are more boxes than asked for, resources of one type
that fare alike share one, what is lost or refused first. Where there are more
arrows than asked for, those that only say "after all of a type" go first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.model.change import Action
from reconciler.model.value import Json
from reconciler.render.vocabulary.entries import Entry, entries
from reconciler.render.vocabulary.ink import cut, harmless
from reconciler.render.vocabulary.words import count

STYLES: Mapping[str, str] = {
    "refused": "refused",
    "destructive": "loses data",
    "opening": "widens access",
    "blocked": "waits",
    "delete": "delete",
    "replace": "replace",
    "update": "update",
    "create": "create",
    "adopt": "adopt",
    "resource": "resource",
    "others": "others",
}
"""How a box looks, and what that says; the first in this list is shown first when room is short."""
COLOURS: Mapping[str, tuple[str, str]] = {
    "refused": ("#ffdce0", "#a40e26"),
    "destructive": ("#ffdce0", "#cf222e"),
    "opening": ("#ffdce0", "#cf222e"),
    "blocked": ("#eaeef2", "#57606a"),
    "delete": ("#fff1e5", "#bc4c00"),
    "replace": ("#fbefff", "#8250df"),
    "update": ("#fff8c5", "#9a6700"),
    "create": ("#dafbe1", "#1a7f37"),
    "adopt": ("#ddf4ff", "#0969da"),
    "resource": ("#f6f8fa", "#57606a"),
    "others": ("#f6f8fa", "#57606a"),
}
"""Fill and line of each style; every text on them is dark."""
INK = "#1f2328"
LONGEST = 72
"""Cells of one line in a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """One resource, or several that fare alike."""

    title: str
    name: str
    style: str

    @property
    def words(self) -> str:
        """Everything it says, on one line."""
        return f"{self.title} {self.name}"


@dataclass(frozen=True, slots=True)
class Net:
    """`arrows` are pairs of places in `boxes`, sorted. `title` says what it is a picture of."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[int, int], ...]
    shared: bool = False
    """Some boxes stand for several resources."""

    @property
    def styles(self) -> list[str]:
        """The styles that occur, in the order of `STYLES`."""
        used = {box.style for box in self.boxes}
        return [style for style in STYLES if style in used]


@dataclass(frozen=True, slots=True)
class _Item:
    """A resource before it is known whether it gets a box of its own."""

    ids: tuple[str, ...]
    type: str
    name: str
    style: str
    needs: tuple[str, ...]
    after: tuple[str, ...] = ()
    """Types all of whose resources come before."""


def of_plan(plan: Mapping[str, Json], limit: int = 0, arrows: int = 0) -> Net:
    """What changes, in plan order. At most `limit` boxes and `arrows` arrows; 0 is no limit."""
    found = [_entry(entry) for entry in entries(plan)]
    words = (harmless(plan[key]) for key in ("environment", "account", "region"))
    place = " ".join(cut(word, LONGEST) for word in words if word)
    return _net(f"{count(len(found), 'change')} in {place}", found, limit, arrows)


def of_graph(graph: Mapping[str, Json], limit: int = 0, arrows: int = 0) -> Net:
    """The compiled graph, of which `reconciler.render.machine.graph.as_json` is the data."""
    found = [_node(node) for node in graph["nodes"]]
    return _net(count(len(found), "resource"), found, limit, arrows)


def around(graph: Mapping[str, Json], address: str) -> dict[str, Json]:
    """The part of a compiled graph that one resource needs or that needs it, itself included."""
    needs = {_id(node): list(node["needs"]) for node in graph["nodes"]}
    users: dict[str, list[str]] = {}
    for id_, targets in needs.items():
        for target in targets:
            users.setdefault(target, []).append(id_)
    kept = _reached(address, needs) | _reached(address, users)
    return {**graph, "nodes": [node for node in graph["nodes"] if _id(node) in kept]}


def _reached(start: str, ways: Mapping[str, Sequence[str]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for target in ways.get(todo.pop(), ()):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def _id(node: Mapping[str, Json]) -> str:
    return f"{node['type']}/{node['name']}"


def _node(node: Mapping[str, Json]) -> _Item:
    needs = tuple(node["needs"])
    return _Item((_id(node),), node["type"], node["name"], "resource", needs)


def _entry(entry: Entry) -> _Item:
    step = entry.step
    ids = tuple(half["id"] for half in entry.halves)
    needs = tuple(need for half in entry.halves for need in half["needs"])
    after = tuple(type_ for half in entry.halves for type_ in half["after"])
    return _Item(ids, step["type"], step["name"], _style(entry), needs, after)


def _style(entry: Entry) -> str:
    if entry.refused:
        return "refused"
    if entry.destroys:
        return "destructive"
    if entry.widens:
        return "opening"
    if entry.blocked_by:
        return "blocked"
    action = str(entry.step["action"])
    return action if action in set(Action) & STYLES.keys() else "others"


def _net(title: str, items: Sequence[_Item], limit: int, most: int) -> Net:
    if not limit or len(items) <= limit:
        alone = list(range(len(items)))
        found = _arrows(items, alone, most)
        if found is None:
            found = _arrows([replace(item, after=()) for item in items], alone, most)
        if found is not None:
            boxes = tuple(_box(item) for item in items)
            return Net(title, boxes, tuple(sorted(found)))
    boxes, owner = _groups(items, limit or len(items))
    shared = sorted(_arrows(items, owner, 0) or [])
    return Net(title, boxes, tuple(shared[:most] if most else shared), shared=True)


def _box(item: _Item) -> Box:
    lead = "" if item.style == "resource" else f"{STYLES[item.style]} "
    return Box(lead + _type(item.type), cut(harmless(item.name), LONGEST), item.style)


def _type(type_: str) -> str:
    """``AWS::SageMaker::Model`` as ``SageMaker Model``."""
    words = harmless(type_.removeprefix("AWS::")).replace("::", " ")
    return cut(words, LONGEST)


def _groups(items: Sequence[_Item], limit: int) -> tuple[tuple[Box, ...], list[int]]:
    """A box for each type and style, and the box of each item; what has no room shares the last."""
    keys = [(item.style, item.type) for item in items]
    order, sizes = list(STYLES), Counter(keys)
    ranked = sorted(sizes, key=lambda key: (order.index(key[0]), -sizes[key], key[1]))
    kept = ranked if len(ranked) <= limit else ranked[: max(limit - 1, 0)]
    single = {key: items[index].name for index, key in enumerate(keys) if sizes[key] == 1}
    boxes = [_group(key, sizes[key], single.get(key, "")) for key in kept]
    if rest := sum(sizes[key] for key in ranked[len(kept) :]):
        boxes.append(Box("others", count(rest, "resource"), "others"))
    place = {key: index for index, key in enumerate(kept)}
    return tuple(boxes), [place.get(key, len(kept)) for key in keys]


def _group(key: tuple[str, str], size: int, name: str) -> Box:
    style, type_ = key
    lead = "" if style == "resource" else f"{STYLES[style]} "
    said = cut(harmless(name), LONGEST) if size == 1 else count(size, "resource")
    return Box(lead + _type(type_), said, style)


def _arrows(
    items: Sequence[_Item], owner: Sequence[int], most: int
) -> list[tuple[int, int]] | None:
    """Every arrow once, loops left out; nothing when there are more than `most` (0: any number)."""
    place = {id_: owner[index] for index, item in enumerate(items) for id_ in item.ids}
    types: dict[str, dict[int, None]] = {}
    for index, item in enumerate(items):
        types.setdefault(item.type, {})[owner[index]] = None
    found: set[tuple[int, int]] = set()
    for index, item in enumerate(items):
        for source in _sources(item, place, types):
            if source != owner[index]:
                found.add((source, owner[index]))
        if most and len(found) > most:
            return None
    return list(found)


def _sources(
    item: _Item, place: Mapping[str, int], types: Mapping[str, Iterable[int]]
) -> Iterator[int]:
    yield from (place[need] for need in item.needs if need in place)
    for type_ in item.after:
        yield from types.get(type_, ())
