"""An empty account, and a session in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.sandbox.inprocess import sandbox
from reconciler.sandbox.services.cloudcontrol import faults

from .world import World


@pytest.fixture
def world() -> Iterator[World]:
    with sandbox() as found:
        found.clock.configure(mode="manual")
        yield World(found)
        faults.clear()
