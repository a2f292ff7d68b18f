"""An empty account for each module; a test says which state it starts from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from engine.platform import FAULTS

from reconciler.sandbox.inprocess import Sandbox, sandbox

from .stages import Name, Stage, prepare


@pytest.fixture(scope="module")
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        found.faults = FAULTS
        yield found
        FAULTS.clear()


@pytest.fixture(scope="module")
def stages(aws: Sandbox) -> Iterator[object]:
    """Prepares a stage of the small platform when it is first asked for."""

    @cache
    def named(name: Name) -> Stage:
        FAULTS.clear()
        aws.reset()
        return prepare(aws, name)

    yield named
    named.cache_clear()
