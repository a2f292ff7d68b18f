"""What steps take and give, by `schemas/pipelines.json`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from reconciler.facts.files import read
from reconciler.facts.pipelines import Later
from reconciler.model.value import Json

_FITS: Mapping[str, tuple[type, ...]] = {
    "structure": (Mapping,), "list": (list, tuple), "map": (Mapping,), "string": (str,),
    "integer": (int,), "long": (int,), "float": (int, float), "double": (int, float),
    "boolean": (bool,),
}  # fmt: skip
OPEN = re.compile(r"InstanceType$")
"""Enumerations that grow between two versions of the model: another value may be a new one."""
NAMES = frozenset({
    "AutoMLJobName", "HyperParameterTuningJobName", "ModelName", "ProcessingJobName",
    "TrainingJobName", "TransformJobName",
})  # fmt: skip
"""Names that the pipeline makes where a step gives none."""
_PART = re.compile(r"\.([A-Za-z0-9_]+)|\['([^']*)'\]|\[(\d+)\]")
MORE: Mapping[str, frozenset[str]] = {
    "AutoML": frozenset({"BestCandidateProperties"}),
    "Condition": frozenset({"Outcome"}),
    "Fail": frozenset(),
}
"""Properties that no description has. Of a type that is not here or in the file, all are taken."""
Wrong = tuple[tuple[str, ...], str]


@cache
def _data() -> Mapping[str, Json]:
    found: Mapping[str, Json] = read("pipelines.json")
    return found


def taken(type_: str) -> bool:
    """Whether it is known what a type of step takes."""
    return type_ in _data()["takes"]


def problems(type_: str, arguments: Json) -> Iterator[Wrong]:
    """What is wrong with settled arguments: where, and what."""
    yield from _value(_data()["takes"][type_], arguments, (), top=True)


def _value(  # noqa: C901 - one line a kind
    name: str, value: Json, at: tuple[str, ...], *, top: bool = False
) -> Iterator[Wrong]:
    shape = _data()["shapes"][name]
    kind = shape["kind"]
    if kind not in _FITS:
        return
    if isinstance(value, Later):
        if kind == "string" and len(value) > shape.get("max", len(value)):
            yield (
                at,
                f"it has {shape['max']} characters at most, and will have {len(value)} or more",
            )
    elif not _fits(kind, value):
        yield at, f"it is a {kind}, not {_kind(value)}"
    elif kind == "structure":
        yield from _structure(shape, value, at, top=top)
    elif kind == "list":
        yield from _limits(shape, len(value), at, "members")
        for number, each in enumerate(value):
            yield from _value(shape["member"], each, (*at, str(number)))
    elif kind == "map":
        yield from _limits(shape, len(value), at, "members")
        for key, each in value.items():
            yield from _value(shape["value"], each, (*at, str(key)))
    elif kind == "string":
        if "enum" in shape and value not in shape["enum"] and not OPEN.search(name):
            yield at, f"{value!r} is none of {', '.join(shape['enum'])}"
        yield from _limits(shape, len(value), at, "characters")
    elif kind != "boolean":
        yield from _limits(shape, value, at, "")


def _structure(
    shape: Mapping[str, Json], value: Mapping[str, Json], at: tuple[str, ...], *, top: bool
) -> Iterator[Wrong]:
    for key, each in value.items():
        if key not in shape["members"]:
            yield (*at, str(key)), f"there is no {key!r}: {', '.join(sorted(shape['members']))}"
        else:
            yield from _value(shape["members"][key], each, (*at, str(key)))
    for key in shape.get("required", ()):
        if key not in value and not (top and key in NAMES):
            yield at, f"{key!r} is missing"


def _limits(
    shape: Mapping[str, Json], size: float, at: tuple[str, ...], unit: str
) -> Iterator[Wrong]:
    words = f" {unit}" if unit else ""
    if "min" in shape and size < shape["min"]:
        yield at, f"it has {shape['min']}{words} at least, not {size:g}"
    if "max" in shape and size > shape["max"]:
        yield at, f"it has {shape['max']}{words} at most, not {size:g}"


def _fits(kind: str, value: Json) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _FITS[kind])


def _kind(value: Json) -> str:
    return "nothing" if value is None else type(value).__name__


def gives(type_: str, path: str) -> str:
    """What is wrong with a path to a property of a step of that type; "" where it has it.

    `path` is what follows the name of the step, such as ``.ModelArtifacts.S3ModelArtifacts``.
    """
    parts = [*_PART.finditer(path)]
    if not parts or "".join(each[0] for each in parts) != path:
        return "it is no path: members after dots, keys and numbers in brackets"
    first = parts[0][1]
    if type_ in MORE and first in MORE[type_]:
        return ""
    name = _data()["gives"].get(type_)
    if name is None:
        return f"a step of type {type_} has no property {first!r}" if type_ in MORE else ""
    shapes = _data()["shapes"]
    for part in parts:
        shape = shapes[name]
        if shape["kind"] == "structure":
            if part[1] not in shape["members"]:
                return f"there is no {part[0].strip('.')!r}: {', '.join(sorted(shape['members']))}"
            name = shape["members"][part[1]]
        elif shape["kind"] in {"list", "map"}:
            if part[1] is not None:
                return (
                    f"{part[1]!r} follows a {shape['kind']}, of which a member is ['NAME'] or [0]"
                )
            name = shape["member" if shape["kind"] == "list" else "value"]
        else:
            return f"nothing is below it: {part[0]}"
    return ""
