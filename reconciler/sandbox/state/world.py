"""The one mutable world of a sandbox process: its lock, clock, scripts, rules and counters.

moto keeps its state in module globals, so a process holds exactly one world; resources themselves
live in moto's backends and are reset with them.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.state.buckets import Buckets
from reconciler.sandbox.state.clock import Clock
from reconciler.sandbox.state.handlers import Handlers
from reconciler.sandbox.state.lag import Lag
from reconciler.sandbox.state.machines import Machines
from reconciler.sandbox.state.outcomes import Outcomes
from reconciler.sandbox.state.rules import Rules
from reconciler.sandbox.state.traffic import Traffic
from reconciler.sandbox.state.trainings import Trainings

EVENTS = 10_000
"""Writes that the event history remembers."""


@dataclass(slots=True)
class Durations:
    """Virtual seconds that SageMaker's asynchronous operations take."""

    endpoint: float = 90.0
    endpoint_weights: float = 45.0
    endpoint_delete: float = 30.0
    feature_group: float = 30.0
    feature_group_update: float = 30.0
    feature_group_delete: float = 30.0
    training_job: float = 60.0
    processing_job: float = 45.0
    transform_job: float = 60.0
    glue_job: float = 90.0
    emr_serverless_job: float = 90.0
    emr_serverless_application: float = 30.0
    athena_query: float = 5.0


@dataclass(slots=True)
class World:
    """Everything that is not a resource; `lock` guards the resources too."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    began: float = field(default_factory=time.time)  # when it was empty, in real time
    clock: Clock = field(default_factory=Clock)
    durations: Durations = field(default_factory=Durations)
    outcomes: Outcomes = field(default_factory=Outcomes)
    rules: Rules = field(default_factory=Rules)
    lag: Lag = field(default_factory=Lag)
    calls: Counter[str] = field(default_factory=Counter)
    listings: OrderedDict[int, list[Any]] = field(default_factory=OrderedDict)  # by page token
    sequence: int = 0
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=EVENTS))
    recorded: int = 0  # events ever, those that were dropped included
    iam: str = "enforced"  # or "off"
    iam_stamps: dict[str, str] = field(default_factory=dict)  # which roles were put there
    iam_lag: float = 0.0  # virtual seconds until a change of a role takes effect
    iam_past: list[tuple[float, str, Any]] = field(default_factory=list)  # when, whose, what it was
    newcomer: bool = False  # AWS lets it into no service that is closed to new accounts
    uses: frozenset[str] = frozenset()  # but for these, which it uses already
    buckets: Buckets = field(default_factory=Buckets)  # how often it lets itself be called
    ended: dict[str, float] = field(default_factory=dict)  # keys, and when they end on demand
    handlers: Handlers = field(default_factory=Handlers)  # how Cloud Control's types behave
    machines: Machines = field(default_factory=Machines)  # what runs of state machines meet
    trainings: Trainings = field(default_factory=Trainings)  # what jobs of SageMaker meet
    traffic: Traffic = field(default_factory=Traffic)  # what endpoints meet

    def reset(self) -> None:
        """Forget scripts, rules and counters, and set the clock and durations back."""
        with self.lock:
            self.began = time.time()
            self.clock.reset()
            self.durations = Durations()
            self.outcomes.clear()
            self.rules.clear()
            self.lag.clear()
            self.calls.clear()
            self.listings.clear()
            self.sequence = 0
            self.events.clear()
            self.recorded = 0
            self.iam, self.iam_lag = "enforced", 0.0
            self.iam_past.clear()
            self.iam_stamps.clear()
            self.newcomer = False
            self.uses = frozenset()
            self.buckets.set(0.0)
            self.ended.clear()
            self.handlers.clear()
            self.machines.clear()
            self.trainings.clear()
            self.traffic.clear()

    def next_number(self) -> int:
        """A growing number: the order of creation, finer than any timestamp."""
        self.sequence += 1
        return self.sequence


WORLD = World()
