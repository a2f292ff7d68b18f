"""Lets rules deliver on the clock, and what moto lacks of EventBridge answer."""

from __future__ import annotations

from reconciler.sandbox import beside
from reconciler.sandbox.services.events import rules
from reconciler.sandbox.state import agenda, bus


def install() -> None:
    """Put EventBridge on the clock."""
    beside.install("reconciler.sandbox.services.events")
    rules.install()
    agenda.SOURCES.append(rules.due)
    bus.TAKERS[:] = [rules.taken]
