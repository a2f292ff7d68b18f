"""What the operations take that a state machine calls, by `schemas/operations.json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from reconciler.facts.asl import Unknown
from reconciler.facts.asl.integrations import OPTIMIZED, Integration
from reconciler.facts.files import read
from reconciler.model.value import Json

_FITS: Mapping[str, tuple[type, ...]] = {
    "structure": (Mapping,), "list": (list,), "map": (Mapping,), "string": (str,),
    "integer": (int,), "long": (int,), "float": (int, float), "double": (int, float),
    "boolean": (bool,),
}  # fmt: skip


@cache
def _services() -> Mapping[str, Json]:
    found: Mapping[str, Json] = read("operations.json")["services"]
    return found


@cache
def client_of(what: Integration) -> str:
    """The boto3 client of an integration; empty where nothing is known of it."""
    if not what.sdk:
        return OPTIMIZED[what.service].client
    return next((name for name, each in _services().items() if each["sdk"] == what.service), "")


def known(client: str, operation: str) -> bool:
    """Whether an operation's parameters are known."""
    return operation in _services().get(client, {}).get("operations", {})


def problems(what: Integration, given: Mapping[str, Json]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with parameters: where, and what. Nothing of an operation that is not known.

    A member ``name.$`` may have any value. An optimized integration takes JSON for a text.
    """
    client = client_of(what)
    if known(client, what.operation):
        service = _services()[client]
        top = service["operations"][what.operation]
        yield from _structure(service["shapes"], top, given, (), loose=not what.sdk)


def _structure(
    shapes: Mapping[str, Json],
    name: str,
    given: Mapping[str, Json],
    at: tuple[str, ...],
    *,
    loose: bool,
) -> Iterator[tuple[tuple[str, ...], str]]:
    shape = shapes[name]
    names = {member[:1].upper() + member[1:]: member for member in shape["members"]}
    seen = set()
    for key, value in given.items():
        told = key.removesuffix(".$")
        member = names.get(told) or (told if told in shape["members"] else "")
        if not member:
            options = ", ".join(sorted(names))
            yield (*at, key), f"there is no parameter {told!r}: {options}"
            continue
        seen.add(member)
        if key.endswith(".$"):
            continue
        yield from _value(shapes, shape["members"][member], value, (*at, key), loose=loose)
    for member in shape.get("required", ()):
        if member not in seen:
            yield at, f"the parameter {member[:1].upper() + member[1:]!r} is missing"


def _value(  # noqa: C901  (one line a kind)
    shapes: Mapping[str, Json],
    name: str,
    value: Json,
    at: tuple[str, ...],
    *,
    loose: bool,
) -> Iterator[tuple[tuple[str, ...], str]]:
    shape = shapes[name]
    kind = shape["kind"]
    if (
        isinstance(value, Unknown)
        or kind not in _FITS
        or (kind == "string" and loose and not isinstance(value, str))
    ):
        return
    if not _fits(kind, value):
        yield at, f"it is a {kind}, not {type(value).__name__}"
    elif kind == "structure":
        yield from _structure(shapes, name, value, at, loose=loose)
    elif kind == "list":
        yield from _limits(shape, len(value), at, "members")
        for number, each in enumerate(value):
            yield from _value(shapes, shape["member"], each, (*at, str(number)), loose=loose)
    elif kind == "map":
        for key, each in value.items():
            if not key.endswith(".$"):
                yield from _value(shapes, shape["value"], each, (*at, key), loose=loose)
    elif kind == "string":
        if "enum" in shape and value not in shape["enum"]:
            yield at, f"{value!r} is none of {', '.join(shape['enum'])}"
        yield from _limits(shape, len(value), at, "characters")
    elif kind != "boolean":
        yield from _limits(shape, value, at, "")


def _limits(
    shape: Mapping[str, Json], size: float, at: tuple[str, ...], unit: str
) -> Iterator[tuple[tuple[str, ...], str]]:
    words = f" {unit}" if unit else ""
    if "min" in shape and size < shape["min"]:
        yield at, f"it has {shape['min']}{words} at least, not {size:g}"
    if "max" in shape and size > shape["max"]:
        yield at, f"it has {shape['max']}{words} at most, not {size:g}"


def _fits(kind: str, value: Json) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _FITS[kind])
