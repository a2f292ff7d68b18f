"""Cloud Control answers for itself: moto has no such service."""

from __future__ import annotations

from reconciler.sandbox.protocol.own import DUE, SERVICES
from reconciler.sandbox.services.cloudcontrol.answer import OPERATIONS, answer
from reconciler.sandbox.services.cloudcontrol.engine import settle
from reconciler.sandbox.services.cloudcontrol.store import SERVICE, cloudcontrol_backends


def install() -> None:
    """Let both doors lead here."""
    SERVICES[SERVICE] = (frozenset(OPERATIONS), answer)
    DUE.append(_due)


def _due() -> None:
    for regions in [*cloudcontrol_backends.values()]:
        for backend in [*regions.values()]:
            settle(backend)
