"""What CloudWatch is asked for a candidate: whole periods only, each series once, all in one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.rollout.checks import REQUESTS, Analysis, Check, Series, Window, read, written
from reconciler.rollout.queries import Span, Watched, questions, renamed, span

LATENCY = replace(REQUESTS, metric="ModelLatency", statistic="p99", counts=False)
SLOW = Check(name="slow", series={"m": LATENCY}, side="below", level=1)
MATH = Check(
    name="math",
    series={"errors": replace(REQUESTS, metric="Invocation5XXErrors"), "requests": REQUESTS},
    expression="FILL(errors, 0) / requests",
    side="atMost",
    level=0.01,
)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()
WATCHED = Watched(endpoint="e", stable="primary", candidate="candidate", since=NOON, began=NOON)


@pytest.mark.scenario("R146")
@pytest.mark.parametrize(
    ("now", "settle", "period", "end"),
    [
        (320, 60, 60, 240),  # at 12:05:20 until 12:04:00
        (320, 120, 60, 180),
        (300, 60, 60, 240),
        (299, 60, 60, 180),
        (659, 60, 300, 300),
        (660, 60, 300, 600),
    ],
)
def test_only_whole_and_settled_periods_count(
    now: float, settle: int, period: int, end: int
) -> None:
    found = span(replace(SLOW, period=period), WATCHED, NOON + now, settle)
    assert (found.start - NOON, found.end - NOON) == (0, end)


def test_a_window_begins_with_the_first_whole_period_of_its_step() -> None:
    later = replace(WATCHED, since=NOON + 90, began=NOON + 1)
    step = span(SLOW, later, NOON + 900, 60)
    whole = span(replace(SLOW, background=True), later, NOON + 900, 60)
    assert (step.start - NOON, whole.start - NOON) == (120, 60)
    assert [*Span(start=0, end=180, period=60).starts()] == [0, 60, 120]


def test_nothing_is_asked_before_a_period_is_over() -> None:
    assert [*questions(Analysis(checks=(SLOW,)), WATCHED, NOON + 100)] == []


def test_all_is_one_question_and_each_series_is_in_it_once() -> None:
    checks = (SLOW, replace(SLOW, name="again", side="above"), MATH)
    (asked,) = questions(Analysis(checks=checks), WATCHED, NOON + 600)
    assert (asked.start - NOON, asked.end - NOON) == (0, 480)
    assert len(asked.queries) == 4
    (text,) = [each["Expression"] for each in asked.queries if "Expression" in each]
    ids = [asked.where["math", "candidate", key] for key in ("errors", "requests")]
    assert text == f"FILL({ids[0]}, 0) / {ids[1]}"
    assert asked.where["slow", "candidate", "requests"] == ids[1]


def test_stable_is_asked_beside_and_the_past_by_itself() -> None:
    stable = replace(SLOW, name="stable", against="stable")
    past = replace(SLOW, name="past", against="past", ago=86_400)
    now, before = questions(Analysis(checks=(stable, past)), WATCHED, NOON + 600)
    assert now.start - before.start == now.end - before.end == 86_400
    variants = [
        each["MetricStat"]["Metric"]["Dimensions"][1]["Value"]
        for each in (*now.queries, *before.queries)
    ]
    assert variants == ["candidate"] * 2 + ["primary"] * 4


def test_a_window_begins_where_every_period_does() -> None:
    checks = (replace(SLOW, period=300), replace(SLOW, name="fast"))
    odd = replace(WATCHED, since=NOON + 60)
    (asked,) = questions(Analysis(checks=checks), odd, NOON + 1200)
    assert asked.start == NOON


def test_there_are_500_queries_in_a_call_at_most() -> None:
    checks = tuple(
        replace(SLOW, name=f"c{at}", series={"m": replace(LATENCY, metric=f"M{at}")})
        for at in range(700)
    )
    asked = [*questions(Analysis(checks=checks), WATCHED, NOON + 600)]
    assert [len(each.queries) for each in asked] == [500, 202]
    assert all(f"c{at}" in {name for each in asked for name, _, _ in each.where} for at in (0, 699))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("errors/requests", "q1/q2"),
        ("IF(requests > 20, errors, 0)", "IF(q2 > 20, q1, 0)"),
        ("SEARCH('errors requests', 'Sum')", "SEARCH('errors requests', 'Sum')"),
        ("errors_of + errors", "errors_of + q1"),
    ],
)
def test_ids_of_an_expression_are_renamed(text: str, named: str) -> None:
    assert renamed(text, {"errors": "q1", "requests": "q2"}) == named


def test_it_travels_as_json() -> None:
    night = Window(why="night", hours=(0, 60), days=(0, 6), timezone="Europe/Berlin")
    whole = Analysis(checks=(SLOW, MATH), alarms=("a",), freeze=(night,), settle=60)
    assert read(json.loads(json.dumps(written(whole)))) == whole
    with pytest.raises(TypeError):
        read({"strange": 1})


def test_a_series_is_of_one_variant() -> None:
    series = Series(
        namespace="N", metric="M", statistic="Sum", dimensions={"At": "{endpoint}/{variant}"}
    )
    assert series.apart
    assert series.of("e", "v").dimensions == {"At": "e/v"}
    assert not series.of("e", "v").apart
