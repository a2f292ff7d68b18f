"""One platform in the made-up cloud: observe, plan and apply as the command line does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reconciler.aws.apply import Interrupt, Outcome, apply
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic, ordered
from reconciler.model.event import CallSent, Event, StepFailed, StepSkipped
from reconciler.model.graph import Graph
from reconciler.model.plan import Plan, Step
from reconciler.model.policy import Policy
from reconciler.plan import order
from reconciler.plan.live import Live
from reconciler.resources.api import Resource

from .cloud import Cloud
from .records import PLACE, record

ALL = frozenset({"records", "traffic", "access"})
ROUNDS = 12


@dataclass(slots=True)
class World:
    """A cloud and a way to work on it; nothing is remembered between two plans."""

    cloud: Cloud
    allow: frozenset[str] = ALL
    events: list[Event] = field(default_factory=list)
    resources: dict[str, Resource] = field(init=False)

    def __post_init__(self) -> None:
        self.resources = {traits.type: record(traits) for traits in self.cloud.types}

    def session(self) -> Session:
        clock = self.cloud.clock
        return Session(self.cloud, clock=clock, limiter=Limiter(clock, unlimited=True))

    def observe(self, graph: Graph) -> tuple[Live, list[Diagnostic]]:
        return observe(self.session(), graph, self.resources, PLACE)

    def plan(self, graph: Graph, adopt: frozenset[Address] = frozenset()) -> Plan:
        live, problems = self.observe(graph)
        return self.plan_of(graph, live, problems, adopt)

    def plan_of(
        self,
        graph: Graph,
        live: Live,
        problems: list[Diagnostic],
        adopt: frozenset[Address] = frozenset(),
    ) -> Plan:
        draft = order.plan(graph, live, self.resources, PLACE, Policy(self.allow, adopt))
        plan = Plan("dev", PLACE.platform, PLACE.account, PLACE.region, tuple(draft.steps))
        found = tuple(ordered([*problems, *draft.diagnostics]))
        return replace(plan, diagnostics=found, unchanged=draft.unchanged)

    def apply(
        self,
        plan: Plan,
        *,
        workers: int = 1,
        interrupt: Interrupt | None = None,
        sink: Callable[[Event], None] | None = None,
    ) -> Outcome:
        """Carry out a plan; failures are in `failures`."""
        moved = {str(step.address) for step in plan.steps if step.action is Action.REPLACE}
        self.cloud.moving = frozenset(moved)
        self.events = []
        interrupt = interrupt or Interrupt()
        session = self.session()
        session.interrupted = interrupt

        def hear(event: Event) -> None:
            self.events.append(event)
            if sink:
                sink(event)

        return apply(
            plan, session, self.resources, PLACE, hear, interrupt=interrupt, workers=workers
        )

    @property
    def failures(self) -> list[str]:
        ended = [e for e in self.events if isinstance(e, StepFailed | StepSkipped)]
        return [str(each) for each in ended]

    @property
    def sent(self) -> list[tuple[str, str]]:
        """(step, method) of every call of the last apply."""
        return [(e.step, e.call.method) for e in self.events if isinstance(e, CallSent)]

    def converge(self, graph: Graph, *, workers: int = 1) -> Plan:
        """One plan and one apply without faults; the next plan must be empty."""
        plan = self.plan(graph)
        assert plan.errors == ()
        self.apply(plan, workers=workers)
        assert self.failures == [], (shown(plan), self.failures)
        left = shown(self.plan(graph))
        assert left == [], left
        return plan

    def settle(self, graph: Graph) -> None:
        """Plan and apply until nothing is left, as a person would after a bad day."""
        for _ in range(ROUNDS):
            self.cloud.settle()
            plan = self.plan(graph)
            if plan.errors:
                continue
            if plan.is_empty:
                return
            self.apply(plan)
        left = shown(self.plan(graph))
        assert left == [], (left, self.failures)


def shown(plan: Plan) -> list[str]:
    return [f"{step.action} {step.id} {[*map(str, step.fields)]}" for step in plan.steps]


def steps(plan: Plan) -> dict[str, Step]:
    return {step.id: step for step in plan.steps}
