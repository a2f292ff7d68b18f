"""Properties of any type from its schema: what it needs, and one value that can change."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.smallest import smallest

from reconciler.facts import Facts, change_effect
from reconciler.model.change import Effect
from reconciler.model.value import Path
from reconciler.resources.cloudcontrol.identity import identity
from reconciler.resources.cloudcontrol.paths import covered
from reconciler.sandbox.services.cloudcontrol import pattern
from reconciler.sandbox.services.cloudcontrol.schema import _validator

Json = Any
HERE = ("aws", "eu-west-1", "123456789012")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a spec of a type says, and what it says later."""

    type: str
    made: dict[str, Json]
    edited: dict[str, Json] | None
    """Nothing where no property of it can change in place."""
    path: Path = ()


def drawn(about: Facts, dice: Random) -> Drawn | None:
    """Properties that the schema takes; nothing where none were found."""
    made = smallest(about)
    if made is None:
        return None
    tags = about.tagging.property[0] if about.tagging else "Tags"
    made.pop(tags, None)
    made = _at_home(about, made)
    if not _validator(about.type).is_valid(made):
        return None
    changes = [*_changes(about, made, dice)]
    if not changes:
        return Drawn(about.type, made, None)
    path, before, after = dice.choice(changes)
    return Drawn(about.type, _with(made, path, before), _with(made, path, after), path)


def _changes(
    about: Facts, made: dict[str, Json], dice: Random
) -> Iterator[tuple[Path, Json, Json]]:
    """Properties of one plain value that can be set, read, and changed in place."""
    fixed = about.create_only | about.read_only | about.write_only | about.conditional
    fixed |= about.deprecated | frozenset(about.identity)
    if "update" not in about.can:
        return
    tags = about.tagging.property[0] if about.tagging else "Tags"
    called = identity(about).name
    for name in about.properties:
        path = (name,)
        if name == called:
            continue  # another name is another resource
        inner = any(each[0] == name for each in fixed)
        if name == tags or inner or covered(path, fixed) or path in about.transforms:
            continue
        two = _two(about, path, dice)
        if two and change_effect(about.type, path, *two).effect is not Effect.IN_PLACE:
            continue  # nothing in its schema says so, and a correction of ours does
        if two and all(_validator(about.type).is_valid(_with(made, path, each)) for each in two):
            yield path, *two


def _two(about: Facts, path: Path, dice: Random) -> tuple[Json, Json] | None:
    """Two values of a plain property; nothing where it is not plain, or has but one."""
    shape = about.shape_at(path)
    schema: dict[str, Json] = {}
    for each in shape.schemas if shape else ():
        schema = {**each, **schema}
    sort = schema.get("type")
    sort = sort if isinstance(sort, str) else ""
    if {"oneOf", "anyOf", "allOf", "const"} & schema.keys():
        return None
    if "enum" in schema:
        items = [each for each in schema["enum"] if each != ""]
        return (items[0], items[1]) if len(items) > 1 else None
    if sort == "boolean":
        return True, False
    if sort in {"integer", "number"}:
        low = int(schema.get("minimum", 1))
        high = int(schema.get("maximum", low + 10))
        return (low, low + 1) if low < high else None
    if sort != "string" or "format" in schema:
        return None
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 0))
    if "pattern" in schema:
        found = {pattern.text(str(schema["pattern"]), dice, least, most) for _ in range(4)}
        plain = sorted(each for each in found if each and each[0] not in "{[" and "$" not in each)
        plain = [each for each in plain if not each.startswith("arn:")]
        return (plain[0], plain[1]) if len(plain) > 1 else None
    one, two = ("x" * max(least, 3))[: most or None], ("y" * max(least, 3))[: most or None]
    return one, two


def _at_home(about: Facts, made: dict[str, Json]) -> dict[str, Json]:
    """With ARNs of our partition, region and account, where the schema takes them."""
    for path in [*_arns(made, ())]:
        for home in _homes(_reach(made, path)):
            tried = copy.deepcopy(made)
            _reach(tried, path[:-1])[path[-1]] = home
            if _validator(about.type).is_valid(tried):
                made = tried
                break
    return made


def _homes(arn: str) -> Iterator[str]:
    parts = (arn.split(":", 5) + [""] * 5)[:6]
    for region, account in itertools.product((HERE[1], parts[3], ""), (HERE[2], parts[4], "")):
        yield ":".join(("arn", HERE[0], parts[2], region, account, parts[5]))


def _arns(value: Json, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str) and value.startswith("arn:"):
        yield at
    inside = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else inside:
        yield from _arns(item, (*at, key))


def _reach(value: Json, at: tuple[Any, ...]) -> Json:
    for key in at:
        value = value[key]
    return value


def _with(props: dict[str, Json], path: Path, value: Json) -> dict[str, Json]:
    return {**props, path[0]: value}
