"""What the alarms say that guard a rollout."""

from __future__ import annotations

import pytest

from reconciler.rollout.breaker import already, guarded, refusal
from reconciler.rollout.values import Verdict


@pytest.mark.parametrize(
    ("state", "late", "verdict", "said"),
    [
        ("OK", False, Verdict.PASSED, "is OK"),
        ("ALARM", False, Verdict.FAILED, "is in ALARM"),
        ("INSUFFICIENT_DATA", False, Verdict.WAITING, "has no data"),
        ("INSUFFICIENT_DATA", True, Verdict.INCONCLUSIVE, "has no data"),
        ("", False, Verdict.INCONCLUSIVE, "does not exist"),
        ("NEW", False, Verdict.INCONCLUSIVE, "has the state 'NEW'"),
    ],
)
def test_each_state_is_told_apart(state: str, late: bool, verdict: Verdict, said: str) -> None:
    (found,) = guarded({"a": state}, late=late)
    assert (found.name, found.verdict) == ("alarm a", verdict)
    assert found.said.startswith(said)


@pytest.mark.scenario("R23")
def test_an_alarm_that_fires_before_the_first_step_is_reported_and_refused() -> None:
    states = {"b": "ALARM", "a": "OK", "c": "INSUFFICIENT_DATA", "d": ""}
    assert already(states) == ("b",)
    assert "'b' is firing already" in refusal(states)
    assert "promote --full" in refusal(states)
    assert refusal({"a": "OK", "d": ""}) == ""
