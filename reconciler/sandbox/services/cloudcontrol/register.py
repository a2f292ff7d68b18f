"""Cloud Control answers for itself: moto has no such service."""

from __future__ import annotations

from reconciler.sandbox.protocol.own import SERVICES
from reconciler.sandbox.services.cloudcontrol.answer import OPERATIONS, answer
from reconciler.sandbox.services.cloudcontrol.store import SERVICE


def install() -> None:
    """Let both doors lead here."""
    SERVICES[SERVICE] = (frozenset(OPERATIONS), answer)
