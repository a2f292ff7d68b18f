"""The circuit breaker: what the alarms that guard a rollout say.

They watch the candidate alone. An alarm of the whole endpoint also counts the stable variant, whose
errors would stop the version that mends them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.rollout.values import Finding, Verdict

OK, FIRING, UNSURE, MISSING = "OK", "ALARM", "INSUFFICIENT_DATA", ""
"""CloudWatch's words for the states of an alarm; nothing for one that is not there."""


def guarded(alarms: Mapping[str, str], *, late: bool) -> Iterator[Finding]:
    """A finding for each alarm; `late` says that one without data has had its time."""
    for name, state in sorted(alarms.items()):
        said, verdict = _told(state, late=late)
        yield Finding(name=f"alarm {name}", verdict=verdict, said=said)


def _told(state: str, *, late: bool) -> tuple[str, Verdict]:
    if state == OK:
        return "is OK", Verdict.PASSED
    if state == FIRING:
        return "is in ALARM", Verdict.FAILED
    if state == MISSING:
        text = "does not exist any more, so nothing guards what it watched; apply makes it anew"
        return text, Verdict.INCONCLUSIVE
    unsure = Verdict.INCONCLUSIVE if late else Verdict.WAITING
    if state == UNSURE:
        return "has no data to judge by (INSUFFICIENT_DATA)", unsure
    return f"has the state {state!r}, which nobody knows", Verdict.INCONCLUSIVE
