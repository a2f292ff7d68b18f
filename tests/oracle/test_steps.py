"""`make oracle` knows every type of step that it is given; this is told without the SDK."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.kinds.test_pipeline_arguments import NAMES, definition

KNOWN = Path(__file__).with_name("rebuild.py").read_text()


def types(steps: list[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        yield step["Type"]
        given = step["Arguments"]
        yield from types([*given.get("IfSteps", ()), *given.get("ElseSteps", ())])


@pytest.mark.parametrize("name", NAMES)
def test_each_type_of_step_is_built_by_the_sdk(name: str) -> None:
    found = {*types(definition(name)["Steps"])}
    assert {each for each in found if f'"{each}": self._' not in KNOWN} == set()
