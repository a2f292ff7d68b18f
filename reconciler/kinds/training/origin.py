"""Where the data of a phase is: of a DataSource, of a FeatureGroup, or what a step wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.text import text
from reconciler.kinds.training.channel import History, Stored, prepared, queried
from reconciler.kinds.training.places import PREPARE, QUERY, below, result
from reconciler.kinds.training.spec import Training
from reconciler.model.value import Json, Path

PREPARING = "Prepare"
"""The step that prepares data."""
DATA = "data"
"""The output of a query."""
_PARTS = re.compile(r"[A-Za-z0-9]+")
_LONGEST = 40


class Mount(NamedTuple):
    """Stored that a job gets: where it is, and what its role has to be able to read."""

    uri: Json
    spot: Spot


def origins(spec: Training) -> Iterator[tuple[Path, History]]:
    """Everything that is read before the training, with its path in the spec."""
    if spec.prepare is not None:
        for name, origin in spec.prepare.reads.items():
            yield ("prepare", "reads", name), origin
    for name, origin in spec.inputs.items():
        yield ("inputs", name), origin


def data_of(spec: Training) -> Iterator[tuple[Path, Stored]]:
    """What is read by the phases after the training, with its path in the spec."""
    if spec.evaluate is not None:
        yield ("evaluate", "data"), spec.evaluate.data
    if spec.baseline is not None and spec.baseline.data is not None:
        yield ("baseline", "data"), spec.baseline.data


def step_names(spec: Training) -> dict[Path, str]:
    """The name of the step that queries each origin which takes one."""
    found: dict[Path, str] = {}
    for path, origin in origins(spec):
        if queried(origin):
            words = "".join(it[0].upper() + it[1:] for it in _PARTS.findall(path[-1]))
            name = f"Query{words[:_LONGEST]}"
            taken = sum(each.rstrip("0123456789") == name or each == name
                        for each in found.values())  # fmt: skip
            found[path] = f"{name}-{taken + 1}" if taken else name
    return found


def replaced(spec: Training) -> frozenset[str]:
    """Inputs whose place an output of the prepare phase takes."""
    return frozenset(spec.prepare.outputs if spec.prepare else ()) & frozenset(spec.inputs)


def given(spec: Training, name: str, scope: Scope) -> Mount:
    """Where the training finds one of its inputs."""
    if name in replaced(spec):
        return Mount(result(PREPARING, name), below(spec, scope, PREPARE))
    return mount(spec, ("inputs", name), spec.inputs[name], scope)


def mount(spec: Training, at: Path, data: Stored, scope: Scope) -> Mount:
    """Where data is that a phase reads. `at` is its path in the spec."""
    if (name := prepared(data)) is not None:
        output = name.partition(".")[2]
        return Mount(result(PREPARING, output), below(spec, scope, PREPARE))
    if isinstance(data, History) and data.feature_group is not None:
        if queried(data):
            return Mount(result(step_names(spec)[at], DATA), below(spec, scope, QUERY))
        spot = history(data, at, scope)
        return Mount(spot.uri, spot)
    spot = inside(scope, "DataSource", data.source or "", data.path or "", tree=True)
    return Mount(spot.uri, spot)


def store(origin: History, at: Path, scope: Scope) -> dict[str, Json]:
    """What the feature group says of its store, or of that of one of its major versions."""
    group, version = origin.feature_group or "", origin.version
    every = scope.export("FeatureGroup", group, "versions")
    known = every.get(str(version)) if version is not None else None
    if known is None and version not in {None, scope.export("FeatureGroup", group, "version")}:
        numbers = ", ".join(sorted(every, key=int)) or scope.export(
            "FeatureGroup", group, "version"
        )
        scope.problem(
            (*at, "version"),
            f"FeatureGroup {group!r} has no version {version}",
            help=f"use one of these: {numbers}",
        )
        return {}
    names = ("uri", "bucketArn", "keyArn", "prefix", "featureGroup", "arn", "tables")
    return {
        what: scope.given("FeatureGroup", group, known[what])
        if known is not None
        else scope.export("FeatureGroup", group, what)
        for what in names
    }


def history(origin: History, at: Path, scope: Scope) -> Spot:
    """The files of an offline store."""
    found = store(origin, at, scope)
    if not found:
        return Spot("", "*", "*", None)
    objects = text(found["bucketArn"], f"/{found['prefix']}*")
    return Spot(found["uri"], found["bucketArn"], objects, found["keyArn"])
