"""When an EventBridge schedule fires: ``cron(…)``, ``rate(…)`` and ``at(…)`` in a time zone. Pure.

Source: EventBridge Scheduler user guide, "Schedule types": six fields of which one of day-of-month
and day-of-week is ``?``; ``L``, ``W`` and ``#`` in those two; days of the week from 1, which is
Sunday; years up to 2199. On the day that a clock goes forward what lies in the missing hour is
skipped, and on the day that it goes back an hour is not run twice ("Daylight savings time").
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FORM = re.compile(r"(cron|rate|at)\((.*)\)")
_RATE = re.compile(r"([1-9][0-9]{0,8}) (minute|hour|day)(s?)")
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = {name.upper(): at for at, name in enumerate(calendar.month_abbr) if name}
_DAYS = dict(zip(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), range(1, 8), strict=True))
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minutes", 0, 59, {}),
    ("hours", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, {}),
)
_WEEK = 7


class ScheduleError(ValueError):
    """An expression that Scheduler would refuse, or one that never fires."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class At:
    """Once, at a local time."""

    when: datetime


@dataclass(frozen=True, slots=True)
class Cron:
    """Local times; `days` and `weekdays` as they are written, one of them ``?``."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: str
    months: tuple[int, ...]
    weekdays: str
    years: tuple[int, ...]


Schedule: TypeAlias = Rate | At | Cron


def parse(expression: str) -> Schedule:
    """A schedule from its expression.

    Raises:
        ScheduleError: it cannot be parsed; its text says what is wrong.
    """
    found = _FORM.fullmatch(expression)
    if found is None:
        raise ScheduleError("it has to be cron(…), rate(…) or at(…)")
    kind, body = found.groups()
    if kind == "rate":
        return _rate(body)
    if kind == "at":
        return _at(body)
    return _cron(body)


def zone(name: str) -> ZoneInfo:
    """A time zone by its name in the IANA database.

    Raises:
        ScheduleError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleError(f"there is no time zone {name!r}") from error


def firings(schedule: Schedule, after: datetime, timezone: str = "UTC") -> Iterator[datetime]:
    """When a schedule fires after a moment, in UTC, the next first. Of a rate from that moment on.

    `after` has a time zone.

    Raises:
        ScheduleError: there is no such time zone.
    """
    here = zone(timezone)
    if isinstance(schedule, Rate):
        moment = after.astimezone(UTC)
        while True:
            moment += timedelta(seconds=schedule.seconds)
            yield moment
    local = after.astimezone(here).replace(tzinfo=None)
    times = [schedule.when] if isinstance(schedule, At) else _local(schedule, local)
    last: datetime | None = None
    for time in times:
        placed = time.replace(tzinfo=here)
        moment = placed.astimezone(UTC)
        skipped = moment.astimezone(here).replace(tzinfo=None) != time
        if not skipped and moment > after and moment != last:
            last = moment
            yield moment


def never(schedule: Schedule, now: datetime, timezone: str = "UTC") -> str:
    """Why a schedule never fires from now on; "" where it does."""
    if next(firings(schedule, now, timezone), None) is not None:
        return ""
    if isinstance(schedule, At):
        return "its moment has passed"
    return "no day of the calendar fits it"


def _rate(body: str) -> Rate:
    found = _RATE.fullmatch(body)
    if found is None:
        raise ScheduleError("a rate is a whole number and minutes, hours or days, as rate(5 hours)")
    count, unit, plural = int(found[1]), found[2], found[3]
    if (count == 1) == bool(plural):
        raise ScheduleError(f"write rate({count} {unit}{'' if count == 1 else 's'})")
    return Rate(count * _UNITS[unit])


def _at(body: str) -> At:
    if not _AT.fullmatch(body):
        raise ScheduleError("a moment is written as at(2027-01-31T09:00:00), without a zone")
    try:
        return At(datetime.fromisoformat(body))
    except ValueError as error:
        raise ScheduleError(f"{body} is no moment: {error}") from error


def _cron(body: str) -> Cron:
    fields = body.split()
    if len(fields) != len(_FIELDS):
        text = "minutes, hours, day of month, month, day of week and year"
        raise ScheduleError(f"cron has six fields ({text}), and this has {len(fields)}")
    if (fields[2] == "?") == (fields[4] == "?"):
        text = "one of day of month and day of week has to be '?', and not both"
        raise ScheduleError(text)
    for at in (2, 4):
        _days_fit(fields[at], at)
    numbers = {at: _numbers(fields[at], at) for at in (0, 1, 3, 5)}
    return Cron(numbers[0], numbers[1], fields[2], numbers[3], fields[4], numbers[5])


