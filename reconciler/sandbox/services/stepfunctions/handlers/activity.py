"""An activity: nothing but a worker that asks for it does it."""

from __future__ import annotations

from typing import Any

from reconciler.facts.asl.integrations import Integration
from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution
from reconciler.sandbox.services.stepfunctions.handlers import Begun

SERVICES = ("activity",)


def start(_run: Execution, _branch: Branch, _what: Integration, given: Any) -> Begun:  # noqa: ANN401
    """Wait for a worker."""
    return Begun(given, waits=True)
