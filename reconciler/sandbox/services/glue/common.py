"""What Glue's operations in the sandbox share: refusals, pages and times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record


def missing(text: str) -> Refused:
    """EntityNotFoundException: it is not there, or what it would be in is not."""
    return Refused("EntityNotFoundException", text)


def there(text: str) -> Refused:
    """AlreadyExistsException."""
    return Refused("AlreadyExistsException", text)


def wrong(text: str) -> Refused:
    """InvalidInputException."""
    return Refused("InvalidInputException", text)


def page(call: Call, found: Iterable[Any], key: str, most: int = 100) -> dict[str, Any]:
    """One page of a list; the token is the place where the next one begins."""
    items = list(found)
    start = int(call.get("NextToken") or 0)
    end = start + min(call.get("MaxResults") or most, most)
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {key: items[start:end], **more}


def sorted_records(found: dict[str, Record]) -> list[Record]:
    """By name."""
    return [found[name] for name in sorted(found)]


def now() -> float:
    """Seconds since the epoch, as the JSON protocol has times."""
    return round(WORLD.clock.now(), 3)


def due(record: dict[str, Any]) -> bool:
    """Whether what is under way has ended; a look at it moves an automatic clock."""
    WORLD.clock.polled()
    return WORLD.clock.now() >= float(record["due"])
