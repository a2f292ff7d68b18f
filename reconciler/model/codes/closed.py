"""Codes about services that AWS closed, and versions that ended."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 55
CODES = (
    Code(
        "CLOSED004",
        "AWS does not let this account use the service",
        "AWS refused a call because the service takes no new accounts, or has ended. Its code looks like missing permissions or bad input; its message says what it is. The step and what needs it were not carried out, the rest was. Trying again does not help.",
        "Use what the finding names instead, or ask AWS Support whether this account may use the service. Take `services: {NAME: existing}` out of the environment if it says so.",
    ),
    Code(
        "CLOSED005",
        "AWS shows nothing of a closed service",
        "AWS refuses to list or describe because the service takes no new accounts. Where it does so to every account that is not let in, and neither tags nor the last receipt know anything of the type, nothing can be there; else the state is unknown, and nothing is planned for it.",
        "Take what needs the service out of the specs. If something of it must be there, ask AWS Support.",
    ),
)
