"""What is to be said of approvals: which have ended, and which nothing needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.loss import Approval, Destruction
from reconciler.model.policy import Policy

if TYPE_CHECKING:
    from reconciler.model.plan import Step


def what(classes: Iterable[str]) -> str:
    """``a loss of 'records' and 'keys', and wider access ('access')``."""
    lost = " and ".join(repr(each) for each in classes if each != Destruction.ACCESS)
    wider = f"wider access ({str(Destruction.ACCESS)!r})" if Destruction.ACCESS in classes else ""
    return ", and ".join(filter(None, (lost and f"a loss of {lost}", wider)))


def review(policy: Policy, steps: Iterable[Step]) -> Iterator[Diagnostic]:
    """What is to be said of the approvals: which have ended, and which nothing needs."""
    yield from ended(policy)
    used = {loss.approval for step in steps for loss in step.losses}
    for approval in policy.approvals:
        if not approval.over(policy.today) and approval not in used:
            text = f"the approval of {_said(approval)} matches nothing in this plan"
            help_ = "check the address and the class; remove it once it has been applied"
            yield Diagnostic("PROTECT002", text, approval.at, help_, Severity.NOTE)


def ended(policy: Policy) -> Iterator[Diagnostic]:
    """The approvals that permit nothing any more: warnings, for time alone makes nothing wrong."""
    for approval in policy.approvals:
        if approval.over(policy.today):
            text = f"the approval of {_said(approval)} ended on {approval.until}"
            help_ = "remove it, or let somebody approve it again with a later day"
            yield Diagnostic("PROTECT001", text, approval.at, help_, Severity.WARNING)


def _said(approval: Approval) -> str:
    return f"{what([approval.allows])} for {approval.address!r}"
