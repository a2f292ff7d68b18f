"""Values that may stand at a place: what an example shows, and others to change it to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from schemas.generate.fields.walk import Field, Schema, shapes, values_of
from schemas.generate.fields.words import form_of

PROBES = (
    "example",
    "Example",
    "123456789012",
    "210987654321",
    "arn:aws:iam::123456789012:role/example",
    "arn:aws:iam::123456789012:policy/example",
    "arn:aws:sqs:eu-west-1:123456789012:example",
    "arn:aws:lambda:eu-west-1:123456789012:function:example",
    "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess",
    "subnet-0123456789abcdef0",
    "sg-0123456789abcdef0",
    "https://hooks.example.com/alerts",
    "oncall@example.com",
    "ml.m5.xlarge",
    "ml.m5.2xlarge",
    "p99",
    "py310",
    "4f2c9e1",
    "train.py",
    "s3://acme-models/fraud/model.tar.gz",
    "AWS::Kinesis::Stream",
    "lambda.amazonaws.com",
    "token.actions.githubusercontent.com",
    "eu-west-1",
    "us-east-1",
    "alias/example",
    "2026-12-31",
    "FeatureGroup/customer",
    "AWS::SageMaker::FeatureGroup/acme-prod-customer-v1",
    "d41d8cd98f00b204e9800998ecf8427e",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud@sha256:{64 * '0'}",
)
"""Texts of every form that a field may ask for; one that fits none gives examples itself."""
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_DEEP = 4


@dataclass(frozen=True, slots=True)
class Values:
    """Makes values. `names` are the specs that a reference may name, by kind."""

    names: Mapping[str, tuple[str, ...]]
    seen: Mapping[tuple[str, str], tuple[Any, ...]] = dataclasses.field(default_factory=dict)
    """Values that the platform has, by section and field."""

    def of(self, field: Field) -> list[Any]:
        """Values for a field, the most telling first; none where nothing is known to fit."""
        default = field.schema.get("default")
        found = [*self.seen.get((field.section, field.path[-1]), ())]
        found += self._any(field.schema, field.definitions, 0)
        fresh = [each for each in found if each != default]
        return once([*fresh, *found])

    def _any(self, schema: Schema, definitions: Schema, depth: int) -> Iterator[Any]:
        yield from schema.get("examples", ())
        for shape in shapes(schema, definitions):
            yield from shape.get("examples", ())
            yield from self._one(shape, definitions, depth)

    def _one(self, schema: Schema, definitions: Schema, depth: int) -> Iterator[Any]:
        if "x-moorline-kind" in schema:
            yield from self.names.get(schema["x-moorline-kind"], ())
        elif "enum" in schema or "const" in schema:
            yield from schema.get("enum") or [schema["const"]]
        elif schema.get("type") == "array":
            items = schema.get("items") or {}
            yield from ([each] for each in self._any(items, definitions, depth))
        elif schema.get("type") == "object":
            yield from self._object(schema, definitions, depth)
        elif schema.get("type") == "boolean":
            yield from (True, False)
        elif schema.get("type") in {"integer", "number"}:
            yield from _numbers(schema)
        elif schema.get("type") == "string":
            yield from _texts(schema)

    def _object(self, schema: Schema, definitions: Schema, depth: int) -> Iterator[Any]:
        """The least of a section, each of a choice, or a mapping with one member."""
        if depth > _DEEP:
            return
        fields = schema.get("properties")
        if not fields:
            yield from self._mapping(schema, definitions, depth)
            return
        least: dict[str, Any] = {}
        title = str(schema.get("title", ""))
        for name in schema.get("required", ()):
            known = self.seen.get((title, name), ())
            fresh = self._any(fields[name], definitions, depth + 1)
            value = next(chain(known, fresh), None)
            if value is None:
                return
            least[name] = value
        if not schema.get("minProperties"):
            yield least
        for name in fields:
            if name not in least:
                for value in _few(self._any(fields[name], definitions, depth + 1)):
                    yield {**least, name: value}

    def _mapping(self, schema: Schema, definitions: Schema, depth: int) -> Iterator[Any]:
        inner = values_of(schema)
        pattern = next(iter(schema.get("patternProperties", {})), "")
        keys = (each for each in PROBES if re.search(str(pattern), each))
        key = next(keys, None)
        if key is not None:
            given = self._any(inner, definitions, depth + 1) if inner else iter(("example",))
            yield from ({key: each} for each in _few(given))


def others(value: Any, options: list[Any], field: Field) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any value
    """What a value may be changed to, each with the word for it; `options` fit the place."""
    yield from ((when, each) for when, each in _others(value, options, field) if each != value)


def _others(value: Any, options: list[Any], field: Field) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any value
    closed = any(each.keys() & {"enum", "x-moorline-kind"} for each in field.shapes)
    more = [each for each in options if each != value and type(each) is type(value)]
    if isinstance(value, bool):
        yield "changing it", not value
    elif isinstance(value, int | float):
        yield "raising it", value * 2
        yield "raising it", value + 1
        yield "lowering it", value // 2 if isinstance(value, int) else value / 2
        yield "lowering it", value - 1
    elif isinstance(value, str) and (found := _NUMBER.match(value)) and form_of(f"^{_form(value)}"):
        number, unit = found.group(), value[found.end() :]
        yield "raising it", f"{_double(number)}{unit}"
        yield "lowering it", f"{_half(number)}{unit}"
    elif closed and isinstance(value, str):
        yield from ((f"to {each}", each) for each in more)
    else:
        yield from (("changing it", each) for each in more)


def _form(value: str) -> str:
    return _NUMBER.sub(r"[0-9]+", value, count=1) + "$"


def _double(number: str) -> str:
    return f"{float(number) * 2:g}" if "." in number else str(int(number) * 2)


def _half(number: str) -> str:
    return f"{float(number) / 2:g}" if "." in number else str(max(int(number) // 2, 1))


def _numbers(schema: Schema) -> Iterator[Any]:
    low, high = schema.get("minimum"), schema.get("maximum")
    whole = schema.get("type") == "integer"
    for each in (2, 1, 10, 50, 100, 3600, low, high, 0):
        if each is not None and (low is None or each >= low) and (high is None or each <= high):
            yield int(each) if whole else each


def _texts(schema: Schema) -> Iterator[str]:
    pattern, longest = schema.get("pattern"), schema.get("maxLength", 10_000)
    if pattern and (form := form_of(str(pattern))):
        yield form[1]
    for each in PROBES if pattern else ("example", "other"):
        if len(each) <= longest and re.search(str(pattern or ""), each):
            yield each


def _few(values: Iterator[Any], most: int = 2) -> Iterator[Any]:
    for _, each in zip(range(most), values, strict=False):
        yield each


def once(values: list[Any]) -> list[Any]:
    """Each value once, in order; true and 1 are two."""
    found: list[Any] = []
    for each in values:
        if not any(type(each) is type(old) and each == old for old in found):
            found.append(each)
    return found
