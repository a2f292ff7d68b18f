"""Freeze windows: times in which no weight is moved. A calendar of values; nobody asks a clock.

An abort is never frozen: whoever decides looks at `Signals.frozen` only where traffic would go to
the candidate. A window of hours that goes over midnight belongs to the day on which it begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reconciler.rollout.checks import Window

_MINUTES = 60
_DAY = len("2026-12-20")


def frozen(windows: Iterable[Window], now: float) -> str:
    """The window that it is, in words; "" where it is none. `now` is in seconds since the epoch."""
    return next((said for each in windows if (said := _within(each, now))), "")


def _within(window: Window, now: float) -> str:
    try:
        zone = ZoneInfo(window.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{window.why}: whether it is over is not known, as nobody knows {window.timezone!r}"
    if window.since and now < min(_instants(moment(window.since), zone)):
        return ""
    if window.until and now >= max(_instants(_end(window.until), zone)):
        return ""
    return _told(window) if any(_in_week(window, each) for each in _locals(now, zone)) else ""


def _instants(local: datetime, zone: ZoneInfo) -> Iterator[float]:
    """When a local time is; the hour that comes twice has two, so that a window has all of it."""
    for fold in (0, 1):
        yield local.replace(tzinfo=zone, fold=fold).timestamp()


def _locals(now: float, zone: ZoneInfo) -> Iterator[datetime]:
    """The local time; in an hour that comes again also the last minute before it did.

    What was open then has not ended because a clock was set back.
    """
    here = datetime.fromtimestamp(now, zone)
    yield here.replace(tzinfo=None)
    if here.fold:
        while here.fold:
            now -= 60
            here = datetime.fromtimestamp(now, zone)
        yield here.replace(tzinfo=None)


def moment(text: str) -> datetime:
    """A local day or minute.

    Raises:
        ValueError: there is none such.
    """
    return datetime.fromisoformat(text)


def _end(text: str) -> datetime:
    """When it is over: a day is in the window, a minute is not."""
    return moment(text) + timedelta(days=1) if len(text) == _DAY else moment(text)


def _in_week(window: Window, local: datetime) -> bool:
    """Whether days and hours fit; a night counts for its evening."""
    if window.hours is None:
        return not window.days or local.weekday() in window.days
    begin, end = window.hours
    minute = local.hour * _MINUTES + local.minute
    evening, morning = local, local - timedelta(days=1)
    if begin < end:
        here = evening if begin <= minute < end else None
    else:
        here = evening if minute >= begin else morning if minute < end else None
    return here is not None and (not window.days or here.weekday() in window.days)


def _told(window: Window) -> str:
    """In words: why, and until when where that is said."""
    if not window.until:
        return window.why
    return f"{window.why}, until {window.until.replace('T', ' ')} ({window.timezone})"
