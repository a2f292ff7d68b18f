"""When schedules fire: tables of expressions, zones and days; what cannot be, and what never is."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest

from reconciler.facts.schedule import ScheduleError, firings, never, parse

NOW = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "first"),
    [
        ("cron(15 2 * * ? *)", "Europe/Berlin", "2026-11-30T01:15"),
        ("cron(0 9 LW * ? *)", "UTC", "2026-11-30T09:00"),
        ("cron(0 9 ? * 6#5 *)", "UTC", "2027-01-29T09:00"),
        ("cron(0 9 ? * FRIL 2027)", "UTC", "2027-01-29T09:00"),
        ("cron(0/15 8-9 ? * MON-FRI *)", "UTC", "2026-11-30T08:00"),
        ("cron(0 0 ? * FRI-MON *)", "UTC", "2026-11-30T00:00"),
        ("cron(0 0 29 2 ? *)", "UTC", "2028-02-29T00:00"),
        ("cron(0 0 15W * ? *)", "UTC", "2026-12-15T00:00"),
        ("cron(0 0 L-30 * ? *)", "UTC", "2026-12-01T00:00"),
        ("cron(0 0 1 JAN ? *)", "Asia/Tokyo", "2026-12-31T15:00"),
        ("rate(5 minutes)", "UTC", "2026-11-29T22:05"),
        ("at(2027-01-31T09:00:00)", "America/New_York", "2027-01-31T14:00"),
    ],
)
def test_it_fires_next(text: str, zone: str, first: str) -> None:
    found = next(firings(parse(text), NOW, zone))
    assert found.isoformat()[:16] == first
    assert never(parse(text), NOW, zone) == ""


def test_an_hour_that_a_clock_skips_is_skipped_and_one_that_it_repeats_counts_once() -> None:
    daily = parse("cron(30 2 * * ? *)")
    spring = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    days = [each.isoformat()[:16] for each in islice(firings(daily, spring, "Europe/Berlin"), 2)]
    assert days == ["2027-03-29T00:30", "2027-03-30T00:30"]
    autumn = datetime(2027, 10, 30, 12, 0, tzinfo=UTC)
    days = [each.isoformat()[:16] for each in islice(firings(daily, autumn, "Europe/Berlin"), 2)]
    assert days == ["2027-10-31T00:30", "2027-11-01T01:30"]


@pytest.mark.parametrize(
    "text",
    [
        "cron(0 10 31 2 ? *)",
        "cron(0 0 1 1 ? 2020)",
        "cron(0 0 29 2 ? 2027)",
        "at(2020-01-01T00:00:00)",
    ],
)
def test_it_never_fires(text: str) -> None:
    assert never(parse(text), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "every day",
        "cron(15 2 * * * *)",
        "cron(15 2 ? * ? *)",
        "cron(60 2 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 2 32 * ? *)",
        "cron(0 2 * 13 ? *)",
        "cron(0 2 ? * 6#6 *)",
        "cron(0 2 ? * FOO *)",
        "cron(0 2 * * ?)",
        "cron(0/0 2 * * ? *)",
        "cron(5-1 2 * * ? *)",
        "rate(1 minutes)",
        "rate(2 hour)",
        "rate(0 days)",
        "rate(5 weeks)",
        "at(2027-02-30T00:00:00)",
        "at(2027-02-03)",
    ],
)
def test_it_is_no_schedule(text: str) -> None:
    with pytest.raises(ScheduleError):
        parse(text)


def test_there_is_no_such_time_zone() -> None:
    with pytest.raises(ScheduleError, match="time zone"):
        next(firings(parse("cron(15 2 * * ? *)"), NOW, "Europe/Berlim"))
