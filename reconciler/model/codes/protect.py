"""Codes about protection of what resources hold."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 90
CODES = (
    Code(
        "PROTECT001",
        "approval has ended",
        "The last day of an approval in protection.approvals lies in the past (UTC). It permits nothing any more.",
        "Remove it, or let somebody approve it again with a later day.",
    ),
    Code(
        "PROTECT002",
        "approval matches nothing",
        "No step of the plan loses or opens what an approval in protection.approvals speaks of: it has been applied, or its address or class is wrong.",
        "Check the address and the class against the plan; remove an approval that has been applied.",
    ),
)
