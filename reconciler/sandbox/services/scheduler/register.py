"""Lets schedules fire and their deliveries go out."""

from __future__ import annotations

from reconciler.sandbox import beside
from reconciler.sandbox.services.scheduler import delivery, firing
from reconciler.sandbox.state import agenda


def install() -> None:
    """Put Scheduler on the clock."""
    beside.install("reconciler.sandbox.services.scheduler")
    firing.install()
    agenda.SOURCES += [firing.due, delivery.due]
