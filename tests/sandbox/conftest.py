"""An empty in-process AWS account for every test that asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.sandbox.inprocess import Sandbox, sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        yield found
