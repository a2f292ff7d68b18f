"""What goes wrong between Moorline and AWS, and how a run through it ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from crash.live import difference, state
from crash.scene import Scene
from crash.stages import Stage
from engine.platform import FAULTS

from reconciler.aws.apply import Outcome
from reconciler.aws.clients import Clients
from reconciler.aws.session import Attempts
from reconciler.model.event import Event, StepFailed, StepSkipped
from reconciler.model.plan import Plan
from reconciler.sandbox.door.faults import Fault

PASSING: dict[str, dict[str, Any]] = {
    "throttled": {"code": "ThrottlingException", "times": 2},
    "a server fault": {"code": "InternalFailure", "status": 500, "times": 2},
    "a time-out before the effect": {"kind": "read-timeout"},
    "a time-out after the effect": {"kind": "read-timeout", "after": True},
    "a reset": {"kind": "reset"},
}
"""What a further try gets over."""
LASTING: dict[str, dict[str, Any]] = {
    "denied": {"code": "AccessDeniedException"},
    "refused": {"code": "TeapotException"},
    "stale": {"kind": "stale"},
}
"""What is not tried again."""
KINDS = {**PASSING, **LASTING}
MOST = Attempts().spreading
"""Tries of one call, at the very most."""


@dataclass(slots=True)
class Run:
    """A plan and its apply while something goes wrong."""

    plan: Plan
    outcome: Outcome
    events: list[Event] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)

    @property
    def failures(self) -> list[StepFailed]:
        return [event for event in self.events if isinstance(event, StepFailed)]

    def is_accounted_for(self) -> None:
        """Every step ended in one of three ways, and each failure says what and why."""
        outcome = self.outcome
        ended = [*outcome.done, *outcome.failed, *outcome.skipped]
        assert sorted(ended) == sorted(step.id for step in self.plan.steps)
        assert [event.step for event in self.failures] == list(outcome.failed) or sorted(
            event.step for event in self.failures
        ) == sorted(outcome.failed)
        assert all(event.code and event.message for event in self.failures)
        causes = {event.cause for event in self.events if isinstance(event, StepSkipped)}
        assert causes <= {*outcome.failed}
        assert outcome.ok == (not outcome.failed and not outcome.skipped)


def apply_through(stage: Stage, fault: Fault) -> Run:
    """Plan in good weather, apply while the fault strikes."""
    scene = stage.again()
    plan = scene.settled_plan(destroy=stage.destroy)
    arm(fault)
    before = scene.session.calls.copy()
    events: list[Event] = []
    outcome = scene.carry_out(plan, events)
    FAULTS.clear()
    return Run(plan, outcome, events, scene.session.calls - before)


def arm(fault: Fault) -> None:
    FAULTS.clear()
    if fault.kind == "stale":
        FAULTS.remember()
    FAULTS.add(fault)


def recovers(stage: Stage, why: str) -> None:
    """Without faults, the next process reaches the state of an undisturbed run."""
    FAULTS.clear()
    stage.scene.finish(destroy=stage.destroy, ends=stage.ends)
    assert difference(stage.reference, state(stage.scene)) == {}, why


class SmallPages:
    """Clients whose listings come in pages of two."""

    SIZES = ("MaxResults", "ResourcesPerPage", "MaxRecords", "MaxItems", "MaxBuckets")

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def client(self, service: str) -> Any:
        return _Paged(self._clients.client(service))


class _Paged:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if not name.startswith(("list_", "get_resources", "describe_", "get_account")):
            return method
        return lambda **params: method(
            **{key: 2 if key in SmallPages.SIZES else value for key, value in params.items()}
        )


def in_small_pages(scene: Scene, clients: Clients | None = None) -> None:
    scene.session.clients = SmallPages(clients or scene.session.clients)
