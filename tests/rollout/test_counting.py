"""What is asked of CloudWatch for a test, and what the answer says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.rollout import counting
from reconciler.rollout.abtest import Trial, judged
from reconciler.rollout.counting import CALLS, FINE, HITS, SETTLE, Tally
from reconciler.rollout.measures import Points
from reconciler.rollout.sequential import Count, Design, Outcome
from reconciler.rollout.trialmarks import Period, TrialMarks

DAY = 86_400.0
START = 1_800_000_000.0  # a whole number of five minutes
EVEN = {"a": 0.5, "b": 0.5}
TRIAL = Trial(
    config="c2", control="a", weights=EVEN, design=Design(least=1000, longest=14 * DAY),
    promotes=False, digest="d",
)  # fmt: skip
MARKS = TrialMarks(digest="d", periods=(Period(START, EVEN),), began=START)
ERRORS = counting.metric_of("AWS/SageMaker", "Invocation5XXErrors")
OWN = counting.metric_of("Shop", "Conversions")
TALLY = Tally(TRIAL, ERRORS, MARKS)


def answers(
    points: int = 4,
    *,
    calls: float = 1000,
    hits: dict[str, float] | None = None,
    start: float = START,
) -> dict[tuple[str, str], Points]:
    times = [START + FINE * number for number in range(points)]
    found = {}
    for name in EVEN:
        found[name, CALLS] = Points(dict.fromkeys(times, calls))
        share = (hits or {"a": 50, "b": 50}).get(name)
        found[name, HITS] = Points(dict.fromkeys(times, share) if share is not None else {})
    return found


def test_one_call_asks_for_requests_and_hits_of_each_variant() -> None:
    asked = counting.question(TALLY, "acme-dev-scorer", START + 3600)
    assert asked is not None
    assert (asked.start, asked.end) == (START, START + 3600 - SETTLE)
    shown = {
        (name, part): query["MetricStat"]
        for (name, _, part), id_ in asked.where.items()
        for query in asked.queries
        if query["Id"] == id_
    }
    assert {key: each["Metric"]["MetricName"] for key, each in shown.items()} == {
        ("a", "requests"): "Invocations", ("b", "requests"): "Invocations",
        ("a", "hits"): "Invocation5XXErrors", ("b", "hits"): "Invocation5XXErrors",
    }  # fmt: skip
    assert {each["Period"] for each in shown.values()} == {FINE}
    dimensions = shown["b", "hits"]["Metric"]["Dimensions"]
    assert {each["Name"]: each["Value"] for each in dimensions} == {
        "EndpointName": "acme-dev-scorer",
        "VariantName": "b",
    }


@pytest.mark.parametrize("seconds", [0, 299, SETTLE + FINE - 1])
def test_nothing_is_asked_before_a_datapoint_is_whole(seconds: float) -> None:
    assert counting.question(TALLY, "e", START + seconds) is None


def test_old_tests_are_asked_for_by_the_hour() -> None:
    asked = counting.question(TALLY, "e", START + 61 * DAY)
    assert asked is not None
    assert asked.queries[0]["MetricStat"]["Period"] == 3600


def test_counts_are_those_of_whole_datapoints_of_each_period() -> None:
    later = START + 2 * FINE + 10
    marks = replace(
        MARKS,
        periods=(Period(START, EVEN, START + FINE + 10), Period(later, {"a": 0.1, "b": 0.9})),
    )
    found = counting.counted(Tally(TRIAL, ERRORS, marks), answers(6), START + 6 * FINE + SETTLE)
    assert not found.fault
    assert [sorted(each["a"]) for each in found.periods] == [
        [START],
        [START + FINE * number for number in (3, 4, 5)],
    ]
    assert found.until(START + 4 * FINE, 2).periods == [
        {"a": Count(1000, 50), "b": Count(1000, 50)},
        {"a": Count(1000, 50), "b": Count(1000, 50)},
    ]


@pytest.mark.parametrize(
    ("metric", "given", "fault"),
    [
        pytest.param(ERRORS, {("b", HITS): Points(fault="PartialData")}, "hits of b: PartialData",
                     id="a part of an answer"),
        pytest.param(OWN, {("a", HITS): Points(), ("b", HITS): Points()},
                     "'Conversions' in 'Shop' has no datapoint with EndpointName and VariantName",
                     id="a metric that never was"),
        pytest.param(OWN, {("a", HITS): Points({START: 0.25})},
                     "'Conversions' is no count: it has the sum 0.25", id="no count"),
        pytest.param(ERRORS, {("a", HITS): Points(), ("b", HITS): Points()}, "", id="no errors"),
        pytest.param(OWN, {("b", HITS): Points()}, "", id="none of one variant"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_not_known(
    metric: object, given: dict[tuple[str, str], Points], fault: str
) -> None:
    tally = replace(TALLY, metric=metric)  # type: ignore[arg-type]
    found = counting.counted(tally, {**answers(), **given}, START + 3600)
    assert found.fault == fault
    if fault:
        verdict = judged(TRIAL, MARKS, found.until(START + 3600, 1), START + 3600)
        assert verdict.outcome is Outcome.INCONCLUSIVE
        assert not verdict.winner


def test_a_test_for_whoever_draws_it() -> None:
    now = START + 4 * FINE + SETTLE
    found = counting.counted(TALLY, answers(hits={"a": 50, "b": 100}), now)
    told = counting.detail(TALLY, found, now)
    assert told["counts"] == {
        "a": {"requests": 4000, "hits": 200},
        "b": {"requests": 4000, "hits": 400},
    }
    each = told["challengers"]["b"]
    assert (each["outcome"], each["difference"]) == ("B wins", pytest.approx(0.05))
    widths = [point["high"] - point["low"] for point in each["course"]]
    assert widths == sorted(widths, reverse=True)
    assert each["course"][-1]["difference"] == pytest.approx(0.05)
