"""What of a resource disappears by itself, and when: data of the type, for the plan's calendar.

Days count from when something was written, or for old versions from when they were replaced. A
file of a type gives a function from its properties; `after` makes the usual one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from reconciler.model.value import Json, Props

GONE = "removed"


class Day(NamedTuple):
    """Something that happens to what a resource holds."""

    what: str
    """Such as ``objects under 'raw/'``: the same words before and after a change."""
    after: float
    """Days from its beginning."""
    deed: str = GONE
    """``removed``, or where it goes."""
    since: str = "it was written"


Calendar: TypeAlias = Callable[[Props], Iterator[Day]]


def nothing(_: Props) -> Iterator[Day]:
    """All stays until somebody takes it away."""
    yield from ()


def after(prop: str, what: str, per_day: float = 1.0, since: str = "it was written") -> Calendar:
    """What a number at a dotted path says, of which `per_day` make a day."""

    def found(props: Props) -> Iterator[Day]:
        value: Json = props
        for part in prop.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield Day(what, value / per_day, since=since)

    return found
