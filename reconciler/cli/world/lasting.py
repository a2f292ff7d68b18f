"""Whether the credentials last as long as what an apply would wait for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler.aws.errors import AwsError
from reconciler.aws.held import Lasting
from reconciler.aws.session import Session
from reconciler.model.diagnostic import Diagnostic, Severity, ordered
from reconciler.plan import waits
from reconciler.resources import api as resources

if TYPE_CHECKING:
    from reconciler.model.plan import Plan

CODE = "SESSION001"
HELP = (
    "apply with credentials that are renewed or last longer; or log in again afterwards and run"
    " `moorline apply --resume`"
)


def told(plan: Plan, session: Session, now: datetime) -> Plan:
    """The plan with a finding where its waits outlast credentials that are not renewed."""
    before = tuple(found for found in plan.diagnostics if found.code != CODE)
    plan = plan if len(before) == len(plan.diagnostics) else replace(plan, diagnostics=before)
    longest = waits.longest(plan, resources.load())
    if session.held is None or longest is None:
        return plan
    try:
        lasting = session.held.lasting()
    except AwsError:  # the next request says what is wrong with them
        return plan
    left = lasting.left(now)
    if left is None or left >= longest.seconds:
        return plan
    found = _finding(longest, lasting, left)
    return replace(plan, diagnostics=tuple(ordered([*plan.diagnostics, found])))


def _finding(longest: waits.Wait, lasting: Lasting, left: float) -> Diagnostic:
    when = f"end in {_minutes(max(0.0, left))}"
    if lasting.guessed:
        when = f"are not renewed and may end at any time, most likely within {_minutes(left)}"
    most = f", and {_minutes(longest.most)} at most" if longest.most > longest.seconds else ""
    text = (
        f"the credentials {when}; the change of {str(longest.address)!r} and what it needs take"
        f" about {_minutes(longest.seconds)}{most}"
    )
    return Diagnostic(CODE, text, None, HELP, Severity.WARNING, longest.address)


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes else f"{round(seconds)} s"
