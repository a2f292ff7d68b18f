"""A whole platform on a sandbox that throttles: the limiter finds its way, and nothing fails."""

from __future__ import annotations

import pytest
from sweeps import LONG

from reconciler.aws.limiter import Limiter
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, steps


@pytest.mark.parametrize("share", [1.0, 0.2] if LONG else [0.2])
def test_a_platform_is_made_and_deleted(platform: Platform, aws: Sandbox, share: float) -> None:
    """With a part of AWS's rates only, what the limiter takes for the rate is wrong."""
    platform.session.limiter = Limiter(platform.clock)
    platform.allow = "records, traffic, keys, history, access"
    aws.throttle(share, platform.clock.now)
    platform.converge(specs.EVERYTHING)
    plan = platform.plan(destroy=True)
    run = platform.apply(plan)
    assert (run.failures, run.skipped) == ({}, {})
    assert steps(platform.plan(destroy=True)) == []
    assert sum(aws.refused.values()) < 0.4 * sum(aws.calls.values())
    assert aws.refused or share == 1.0
