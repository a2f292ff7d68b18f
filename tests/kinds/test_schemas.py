"""The schemas for editors accept and reject what the compiler accepts and rejects."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError
from sweeps import LONG, sample

from reconciler.kinds.api import load
from reconciler.specs.source import parse
from schemas.generate import kinds as generate

from .specs import ALL

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "schemas" / "kinds"
KINDS = sorted(load())
SPEC_FILES = sorted([*ROOT.glob("specs/**/*.yaml"), *ROOT.glob("environments/*.yaml")])


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / f"{name}.json").read_bytes()))


def value(text: str) -> Any:
    (document,) = parse(text, "spec.yaml").documents
    return document.data


def whole(kind: str, spec: Any) -> dict[str, Any]:
    metadata = {"name": "some-name", "owner": "team"}
    return {"apiVersion": "moorline/v1", "kind": kind, "metadata": metadata, "spec": spec}


def by_schema(kind: str, spec: Any) -> bool:
    return validator(kind).is_valid(whole(kind, spec))


def by_model(kind: str, spec: Any) -> bool:
    needed = {"platform", "account", "region"} if kind == "Environment" else set()
    if "extends" not in spec and not needed <= spec.keys():  # `specs.overlay` asks for these
        return False
    try:
        load()[kind].model.model_validate_json(orjson.dumps(spec))
    except ValidationError:
        return False
    return True


SAMPLES = [(kind, value(text)) for (kind, _), text in ALL.items()]
SAMPLES += [(name, value(kind.example)) for name, kind in load().items()]


def test_the_files_are_fresh() -> None:
    written = {file.name: file.read_bytes() for file in FOLDER.glob("*.json")}
    assert written == dict(generate.files()), "run python -m schemas.generate.kinds"


@pytest.mark.parametrize("name", [*KINDS, "moorline"])
def test_a_file_is_a_schema_without_automatic_titles(name: str) -> None:
    schema = validator(name).schema
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f"/{name}.json")
    assert {path for path, _ in titles(schema, ())} == {("title",)} | (
        {("$defs", kind, "title") for kind in KINDS} if name == "moorline" else set()
    )


def titles(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(schema, dict):
        for key, item in schema.items():
            if key == "title" and isinstance(item, str):
                yield (*path, key), item
            elif key not in {"default", "examples"}:
                yield from titles(item, (*path, key))
    elif isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from titles(item, (*path, str(index)))


@pytest.mark.parametrize("name", KINDS)
def test_every_field_is_described(name: str) -> None:
    missing = {
        field
        for fields in properties(validator(name).schema)
        for field, schema in fields.items()
        if not schema.keys() & {"description", "$ref", "const"}
    }
    assert missing == set()


def properties(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        found = schema.get("properties")
        if isinstance(found, dict) and all(isinstance(item, dict) for item in found.values()):
            yield found
        for item in schema.values():
            yield from properties(item)


def test_references_name_their_kind() -> None:
    marks = json.dumps(validator("moorline").schema).count('"x-moorline-kind": "DataSource"')
    assert marks >= 8


@pytest.mark.parametrize("file", SPEC_FILES, ids=[file.stem for file in SPEC_FILES])
@pytest.mark.parametrize("union", [False, True], ids=["its kind", "the union"])
def test_the_example_platform_is_valid_as_written(file: Path, union: bool) -> None:
    for document in parse(file.read_bytes(), str(file)).documents:
        name = "moorline" if union else document.data["kind"]
        assert [error.message for error in validator(name).iter_errors(document.data)] == []


@pytest.mark.parametrize("file", SPEC_FILES, ids=[file.stem for file in SPEC_FILES])
def test_the_first_line_names_the_schema(file: Path) -> None:
    first, _, rest = file.read_text(encoding="utf-8").partition("\n")
    (document,) = parse(rest, str(file)).documents
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / named).resolve() == FOLDER / f"{document.data['kind']}.json"


@pytest.mark.parametrize(("kind", "spec"), SAMPLES, ids=[kind for kind, _ in SAMPLES])
def test_good_specs_are_accepted_by_both(kind: str, spec: Any) -> None:
    assert (by_model(kind, spec), by_schema(kind, spec)) == (True, True)


@pytest.mark.parametrize(
    ("says", "change"),
    [
        ("another apiVersion", {"apiVersion": "moorline/v2"}),
        ("another kind", {"kind": "Rollout"}),
        ("an unknown part", {"status": {}}),
        ("metadata without a name", {"metadata": {"owner": "x"}}),
        ("a name in capitals", {"metadata": {"name": "Budget"}}),
    ],
)
def test_the_frame_is_checked(says: str, change: dict[str, Any]) -> None:
    document = whole("Budget", value(load()["Budget"].example))
    assert validator("Budget").is_valid(document)
    assert not validator("Budget").is_valid({**document, **change})


REPLACEMENTS: list[Any] = [
    None, True, 0, -1, 3, 101, 1.5, "", "x", "no such value", "30m", "3d", "1%", "250ms",
    "s3://bucket-name/key", "ml.m5.large", "/x", [], ["x"], {}, {"x": 1}, {"type": "string"},
]  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, keys and indexes, the document itself excluded."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


def changed(data: Any, path: tuple[Any, ...], how: str, new: Any) -> Any:
    """A copy with one place replaced, removed, renamed, or with something added to it."""
    out = copy.deepcopy(data)
    parent = out
    for step in path[:-1]:
        parent = parent[step]
    last = path[-1]
    if how == "remove":
        del parent[last]
    elif how == "rename" and isinstance(parent, dict):
        parent[str(new)] = parent.pop(last)
    elif how == "add" and isinstance(parent[last], dict):
        parent[last]["surprise"] = new
    elif how == "add" and isinstance(parent[last], list):
        parent[last].append(new)
    else:
        parent[last] = new
    return out


def mutations(data: Any) -> Iterator[tuple[tuple[Any, ...], str, Any]]:
    """Every small change: where, how, and what is put there."""
    for path in places(data):
        yield path, "remove", None
        yield path, "rename", "_odd name"
        yield path, "add", "x"
        for new in REPLACEMENTS:
            yield path, "replace", new


@pytest.mark.parametrize(("kind", "spec"), SAMPLES, ids=[kind for kind, _ in SAMPLES])
def test_both_agree_on_every_small_change(kind: str, spec: Any) -> None:
    chosen = sample([*mutations(spec)], 9)  # of each place three, as 9 and their number have it
    mutants = ((what, changed(spec, *what)) for what in chosen)
    differ = [what for what, mutant in mutants if by_model(kind, mutant) != by_schema(kind, mutant)]
    assert differ == []


@settings(max_examples=300 if LONG else 60, deadline=None)
@given(data=st.data())
def test_both_agree_on_several_changes(data: st.DataObject) -> None:
    kind, spec = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 4))):
        known = list(places(spec))
        if not known:
            break
        path = data.draw(st.sampled_from(known))
        how = data.draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        other = data.draw(st.sampled_from(SAMPLES))[1]
        new = data.draw(st.sampled_from([*REPLACEMENTS, *other.values()]))
        spec = changed(spec, path, how, "odd" if how == "rename" else new)
    assert by_model(kind, spec) == by_schema(kind, spec)


@pytest.mark.parametrize(
    ("kind", "spec", "path", "accepted"),
    [
        ("Budget", "BUDGET", ("amount",), True),
        ("Budget", "BUDGET", ("period",), True),
        ("Budget", "BUDGET", ("thresholds", 0, "at"), True),
        ("Budget", "BUDGET", ("thresholds",), False),
        ("Rollout", "DETECTOR", ("serve", "realtime", "instances"), True),
        ("Rollout", "DETECTOR", ("serve", "realtime"), False),
        ("Rollout", "DETECTOR", ("analysis", 0, "below"), True),
        ("FeatureGroup", "CUSTOMER", ("features", "txn_count_7d"), True),
        ("FeatureGroup", "CUSTOMER", ("features", "txn_count_7d", "type"), True),
        ("Security", "SECURITY", ("keys", "data", "rotation"), True),
    ],
)
def test_a_variable_may_stand_for_a_scalar(
    kind: str, spec: str, path: tuple[Any, ...], accepted: bool
) -> None:
    from . import specs

    document = changed(value(getattr(specs, spec)), path, "replace", "${someVariable}")
    assert by_schema(kind, document) is accepted


@pytest.mark.parametrize("text", ["$someVariable", "${}", "${some variable}", "2 ${x}"])
def test_what_only_looks_like_a_variable_is_no_number(text: str) -> None:
    from . import specs

    assert not by_schema("Budget", changed(value(specs.BUDGET), ("amount",), "replace", text))
