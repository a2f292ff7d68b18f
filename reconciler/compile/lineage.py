"""The lineage of an environment, from what its specs say that they read and write. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.compile.spec import Spec
from reconciler.model.lineage import Lineage, Way


def lineage(specs: Iterable[Spec]) -> Lineage:
    """All ways between specs that are there."""
    known = {spec.id: spec for spec in specs}
    stages = {id_: spec.kind.stage for id_, spec in known.items() if spec.kind.stage}
    ways = (way for spec in known.values() for way in _ways(spec))
    kept = {way for way in ways if way.source in known and way.target in known}
    return Lineage(stages, tuple(sorted(kept)))


def _ways(spec: Spec) -> Iterator[Way]:
    for flow in spec.kind.flows(spec.model, spec.envelope.metadata.name):
        other = f"{flow.kind}/{flow.name}"
        ends = (spec.id, other) if flow.writes else (other, spec.id)
        yield Way(*ends, spec.at(flow.path), flow.where)
