"""Errors of pydantic models, in our words and at the exact place."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from reconciler.kinds.api import Choice, Maybe, Section, Shorthand
from reconciler.specs.shape import shape
from reconciler.specs.source import parse


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Feature(StrEnum):
    STRING = "string"
    INTEGRAL = "integral"
    FRACTIONAL = "fractional"


class Described(Strict):
    type: Feature
    description: str = ""


class Fleet(Strict):
    instances: Annotated[int, Field(ge=1, le=10)]


class Realtime(Strict):
    realtime: Fleet


class Serverless(Strict):
    serverless: Fleet


class Glue(Strict):
    run: Literal["glue"]
    workers: int


class Query(Strict):
    run: Literal["query"]


class Canary(Section):
    bake_time: int


class Strategy(Choice):
    canary: Maybe[Canary] = None
    linear: Maybe[Canary] = None


class Model(Strict):
    version: int
    features: dict[Annotated[str, Field(pattern="^[a-z]")], Feature | Described] = {}
    serve: Realtime | Serverless | None = None
    steps: tuple[Annotated[Glue | Query, Field(discriminator="run")], ...] = ()
    enabled: bool = False
    name: Annotated[str, Field(pattern="^[a-z]+$", min_length=2, max_length=4)] = "abc"
    size: int | list[str] = 1
    ratio: float = 1.0
    zones: Annotated[list[str], Field(min_length=1)] = ["a"]
    pair: tuple[int, str] = (1, "a")
    strategy: Maybe[Strategy] = None
    above: float | Annotated[str, Field(pattern="^[0-9]+ms$")] = 1.0
    capture: Annotated[Fleet, Shorthand("instances")] | None = None

    @model_validator(mode="after")
    def _version(self):
        if self.version == 7:
            msg = "version 7 was withdrawn\nuse 8"
            raise ValueError(msg)
        return self


CASES = {
    "an unknown field": ("extra: 1", "SPEC010", "unknown field 'extra'", (2, 1, 5)),
    "a misspelt field": ("enabeld: true", "SPEC010", "did you mean 'enabled'?", (2, 1, 7)),
    "a field in another case": ("Enabled: true", "SPEC010", "did you mean 'enabled'?", (2, 1, 7)),
    "a misspelt field further in": (
        "features: {a: {type: string, descripton: b}}", "SPEC010", "'description'", (2, 30, 10),
    ),
    "a text for an integer": (
        "serve: {realtime: {instances: two}}", "SPEC013",
        "expected an integer, got the text 'two'", (2, 31, 3),
    ),
    "an integer for a text": (
        "zones: [1]", "SPEC013", "expected a text, got the integer 1", (2, 9, 1),
    ),
    "a fraction for an integer": (
        "size: 1.5", "SPEC013", "expected an integer or a list", (2, 7, 3),
    ),
    "a text for a number": ("ratio: half", "SPEC013", "expected a number", (2, 8, 4)),
    "no for a boolean": ("enabled: no", "SPEC013", "write false", (2, 10, 2)),
    "On for a boolean": ("enabled: On", "SPEC013", "write true", (2, 10, 2)),
    "a quoted boolean": ("enabled: 'true'", "SPEC013", "write true", (2, 10, 6)),
    "nothing for a text": ("name:", "SPEC013", "got nothing (null)", (2, 6, 1)),
    "a list for a mapping": (
        "features: [a]", "SPEC013", "expected a mapping, got a list", (2, 1, 8),
    ),
    "a scalar for a list": ("steps: 3", "SPEC013", "expected a list, got the integer 3", (2, 8, 1)),
    "too small": ("serve: {realtime: {instances: 0}}", "SPEC014", "at least 1, is 0", (2, 31, 1)),
    "too large": ("serve: {realtime: {instances: 11}}", "SPEC014", "at most 10", (2, 31, 2)),
    "a text too long": ("name: abcde", "SPEC015", "at most 4 characters, has 5", (2, 7, 5)),
    "a list too short": ("zones: []", "SPEC015", "at least 1 entry, has 0", (2, 1, 5)),
    "a wrong form": ("name: Abc", "SPEC016", "'Abc' is not of the right form", (2, 7, 3)),
    "a key of the wrong form": ("features: {A: string}", "SPEC016", "'A'", (2, 12, 1)),
    "a misspelt choice": ("features: {a: strng}", "SPEC012", "did you mean 'string'?", (2, 15, 5)),
    "a misspelt choice further in": (
        "features: {a: {type: strng}}", "SPEC012", "did you mean 'string'?", (2, 22, 5),
    ),
    "a number for a choice": ("features: {a: 3}", "SPEC012", "got the integer 3", (2, 15, 1)),
    "a missing field": ("serve: {realtime: {}}", "SPEC011", "'instances' is missing", (2, 9, 8)),
    "a missing field of an item": ("steps: [{run: glue}]", "SPEC011", "'workers'", (2, 9, 11)),
    "both branches of a union": (
        "serve: {realtime: {instances: 1}, serverless: {instances: 1}}", "SPEC017",
        "'realtime' and 'serverless' cannot stand together", (2, 35, 10),
    ),
    "no branch of a union": (
        "serve: {}", "SPEC017", "exactly one of realtime or serverless", (2, 1, 5),
    ),
    "a misspelt branch of a union": ("serve: {realtme: {}}", "SPEC010", "'realtime'", (2, 9, 7)),
    "a fault inside a branch": (
        "serve: {serverless: {instances: 1, b: 2}}", "SPEC010", "'b'", (2, 36, 1),
    ),
    "a scalar for a union": ("serve: 3", "SPEC013", "a mapping with realtime or", (2, 8, 1)),
    "an unknown tag": ("steps: [{run: query}, {run: glew}]", "SPEC012", "'glue'", (2, 29, 4)),
    "a missing tag": ("steps: [{workers: 1}]", "SPEC011", "'run' is missing", (2, 9, 12)),
    "an item of the wrong type": ("size: [a, 2]", "SPEC013", "expected a text", (2, 11, 1)),
    "a fixed list too long": ("pair: [1, a, b]", "SPEC015", "at most 2 entries, has 3", (2, 1, 4)),
    "two of a Choice": (
        "strategy: {canary: {bakeTime: 1}, linear: {bakeTime: 1}}", "SPEC017",
        "'canary' and 'linear'", (2, 35, 6),
    ),
    "none of a Choice": ("strategy: {}", "SPEC017", "exactly one of canary or linear", (2, 1, 8)),
    "null where a field may only be left out": ("strategy:", "SPEC013", "nothing", (2, 10, 1)),
    "a wrong item of a needed list": ("zones: [3]", "SPEC013", "expected a text", (2, 9, 1)),
    "a text of the wrong form in a union": ("above: zz", "SPEC016", "'zz'", (2, 8, 2)),
    "an aliased name": (
        "strategy: {canary: {bake_time: 1}}", "SPEC010", "did you mean 'bakeTime'?", (2, 21, 9),
    ),
    "inside a shorthand": ("capture: many", "SPEC013", "expected an integer", (2, 10, 4)),
}  # fmt: skip


@pytest.mark.parametrize(("line", "code", "words", "place"), CASES.values(), ids=CASES.keys())
def test_one_error_at_one_place(line, code, words, place):
    (document,) = parse(f"version: 1\n{line}\n", "f.yaml").documents
    model, found = shape(document, Model)
    assert model is None
    assert [diagnostic.code for diagnostic in found] == [code]
    assert words in found[0].message
    assert found[0].help
    assert (found[0].at.line, found[0].at.column, found[0].at.length) == place
    assert "pydantic" not in found[0].message + found[0].help


def test_a_good_document_becomes_the_model():
    text = (
        "version: 1\nfeatures: {a: string, b: {type: integral}}\n"
        "serve: {serverless: {instances: 2}}\n"
    )
    model, found = shape(parse(text, "f.yaml").documents[0], Model)
    assert found == []
    assert model is not None
    assert model.features == {"a": Feature.STRING, "b": Described(type=Feature.INTEGRAL)}
    assert model.serve == Serverless(serverless=Fleet(instances=2))


def test_a_part_of_a_document_is_checked_with_full_positions():
    text = "kind: X\nspec:\n  version: one\n"
    _, found = shape(parse(text, "f.yaml").documents[0], Model, ("spec",))
    assert [str(diagnostic.at) for diagnostic in found] == ["f.yaml:3:12"]


def test_a_missing_field_of_the_root_is_at_the_key_of_the_part():
    text = "kind: X\nspec:\n  enabled: true\n"
    _, found = shape(parse(text, "f.yaml").documents[0], Model, ("spec",))
    assert [(diagnostic.code, str(diagnostic.at)) for diagnostic in found] == [
        ("SPEC011", "f.yaml:2:1")
    ]


def test_a_misspelt_required_field_is_one_error():
    _, found = shape(parse("versoin: 1\n", "f.yaml").documents[0], Model)
    assert [diagnostic.code for diagnostic in found] == ["SPEC010"]


def test_all_errors_are_reported():
    text = "version: x\nname: ABC\nextra: 1\nsteps: [{run: glue}]\n"
    _, found = shape(parse(text, "f.yaml").documents[0], Model)
    assert sorted(diagnostic.code for diagnostic in found) == [
        "SPEC010", "SPEC011", "SPEC013", "SPEC016",
    ]  # fmt: skip


def test_a_validator_speaks_for_itself():
    _, found = shape(parse("version: 7\n", "f.yaml").documents[0], Model)
    assert [(diagnostic.message, diagnostic.help) for diagnostic in found] == [
        ("version 7 was withdrawn", "use 8")
    ]


def test_errors_are_limited():
    items = ", ".join(["1"] * 5000)
    _, found = shape(parse(f"version: 1\nzones: [{items}]\n", "f.yaml").documents[0], Model)
    assert len(found) == 100
