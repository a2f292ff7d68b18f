"""Numbers that move by steps, and blocks that are only switched off: values alone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from reconciler.model.value import Json
from reconciler.resources.cloudcontrol.off import Off, compared, written
from reconciler.resources.stages import factor

WAYS = {
    (4, 20): [8, 16, 20],
    (20, 4): [10, 5, 4],
    (5, 1): [3, 2, 1],
    (1, 1): [],
    (3, 4): [4],
    (1, 3): [2, 3],
}


@pytest.mark.parametrize("ends", WAYS, ids=str)
def test_a_number_is_at_most_doubled_and_halved(ends: tuple[int, int]) -> None:
    assert factor(2)(*ends) == WAYS[ends]


def test_no_step_is_ever_too_far() -> None:
    for live in range(1, 70):
        for wanted in range(1, 70):
            way = [live, *factor(2)(live, wanted)]
            assert way[-1] == wanted
            assert all(a <= 2 * b <= 4 * a for a, b in pairwise(way))


TTL = Off(path="Ttl", keeps=("Name",))
DEEP = Off(path="To.Parts")
ON: Json = {"Enabled": True, "Name": "a"}
CASES: dict[str, tuple[Json, Json, Json, Json]] = {
    "nothing said of it": ({}, {"Ttl": ON}, {}, {}),
    "off and absent": ({"Ttl": {"Enabled": False, "Name": "a"}}, {}, {}, {}),
    "null and off": ({"Ttl": None}, {"Ttl": {"Enabled": False}}, {}, {}),
    "null and on": (
        {"Ttl": None}, {"Ttl": ON}, {"Ttl": {"Enabled": False}},
        {"Ttl": {"Enabled": False, "Name": "a"}},
    ),
    "off and on by another name": (
        {"Ttl": {"Enabled": False, "Name": "b"}}, {"Ttl": ON}, {"Ttl": {"Enabled": False}},
        {"Ttl": {"Enabled": False, "Name": "a"}},
    ),
    "on": ({"Ttl": ON}, {}, {"Ttl": ON}, {"Ttl": ON}),
    "deep, null and on": (
        {"To": {"Parts": None, "X": 1}}, {"To": {"Parts": {"Enabled": True}}},
        {"To": {"Parts": {"Enabled": False}, "X": 1}},
        {"To": {"Parts": {"Enabled": False}, "X": 1}},
    ),
    "deep, null and nothing at all": ({"To": {"Parts": None}}, {}, {"To": {}}, {"To": {}}),
    "no object": ({"To": "x"}, {"To": {"Parts": ON}}, {"To": "x"}, {"To": "x"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_off_is_absent_and_is_said_only_where_it_is_on(case: str) -> None:
    want, have, differs, sent = CASES[case]
    assert compared(want, have, (TTL, DEEP)) == differs
    assert written(want, have, (TTL, DEEP)) == sent
