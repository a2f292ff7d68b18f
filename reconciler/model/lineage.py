"""Which data and models become which others: from specs alone, whatever is live.

A spec says what it reads and what it writes. In a place that holds many things, such as a bucket,
what is written under one path does not reach who reads another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from reconciler.model.diagnostic import Span, span_to_json
from reconciler.model.value import Json

STAGES = ("source", "pipeline", "features", "training", "model", "endpoint")
"""What a spec is in a lineage, from raw data to answers."""
ENDS = frozenset({"model", "endpoint"})
"""Whom a change is told to have reached."""


class Way(NamedTuple):
    """Data that goes from one spec to another, where it is said, and under which path there."""

    source: str
    target: str
    at: Span | None = None
    path: str = ""
    """In whichever of the two is a place; "" for all of it."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """Specs (``Kind/name``) by what they are, and the ways between them."""

    stages: Mapping[str, str] = field(default_factory=dict)
    """Spec to one of `STAGES`."""
    ways: tuple[Way, ...] = ()

    def after(self, spec: str) -> tuple[str, ...]:
        """All that a change of a spec reaches, by stage and name."""
        return self._reached(spec, forward=True)

    def before(self, spec: str) -> tuple[str, ...]:
        """All that it comes from, by stage and name."""
        return self._reached(spec, forward=False)

    def ends(self, spec: str) -> tuple[str, ...]:
        """The models and endpoints that a change of a spec reaches, itself left out."""
        return tuple(each for each in self.after(spec) if self.stages.get(each) in ENDS)

    def near(self, spec: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What it is made of, and what is made of it, one way off."""
        into = {each.source for each in self.ways if each.target == spec}
        out = {each.target for each in self.ways if each.source == spec}
        return tuple(sorted(into, key=self._order)), tuple(sorted(out, key=self._order))

    def _order(self, spec: str) -> tuple[int, str]:
        stage = self.stages.get(spec, "")
        return (STAGES.index(stage) if stage in STAGES else len(STAGES), spec)

    def _reached(self, spec: str, *, forward: bool) -> tuple[str, ...]:
        ways: dict[str, list[tuple[str, str]]] = {}
        for each in self.ways:
            one, other = (each.source, each.target) if forward else (each.target, each.source)
            ways.setdefault(one, []).append((other, each.path))
        seen: set[tuple[str, str]] = {(spec, "")}
        todo = [(spec, "")]
        while todo:
            here, path = todo.pop()
            for other, through in ways.get(here, ()):
                if self._place(here) and not _meet(path, through):
                    continue
                state = (other, through if self._place(other) else "")
                if state not in seen:
                    seen.add(state)
                    todo.append(state)
        return tuple(sorted({each for each, _ in seen} - {spec}, key=self._order))

    def _place(self, spec: str) -> bool:
        return self.stages.get(spec) == STAGES[0]


def _meet(one: str, other: str) -> bool:
    """Whether two paths have anything below both of them; "" is above all."""
    first, second = one.strip("/"), other.strip("/")
    if not first or not second:
        return True
    return f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/")


class Reach(NamedTuple):
    """A changed spec, and the models and endpoints that the change reaches."""

    spec: str
    reaches: tuple[str, ...]


def reached(lineage: Lineage, changed: Iterable[str]) -> tuple[Reach, ...]:
    """What each of the changed specs reaches, those left out that reach nothing."""
    found = (Reach(spec, lineage.ends(spec)) for spec in sorted(set(changed) & {*lineage.stages}))
    return tuple(each for each in found if each.reaches)


def as_json(lineage: Lineage) -> dict[str, Json]:
    """The form of a compiled graph: nodes that need others, with their stage and line."""
    return {"nodes": [*_nodes(lineage)], "deferred": []}


def _nodes(lineage: Lineage) -> Iterator[dict[str, Json]]:
    touched = {end for each in lineage.ways for end in (each.source, each.target)}
    for spec in sorted(touched, key=lineage._order):  # noqa: SLF001 - of this module
        into = [each for each in lineage.ways if each.target == spec]
        kind, _, name = spec.partition("/")
        yield {
            "type": kind,
            "name": name,
            "stage": lineage.stages.get(spec, ""),
            "needs": sorted({each.source for each in into}),
            "ways": [
                {"from": each.source, "path": each.path, "at": span_to_json(each.at)}
                for each in sorted(into)
            ],
        }
