"""Writes `schemas/kinds/`: JSON Schemas of spec files, for editors.

One file for each kind and `moorline.json` for all of them. They come from the
pydantic models, so an editor and the compiler accept the same documents; the
one difference is that an editor sees `${name}` before it is substituted.

    python -m schemas.generate.kinds
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from reconciler.kinds.api import Kind, load
from reconciler.specs.envelope import API_VERSION, Metadata

Schema: TypeAlias = dict[str, Any]
FOLDER = Path(__file__).parents[1] / "kinds"
BASE = "https://moorline.dev/schemas/kinds/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
UNION = "moorline"
VARIABLE: Schema = {"type": "string", "pattern": r"^\$\{[A-Za-z][A-Za-z0-9_]*\}$"}
"""What may stand for a number or a boolean before substitution."""
WITH_VARIABLE: Schema = {"type": "string", "pattern": r"\$\{[A-Za-z][A-Za-z0-9_]*\}"}
"""What may stand for a text of a certain form."""
RAW = frozenset({"Environment"})
"""Kinds in which nothing is substituted."""

_FRAME: Schema = {
    "if": {"not": {"required": ["kind"]}},
    "then": {
        "properties": {
            "apiVersion": {"const": API_VERSION},
            "metadata": {"type": "object"},
            "spec": {"type": "object"},
        }
    },
}
"""What an editor offers in a document that has no kind yet."""
_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("anyOf", "oneOf", "allOf")
_SINGLE = ("items", "additionalProperties")
_WORDS = ("description", "default", "examples", "x-moorline-kind")
_CLOSED = ("pattern", "enum", "const")


def files() -> Iterator[tuple[str, bytes]]:
    """Every file's name and content."""
    schemas = {name: of_kind(kind) for name, kind in sorted(load().items())}
    for name, schema in schemas.items():
        yield f"{name}.json", _bytes(schema)
    yield f"{UNION}.json", _bytes(_union(schemas))


def of_kind(kind: Kind[Any]) -> Schema:
    """The schema of whole documents of a kind."""
    spec, definitions = _model(kind.model, variables=kind.name not in RAW)
    metadata, more = _model(Metadata, variables=False)
    return {
        "$schema": DIALECT,
        "$id": f"{BASE}{kind.name}.json",
        "title": kind.name,
        "description": kind.summary,
        "type": "object",
        "additionalProperties": False,
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": {"const": API_VERSION},
            "kind": {"const": kind.name},
            "metadata": metadata,
            "spec": spec,
        },
        **({"$defs": dict(sorted((definitions | more).items()))} if definitions | more else {}),
    }


def _model(model: Any, *, variables: bool) -> tuple[Schema, Schema]:  # noqa: ANN401 - a model class
    raw = model.model_json_schema(by_alias=True, mode="validation")
    schema = _walk(raw, _tidy)
    if variables:
        schema = _walk(schema, _open)
    definitions = schema.pop("$defs", {})
    return schema, definitions


def _walk(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Apply a change to a schema and everything in it, innermost first."""
    out = dict(schema)
    for key in _MAPS:
        if key in out:
            out[key] = {name: _walk(inner, change) for name, inner in out[key].items()}
    for key in _LISTS:
        if key in out:
            out[key] = [_walk(inner, change) for inner in out[key]]
    for key in _SINGLE:
        if isinstance(out.get(key), Mapping):
            out[key] = _walk(out[key], change)
    return change(out)


def _tidy(schema: Schema) -> Schema:
    """Without titles made of names and defaults that mean "left out"; closed to unknown keys."""
    out = {key: value for key, value in schema.items() if key != "title"}
    if out.get("default", ...) is None:
        del out["default"]
    patterns = out.pop("patternProperties", {})
    if patterns:  # said in the way in which editors complete the values too
        ((pattern, value),) = patterns.items()
        out |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    if isinstance(out.get("description"), str):
        out["description"] = " ".join(out["description"].replace("``", "`").split())
    return out


def _open(schema: Schema) -> Schema:
    """Let `${name}` stand wherever the compiler will see a substituted value."""
    if "anyOf" in schema:
        options = list(_flat(schema["anyOf"]))
        return {**schema, "anyOf": options}
    kind = schema.get("type")
    if kind in {"integer", "number", "boolean"}:
        alternative = VARIABLE
    elif (kind == "string" or "const" in schema) and any(key in schema for key in _CLOSED):
        alternative = WITH_VARIABLE
    else:
        return schema
    words = {key: schema[key] for key in _WORDS if key in schema}
    plain = {key: value for key, value in schema.items() if key not in _WORDS}
    return {**words, "anyOf": [plain, dict(alternative)]}


def _flat(options: list[Schema]) -> Iterator[Schema]:
    """Options of options as options, each once, and last the widest form of a variable."""
    seen: list[Schema] = []
    for option in options:
        nested = option.get("anyOf")
        seen += [each for each in (nested or [option]) if each not in seen]
    variables = [option for option in seen if option in (VARIABLE, WITH_VARIABLE)]
    others = [option for option in seen if option not in variables]
    yield from others
    if {"type": "string"} not in others:
        yield from (variables if variables == [VARIABLE] else [WITH_VARIABLE][: len(variables)])


def _union(schemas: Mapping[str, Schema]) -> Schema:
    """A schema of all kinds; it refers to nothing outside of itself."""
    definitions: Schema = {}
    for name, schema in schemas.items():
        whole = {key: value for key, value in schema.items() if key not in {"$schema", "$id"}}
        inner = whole.pop("$defs", {})
        rename = _renamer(name)
        definitions[name] = _walk(whole, rename)
        definitions |= {f"{name}.{key}": _walk(part, rename) for key, part in inner.items()}
    cases = [
        {
            "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
            "then": {"$ref": f"#/$defs/{name}"},
        }
        for name in schemas
    ]
    return {
        "$schema": DIALECT,
        "$id": f"{BASE}{UNION}.json",
        "title": "Moorline",
        "description": "A Moorline spec of any kind.",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {"kind": {"enum": list(schemas)}},
        "allOf": [_FRAME, *cases],
        "$defs": definitions,
    }


def _renamer(kind: str) -> Callable[[Schema], Schema]:
    def rename(schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        name = schema["$ref"].removeprefix("#/$defs/")
        return {**schema, "$ref": f"#/$defs/{kind}.{name}"}

    return rename


def _bytes(schema: Schema) -> bytes:
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def main() -> None:
    """Write every file, and remove those of kinds that are gone."""
    FOLDER.mkdir(exist_ok=True)
    written = dict(files())
    for stale in FOLDER.glob("*.json"):
        if stale.name not in written:
            stale.unlink()
    for name, content in written.items():
        (FOLDER / name).write_bytes(content)
    print(f"{len(written)} schemas in {FOLDER}")


if __name__ == "__main__":
    main()
