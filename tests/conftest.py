"""What all tests share."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from cli import forks
from hypothesis import HealthCheck, settings

from reconciler.sandbox import lifecycle
from reconciler.sandbox.home import launch

gc.set_threshold(100_000, 50, 50)  # as the command; walking over all of moto costs a tenth else
os.environ["MOORLINE_DESCRIBE"] = "1"  # before any kind is imported: schemas are tested too
WORKER = "PYTEST_XDIST_WORKER" in os.environ
if not WORKER:  # workers inherit it: a sandbox that one of them made is read by the others
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="moorline-tests-")
launch.by = forks.sandbox
os.environ["MOORLINE_SANDBOX_IDLE"] = "1h"
os.environ.pop("MOORLINE_SANDBOX_STATE", None)

pytest.register_assert_rewrite("engine.platform")

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # how long an example takes says how busy the machine is

FIRST = ("test_tutorial.py", "test_every_ci.py", "test_end_to_end.py", "test_report.py")
"""Tests of a minute or so, which one worker would end with while the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: item.path.name not in FIRST)


def pytest_sessionfinish() -> None:
    """End what a test left running, and forget its state."""
    if not WORKER:
        lifecycle.stop_all()
        shutil.rmtree(Path(os.environ["XDG_STATE_HOME"]), ignore_errors=True)
