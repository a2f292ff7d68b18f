"""What `moorline explain` says of a diagnostic code, or of a kind and its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from reconciler.facts.files import read, schemas
from reconciler.model.codes import CODES
from reconciler.model.value import Json
from reconciler.policy import api as policy


def topic(subject: str) -> dict[str, Json] | None:
    """The answer for a code, a kind or ``KIND.path.to.field``; nothing for anything else."""
    code = CODES.get(subject.upper()) or policy.codes().get(subject.upper())
    if code is not None:
        return {"code": code.code, "title": code.title, "why": code.explanation, "fix": code.fix}
    kind, *path = subject.split(".")
    if not kind.isalpha():
        return None
    try:
        schema = read(f"kinds/{kind}.json")
    except OSError:
        return None
    return _field(schema, kind, ("spec", *path))


def _field(schema: Json, kind: str, path: tuple[str, ...]) -> dict[str, Json]:
    here: Json = schema
    for depth, name in enumerate(path):
        fields = dict(_fields(schema, here))
        if name not in fields:
            close = get_close_matches(name, fields, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            where = ".".join((kind, *path[1:depth]))
            return {"kind": kind, "error": f"{where} has no field {name!r}{hint}"}
        here = fields[name]
    said = schema.get("description", "") if len(path) == 1 else here.get("description", "")
    below = {name: _line(schema, shape) for name, shape in _fields(schema, here)}
    return {"kind": kind, "path": ".".join(path[1:]), "why": said, "fields": below}


def _fields(schema: Json, shape: Json) -> Iterator[tuple[str, Json]]:
    """Named fields of an object, through references and alternatives."""
    for each in _shapes(schema, shape):
        yield from each.get("properties", {}).items()


def _shapes(schema: Json, shape: Json) -> Iterator[Mapping[str, Json]]:
    if not isinstance(shape, Mapping):
        return
    yield shape
    if "$ref" in shape:
        yield from _shapes(schema, schema["$defs"][shape["$ref"].rpartition("/")[2]])
    for word in ("anyOf", "oneOf", "allOf"):
        for each in shape.get(word, ()):
            yield from _shapes(schema, each)
    for each in (shape.get("items"), *shape.get("patternProperties", {}).values()):
        yield from _shapes(schema, each)
    yield from _shapes(schema, shape.get("additionalProperties"))


def _line(schema: Json, shape: Json) -> str:
    """Type, values and description of a field in one line."""
    shapes = [*_shapes(schema, shape)]
    said = next((each["description"] for each in shapes if each.get("description")), "")
    values = next((each["enum"] for each in shapes if each.get("enum")), ())
    kinds = sorted({str(each["type"]) for each in shapes if "type" in each})
    form = " | ".join(map(str, values)) or " or ".join(kinds)
    return f"{form}: {said}" if said else form


def close(subject: str, most: int = 3) -> tuple[str, ...]:
    """Codes and kinds that look like a text, the closest first."""
    kinds = (path.stem for path in (schemas() / "kinds").glob("*.json"))
    known = {name.lower(): name for name in (*CODES, *policy.codes(), *sorted(kinds))}
    kind, dot, path = subject.partition(".")
    return tuple(
        f"{known[each]}{dot}{path}"
        for each in get_close_matches(kind.lower(), known, most, cutoff=0.6)
    )
