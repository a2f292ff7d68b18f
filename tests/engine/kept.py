"""What a first apply made of an empty account, kept in memory for the tests that begin so.

Nothing is kept that a test has steered otherwise: the key has the specs and every setting of the
sandbox, and an account of which anything was asked before is not empty.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.moto_api._internal import mock_random
from moto.s3.models import s3_backends

from reconciler.model.plan import Plan
from reconciler.sandbox.state import snapshot
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from .platform import Platform

KEPT: dict[Hashable, Kept] = {}


@dataclass(frozen=True, slots=True)
class Kept:
    """An account, and what the process that made it knows."""

    plan: Plan
    content: bytes
    random: Any
    asked: Counter[str]
    sent: Counter[str]
    requested: frozenset[str]
    caller: str
    slept: float
    handled: Counter[Any]

    @classmethod
    def of(cls, platform: Platform, plan: Plan) -> Kept:
        """The account as it is now."""
        session = platform.session
        return cls(
            plan,
            snapshot.take(),
            mock_random.getstate(),
            Counter(WORLD.calls),
            Counter(session.calls),
            frozenset(session.requested),
            session.caller,
            platform.clock.now(),
            Counter(WORLD.handlers.counts),
        )

    def back(self, platform: Platform) -> Plan:
        """Make an empty account this one; no earlier than now, as AWS's clock is."""
        snapshot.put_back(self.content)
        WORLD.clock.advance(max(0.0, time.time() - WORLD.clock.now()))
        mock_random.setstate(self.random)
        WORLD.calls.update(self.asked)
        session = platform.session
        session.calls.update(self.sent)
        session.requested |= self.requested
        session.caller = self.caller
        platform.clock.sleep(self.slept)
        WORLD.handlers.counts.update(self.handled)
        return self.plan


def key(platform: Platform) -> Hashable:
    """What the account will be made of; None where it is not empty, or in trouble."""
    steered = WORLD.rules.state() or WORLD.lag.on or platform.faults.armed or WORLD.iam_stamps
    if platform.root or WORLD.calls or platform.session.calls or platform.clock.now() or steered:
        return None
    clock = WORLD.clock
    settings = (
        WORLD.durations,
        WORLD.outcomes.state(),
        WORLD.iam,
        WORLD.iam_lag,
        WORLD.newcomer,
        WORLD.buckets.share,
        WORLD.ended,
        WORLD.handlers.state(),
        (clock.mode, clock.speed, clock.poll_step),
    )
    buckets = [sorted(each["aws"].buckets) for each in s3_backends.values() if "aws" in each]
    given = (platform.text, platform.allow, platform.tags, platform.approvals, platform.site)
    return (type(platform), *given, repr(settings), repr(buckets))
