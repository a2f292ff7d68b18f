"""Which record of a name answers, by Route 53's documented rules."""

from __future__ import annotations

import pytest

from reconciler.cli.verbs.failover import drill, text
from reconciler.rollout.answers import Member, answering

FIRST, SECOND = Member(id="a", order="PRIMARY"), Member(id="b", order="SECONDARY")


def weighted(id_: str, parts: int, *, healthy: bool | None = True, guarded: bool = True) -> Member:
    return Member(id=id_, parts=parts, healthy=healthy, guarded=guarded)


BLIND = Member(id="a", order="PRIMARY", guarded=False)
MOST, REST = weighted("a", 90), weighted("b", 10)
ALL, SPARE = weighted("a", 100), weighted("b", 0)


@pytest.mark.scenario("R64")
@pytest.mark.parametrize(
    ("members", "fallen", "shares", "is_open"),
    [
        ([FIRST, SECOND], "", {"a": 1.0}, False),
        ([FIRST, SECOND], "a", {"b": 1.0}, False),
        ([FIRST, SECOND], "b", {"a": 1.0}, False),
        ([FIRST, SECOND], "ab", {"a": 1.0}, True),
        ([FIRST], "a", {"a": 1.0}, True),
        ([SECOND], "", {"b": 1.0}, False),
        ([BLIND, SECOND], "a", {"a": 1.0}, False),
        ([MOST, REST], "", {"a": 0.9, "b": 0.1}, False),
        ([MOST, REST], "a", {"b": 1.0}, False),
        ([MOST, REST], "ab", {"a": 0.9, "b": 0.1}, True),
        ([ALL, SPARE], "", {"a": 1.0}, False),
        ([ALL, SPARE], "a", {"b": 1.0}, False),
        ([ALL, SPARE], "ab", {"a": 1.0}, True),
        ([SPARE], "", {"b": 1.0}, False),
        ([weighted("a", 90, guarded=False), REST], "a", {"a": 0.9, "b": 0.1}, False),
    ],
)
def test_who_answers(
    members: list[Member], fallen: str, shares: dict[str, float], is_open: bool
) -> None:
    found = answering(members, fallen)
    assert (found.shares, found.open) == (shares, is_open)
    assert ("fail-open" in found.why) is is_open


def test_what_nobody_has_said_is_said() -> None:
    assert not answering([weighted("a", 1, healthy=None)]).sure
    assert answering([weighted("a", 1, healthy=None, guarded=False)]).sure


@pytest.mark.parametrize("members", [[], [FIRST, REST]])
def test_records_that_cannot_be_are_refused(members: list[Member]) -> None:
    with pytest.raises(ValueError, match="name"):
        answering(members)


@pytest.mark.scenario("R65")
def test_a_drill_shows_a_net_that_would_not_hold() -> None:
    told = {"name": "x.example.com", "type": "A", **drill([BLIND, SECOND])}
    assert text(told).splitlines() == [
        "x.example.com A: a, the first of 2",
        "  without a: a, the first of 2",
        "  without b: a, the first of 2",
        "  without all: a, the first of 2",
        "  nothing watches a: it answers whatever happens",
    ]
    told = {"name": "x.example.com", "type": "A", **drill([MOST, REST])}
    assert "  without a: b, by weight, of 2" in text(told)
    assert "nobody answers" in text({"name": "x", "type": "A", **drill([])})
