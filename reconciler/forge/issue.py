"""One issue for the drift of an environment: made, edited in place, closed, opened again.

An issue is ours as a comment is: by the token's own user, and starting with the marker.
While the fingerprint is the same nothing is written. Two runs at once leave one issue open,
the oldest; what the other one made is closed as its double.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reconciler.forge import drift
from reconciler.forge.api import LIMIT, ForgeError, Issue, Issues, Trouble
from reconciler.forge.drift import Report

LABEL = "moorline-drift"
AGAIN = timedelta(days=30)
"""Drift that returns within this time is the same story; later it is a new issue."""
GONE = "The drift is gone: AWS is as the specs say."
_PRINT = re.compile(r"<!-- moorline:fingerprint ([0-9a-f]+) -->")


class Done(StrEnum):
    """What became of an issue."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REOPENED = "reopened"
    CLOSED = "closed"
    SILENT = "silent"
    """There is no drift, and no issue about any."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and where it is read."""

    done: Done
    url: str = ""


def marker(environment: str) -> str:
    """What the issue of an environment starts with; the same as of the Markdown of `drift`."""
    return f"<!-- moorline:drift:{environment} -->"


def text_of(report: Report, body: str) -> str:
    """The whole text of an issue around a Markdown body."""
    head = f"{marker(report.environment)}\n<!-- moorline:fingerprint {report.fingerprint} -->\n"
    return f"{head}{body.removeprefix(marker(report.environment)).strip()}\n"


def upsert(forge: Issues, report: Report, now: datetime, body: str = "") -> Outcome:
    """Have one open issue that says it, or none where nothing drifted.

    `body` is Markdown to take instead of the report's own.

    Raises:
        ForgeError: the forge did not do it.
    """
    text = text_of(report, body or drift.body(report))
    if len(text) > LIMIT:
        text = text_of(report, drift.body(report))
    ours = _ours(forge, report)
    if not report.drifted:
        return _close(forge, ours)
    done = Done.UNCHANGED
    if not ours:
        last = _last(forge, report, now)
        if last is not None:
            made = forge.update_issue(last.number, report.title, text, reopen=True)
            return Outcome(Done.REOPENED, made.url)
        made = forge.create_issue(report.title, text, LABEL)
        ours, done = _ours(forge, report) or [made], Done.CREATED
    keep, *doubles = ours
    if _fingerprint(keep) != report.fingerprint:
        forge.update_issue(keep.number, report.title, text)
        done = Done.UPDATED
    for each in doubles:
        forge.close_issue(each.number)
        _say(forge, each, f"This is a double of #{keep.number}.")
    return Outcome(done, keep.url)


def _close(forge: Issues, ours: Sequence[Issue]) -> Outcome:
    for each in ours:
        forge.close_issue(each.number)
        _say(forge, each, GONE)
    return Outcome(Done.CLOSED, ours[0].url) if ours else Outcome(Done.SILENT)


def _say(forge: Issues, issue: Issue, text: str) -> None:
    """Comment on an issue; one that people have locked needs none."""
    try:
        forge.comment_on_issue(issue.number, text)
    except ForgeError as error:
        if error.trouble is not Trouble.LOCKED:
            raise


def _ours(forge: Issues, report: Report, *, closed: bool = False) -> list[Issue]:
    """Oldest first."""
    start = marker(report.environment)
    found = forge.issues(LABEL, closed=closed)
    found = [each for each in found if each.body.startswith(start)]
    if not found:
        return []
    me = forge.me()
    return sorted((each for each in found if each.author == me), key=lambda each: each.number)


def _last(forge: Issues, report: Report, now: datetime) -> Issue | None:
    """The issue that was closed last, if that is not long ago."""
    recent = [each for each in _ours(forge, report, closed=True) if now - _time(each) <= AGAIN]
    return max(recent, key=_time, default=None)


def _time(issue: Issue) -> datetime:
    return datetime.fromisoformat(issue.closed)


def _fingerprint(issue: Issue) -> str:
    found = _PRINT.search(issue.body)
    return found[1] if found else ""
