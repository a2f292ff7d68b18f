"""What goes wrong with Cloud Control in this sandbox, and how its types behave: for tests.

faults.plan("create", "AWS::Kinesis::Stream", code="ServiceInternalError", work="done")
faults.habits("AWS::Logs::LogGroup", unseen=3)
assert faults.counted("create") == 1
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.store import all_records
from reconciler.sandbox.state.handlers import Fault
from reconciler.sandbox.state.world import WORLD


def plan(operation: str, type_: str = "*", **fault: Any) -> Fault:  # noqa: ANN401  (of Fault)
    """Let the n-th call of an operation on a type go wrong; see `Fault`."""
    with WORLD.lock:
        planned = Fault(operation, type_, **fault)
        WORLD.handlers.faults.append(planned)
        return planned


def habits(type_: str, **changes: Any) -> None:  # noqa: ANN401  (fields of Habits)
    """Change how a type behaves; see `Habits`."""
    with WORLD.lock:
        WORLD.handlers.change(type_, **changes)


def counted(operation: str, type_: str = "*", identifier: str = "*") -> int:
    """How many calls of an operation there were; ``forbidden`` counts such paths in patches."""
    with WORLD.lock:
        return WORLD.handlers.counted(operation, type_, identifier)


def true_models(type_: str) -> dict[str, dict[str, Any]]:
    """By identifier, what resources of a type really are, write-only values included."""
    with WORLD.lock:
        return {each.identifier: each.model for each in all_records(type_)}


def clear() -> None:
    """Forget faults, habits and counts."""
    with WORLD.lock:
        WORLD.handlers.clear()