_ENDS = (re.compile(r"L|LW|L-([1-9]|[12][0-9]|30)|([1-9]|[12][0-9]|3[01])W"), re.compile("L"))
_NTH = re.compile(r"(\w+)#([1-5])")
_LAST = re.compile(r"(\w+)L")


def _days_fit(text: str, at: int) -> None:
    if text == "?":
        return
    if at == 2 and _ENDS[0].fullmatch(text):  # noqa: PLR2004 - the field of days
        return
    if at == 4:  # noqa: PLR2004 - the field of weekdays
        if text == "L":
            return
        if (found := _NTH.fullmatch(text)) or (found := _LAST.fullmatch(text)):
            _number(found[1], at)
            return
    _numbers(text, at)


def _numbers(text: str, at: int) -> tuple[int, ...]:
    """The numbers that a field stands for, in order."""
    name, least, most, _ = _FIELDS[at]
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and int(step) > 0):
            raise ScheduleError(f"{part!r} has no step after '/' ({name})")
        if span == "*":
            first, last = least, most
        elif "-" in span:
            one, _, other = span.partition("-")
            first, last = _number(one, at), _number(other, at)
            if first > last and at == 4:  # noqa: PLR2004 - a week goes round
                found |= set(range(first, most + 1)[:: int(step) if slash else 1])
                first = least
            elif first > last:
                raise ScheduleError(f"{part!r} ends before it begins ({name})")
        else:
            first = _number(span, at)
            last = most if slash else first
        found |= set(range(first, last + 1, int(step) if slash else 1))
    return tuple(sorted(found))


def _number(text: str, at: int) -> int:
    name, least, most, words = _FIELDS[at]
    value = words.get(text.upper())
    if value is None:
        if not text.isdecimal():
            raise ScheduleError(f"{text!r} is no {name}")
        value = int(text)
    if not least <= value <= most:
        raise ScheduleError(f"{name} goes from {least} to {most}, and not to {value}")
    return value


# -- the calendar


def _local(cron: Cron, after: datetime) -> Iterator[datetime]:
    """Local times from the day before a moment on."""
    start = after.date() - timedelta(days=1)
    for year in (each for each in cron.years if each >= start.year):
        for month in cron.months:
            if (year, month) < (start.year, start.month):
                continue
            for day in _days(cron, year, month):
                if date(year, month, day) < start:
                    continue
                for hour in cron.hours:
                    for minute in cron.minutes:
                        yield datetime(year, month, day, hour, minute)  # noqa: DTZ001 - local


def _days(cron: Cron, year: int, month: int) -> list[int]:
    last = calendar.monthrange(year, month)[1]
    if cron.days != "?":
        return _by_day(cron.days, year, month, last)
    return _by_weekday(cron.weekdays, year, month, last)


def _by_day(text: str, year: int, month: int, last: int) -> list[int]:
    if text == "L":
        return [last]
    if text == "LW":
        return [_near(year, month, last, last)]
    if text.startswith("L-"):
        day = last - int(text[2:])
        return [day] if day > 0 else []
    if text.endswith("W"):
        day = int(text[:-1])
        return [_near(year, month, day, last)] if day <= last else []
    return [day for day in _numbers(text, 2) if day <= last]


def _by_weekday(text: str, year: int, month: int, last: int) -> list[int]:
    if text == "L":
        text = "7"
    elif found := _LAST.fullmatch(text):
        days = _on(_number(found[1], 4), year, month, last)
        return days[-1:]
    if found := _NTH.fullmatch(text):
        days = _on(_number(found[1], 4), year, month, last)
        return days[int(found[2]) - 1 : int(found[2])]
    wanted = set(_numbers(text, 4))
    return [day for day in range(1, last + 1) if _weekday(year, month, day) in wanted]


def _on(weekday: int, year: int, month: int, last: int) -> list[int]:
    return [day for day in range(1, last + 1) if _weekday(year, month, day) == weekday]


def _weekday(year: int, month: int, day: int) -> int:
    return (calendar.weekday(year, month, day) + 1) % _WEEK + 1


def _near(year: int, month: int, day: int, last: int) -> int:
    """The working day that is nearest to a day, in the same month."""
    weekday = calendar.weekday(year, month, day)
    if weekday == calendar.SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == calendar.SUNDAY:
        return day + 1 if day < last else day - 2
    return day
