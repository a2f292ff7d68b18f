"""A deployment wants an approval: given, by one who may, and not over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.registry import approval
from reconciler.registry.verdict import Outcome, Row
from reconciler.registry.version import APPROVED

if TYPE_CHECKING:
    from reconciler.registry.judge import Case

ORDER = 70
BY_UNKNOWN = "by unknown"


def rows(case: Case) -> Iterator[Row]:
    if case.purpose.value != "deploy":
        return
    said = case.evidence.version.approval
    outcome = Outcome.PASSED if said == APPROVED else Outcome.FAILED
    yield Row("approval", APPROVED, said, outcome, "DescribeModelPackage")
    if said != APPROVED:
        return
    if case.policy.approvers:
        yield _by(case)
    given = case.evidence.granted.value
    if case.policy.lasts or (given is not None and given.expires):
        yield _lasts(case)


def _by(case: Case) -> Row:
    fact, wanted = case.evidence.granted, f"by {' or '.join(case.policy.approvers)}"
    if fact.unknown:
        found, outcome = fact.unknown, Outcome.UNKNOWN
    elif fact.value is None:
        found, outcome = BY_UNKNOWN, Outcome.FAILED
    else:
        held = approval.may(fact.value.by, case.policy.approvers)
        found, outcome = f"by {fact.value.by}", Outcome.PASSED if held else Outcome.FAILED
    return Row("approver", wanted, found, outcome, fact.source)


def _lasts(case: Case) -> Row:
    """What cannot be dated is unknown: it may be over."""
    fact, wanted = case.evidence.granted, "not over"
    if fact.unknown or fact.value is None:
        found = fact.unknown or "nobody knows when it was given"
        return Row("approval lasts", wanted, found, Outcome.UNKNOWN, fact.source)
    try:
        ends = approval.end(fact.value, case.policy)
    except ValueError as error:
        return Row("approval lasts", wanted, str(error), Outcome.UNKNOWN, fact.source)
    if ends is None:
        return Row("approval lasts", wanted, "without end", Outcome.PASSED, fact.source)
    over = ends <= case.now
    found = f"{'ended' if over else 'until'} {ends:%Y-%m-%d %H:%M}Z"
    outcome = Outcome.FAILED if over else Outcome.PASSED
    return Row("approval lasts", wanted, found, outcome, fact.source)
