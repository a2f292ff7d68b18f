"""How a database takes its time, and what waits for its window: kept on moto's own objects.

Sources: RDS API reference, ModifyDBCluster, ModifyDBInstance (ApplyImmediately), and the user
guide, "Using the schedule modifications setting" and "Viewing DB cluster status".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.sandbox.state.world import WORLD

SECONDS = {"creating": 40.0, "modifying": 20.0, "deleting": 30.0}
UNTIL, WORD, WAITS, DUE = "moorline_until", "moorline_word", "moorline_waits", "moorline_due"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def begin(database: Any, word: str) -> None:  # noqa: ANN401 - a cluster or an instance of moto
    """It is at work from now on, for a while."""
    setattr(database, WORD, word)
    setattr(database, UNTIL, WORLD.clock.now() + SECONDS[word])


def busy(database: Any) -> str:  # noqa: ANN401
    """The word for what it is at; "" when it is at nothing."""
    at = getattr(database, UNTIL, 0.0) > WORLD.clock.now()
    return str(getattr(database, WORD, "")) if at else ""


def gone(database: Any) -> bool:  # noqa: ANN401
    """Whether a deletion has come to its end."""
    return getattr(database, WORD, "") == "deleting" and not busy(database)


def wait(database: Any, changes: dict[str, Any]) -> None:  # noqa: ANN401
    """Keep changes, by attribute, for the next window."""
    waits = {**getattr(database, WAITS, {}), **changes}
    kept = {key: item for key, item in waits.items() if getattr(database, key, None) != item}
    setattr(database, WAITS, kept)
    setattr(database, DUE, window(database.preferred_maintenance_window, WORLD.clock.now()))


def waiting(database: Any) -> dict[str, Any]:  # noqa: ANN401
    """What waits, by attribute."""
    return dict(getattr(database, WAITS, {}))


def land(database: Any) -> bool:  # noqa: ANN401
    """Let what waits come true; whether there was anything."""
    found = waiting(database)
    for key, item in found.items():
        setattr(database, key, item)
    setattr(database, WAITS, {})
    return bool(found)


def settle(database: Any) -> None:  # noqa: ANN401
    """Bring it up to the clock."""
    if waiting(database) and getattr(database, DUE, 0.0) <= WORLD.clock.now():
        land(database)


def window(said: str, now: float) -> float:
    """When a weekly window such as ``sun:03:00-sun:04:00`` (UTC) begins next.

    Raises:
        ValueError: it is no window.
    """
    found = re.match(r"(\w{3}):(\d\d):(\d\d)", said.lower())
    if found is None or found[1] not in _DAYS:
        msg = f"{said!r} is no window"
        raise ValueError(msg)
    here = datetime.fromtimestamp(now, UTC)
    start = here.replace(hour=int(found[2]), minute=int(found[3]), second=0, microsecond=0)
    start += timedelta(days=(_DAYS.index(found[1]) - here.weekday()) % 7)
    return (start if start > here else start + timedelta(days=7)).timestamp()
