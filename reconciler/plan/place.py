"""Whether a change of the environment moves where it is, or what it permits. Pure.

Such a change needs no step, so a plan in the new place may have nothing to do; it is the most
that a change can do all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.diagnostic import PLACE_MOVED, Diagnostic, Severity, Span
from reconciler.model.value import Json, canonical

MEMBERS = (
    "sandbox",
    "account",
    "region",
    "platform",
    "roles",
    "boundary",
    "receipts",
    "signing",
    "protection",
    "services",
)
"""What of an environment says where it is, who acts there, and what may be lost."""
_LONGEST = 200


def changes(
    name: str,
    before: Mapping[str, Json] | None,
    after: Mapping[str, Json],
    lines: Mapping[str, Span | None],
) -> Iterator[Diagnostic]:
    """One finding for each member that is another than at the base of the change.

    `before` is absent where the environment is new; `lines` are those of the members now.
    """
    if before is None:
        text = f"environment {name!r} is new: account {after['account']!r}, {after['region']!r}"
        yield _finding(text, lines.get("account"))
        return
    for member in MEMBERS:
        old, new = before.get(member), after.get(member)
        if canonical(old) != canonical(new):
            text = f"environment {name!r} changes its {member}: {_said(old)} → {_said(new)}"
            yield _finding(text, lines.get(member))


def _finding(text: str, at: Span | None) -> Diagnostic:
    help_ = "review it before anything else: it decides where, as whom and under which protection"
    return Diagnostic(PLACE_MOVED, text, at, help_, Severity.WARNING)


def _said(value: Json) -> str:
    if value is None:
        return "none"
    text = canonical(value).decode() if isinstance(value, dict | list) else repr(value)
    return f"{text[:_LONGEST]}…" if len(text) > _LONGEST else text
