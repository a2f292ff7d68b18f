"""A platform of nodes on the sandbox, planned and applied as a command does it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reconciler.aws.apply import Interrupt, apply
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.event import Event, StepFailed, StepFinished
from reconciler.model.graph import Graph, Node, Origin, build_graph
from reconciler.model.plan import Plan, Step
from reconciler.model.policy import Policy
from reconciler.plan.order import plan
from reconciler.resources.api import NAME_TAG, OWNERSHIP, TYPE_TAG, Place, load
from reconciler.sandbox.inprocess import Sandbox

PLACE = Place("123456789012", "eu-west-1", "acme", "test")
ALL = Policy(allow=frozenset({"records", "traffic", "keys", "history", "access"}))


@dataclass
class SandboxClock:
    """A session's clock that is the sandbox's: waiting moves it on."""

    aws: Sandbox

    def now(self) -> float:
        return self.aws.clock.now()

    def sleep(self, seconds: float) -> None:
        self.aws.clock.advance(seconds)


@dataclass
class Turn:
    """One plan and what came of it."""

    steps: tuple[Step, ...]
    diagnostics: list[Diagnostic]
    events: list[Event] = field(default_factory=list)

    @property
    def failed(self) -> list[StepFailed]:
        return [event for event in self.events if isinstance(event, StepFailed)]

    @property
    def actions(self) -> list[Action]:
        return [step.action for step in self.steps]

    @property
    def codes(self) -> list[str]:
        return [found.code for found in self.diagnostics]

    @property
    def paths(self) -> list[str]:
        return [".".join(each.path) for step in self.steps for each in step.fields]


@dataclass
class World:
    """The account and a session in it; `restart` is a new run of the command."""

    aws: Sandbox
    session: Session = field(init=False)
    runs: int = 0
    left: set[Address] = field(default_factory=set)
    """What the receipts of these runs say that they left."""

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        clock = SandboxClock(self.aws)
        limiter = Limiter(clock, unlimited=True)
        self.session = Session(self.aws, clock=clock, limiter=limiter, wall=clock.now)

    def plan(self, *nodes: Node) -> Turn:
        graph, problems = build_graph(nodes)
        assert problems == []
        return self._plan(graph)

    def _plan(self, graph: Graph) -> Turn:
        live, found = observe(self.session, graph, load(), PLACE, left=frozenset(self.left))
        draft = plan(graph, live, load(), PLACE, ALL)
        return Turn(tuple(draft.steps), [*found, *draft.diagnostics])

    def apply(self, steps: Iterable[Step], interrupt: Interrupt | None = None) -> list[Event]:
        made = Plan("test", PLACE.platform, PLACE.account, PLACE.region, tuple(steps))
        events: list[Event] = []
        self.runs += 1
        how = {"workers": 1, "run": f"run-{self.runs}", "interrupt": interrupt}
        apply(made, self.session, load(), PLACE, events.append, **how)  # type: ignore[arg-type]
        ended = {event.step for event in events if isinstance(event, StepFinished)}
        self.left |= {step.address for step in made.steps if step.id in ended}
        return events

    def turn(self, *nodes: Node) -> Turn:
        """Plan and apply; a new run."""
        self.restart()
        planned = self.plan(*nodes)
        planned.events = self.apply(planned.steps)
        return planned

    def good(self, *nodes: Node) -> Turn:
        """A turn in which all goes well."""
        turn = self.turn(*nodes)
        wrong = [each.message for each in turn.diagnostics if each.is_error]
        assert wrong == [], wrong
        assert [each.message for each in turn.failed] == [], turn.failed
        return turn

    def calls(self, *nodes: Node) -> dict[str, int]:
        """The calls of a plan."""
        self.restart()
        turn = self.plan(*nodes)
        assert turn.actions == [], turn.paths
        return dict(self.session.calls)


def node(type_: str, name: str, **props: Any) -> Node:
    """A declared resource with the tags that compilation gives it."""
    resource = load()[type_]
    props = {**({resource.name: name} if resource.name else {}), **props}
    if resource.tags:
        owner = (PLACE.platform, PLACE.environment, f"Sample/{name}", PLACE.region)
        tags = dict(zip((*OWNERSHIP, NAME_TAG, TYPE_TAG), (*owner, name, type_), strict=True))
        extra = props.pop("Tags", {})
        tags |= extra
        props["Tags"] = [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
    origin = Origin(f"Sample/{name}", Span("sample.yaml", 1, 1))
    return Node(Address(type_, name), props, origin=origin)
