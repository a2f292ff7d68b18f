"""What figures of a candidate say: good, bad, or nothing; never good without a measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from reconciler.rollout.checks import REQUESTS, Check, Series
from reconciler.rollout.measures import Figures, Known, Points
from reconciler.rollout.queries import BASELINE, CANDIDATE, COUNT, VALUE, Span
from reconciler.rollout.values import Finding, Verdict
from reconciler.rollout.verdict import Moment, applicable, broken_off, judged, overall

ERRORS = Series(
    namespace="AWS/SageMaker",
    metric="Invocation5XXErrors",
    statistic="Sum",
    dimensions=REQUESTS.dimensions,
    counts=True,
)
LATENCY = replace(ERRORS, metric="ModelLatency", statistic="p99", counts=False)
ORDERS = Series(
    namespace="Shop", metric="Orders", statistic="Sum", dimensions={"V": "{variant}"}, counts=True
)
RATE = Check(
    name="errors",
    series={"m": ERRORS},
    per_request=True,
    side="atMost",
    level=0.01,
    unit="share",
)
SLOW = Check(name="latency", series={"m": LATENCY}, side="below", level=250_000, unit="us")
SOLD = Check(name="orders", series={"m": ORDERS}, side="atLeast", level=1)
BUSY = Check(name="requests", series={"m": REQUESTS}, side="atLeast", level=10, minimum=0)
PASSED, FAILED, WAITING, INCONCLUSIVE = (
    Verdict.PASSED,
    Verdict.FAILED,
    Verdict.WAITING,
    Verdict.INCONCLUSIVE,
)
Row = list[float | None]


def points(row: Row) -> Points:
    found = {60.0 * at: value for at, value in enumerate(row) if value is not None}
    return Points(found)


def look(
    check: Check,
    value: Row,
    requests: Row,
    stable: tuple[Row, Row] = ([], []),
    *,
    now: float = 299,
    bake: int | None = None,
    known: Mapping[str, tuple[Known, str]] | None = None,
    fault: str = "",
) -> Finding:
    """A finding of minutes from 0 on, in a step that began then and bakes for as long."""
    given = {
        (CANDIDATE, VALUE): replace(points(value), fault=fault),
        (CANDIDATE, "m"): points(value),
        (CANDIDATE, COUNT): points(requests),
        (BASELINE, VALUE): points(stable[0]),
        (BASELINE, COUNT): points(stable[1]),
    }
    figures = Figures(points=given, known=known or {})
    seen = Span(start=0, end=60.0 * len(requests), period=60)
    watched = 60 * len(requests) if bake is None else bake
    return judged(check, figures, seen, Moment(now=now, since=0, bake=watched, settle=120))


@pytest.mark.parametrize(
    ("check", "value", "requests", "verdict"),
    [
        (RATE, [0.0], [100.0], PASSED),
        (RATE, [1.0], [100.0], PASSED),
        (RATE, [2.0], [100.0], FAILED),
        (RATE, [None], [100.0], PASSED),  # nothing was counted, and there were requests
        (RATE, [None], [None], WAITING),
        (RATE, [0.0], [19.0], WAITING),
        (RATE, [1.0, 0.0, 0.0], [10.0, 10.0, 200.0], FAILED),  # of the first twenty, 5 %
        (RATE, [1.0, 0.0, 0.0], [5.0, 5.0, 190.0], PASSED),  # put together they are 0.5 %
        (SLOW, [200_000.0], [100.0], PASSED),
        (SLOW, [250_000.0], [100.0], FAILED),
        (SLOW, [None], [100.0], WAITING),  # a latency that is missing is not 0
        (SLOW, [float("nan")], [100.0], WAITING),
        (SLOW, [200_000.0], [3.0], WAITING),
        (replace(SLOW, minimum=0), [200_000.0], [None], PASSED),
        (replace(SLOW, run=2), [300_000.0, 100.0, 300_000.0, 100.0], [99.0] * 4, PASSED),
        (replace(SLOW, run=2), [300_000.0, 300_000.0, 100.0], [99.0] * 3, FAILED),
        (replace(SLOW, run=2), [300_000.0, None, 300_000.0], [99.0, 0.0, 99.0], FAILED),
        (replace(SLOW, run=3, most_failed=1), [300_000.0, 1.0, 300_000.0], [99.0] * 3, FAILED),
        (replace(SLOW, run=2), [100.0, 300_000.0], [99.0] * 2, WAITING),  # the last one is bad
        (replace(SLOW, successes=3), [100.0, 100.0], [99.0] * 2, WAITING),
        (replace(SLOW, successes=3), [100.0] * 3, [99.0] * 3, PASSED),
        (replace(BUSY, minimum=20), [None], [None], WAITING),
        (BUSY, [None], [None], FAILED),
        (BUSY, [30.0], [30.0], PASSED),
        (SOLD, [None], [100.0], FAILED),
        (SOLD, [None], [0.0], WAITING),
        (replace(SOLD, side="above", level=0), [3.0], [100.0], PASSED),
    ],
)
def test_a_figure_is_judged(check: Check, value: Row, requests: Row, verdict: Verdict) -> None:
    assert look(check, value, requests).verdict is verdict


@pytest.mark.scenario("R110")
def test_no_requests_are_no_verdict_and_hold_once_the_bake_is_over() -> None:
    early, late = (look(RATE, [None] * 9, [0.0] * 9, now=now, bake=600) for now in (600, 840))
    assert (early.verdict, late.verdict) == (WAITING, INCONCLUSIVE)
    assert late.said == "no requests reached the candidate; 20 are needed"
    few = look(SLOW, [1.0] * 9, [7.0] * 9, now=840, bake=600)
    assert few.verdict is INCONCLUSIVE
    assert few.said.startswith("too few requests: 7 at most in 1m, and 20 are needed")


@pytest.mark.scenario("R24")
def test_errors_and_failures_without_a_success_never_pass() -> None:
    check = replace(SLOW, level=0.02, unit="", most_failed=2, run=9)
    for now in (300, 840):
        broken = look(
            check, [0.9, 0.8], [99.0] * 2, now=now, bake=600, fault="Throttling: slow down"
        )
        assert broken.verdict is WAITING  # what AWS does not answer is asked for again
        assert broken.said == "no verdict: Throttling: slow down"
    bad = look(check, [None, 0.9, None, 0.8, None], [99.0] * 5, now=840)
    assert bad.verdict is INCONCLUSIVE
    assert [each.split("Z ")[1].split(",")[0] for each in bad.looks] == [
        "no data",
        "0.9 bad",
        "no data",
        "0.8 bad",
        "no data",
    ]


def test_the_whole_bake_has_to_have_been_good() -> None:
    assert look(SLOW, [100.0] * 8, [99.0] * 8, now=600, bake=600).verdict is WAITING
    assert look(SLOW, [100.0] * 9, [99.0] * 9, now=660, bake=600).verdict is WAITING
    assert look(SLOW, [100.0] * 10, [99.0] * 10, now=720, bake=600).verdict is PASSED
    last = look(SLOW, [100.0] * 9 + [300_000.0], [99.0] * 10, now=720, bake=600)
    assert last.verdict is FAILED
    assert look(SLOW, [300_000.0], [99.0], now=180, bake=600).verdict is FAILED


@pytest.mark.scenario("R25")
def test_what_was_broken_off_is_not_passed() -> None:
    slow = look(SLOW, [300_000.0], [99.0])
    errors = look(replace(RATE, successes=5), [0.0], [100.0])
    told = [*broken_off([slow, errors])]
    assert [each.verdict for each in told] == [FAILED, WAITING]
    assert told[1].said.startswith("broken off, as latency has failed; ")
    assert overall(told) is FAILED


@pytest.mark.scenario("R30")
def test_a_step_is_not_over_before_its_checks_have_said_something() -> None:
    check = replace(SLOW, period=120, successes=6)
    moment = Moment(now=600, since=0, bake=600, settle=120)
    seen = Span(start=0, end=480, period=120)
    good = Points({120.0 * at: 1.0 for at in range(4)})
    many = Points({120.0 * at: 99.0 for at in range(4)})
    given = Figures(points={(CANDIDATE, VALUE): good, (CANDIDATE, COUNT): many})
    for now in (600, 700, 1000):
        assert judged(check, given, seen, replace(moment, now=now)).verdict is WAITING
    assert judged(check, given, seen, replace(moment, now=1080)).verdict is INCONCLUSIVE
    late = Figures(
        points={
            (CANDIDATE, VALUE): Points({**good.values, 480.0: 300_000.0}),
            (CANDIDATE, COUNT): Points({**many.values, 480.0: 99.0}),
        }
    )
    assert judged(check, late, replace(seen, end=600), replace(moment, now=720)).verdict is FAILED


@pytest.mark.scenario("R33")
def test_a_baseline_without_errors_falls_back_to_the_absolute_limit() -> None:
    check = replace(RATE, against="stable", level=1.5, otherwise=0.01)
    found = look(check, [40.0], [1000.0], ([None], [10_000.0]))
    assert found.verdict is FAILED
    assert found.said.startswith("4% against 0% of stable, not at most 1%, in 1,000 requests")
    assert look(check, [4.0], [1000.0], ([None], [10_000.0])).verdict is PASSED
    unlimited = replace(check, otherwise=None)
    assert look(unlimited, [40.0], [1000.0], ([None], [10_000.0])).verdict is INCONCLUSIVE
    few = look(check, [40.0], [1000.0], ([None], [12.0]), now=840)
    assert few.verdict is INCONCLUSIVE
    assert "too few requests" in few.said


@pytest.mark.parametrize(
    ("check", "value", "stable", "verdict"),
    [
        (replace(SLOW, against="stable", level=1.1), 109.0, 100.0, PASSED),
        (replace(SLOW, against="stable", level=1.1), 110.1, 100.0, FAILED),
        (replace(SLOW, against="stable", level=1.1, side="atMost"), 110.0, 100.0, PASSED),
        (replace(SLOW, against="stable", level=1.1, side="atMost"), 111.0, 100.0, FAILED),
        (replace(SLOW, against="stable", level=20, by="difference"), 119.0, 100.0, PASSED),
        (replace(SLOW, against="stable", level=20, by="difference"), 121.0, 100.0, FAILED),
        (replace(SLOW, against="stable", level=1.1), 109.0, None, WAITING),
    ],
)
def test_a_figure_is_compared_with_stable(
    check: Check, value: float, stable: float | None, verdict: Verdict
) -> None:
    assert look(check, [value], [99.0], ([stable], [99.0])).verdict is verdict


@pytest.mark.scenario("R107")
def test_what_is_neither_good_nor_failed_holds_at_once() -> None:
    check = replace(SLOW, level=300_000, fails_at=400_000, background=True)
    found = look(check, [350_000.0], [99.0], now=180)
    assert found.verdict is INCONCLUSIVE
    assert found.said.startswith("350ms, neither good nor failed: not below 300ms")
    later = look(check, [350_000.0, 100.0], [99.0] * 2)
    assert later.verdict is INCONCLUSIVE, "what comes after it does not take it back"
    assert look(check, [400_000.0], [99.0]).verdict is FAILED


@pytest.mark.scenario("R150")
def test_a_failure_stays_a_failure_whatever_comes_after_it() -> None:
    found = look(SLOW, [1.0, 1.0, 312_000.0, 1.0, 1.0], [99.0] * 5, now=10_000)
    assert found.verdict is FAILED
    assert found.said.startswith("312ms, not below 250ms, in 99 requests, 00:02-00:03Z")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Known.NEVER, "misconfigured: no metric 'Orders' was ever in the namespace 'Shop'"),
        (Known.ELSEWHERE, "misconfigured: 'Orders' in 'Shop' has no such dimensions; it has W=x"),
    ],
)
def test_a_metric_that_is_not_there_is_misconfigured_and_not_zero(known: Known, said: str) -> None:
    check = replace(SOLD, side="atMost")
    found = look(check, [None], [99.0], now=180, known={"m": (known, "W=x")})
    assert found.verdict is INCONCLUSIVE
    assert found.said.startswith(said)
    there = look(check, [None], [99.0], known={"m": (Known.THERE, "")})
    assert there.verdict is PASSED


def test_whether_a_metric_exists_may_be_unknown() -> None:
    found = look(replace(SOLD, side="atMost"), [None], [99.0], known={"m": (Known.UNKNOWN, "no")})
    assert found.verdict is WAITING


def test_without_a_stable_variant_its_limit_without_one_holds() -> None:
    check = replace(RATE, against="stable", level=1.5, otherwise=0.01)
    assert applicable(check, alone=False) is check
    alone = applicable(check, alone=True)
    assert alone is not None
    assert (alone.against, alone.level) == ("", 0.01)
    assert applicable(replace(check, otherwise=None), alone=True) is None
    past = replace(check, against="past", ago=86_400)
    assert applicable(past, alone=True) is past


def test_nothing_expected_stands_in_the_way_of_nothing() -> None:
    assert overall([]) is PASSED
    kinds = [PASSED, WAITING, INCONCLUSIVE, FAILED]
    for worst in range(4):
        given = [Finding(name="", verdict=each, said="") for each in kinds[: worst + 1]]
        assert overall(given) is kinds[worst]


@pytest.mark.scenario("R110")
@pytest.mark.parametrize(
    ("requests", "late"),
    [
        ([100.0] * 4 + [None] * 6, INCONCLUSIVE),
        ([100.0] * 9 + [None], INCONCLUSIVE),
        ([100.0, 0.0, 100.0, 100.0] + [100.0] * 5 + [None], PASSED),  # as long as one before
        ([25.0] + [None] * 9, PASSED),  # who calls once in a while
        ([3.0, 4.0, 3.0] * 3 + [None], PASSED),  # so few that none may be chance
        ([100.0] * 10 + [None] * 6, PASSED),  # after the bake
    ],
)
def test_the_last_minutes_of_a_bake_are_not_good_because_nothing_is_known_of_them(
    requests: Row, late: Verdict
) -> None:
    """Figures that come later than usual look like a candidate that nobody calls any more."""
    early, over = (look(RATE, [0.0] * 16, requests, now=now, bake=600) for now in (720, 840))
    assert over.verdict is late
    assert early.verdict is (WAITING if late is INCONCLUSIVE else late)
    assert late is PASSED or "figures are late" in over.said


FIGURES = st.sampled_from([None, float("nan"), 100.0, 350_000.0, 900_000.0])
REQUESTED = st.sampled_from([None, 0.0, 5.0, 100.0])
LOOKS = st.lists(st.tuples(FIGURES, REQUESTED, FIGURES, REQUESTED), max_size=12)


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    rows=LOOKS,
    run=st.integers(1, 4),
    successes=st.integers(1, 3),
    most=st.sampled_from([None, 0, 2]),
    against=st.sampled_from(["", "stable"]),
    per_request=st.booleans(),
    now=st.sampled_from([100.0, 5000.0]),
)
def test_nothing_passes_that_was_not_measured_good(
    rows: list[tuple[float | None, ...]],
    run: int,
    successes: int,
    most: int | None,
    against: str,
    per_request: bool,
    now: float,
) -> None:
    check = replace(
        SLOW,
        level=1.5 if against else 300_000,
        fails_at=2.0 if against else 400_000,
        against=against,
        run=run,
        successes=successes,
        most_failed=most,
        per_request=per_request,
    )
    value, requests, other, others = ([row[at] for row in rows] for at in range(4))
    found = look(check, value, requests, (other, others), now=now)
    good = [each for each in found.looks if " good, " in each]
    if found.verdict is PASSED:
        assert len(good) >= successes
    if found.verdict is FAILED:
        assert any(" bad, " in each for each in found.looks)
    if now == 5000.0:
        assert found.verdict is not WAITING
    silent = look(check, [None] * len(rows), requests, (other, others), now=now)
    assert silent.verdict not in {PASSED, FAILED}
