"""A platform of nodes on the sandbox, planned and applied as a command does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.aws.apply import Interrupt, apply
from reconciler.aws.context import look_closer
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.event import Event, StepFailed, StepFinished
from reconciler.model.graph import Graph, Node, Origin, build_graph
from reconciler.model.plan import SUFFIX, Plan, Step
from reconciler.model.policy import Policy
from reconciler.plan.order import pending, plan
from reconciler.resources.api import NAME_TAG, OWNERSHIP, TYPE_TAG, Place, Resource, load
from reconciler.sandbox.inprocess import Sandbox

PLACE = Place("123456789012", "eu-west-1", "acme", "test")
Through = Callable[[str, Callable[..., Any], dict[str, Any]], Any]
"""A call: its method, what sends it, and its parameters."""
ALL = Policy(allow=frozenset({"records", "traffic", "keys", "history", "access"}))


@dataclass
class SandboxClock:
    """A session's clock that is the sandbox's: waiting moves it on."""

    aws: Sandbox

    def now(self) -> float:
        return self.aws.clock.now()

    def sleep(self, seconds: float) -> None:
        self.aws.clock.advance(seconds)


@dataclass(frozen=True)
class Few(Mapping[str, Resource]):
    """All types, of which those that take part are gone through: others need no listing."""

    types: frozenset[str]

    def __getitem__(self, type_: str) -> Resource:
        return load()[type_]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.types))

    def __len__(self) -> int:
        return len(self.types)


def _goes(step: Step, done: list[Step]) -> bool:
    """Whether a deletion is not half of a replacement."""
    return not any(each.id == step.id.removesuffix(SUFFIX) for each in done)


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
    types: set[str] = field(default_factory=set)
    """Every type of which something was ever planned."""
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

    @property
    def resources(self) -> Few:
        """The types, as `observe` and the rest take them."""
        return Few(frozenset(self.types))

    def _plan(self, graph: Graph) -> Turn:
        self.types |= {node.address.type for node in graph}
        known, left = self.resources, frozenset(self.left)
        live, found = observe(self.session, graph, known, PLACE, left=left)
        live, more = look_closer(
            self.session,
            live,
            pending(graph, live, known, PLACE),
            known,
            Single(self.session, PLACE),
        )
        found = [*found, *more]
        draft = plan(graph, live, known, PLACE, ALL)
        return Turn(tuple(draft.steps), [*found, *draft.diagnostics])

    def apply(self, steps: Iterable[Step], interrupt: Interrupt | None = None) -> list[Event]:
        made = Plan("test", PLACE.platform, PLACE.account, PLACE.region, tuple(steps))
        events: list[Event] = []
        self.runs += 1
        how = {"workers": 1, "run": f"run-{self.runs}", "interrupt": interrupt}
        apply(made, self.session, self.resources, PLACE, events.append, **how)  # type: ignore[arg-type]
        ended = {event.step for event in events if isinstance(event, StepFinished)}
        done = [step for step in made.steps if step.id in ended]
        self.left |= {step.address for step in done}
        self.left -= {
            step.address for step in done if step.id.endswith(SUFFIX) and _goes(step, done)
        }
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


def through(world: World, call: Through) -> None:
    """Let every call of Cloud Control pass through a function, which may send it."""
    inner = world.session.clients
    real = inner.client("cloudcontrol")

    class Other:
        meta = real.meta

        def __getattr__(self, name: str) -> Any:
            found = getattr(real, name)
            if not callable(found) or name in {"can_paginate", "get_paginator"}:
                return found
            return lambda **params: call(name, found, params)

    class Clients:
        def client(self, service: str) -> Any:
            return Other() if service == "cloudcontrol" else inner.client(service)

    world.session.clients = Clients()  # type: ignore[assignment]


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
