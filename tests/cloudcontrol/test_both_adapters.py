"""Types that have an adapter of our own and AWS's handlers too: both read and make the same.

What one makes, the other finds as declared, changes, and deletes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sandbox.test_cloudcontrol_native import CASES, Case
from sweeps import sample

from reconciler.aws.apply import apply
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.diagnostic import Span
from reconciler.model.event import StepFailed
from reconciler.model.graph import Node, Origin, build_graph
from reconciler.model.plan import Plan, Step
from reconciler.plan.order import plan
from reconciler.resources.api import NAME_TAG, OWNERSHIP, TYPE_TAG, Resource, load
from reconciler.resources.cloudcontrol import served

from .world import ALL, PLACE, SandboxClock, World

OURS = [case for case in CASES if load()[case.type].generic is None]
DIFFER = {
    "AWS::SageMaker::FeatureGroup": "only our adapter knows that features can be added in place",
    "AWS::KMS::Key": "AWS's handlers show a key that waits for its end as any other",
}
"""What our adapters are for: where the two do not come to the same."""


@dataclass(frozen=True)
class Served(Mapping[str, Resource]):
    """The adapters, with AWS's handlers in the place of one of ours."""

    type: str

    def __getitem__(self, type_: str) -> Resource:
        found = served(type_) if type_ == self.type else load()[type_]
        assert found is not None
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(load())

    def __len__(self) -> int:
        return len(load())


@dataclass
class Side:
    """Plans and applies by one of the two adapters."""

    world: World
    resources: Mapping[str, Resource]
    left: frozenset[Address] = frozenset()
    """What receipts say that was left."""

    def plan(self, *nodes: Node) -> tuple[list[Step], list[str]]:
        clock = SandboxClock(self.world.aws)
        limiter = Limiter(clock, unlimited=True)
        self.session = Session(self.world.aws, clock=clock, limiter=limiter, wall=clock.now)
        graph, _ = build_graph(nodes)
        live, found = observe(self.session, graph, self.resources, PLACE, left=self.left)
        draft = plan(graph, live, self.resources, PLACE, ALL)
        wrong = [each.message for each in (*found, *draft.diagnostics) if each.is_error]
        assert wrong == []
        return draft.steps, [each.code for each in draft.diagnostics]

    def turn(self, *nodes: Node) -> list[Action]:
        steps, _ = self.plan(*nodes)
        made = Plan("test", PLACE.platform, PLACE.account, PLACE.region, tuple(steps))
        events: list[Any] = []
        apply(made, self.session, self.resources, PLACE, events.append, workers=1, run="r")
        assert [e.message for e in events if isinstance(e, StepFailed)] == []
        return [step.action for step in steps]


def declared(case: Case, props: Mapping[str, Any]) -> Node:
    resource = load()[case.type]
    name = "acme-test-x"
    given = {key: item for key, item in props.items() if key != "Tags"}
    given |= {resource.name: name} if resource.name in given else {}
    owner = (PLACE.platform, PLACE.environment, f"Sample/{name}", PLACE.region)
    tags = {each["Key"]: each["Value"] for each in props.get("Tags", ())}
    tags |= dict(zip((*OWNERSHIP, NAME_TAG, TYPE_TAG), (*owner, name, case.type), strict=True))
    given["Tags"] = [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
    origin = Origin(f"Sample/{name}", Span("sample.yaml", 1, 1))
    return Node(Address(case.type, name), given, origin=origin)


BOTH = [(case, first) for case in OURS for first in ("ours", "AWS's")]


@pytest.mark.parametrize(
    ("case", "first"), sample(BOTH, 11), ids=lambda each: getattr(each, "type", each)
)
def test_what_one_makes_the_other_finds_as_declared(world: World, case: Case, first: str) -> None:
    case.before(world.aws)
    ours, theirs = Side(world, load()), Side(world, Served(case.type))
    one, other = (ours, theirs) if first == "ours" else (theirs, ours)
    node = declared(case, case.model)
    ours.left = theirs.left = frozenset({node.address})
    assert one.turn(node) == [Action.CREATE]
    assert one.plan(node)[0] == []
    steps, _ = other.plan(node)
    assert [
        (step.action, [(e.path, e.before, e.after) for e in step.fields]) for step in steps
    ] == []
    path, value = case.change
    if path[1:] == "Tags":
        edited = declared(case, {**case.model, "Tags": value})
    else:
        edited = declared(case, {**case.model, path[1:]: value})
    asked = [step.action for step in one.plan(edited)[0]]
    assert asked
    changed = other.turn(edited)
    agree = changed == asked  # in place, or made anew
    assert one.plan(edited)[0] == []
    assert other.turn() == [Action.DELETE]
    world.aws.clock.advance(600)  # a listing may be late
    ends = one.plan()[0] == []
    assert (agree and ends) or case.type in DIFFER
