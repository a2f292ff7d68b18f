"""Lets these operations answer before moto's, and runs go on before each request."""

from __future__ import annotations

from reconciler.sandbox import beside
from reconciler.sandbox.protocol import own
from reconciler.sandbox.services.stepfunctions import loop
from reconciler.sandbox.state import agenda


def install() -> None:
    """Put Step Functions into the sandbox."""
    beside.install("reconciler.sandbox.services.stepfunctions")
    agenda.SOURCES.append(loop.due)
    own.DUE.append(agenda.settle)
