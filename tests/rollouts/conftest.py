"""An empty account, and an endpoint in it whose rollout has started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engine.platform import FAULTS

from reconciler.sandbox.inprocess import Sandbox, sandbox

from .stage import Stage


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        found.faults = FAULTS
        yield found
        FAULTS.clear()


@pytest.fixture
def stage(aws: Sandbox) -> Stage:
    return Stage(aws).set()
