"""What the alarms say that guard a rollout."""

from __future__ import annotations

import pytest

from reconciler.rollout.breaker import guarded
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
