"""The page of all spec kinds, from their pydantic models."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from docs.generate import markdown, outcomes
from reconciler.kinds.api import Days, Duration, Kind, Share, Size, load
from reconciler.specs import forms
from reconciler.specs.envelope import API_VERSION, Metadata

Schema: TypeAlias = Mapping[str, Any]
REF = "#/$defs/"
HEAD = ("field", "type", "default", "description", "in AWS", "changing it")


def _pattern(alias: Any) -> str:  # noqa: ANN401 - an annotated type
    constraints = alias.__metadata__[0].metadata
    return next(str(each.pattern) for each in constraints if hasattr(each, "pattern"))


FORMS = {
    _pattern(Duration): "duration",
    _pattern(Days): "duration in days",
    _pattern(Share): "share",
    _pattern(Size): "size",
}
LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
WORDS = {"boolean": "true or false", "string": "text", "object": "mapping", "null": "null"}


def page() -> Iterator[str]:
    """Blocks of the page."""
    kinds = sorted(load().values(), key=lambda kind: kind.name)
    yield "# Kinds"
    yield (
        f"A document has four fields: `apiVersion: {API_VERSION}`, `kind`, `metadata` and `spec`."
        " Unknown fields are errors. `${name}` stands for a variable of the environment."
    )
    yield markdown.bullets(
        f"[{kind.name}]({markdown.anchor(kind.name)}): {kind.summary}" for kind in kinds
    )
    yield (
        "A duration is a whole number of `s`, `m`, `h` or `d`, such as `30m`; a size one of `GiB`"
        " or `TiB`, such as `50GiB`; a share is written with its sign, such as `25%`. What each"
        " word means wherever it stands: [language](../language.md). What a field is in AWS, and"
        " what changing it does, was found by doing it with an example; `moorline explain"
        " KIND.FIELD` says more of both."
    )
    yield "## metadata"
    yield from _section(Metadata.model_json_schema(by_alias=True), "metadata", {})
    for kind in kinds:
        yield from _kind(kind)


def _kind(kind: Kind[Any]) -> Iterator[str]:
    schema = kind.model.model_json_schema(by_alias=True)
    yield f"## {kind.name}"
    yield kind.summary
    head = f"apiVersion: {API_VERSION}\nkind: {kind.name}\nmetadata: {{name: example}}\nspec:\n"
    yield markdown.block(head + textwrap.indent(textwrap.dedent(kind.example), "  "), "yaml")
    definitions = schema.get("$defs", {})
    yield from _section(schema, kind.name, definitions)
    for name in _used(schema):
        section = definitions[name]
        yield f"### {kind.name}: {name}"
        yield markdown.prose(section.get("description", ""))
        if section.get("maxProperties") == 1:
            yield "Exactly one of:"
        yield from _section(section, kind.name, definitions)
        if "enum" in section:
            yield _type(section, kind.name)


def _used(schema: Schema) -> list[str]:
    """Names of the sections of a schema, in the order in which its fields use them."""
    found: list[str] = []

    def visit(part: object) -> None:
        if isinstance(part, Mapping):
            name = str(part.get("$ref", "")).removeprefix(REF)
            if name and name not in found:
                found.append(name)
                visit(schema["$defs"][name])
            for key, inner in part.items():
                if key != "$defs":
                    visit(inner)
        elif isinstance(part, list):
            for inner in part:
                visit(inner)

    visit(schema)
    return found


def _section(schema: Schema, kind: str, definitions: Schema) -> Iterator[str]:
    required = schema.get("required", ())
    title = str(schema.get("x-moorline-told") or schema.get("title", ""))
    yield markdown.table(
        HEAD,
        (
            (
                markdown.code(name),
                _type(field, kind),
                _default(field, required=name in required),
                markdown.prose(_about(field, definitions)).replace("\n\n", " "),
                *outcomes.of(kind, title, name),
            )
            for name, field in schema.get("properties", {}).items()
        ),
    )


def _about(field: Schema, definitions: Schema) -> str:
    """The description of a field, or else of the section that it takes."""
    section = definitions.get(str(field.get("$ref", "")).removeprefix(REF), {})
    return str(field.get("description") or section.get("description", ""))


def _default(field: Schema, *, required: bool) -> str:
    if required:
        return "**required**"
    default = field.get("default")
    return "" if default is None else markdown.code(json.dumps(default, ensure_ascii=False))


def _type(field: Schema, kind: str) -> str:
    if "$ref" in field:
        name = field["$ref"].removeprefix(REF)
        return f"[{name}]({markdown.anchor(f'{kind}: {name}')})"
    for key in ("anyOf", "oneOf", "allOf"):
        if key in field:
            return " or ".join(dict.fromkeys(_type(each, kind) for each in field[key]))
    if "x-moorline-kind" in field:
        name = field["x-moorline-kind"]
        return f"name of a [{name}]({markdown.anchor(name)})"
    if "enum" in field or "const" in field:
        values = field.get("enum") or [field["const"]]
        return " or ".join(markdown.code(value) for value in values)
    name = str(field.get("type", "anything"))
    if name == "array":
        return f"list of {_type(field.get('items', {}), kind)}"
    if name == "object":
        return f"mapping to {_values(field, kind)}"
    if name == "string":
        return _text(field)
    return WORDS.get(name, name) + _bounds(field)


def _values(field: Schema, kind: str) -> str:
    patterns = list(field.get("patternProperties", {}).values())
    more = field.get("additionalProperties")
    inner = patterns[0] if patterns else more
    return _type(inner, kind) if isinstance(inner, Mapping) and inner else "anything"


def _text(field: Schema) -> str:
    pattern = field.get("pattern")
    if pattern in FORMS:
        return FORMS[pattern]
    if field.get("examples"):
        return f"text such as {markdown.codes(field['examples'])}"
    form = forms.of(pattern) if pattern else None
    return (
        f"{form.noun.partition(' ')[2]} such as {markdown.code(form.example)}" if form else "text"
    )


def _bounds(field: Schema) -> str:
    said = [f"{words} {field[key]}" for key, words in LIMITS.items() if key in field]
    return f", {' and '.join(said)}" if said else ""
