"""Token buckets, with which AWS limits the calls of an account: refilled always, up to a top.

A call that finds its bucket empty is refused and takes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


@dataclass(slots=True)
class Buckets:
    """The buckets of an account; `share` of each rate is ours, zero limits nothing."""

    share: float = 0.0
    seconds: Callable[[], float] | None = None
    """What time it is; none takes the sandbox's own."""
    refused: Counter[str] = field(default_factory=Counter)
    """Calls that found nothing, by service.Operation."""
    _left: dict[Hashable, tuple[float, float]] = field(default_factory=dict)

    def take(self, key: Hashable, rate: float, burst: float, now: float) -> bool:
        """Whether there is a call left in a bucket of `rate` calls a second and `burst` at once."""
        most = max(1.0, burst * self.share)
        left, at = self._left.get(key, (most, now))
        left = min(most, left + max(0.0, now - at) * rate * self.share)
        self._left[key] = (left - 1, now) if left >= 1 else (left, now)
        return left >= 1

    def set(self, share: float, seconds: Callable[[], float] | None = None) -> None:
        """Begin with full buckets.

        Raises:
            ValueError: the share is no positive number, or zero.
        """
        if not 0 <= share < float("inf"):
            msg = f"{share} is no share of AWS's rates"
            raise ValueError(msg)
        self.share, self.seconds = share, seconds
        self.refused.clear()
        self._left.clear()
