"""Events of services, on their way to EventBridge: it says who takes them, when it is put there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Taker = Callable[[str, str, str, str, list[str], Mapping[str, Any]], None]
TAKERS: list[Taker] = []
"""What takes an event: its source, its kind, account, region, resources, and details."""


def send(  # noqa: PLR0913  (an event has them all)
    source: str,
    kind: str,
    account: str,
    region: str,
    resources: list[str],
    detail: Mapping[str, Any],
) -> None:
    """Send an event to the default bus of an account and region."""
    for take in TAKERS:
        take(source, kind, account, region, resources, detail)
