"""Whether a shadow was good: what it got, how fast it was, how often it failed."""

from __future__ import annotations

import pytest

from reconciler.rollout.mirror import (
    MARK,
    Mirror,
    Side,
    began,
    compared,
    concluded,
    good,
    starting,
    waiting,
)
from reconciler.rollout.values import Act, Live, Phase, Verdict

NOW = 1_800_000_000.0
DAY = 86_400.0
MIRROR = Mirror(production="primary", shadow="shadow", sampling=0.5, requests=1000, longest=DAY)
LIVE = Live(status="InService", config="c2")


def side(requests: float | None = 12_000, errors: float | None = 12, ms: float | None = 20) -> Side:
    return Side(requests=requests, errors=errors, latency=ms * 1000 if ms is not None else None)


def verdicts(production: Side, shadow: Side, elapsed: float = DAY) -> list[Verdict]:
    return [each.verdict for each in compared(MIRROR, production, shadow, elapsed)]


@pytest.mark.scenario("R138")
def test_a_shadow_that_received_nothing_does_not_pass() -> None:
    (found,) = compared(MIRROR, side(12_000), side(0, 0, None), DAY)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.said == "no data: received 0 of 6000 expected copies"
    action = concluded(MIRROR, (found,), NOW)
    assert (action.act, action.phase) == (Act.HOLD, Phase.PAUSED)
    assert action.why.startswith("not to be promoted")


@pytest.mark.scenario("R138")
@pytest.mark.parametrize(("copies", "said"), [(600, "far too few"), (11_000, "far too many")])
def test_a_share_far_from_the_declared_one_is_told(copies: int, said: str) -> None:
    (found,) = compared(MIRROR, side(12_000), side(copies), DAY)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert said in found.said


@pytest.mark.parametrize(
    ("production", "shadow", "elapsed", "wanted"),
    [
        pytest.param(side(), side(6000, 6), DAY, "PASSED PASSED PASSED", id="alike"),
        pytest.param(side(), side(5900, 6), DAY, "PASSED PASSED PASSED", id="by chance fewer"),
        pytest.param(side(), side(6000, 6), 60, "WAITING PASSED PASSED", id="too early"),
        pytest.param(side(), side(6000, 6, 40), DAY, "PASSED FAILED PASSED", id="slower"),
        pytest.param(side(), side(6000, 600), DAY, "PASSED PASSED FAILED", id="worse"),
        pytest.param(side(200), side(100, 0), DAY, "INCONCLUSIVE", id="never enough"),
        pytest.param(side(200), side(100, 0), 60, "WAITING PASSED PASSED", id="not enough yet"),
        pytest.param(side(0, 0, None), side(0, 0, None), 60, "WAITING INCONCLUSIVE PASSED",
                     id="nobody calls"),
        pytest.param(side(0, 0, None), side(0, 0, None), DAY, "INCONCLUSIVE", id="nobody called"),
        pytest.param(side(None), side(6000, 6), DAY, "INCONCLUSIVE", id="production unknown"),
        pytest.param(side(), side(None), DAY, "INCONCLUSIVE", id="shadow unknown"),
        pytest.param(side(), side(6000, None), DAY, "PASSED PASSED INCONCLUSIVE", id="errors"),
        pytest.param(side(), side(6000, 6, None), DAY, "PASSED INCONCLUSIVE PASSED", id="latency"),
    ],
)  # fmt: skip
def test_comparisons(production: Side, shadow: Side, elapsed: float, wanted: str) -> None:
    found = compared(MIRROR, production, shadow, elapsed)
    assert [each.verdict.name for each in found] == wanted.split()
    assert good(found) is (set(wanted.split()) == {"PASSED"})
    action = concluded(MIRROR, found, NOW)
    assert not action.shares
    assert not action.config
    assert action.act in {Act.HOLD, Act.WAIT}


def test_only_what_is_good_in_all_is_offered() -> None:
    found = compared(MIRROR, side(), side(6000, 6), DAY)
    assert "make its model that of the rollout" in concluded(MIRROR, found, NOW).why
    assert not good(())


def test_counting_begins_with_a_mark_of_this_configuration() -> None:
    marks = starting(LIVE, NOW).marks
    assert began(marks, "c2") == NOW
    assert began(marks, "c3") is None
    assert began({MARK: "c2 soon"}, "c2") is None
    assert began({}, "c2") is None


@pytest.mark.parametrize(
    ("live", "shadows", "act"),
    [
        (LIVE, {"shadow"}, None),
        (LIVE, set(), Act.NOTHING),
        (LIVE, {"other"}, Act.NOTHING),
        (Live(status="Updating", config="c1"), {"shadow"}, Act.WAIT),
        (Live(status="InService", config="c1", pending="c2"), set(), Act.WAIT),
    ],
)
def test_nothing_is_compared_before_the_shadow_is_there(
    live: Live, shadows: set[str], act: Act | None
) -> None:
    found = waiting(MIRROR, live, frozenset(shadows), NOW)
    assert (found.act if found else None) is act
