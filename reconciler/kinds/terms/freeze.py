"""Freeze windows: when no new version goes further."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Section
from reconciler.model.value import Path
from reconciler.rollout.checks import Window

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Moment: TypeAlias = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$",
        examples=["2026-12-20", "2026-12-20T18:00"],
    ),
]
Hours: TypeAlias = Annotated[
    str, Field(pattern=r"^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$", examples=["17:00-09:00"])
]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_DAY = 24 * 60


class Freeze(Section):
    """A time in which no new version starts or goes further. Going back is always possible."""

    needs = ("since", "until", "days", "hours")
    why: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; whoever is stopped reads it."""
    since: Maybe[Moment] = None
    """The first day, or a minute such as 2026-12-20T18:00."""
    until: Maybe[Moment] = None
    """The last day, all of it, or the minute in which it is over."""
    days: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()
    """Days of each week. A window over midnight belongs to the day on which it begins."""
    hours: Maybe[Hours] = None
    """Hours of each of these days, such as 17:00-09:00. By default all of them."""
    timezone: str = "UTC"
    """Where these days and hours are, such as Europe/Berlin."""


def problems(freeze: Freeze, path: Path) -> Iterator[Problem]:
    """Faults between the members of a window."""
    if not (freeze.since or freeze.until or freeze.days or freeze.hours):
        help_ = "give 'since' and 'until', or 'days' and 'hours'"
        yield Problem(path, "it would be frozen for good", help_)
    try:
        ZoneInfo(freeze.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        text = f"there is no time zone {freeze.timezone!r}"
        yield Problem((*path, "timezone"), text, "use a name such as Europe/Berlin")
    times = {name: getattr(freeze, name) for name in ("since", "until")}
    wrong = [name for name, text in times.items() if text and not _real(text)]
    for name in wrong:
        yield Problem((*path, name), f"there is no such day: {times[name]}", "correct it")
    if freeze.since and freeze.until and not wrong and freeze.until < freeze.since[:10]:
        yield Problem((*path, "until"), "it ends before it begins", "exchange them")
    if freeze.hours and (why := _hours_wrong(freeze.hours)):
        yield Problem((*path, "hours"), why, "use hours such as 17:00-09:00")


def _real(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _hours_wrong(text: str) -> str:
    begin, end = _hours(text)
    if any(minute > _DAY for minute in (begin, end)) or re.search(r":[6-9]", text):
        return "a day has 24 hours of 60 minutes"
    return "it begins when it ends" if begin == end else ""


def _hours(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text)
    if found is None:  # the field's pattern
        raise AssertionError(text)
    first, second, third, fourth = (int(each) for each in found.groups())
    return first * 60 + second, third * 60 + fourth


def window(freeze: Freeze) -> Window:
    """The value by which it is judged whether it is frozen."""
    return Window(
        why=freeze.why,
        since=freeze.since or "",
        until=freeze.until or "",
        days=tuple(sorted(_DAYS.index(day) for day in freeze.days)),
        hours=_hours(freeze.hours) if freeze.hours else None,
        timezone=freeze.timezone,
    )
