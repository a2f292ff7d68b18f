"""Every field of every kind is explained: an example that validates, changes that are real."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from sweeps import sample

from reconciler.explain import fields as explained
from reconciler.kinds.api import load
from schemas.generate.fields.change import At, told
from schemas.generate.fields.files import FOLDER, known
from schemas.generate.fields.platform import platform, read, written
from schemas.generate.fields.walk import Field, fields

KINDS = sorted(load())
AGAIN = "run python -m schemas.generate.fields"


@cache
def walked(kind: str) -> dict[tuple[str, str], Field]:
    return {(".".join(each.path), each.section): each for each in fields(load()[kind])}


def packed() -> list[tuple[str, explained.Entry]]:
    return [(kind, entry) for kind in KINDS for entry in explained.entries(kind)]


def example_of(kind: str, entry: explained.Entry) -> At:
    field = walked(kind)[entry["path"], entry["section"]]
    return At(read(entry["example"]), tuple(entry["at"]), field)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_there_and_no_other(kind: str) -> None:
    found = [(entry["path"], entry["section"]) for entry in explained.entries(kind)]
    assert found == [*walked(kind)], AGAIN
    assert {file.stem for file in FOLDER.glob("*.json")} == set(KINDS), AGAIN


def test_every_field_is_described() -> None:
    members = {explained.ANY, explained.ITEM}
    silent = [
        f"{kind} {entry['path']}"
        for kind, entry in packed()
        if not entry["says"] and entry["path"].rpartition(".")[2] not in members
    ]
    assert silent == []


def test_every_example_validates_and_has_its_field() -> None:
    here, wrong = platform(), []
    for kind, entry in sample([*packed()], 24):
        at = example_of(kind, entry)
        assert at.value is not None
        assert written(at.data) == entry["example"]
        found = here.compile(at.data, users=False).wrong
        wrong += [(kind, entry["path"], each.message) for each in found]
    assert wrong == [], AGAIN


def test_the_marked_line_is_the_one_of_the_field() -> None:
    for kind, entry in packed():
        name = str(entry["at"][-1])
        line = entry["example"].splitlines()[entry["line"] - 1]
        assert name in line or isinstance(entry["at"][-1], int), (kind, entry["path"])


def test_what_a_field_becomes_and_does_is_what_a_plan_says() -> None:
    here = platform()
    values = known(here)
    differ = []
    for kind, entry in sample([*packed()], 240):
        if entry.get("as", "").startswith(f"{entry['path']}."):
            continue  # it is told by what is in it
        now: dict[str, Any] = told(example_of(kind, entry), here, values)
        if now != {key: entry.get(key) for key in now}:
            differ.append((kind, entry["path"]))
    assert differ == [], AGAIN


def test_words_and_defaults_are_those_of_the_model() -> None:
    for kind, entry in packed():
        field = walked(kind)[entry["path"], entry["section"]]
        assert (entry["says"], entry["required"]) == (field.says, field.required), AGAIN


def test_a_change_of_a_field_is_seen() -> None:
    """The comparison tells apart: another example gives another answer."""
    (entry, *_) = [each for kind, each in packed() if kind == "DataSource" and each["becomes"]]
    at = example_of("DataSource", entry)
    empty = At({**at.data, "spec": {"s3": {"existing": "acme-elsewhere"}}}, ("metadata",), at.field)
    made = platform().compile(empty.data, users=False).graph
    assert [each for each in made if each.origin and each.origin.spec == at.spec] == []
