"""The catalogue of features: what there is, whose, from what, for whom. Pure.

Everything follows from specs; a drift report, where one is given, says how each group was last
found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.compile.spec import Spec
from reconciler.kinds.feature_group.spec import FeatureGroup, at_version, versions
from reconciler.model.diagnostic import span_to_json
from reconciler.model.graph import Graph
from reconciler.model.lineage import Lineage
from reconciler.model.value import Json

KIND, TYPE = "FeatureGroup", "AWS::SageMaker::FeatureGroup"
_SOURCES = frozenset({"source", "pipeline"})


def features(
    specs: Iterable[Spec],
    graph: Graph,
    lineage: Lineage,
    drift: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """Every group with its versions and features; `drift` is the JSON of a drift report."""
    groups = sorted((it for it in specs if it.kind.name == KIND), key=lambda it: it.id)
    return {"groups": [_group(each, graph, lineage, drift) for each in groups]}


def _group(
    spec: Spec, graph: Graph, lineage: Lineage, drift: Mapping[str, Json] | None
) -> dict[str, Json]:
    model: Any = spec.model
    before, after = lineage.before(spec.id), lineage.after(spec.id)
    return {
        "name": spec.envelope.metadata.name,
        "spec": spec.id,
        "at": span_to_json(spec.at(())),
        "owner": spec.owner,
        "description": spec.envelope.metadata.description or "",
        "existing": model.existing or "",
        "sources": [it for it in before if lineage.stages.get(it) in _SOURCES],
        "consumers": [it for it in after if lineage.stages.get(it) not in _SOURCES],
        "shared_with": [*_shared(model)],
        "versions": [
            _version(at_version(model, number), number, model, _address(graph, spec, number), drift)
            for number in reversed(versions(model))
        ],
    }


def _shared(model: FeatureGroup) -> Iterator[str]:
    if model.share is not None:
        yield from (f"account {each}" for each in model.share.accounts)
        yield from model.share.organizations
        yield from (f"team {name}" for name in model.share.teams)


def _address(graph: Graph, spec: Spec, number: int) -> str:
    """The name in AWS of a version; "" where nothing is made."""
    made = [
        node.address.name
        for node in graph
        if node.address.type == TYPE and node.origin and node.origin.spec == spec.id
    ]
    ends = [name for name in made if name.endswith(f"-v{number}")] or made
    return ends[0] if ends else ""


def _version(
    spec: FeatureGroup,
    number: int,
    whole: FeatureGroup,
    name: str,
    drift: Mapping[str, Json] | None,
) -> dict[str, Json]:
    old = whole.earlier.get(str(number))
    online, offline = spec.online, spec.offline
    return {
        "version": number,
        "aws_name": name,
        "migration": old.migration if old else "",
        "record_id": spec.record_id,
        "event_time": spec.event_time,
        "online": online.storage if online else "",
        "expires_after": (online.expire_after or "") if online else "",
        "offline": offline.format if offline else "",
        "features": [
            {
                "name": feature,
                "type": _type(each.type, each.collection, each.dimension),
                "description": each.description,
                "parameters": dict(sorted(each.parameters.items())),
            }
            for feature, each in spec.features.items()
        ],
        "drift": None if drift is None else _drifted(name, drift),
    }


def _type(type_: str, collection: str | None, dimension: int | None) -> str:
    if collection is None:
        return type_
    return f"{collection} of {f'{dimension} ' if dimension else ''}{type_}"


def _drifted(name: str, drift: Mapping[str, Json]) -> list[Json]:
    """What differed of a group in a drift report: path and origin."""
    found = (it for it in drift.get("drifted", ()) if it["type"] == TYPE and it["name"] == name)
    return [
        {"path": ".".join(map(str, field["path"])), "origin": str(it.get("origin", ""))}
        for it in found
        for field in it.get("fields", ())
    ]
