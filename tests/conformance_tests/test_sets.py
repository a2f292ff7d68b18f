"""How the sets compare: what they let pass and what they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.sets.scenarios import HEADING, marked, reasoned
from tests.conformance.sets.specs import differences

OP = "create_thing"


@pytest.mark.parametrize(
    ("wanted", "ours", "found"),
    [
        ({"A": 1}, {"A": 1.0}, []),
        ({"A": "${name}"}, {"A": "x"}, []),
        ({"A": "x"}, {"A": "acme-dev-x"}, []),
        ({"A": "x"}, {"A": "x", "Tags": []}, []),
        ({"A": "x"}, {"A": "y"}, [f"{OP}.A: 'y', not 'x'"]),
        ({"A": "x"}, {}, [f"{OP}.A: ours says nothing"]),
        ({}, {"A": True}, [f"{OP}.A: ours says true"]),
        ({"A": [1]}, {"A": [1, 2]}, [f"{OP}.A: 2 members, not 1"]),
        ({"A": [{"B": 1}]}, {"A": [{"B": 2}]}, [f"{OP}.A[0].B: 2, not 1"]),
    ],
)
def test_calls_are_compared_member_by_member(wanted: Any, ours: Any, found: list[str]) -> None:
    assert differences([{"op": OP, "params": wanted}], [(OP, ours)], {}) == found


def test_a_call_that_is_not_sent_is_told() -> None:
    assert differences([{"op": OP, "params": {}}], [], {}) == [f"{OP}: no such call"]


def test_a_difference_is_allowed_with_its_reason_and_only_while_it_is_there() -> None:
    wanted = [{"op": OP, "params": {"A": {"B": 1}}}]
    assert differences(wanted, [(OP, {"A": {"B": 2}})], {f"{OP}.A": "why"}) == []
    assert differences(wanted, [(OP, {"A": {"B": 1}})], {f"{OP}.A": "why"}) == [
        f"{OP}.A: no difference any more"
    ]


def test_a_scenario_has_the_tests_that_carry_its_number(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "import pytest\n@pytest.mark.scenario('D01', 'D02')\ndef test_it(): pass\n"
    )
    (tmp_path / "helper.py").write_text("scenario('D03')\n")
    assert marked(tmp_path) == {"D01": {"test_a.py"}, "D02": {"test_a.py"}}


def test_a_reason_is_a_row_of_the_table() -> None:
    rows = "| number | why |\n|---|---|\n| D05 | AWS has it. |\n"
    page = f"{HEADING}\n\n{rows}\n## After\n| D06 | no |\n"
    assert reasoned(page) == {"D05": "AWS has it."}
