"""A platform in the sandbox, and people who change it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore.config import Config
from engine.platform import Platform, join
from engine.specs import BUDGET, CUSTOMER, RAW, ROLLOUT, SECURITY, WATCH

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.sandbox.inprocess import REGION, Sandbox, sandbox
from reconciler.sandbox.protocol.sessions import signed


@cache
def client(who: str, service: str, agent: str = "") -> Any:
    """A client of a person, or of Moorline (``sandbox``), as `BotoClients` makes them."""
    name, _, region = service.partition("@")
    session = signed(who)
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"}, user_agent_extra=agent or None
    )
    return session.client(name, region_name=region or REGION, config=config)


class Ours:
    """The clients of Moorline."""

    def client(self, service: str) -> Any:
        return client("sandbox", service, "moorline/0")


class Live(Platform):
    """A platform that is applied as Moorline does it."""

    def restart(self) -> None:
        clock = self.clock
        self.session = Session(Ours(), clock=clock, limiter=Limiter(clock, unlimited=True))


TEXT = join(SECURITY, RAW, CUSTOMER, ROLLOUT, WATCH, BUDGET)
ALARM = "acme-dev-watch-model-latency-p99"
BUCKET = "acme-dev-raw-123456789012"


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        yield found


@pytest.fixture
def live(aws: Sandbox) -> Live:
    """A platform of every kind of AWS type that matters here, applied."""
    platform = Live(aws)
    platform.converge(TEXT)
    return platform


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
