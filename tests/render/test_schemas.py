"""What is printed for machines keeps to its published schema, and the schema to what is printed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from sweeps import LONG

from reconciler.model.change import Call
from reconciler.model.diagnostic import Span
from reconciler.model.loss import Approval, Loss
from reconciler.model.plan import FORMAT as PLAN_FORMAT, Plan, plan_to_json
from reconciler.model.value import SENSITIVE, UNKNOWN, Join, JsonText, Ref, digest
from reconciler.planfile import file as planfile
from reconciler.render.text import drift
from schemas.generate import plan as generate

from . import plans as made
from .random_plans import plans

ROOT = Path(__file__).parents[2]
APPROVAL = Approval("*", "records", "asked", "alice", date(2026, 12, 1), Span("e.yaml", 1, 2))
MARKS = {
    "Ref": Ref(made.ROLE, "Arn"),
    "Join": Join(("a", Ref(made.ROLE, "Arn"))),
    "Text": JsonText({"a": [UNKNOWN]}),
    "Hidden": [SENSITIVE],
    "Own": {"$ref": "a user's own"},
    "Many": {"$ref": 1, "$join": 2},
    "Number": 1.5,
}
STEPS = (
    *made.LOST_GROUP,
    made.PIPELINE,
    made.SUPERSEDED,
    made.ADOPTED,
    made.made("X::Y", "marks", desired=MARKS),
    made.removed(
        "S3::Bucket",
        "raw",
        destroys="records",
        losses=(Loss("records", "its records", ("A",), allowed=False, approval=APPROVAL),),
    ),
)
WHOLE = made.plan(*STEPS, diagnostics=(made.deferred(),))
DATA = json.loads(json.dumps(plan_to_json(WHOLE)))
DATA["steps"][0]["calls"] = [
    {"service": "s3", "method": "m", "params": {"A": {"$mark": "unknown"}}, "outputs": {"x": ["y"]}}
]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
FILE = json.loads(planfile.pack(planfile.make(WHOLE, now=NOW, lifetime=60.0, specs={"a/b": "c"})))
DRIFT = drift.as_json(DATA, DATA["steps"][2:3])
SAMPLES = {"plan": DATA, "drift": DRIFT, "planfile": FILE}


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / f"{name}.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@cache
def fast(name: str) -> Any:
    """As `validator`; it only says yes or no."""
    return jsonschema_rs.Draft202012Validator(validator(name).schema)


def faults(name: str, data: Any) -> list[str]:
    return [f"{each.json_path}: {each.message}" for each in validator(name).iter_errors(data)]


def test_the_files_are_fresh():
    for name, content in generate.files():
        assert (ROOT / "schemas" / name).read_bytes() == content, "run `make schemas`"


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_written_is_valid(name: str):
    assert faults(name, SAMPLES[name]) == []


NEEDED = (4, 4, "f92862b4c788")


def test_a_plan_file_of_another_form_has_another_number():
    """What every file has is under its digest: an older file is told by its number alone."""
    found = sorted(needed(validator("planfile").schema))
    assert (planfile.FORMAT, PLAN_FORMAT, digest(found, 12)) == NEEDED, "raise FORMAT, write this"


def needed(schema: Any, path: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Every key that has to be there, with its place in the schema."""
    if isinstance(schema, dict):
        listed = schema.get("required")
        yield from ([*path, each] for each in (listed if isinstance(listed, list) else ()))
        for key, value in schema.items():
            yield from needed(value, (*path, key))


def test_a_signed_plan_file_is_valid():
    signature = {"algorithm": "HMAC-SHA256", "key": "", "value": "eA=="}
    assert faults("planfile", {**FILE, "signature": signature}) == []
    assert faults("planfile", {**FILE, "signature": {**signature, "algorithm": "none"}})


def ours(schema: Any, data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every key that we own; values of AWS are left out."""
    free = {"desired", "params", "before", "after", "declared", "live", "outputs", "specs"}
    if isinstance(data, dict):
        for key, item in data.items():
            yield (*path, key)
            if key not in free or (key == "after" and isinstance(item, list)):
                yield from ours(schema, item, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data[:4]):
            yield from ours(schema, item, (*path, index))


def changed(data: Any, path: tuple[Any, ...], how: str) -> Any:
    out = copy.deepcopy(data)
    parent = out
    for step in path[:-1]:
        parent = parent[step]
    last = path[-1]
    if how == "missing":
        del parent[last]
    elif how == "renamed":
        parent[f"{last}_"] = parent.pop(last)
    else:
        parent[last] = {"surprise": 1.5}
    return out


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("how", ["missing", "renamed", "of another type"])
def test_every_key_of_ours_is_demanded_and_typed(name: str, how: str):
    data = SAMPLES[name]
    anything = {"before", "after", "declared", "live", "desired", "params"}
    optional = {("specs",)}
    let_through = [
        path
        for path in ours(name, data)
        if fast(name).is_valid(changed(data, path, how))
        and not (how == "of another type" and path[-1] in anything)
        and not (how == "missing" and path in optional)
    ]
    assert let_through == []


@pytest.mark.parametrize(
    "mark",
    [
        {"$ref": ["AWS::X::Y", "n"]},
        {"$ref": "n"},
        {"$mark": "hidden"},
        {"$map": {"other": 1}},
    ],
)
def test_a_mark_of_another_form_is_not_valid(mark: Any):
    step = {**DATA["steps"][0], "desired": {"A": mark}}
    assert faults("plan", {**DATA, "steps": [step]})
    good = {**DATA["steps"][0], "desired": {"A": {"$mark": "sensitive"}}}
    assert faults("plan", {**DATA, "steps": [good]}) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_everything_is_described(name: str):
    def without(schema: Any, path: str) -> Iterator[str]:
        for key, item in schema.get("properties", {}).items():
            if not item.keys() & {"description", "$ref"} and not key.startswith("$"):
                yield f"{path}.{key}"
            yield from without(item, f"{path}.{key}")
        for key, item in schema.get("$defs", {}).items():
            yield from without(item, key)

    assert list(without(validator(name).schema, name)) == []


@settings(
    max_examples=60 if LONG else 20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(plans())
def test_every_plan_is_valid(plan: Plan):
    data = json.loads(json.dumps(plan_to_json(plan)))
    assert faults("plan", data) == []
    assert faults("drift", drift.as_json(data)) == []


def test_calls_have_their_own_form():
    call = Call("s3", "put", {"Key": Ref(made.ROLE, "Arn")}, {"Arn": ("Role", "Arn")})
    step = replace(made.made("X::Y", "n"), calls=(call,))
    assert faults("plan", json.loads(json.dumps(plan_to_json(made.plan(step))))) == []
