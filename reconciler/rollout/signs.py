"""What alarms and the analysis say together: the worst counts, and what is lacking is not good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.rollout.values import Signals, Verdict

FIRING, HEALTHY, EMPTY = "ALARM", "OK", "INSUFFICIENT_DATA"
"""States of an alarm. Source: CloudWatch API reference, StateValue."""


def judged(alarms: Mapping[str, str], signals: Signals) -> tuple[Verdict, str]:
    """The verdict, and why. An alarm that is not there, or in no known state, is no good sign."""
    if firing := _in(alarms, FIRING):
        return Verdict.FAILED, f"{_named(firing)} in ALARM"
    if signals.verdict is Verdict.FAILED:
        return Verdict.FAILED, _said(signals) or "the analysis has failed"
    if lacking := missing(alarms):
        return Verdict.INCONCLUSIVE, lacking
    if signals.verdict is Verdict.INCONCLUSIVE:
        return Verdict.INCONCLUSIVE, _said(signals) or "the analysis is inconclusive"
    if empty := _in(alarms, EMPTY):
        return Verdict.WAITING, f"{_named(empty)} without data"
    if signals.verdict is Verdict.PASSED:
        return Verdict.PASSED, _good(signals)
    return Verdict.WAITING, _said(signals) or "the analysis has not seen enough yet"


def missing(alarms: Mapping[str, str]) -> str:
    """The alarms that are not there, in words."""
    known = {FIRING, HEALTHY, EMPTY}
    names = sorted(name for name, state in alarms.items() if state not in known)
    return f"{_named(names)} not there" if names else ""


def _in(alarms: Mapping[str, str], state: str) -> list[str]:
    return sorted(name for name, each in alarms.items() if each == state)


def _named(names: Sequence[str]) -> str:
    several = len(names) > 1
    return f"the alarm{'s' * several} {', '.join(names)} {'are' if several else 'is'}"


def _good(signals: Signals) -> str:
    """How many checks say so; what each of them says is told beside it."""
    number = sum(each.verdict is Verdict.PASSED for each in signals.findings)
    if number > 1:
        return f"all {number} checks are good"
    return "its check is good" if number else "the analysis has passed"


def _said(signals: Signals) -> str:
    """The findings that made the verdict."""
    found = (each for each in signals.findings if each.verdict is signals.verdict)
    return "; ".join(f"{each.name}: {each.said}" for each in found)
