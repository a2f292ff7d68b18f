"""Every section written as a switch, and every amount without its unit, in every kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml

from reconciler.explain import fields
from reconciler.kinds import api as kinds
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json
from reconciler.specs.shape import shape
from reconciler.specs.source import parse

KINDS = kinds.load()
AMOUNT = re.compile(r"\b(duration|size|share)\b")
NUMBER = 20
PLAIN = ("a text", "a whole number")
"""How the type of what may also be written without a section begins."""


class Case(NamedTuple):
    kind: str
    entry: Any

    def __str__(self) -> str:
        return f"{self.kind}.{self.entry['path']}"

    def document(self, value: Json) -> Json:
        """The field's example with another value of it."""
        found = yaml.safe_load(self.entry["example"])
        around = found
        *above, last = self.entry["at"]
        for step in above:
            around = around[step]
        around[last] = value
        return found

    def said(self, value: Json) -> list[Diagnostic]:
        """What is wrong with that, between fields too."""
        document = parse(json.dumps(self.document(value)), "x.yaml").documents[0]
        kind = KINDS[self.kind]
        spec, found = shape(document, kind.model, ("spec",))
        if spec is not None:
            found += [
                Diagnostic(each.code, each.message, None, each.help) for each in kind.check(spec)
            ]
        return found


def cases(*words: str) -> Iterator[Case]:
    for kind in fields.kinds().values():
        for entry in fields.entries(kind):
            head = entry["type"].split(", ")[0]
            if entry["path"].startswith("spec.") and any(each in head for each in words):
                yield Case(kind, entry)


SECTIONS = [each for each in cases("a section with") if not each.entry["type"].startswith(PLAIN)]
AMOUNTS = [
    each for each in cases("a duration", "a size", "a share") if "or" not in each.entry["type"]
]


def test_there_are_some() -> None:
    assert len(SECTIONS) > 50
    assert len(AMOUNTS) > 20


@pytest.mark.parametrize("case", SECTIONS, ids=str)
def test_a_section_written_as_a_switch(case: Case) -> None:
    told = case.said(value=True)[0]
    if case.entry["type"].startswith("a list"):
        assert told.help == "write […]"
        return
    assert told.help.startswith("write "), told
    if told.help == "write {}":
        assert {each.code for each in case.said({})} <= {"SPEC020"}  # what it then still lacks
        return
    if "{" in told.help:  # each is a mapping that YAML reads, of fields that there are
        for each in re.findall(r"\{[^}]*\}", told.help):
            names = yaml.safe_load(each)
            assert names
            found = [each.code for each in case.said(names)]
            assert {"SPEC010", "SPEC011", "SPEC017"}.isdisjoint(found) or "NAME" in names
    off = case.said(value=False)[0]
    assert off.help == ("remove the line" if not case.entry["required"] else told.help)


@pytest.mark.parametrize("case", AMOUNTS, ids=str)
def test_an_amount_without_its_unit(case: Case) -> None:
    for value in (NUMBER, str(NUMBER)):
        told = case.said(value)[0]
        offered = re.findall(r"\d\S*?(?=,? |$)", told.help)
        assert offered, told
        for each in offered:
            assert each.startswith(str(NUMBER))
            assert not [found for found in case.said(each) if found.code in {"SPEC013", "SPEC016"}]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-13-45", "write one as in 2026-12-31"),
        ("tomorrow", "write it as in 2026-12-31"),
        ("31.12.2026", "write 2026-12-31"),
        (20261231, "write 2026-12-31"),
        (20, "write it as in 2026-12-31"),
        (True, "write it as in 2026-12-31"),
    ],
)
def test_a_day_that_is_none(value: Json, said: str) -> None:
    (case,) = (each for each in cases("a day") if each.entry["path"].endswith("approvals.[].until"))
    (told,) = case.said(value)
    assert told.help == said
