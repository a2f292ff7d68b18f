"""The throttling mode: every family of operations has AWS's rate, on the sandbox's clock.

Off unless asked for, since a sandbox is there to be quick. The rates, and what each service
answers beyond them, are `facts.rates`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reconciler.facts import rates
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.facts.rates import Refusal
    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.protocol import wire

ORDER = 10


def answer(asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
    """What a call too many is answered."""
    region = asked.sent.region if asked.sent is not None else ""
    if much := refusal(asked.service, asked.operation, region):
        return asked.refused(much.code, much.message, much.status)
    return onward()


def refusal(service: str, operation: str, region: str) -> Refusal | None:
    """What a call too many is answered; nothing for one that may go on."""
    buckets = WORLD.buckets
    if not buckets.share:
        return None
    family = rates.family(service, operation)
    key = (service, region, family.name)
    if buckets.take(key, family.rate, family.burst, _now()):
        return None
    buckets.refused[f"{service}.{operation}"] += 1
    return rates.refusal(service)


def _now() -> float:
    """Seconds at the clock's speed; looks at busy resources, which move it on, leave it alone."""
    if WORLD.buckets.seconds is not None:
        return WORLD.buckets.seconds()
    if WORLD.clock.mode == "manual":
        return WORLD.clock.now()
    return time.monotonic() * WORLD.clock.speed
