"""What a read makes of the true model: nothing is given back quite as it was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from reconciler.sandbox.services.cloudcontrol import paths, transforms
from reconciler.sandbox.services.cloudcontrol.paths import Json, Path
from reconciler.sandbox.services.cloudcontrol.schema import Kind
from reconciler.sandbox.services.cloudcontrol.store import Record

PLAIN = (str, int, float, bool)


def reading(kind: Kind, record: Record) -> dict[str, Json]:
    """The read model, of this one reading: each can have its lists in another order."""
    record.reads += 1
    found: dict[str, Json] = {**deepcopy(record.model), **deepcopy(record.made)}
    for path in (*sorted(kind.facts.write_only), *map(paths.split, sorted(kind.habits.hidden))):
        if path not in kind.facts.identity:
            paths.drop(found, path)
    for path, value in _defaults(kind):
        paths.fill(found, path, deepcopy(value))
    parts = record.arn.split(":")
    transforms.apply(kind, found, transforms.Here(record.account, record.region, parts[1]))
    _add(kind, record, found)
    _as_json(kind, found)
    if kind.habits.shuffled:
        dice = Random(f"{record.type} {record.identifier} {record.reads}")  # noqa: S311
        _shuffle(kind, found, (), dice)
    return found


def _defaults(kind: Kind) -> Iterator[tuple[Path, Json]]:
    """What AWS takes absent properties for: by habit, by our corrections, or by the schema."""
    known = {paths.split(path): value for path, value in kind.habits.defaults.items()}
    yield from known.items()
    yield from kind.facts.defaults.items()
    for name, schema in kind.facts.schema["properties"].items():
        value = schema.get("default")
        wrong = isinstance(value, int) and value < schema.get("minimum", value)
        if wrong or not isinstance(value, PLAIN):
            continue
        if (name,) not in known and (name,) not in _hidden(kind):
            yield (name,), value


def _hidden(kind: Kind) -> frozenset[Path]:
    return kind.facts.write_only | kind.facts.read_only


def _add(kind: Kind, record: Record, found: dict[str, Json]) -> None:
    habits = kind.habits
    for half, other in habits.twins.items():
        for holder in paths.holders(found, paths.split(half)):
            value = holder.get(paths.split(half)[-1])
            if value is not None:
                holder.setdefault(paths.split(other)[-1], value)
    for name, value in habits.adds.items():
        paths.fill(found, paths.split(name), deepcopy(value))
    for name, value in habits.empties.items():
        paths.fill(found, paths.split(name), deepcopy(value))
    if habits.system_tags and kind.facts.tag_property:
        _tag(kind, kind.facts.tag_property, found)
    if record.ends is not None:
        found |= deepcopy(dict(habits.lingering))


def _tag(kind: Kind, where: Path, found: dict[str, Json]) -> None:
    tagging = kind.facts.tagging
    paths.fill(found, where, [] if tagging and tagging.shape == "list" else {})
    for value in paths.values_whole(found, where):
        for key, text in kind.habits.system_tags.items():
            if not isinstance(value, list):
                value.setdefault(key, text)
            elif all(each.get("Key") != key for each in value):
                value.append({"Key": key, "Value": text})


def _as_json(kind: Kind, found: dict[str, Json]) -> None:
    """Texts that hold JSON come back as AWS writes them: sorted, and without white space."""
    within = {paths.split(path): members for path, members in kind.habits.within.items()}
    for name, value in found.items():
        found[name] = _written(kind, (name,), value, within)


def _written(kind: Kind, path: Path, value: Json, within: dict[Path, Any]) -> Json:
    if isinstance(value, dict) and path not in within:
        return {key: _written(kind, (*path, key), it, within) for key, it in value.items()}
    if isinstance(value, list) and path not in within:
        return [_written(kind, path, it, within) for it in value]
    document = _document(value)
    if document is None:
        return value
    if path in within:
        _enrich(document, within[path])
    if isinstance(value, str) and not _takes_objects(kind, path):
        return json.dumps(document, sort_keys=True, separators=(",", ":"))
    return document


def _document(value: Json) -> Json:
    """The object or list that a value is, or holds as text; nothing for all else."""
    if not isinstance(value, str):
        return value if isinstance(value, dict | list) else None
    if value.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None


def _enrich(document: Json, members: dict[str, Json]) -> None:
    for each in document if isinstance(document, list) else [document]:
        if isinstance(each, dict):
            for name, value in members.items():
                each.setdefault(name, value)


def _takes_objects(kind: Kind, path: Path) -> bool:
    """Whether a property may be an object as well as a text; then the object is shown.

    What may be a number too is a text in AWS, such as the variables of a function.
    """
    shape = kind.facts.shape_at(path)
    said = [it.get("type") or () for it in shape.schemas] if shape is not None else []
    return any("object" in types and "number" not in types for types in said)


def _shuffle(kind: Kind, value: Json, path: Path, dice: Random) -> None:
    if isinstance(value, dict):
        for name, it in value.items():
            _shuffle(kind, it, (*path, name), dice)
    elif isinstance(value, list):
        for it in value:
            _shuffle(kind, it, path, dice)
        if _unordered(kind, path):
            dice.shuffle(value)


def _unordered(kind: Kind, path: Path) -> bool:
    """Whether the schema says that order means nothing, and the type does not prove it wrong."""
    kept = {paths.split(it) for it in kind.habits.ordered}
    return path not in kept and kind.facts.ordered(path) is False
