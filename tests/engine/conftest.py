"""An empty account, and a platform in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.sandbox.inprocess import Sandbox, sandbox

from .platform import FAULTS, Platform


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        found.faults = FAULTS
        yield found
        FAULTS.clear()


@pytest.fixture
def platform(aws: Sandbox) -> Platform:
    return Platform(aws)
