"""Lets rules deliver on the clock, and what moto lacks of EventBridge answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox import beside
from reconciler.sandbox.services.events import rules
from reconciler.sandbox.state import agenda, bus


def install() -> None:
    """Put EventBridge on the clock."""
    beside.install("reconciler.sandbox.services.events")
    rules.install()
    agenda.SOURCES.append(rules.due)
    bus.TAKERS[:] = [_taken]


def _taken(  # noqa: PLR0913  (an event has them all)
    source: str,
    kind: str,
    account: str,
    region: str,
    resources: list[str],
    detail: Mapping[str, Any],
) -> None:
    """An event of a service reaches the default bus of its account and region."""
    found = rules.event(source, kind, account, region, resources, detail)
    rules.publish(account, region, "default", found)
