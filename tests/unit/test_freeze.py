"""Times in which no weight is moved."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from reconciler.rollout.checks import Window
from reconciler.rollout.freeze import frozen

HOLIDAYS = Window(why="holidays", since="2026-12-20", until="2027-01-03", timezone="Europe/Berlin")
WEEKEND = Window(why="weekend", days=(5, 6), timezone="Europe/Berlin")
NIGHT = Window(why="night", hours=(22 * 60, 6 * 60), days=(4,), timezone="Europe/Berlin")
OFFICE = Window(why="office", hours=(9 * 60, 17 * 60), timezone="America/New_York")


def at(text: str, zone: str = "Europe/Berlin") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("window", "when", "is_frozen"),
    [
        (HOLIDAYS, "2026-12-19T23:59", False),
        (HOLIDAYS, "2026-12-20T00:00", True),
        (HOLIDAYS, "2027-01-03T23:59", True),  # a day is in it
        (HOLIDAYS, "2027-01-04T00:00", False),
        (WEEKEND, "2026-12-04T23:59", False),
        (WEEKEND, "2026-12-05T00:00", True),
        (WEEKEND, "2026-12-07T00:00", False),
        (NIGHT, "2026-12-04T21:59", False),
        (NIGHT, "2026-12-04T22:00", True),
        (NIGHT, "2026-12-05T05:59", True),  # the night of Friday
        (NIGHT, "2026-12-05T22:00", False),
        (NIGHT, "2026-12-04T05:00", False),
        (OFFICE, "2026-12-04T15:30", True),  # 9:30 in New York
        (OFFICE, "2026-12-04T14:59", False),
        (Window(why="x", since="2026-12-04T18:00", until="2026-12-04T20:00"), "2026-12-04T20:59",
         True),
        (Window(why="x", since="2026-12-04T18:00", until="2026-12-04T20:00"), "2026-12-04T21:00",
         False),
        (Window(why="for good"), "2026-12-04T21:00", True),
    ],
)  # fmt: skip
def test_it_is_frozen_at_local_times(window: Window, when: str, is_frozen: bool) -> None:
    assert bool(frozen([window], at(when))) is is_frozen


def test_the_hour_that_comes_twice_is_frozen_twice() -> None:
    night = Window(why="x", hours=(2 * 60, 3 * 60), timezone="Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=ZoneInfo("UTC")).timestamp()
    assert [bool(frozen([night], first + hour * 3600)) for hour in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("window", "quarters"),
    [
        (Window(why="x", since="2026-10-25T02:30", timezone="Europe/Berlin"), "..######"),
        (Window(why="x", until="2026-10-25T02:30", timezone="Europe/Berlin"), "######.."),
        (Window(why="x", hours=(150, 360), timezone="Europe/Berlin"), "..######"),
        (Window(why="x", hours=(150, 165), timezone="Europe/Berlin"), "..#...#."),
    ],
    ids=["since", "until", "hours", "within it"],
)
def test_a_clock_that_is_set_back_opens_no_gap_in_a_window(window: Window, quarters: str) -> None:
    """From 2:00 on, as the hour comes for the first time, until 3:00."""
    first = datetime(2026, 10, 25, 0, tzinfo=ZoneInfo("UTC")).timestamp()
    found = [bool(frozen([window], first + at * 900)) for at in range(8)]
    assert "".join(".#"[each] for each in found) == quarters


def test_it_says_why_and_until_when() -> None:
    assert frozen([WEEKEND, HOLIDAYS], at("2026-12-24T12:00")) == (
        "holidays, until 2027-01-03 (Europe/Berlin)"
    )
    assert frozen([], 0) == ""


def test_a_zone_that_nobody_knows_is_frozen() -> None:
    assert "not known" in frozen([Window(why="x", timezone="Mars/Base")], 0)
