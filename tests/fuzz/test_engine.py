"""What must hold for every type, every graph and every bad day of the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import orjson
from hypothesis import assume, given, strategies as st

from reconciler.aws.apply import Interrupt
from reconciler.model.address import Address
from reconciler.model.change import Action, Observed
from reconciler.model.event import CallSent, Event, StepFinished, StepStarted
from reconciler.model.graph import Graph, Node
from reconciler.model.plan import SUFFIX, Plan, plan_from_json, to_bytes
from reconciler.plan.live import Live

from .cloud import Cloud, Faults, Killed
from .conftest import PROFILE
from .graphs import graphs, owned_tags
from .records import PLACE, Traits, many_traits
from .world import World, shown

LAGS = st.sampled_from([0.0, 0.0, 300.0])


@st.composite
def pasts(draw: Any, *, lag: bool = True) -> tuple[Cloud, Graph, Graph]:
    """A cloud in which nothing is ours yet, and two graphs over the same types."""
    types = draw(many_traits())
    cloud = Cloud(types, lag=draw(LAGS) if lag else 0.0)
    for traits in types:
        _strangers(cloud, traits, draw(st.sets(st.sampled_from(["none", "prod", "other"]))))
    return cloud, draw(graphs(types)), draw(graphs(types))


def _strangers(cloud: Cloud, traits: Traits, owners: set[str]) -> None:
    """Resources of others, with names that begin like ours."""
    tags = owned_tags("Kind/z", f"{PLACE.prefix}z", traits)
    theirs: dict[str, dict[str, str]] = {
        "none": {},
        "prod": {**tags, "moorline:environment": "prod"},
        "other": {**tags, "moorline:platform": "other"},
    }
    for owner in sorted(owners):
        name = "" if traits.found_by_tag else f"{PLACE.prefix}z-{owner}"
        cloud.put(traits, name, {"Fixed": 9, "Size": 9}, theirs[owner])


def calm(cloud: Cloud) -> None:
    cloud.faults = Faults()
    cloud.settle()


def comparable(cloud: Cloud, graph: Graph) -> dict[str, Any]:
    """The end state, without old revisions that are kept and what only they need."""
    state = cloud.state()
    return {label: view for label, view in state.items() if _declared(label, graph)}


def _declared(label: str, graph: Graph) -> bool:
    return Address.parse(label) in graph


# -- one graph


@PROFILE
@given(pasts())
def test_after_an_apply_there_is_nothing_left_to_do(past: tuple[Cloud, Graph, Graph]) -> None:
    cloud, graph, _ = past
    world = World(cloud)
    plan = world.converge(graph)
    assert sorted(world.sent) == sorted((s.id, c.method) for s in plan.steps for c in s.calls)
    assert {*cloud.state()} == {str(address) for address in graph.nodes}
    cloud.settle()
    assert (shown(world.plan(graph)), cloud.violations) == ([], [])


@PROFILE
@given(pasts())
def test_the_order_respects_every_edge_both_ways(past: tuple[Cloud, Graph, Graph]) -> None:
    cloud, first, second = past
    world = World(cloud)
    for graph in (first, second, Graph()):
        cloud.settle()
        plan = world.plan(graph)
        world.apply(plan, workers=4)
        assert world.failures == []
        _in_order(plan, graph, world.events)
        _users_first(plan, first if graph is not first else Graph(), world.events)
    assert cloud.violations == []


def _in_order(plan: Plan, graph: Graph, events: list[Event]) -> None:
    started, finished = _times(events)
    main = {str(step.address): step.id for step in plan.steps if step.action is not Action.DELETE}
    for node in graph:
        for target in node.needs:
            if str(node.address) in main and str(target) in main:
                assert finished[str(target)] < started[str(node.address)]
            user, used = f"{node.address}{SUFFIX}", f"{target}{SUFFIX}"
            if {user, used} <= started.keys():  # both are replaced
                assert finished[user] < started[used]


def _users_first(plan: Plan, before: Graph, events: list[Event]) -> None:
    """What is removed goes after every user that it had is removed."""
    started, finished = _times(events)
    gone = {step.address: step.id for step in plan.steps if step.action is Action.DELETE}
    replaced = {step.address for step in plan.steps if step.action is Action.REPLACE}
    for node in before:
        for target in node.needs:
            if node.address in gone and target in gone and not {node.address, target} & replaced:
                assert finished[gone[node.address]] < started[gone[target]]


def _times(events: list[Event]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    started = {e.step: n for n, e in enumerate(events) if isinstance(e, StepStarted)}
    finished = {e.step: n for n, e in enumerate(events) if isinstance(e, StepFinished)}
    return started, finished


# -- one graph after another


@PROFILE
@given(pasts())
def test_a_second_graph_converges_to_what_an_empty_account_would_have(
    past: tuple[Cloud, Graph, Graph],
) -> None:
    cloud, first, second = past
    strangers = cloud.foreign()
    empty = World(cloud.copy())
    world = World(cloud)
    world.converge(first)
    cloud.settle()
    world.converge(second)
    empty.converge(second)
    assert comparable(cloud, second) == comparable(empty.cloud, second)
    assert (cloud.foreign(), cloud.violations) == (strangers, [])


@PROFILE
@given(pasts(lag=False))
def test_without_lag_a_second_graph_can_follow_at_once(past: tuple[Cloud, Graph, Graph]) -> None:
    cloud, first, second = past
    world = World(cloud)
    world.converge(first)
    world.converge(second)
    cloud.settle()
    world.converge(second)
    kept = {label for label in cloud.state() if not _declared(label, second)}
    assert all(world.resources[Address.parse(each).type].content_named for each in kept) or kept
    assert cloud.violations == []


@PROFILE
@given(pasts())
def test_what_is_protected_stays_until_it_is_allowed(past: tuple[Cloud, Graph, Graph]) -> None:
    cloud, first, second = past
    world = World(cloud)
    world.converge(first)
    holding = {t.id for t in cloud.things.values() if t.ours and t.traits.holds}
    cloud.settle()
    strict = World(cloud, allow=frozenset())
    plan = strict.plan(second)
    outcome = strict.apply(plan)
    assert (outcome.failed, {*outcome.skipped}) == ((), plan.blocked)
    assert holding <= {t.id for t in cloud.things.values() if t.ours}
    assert {step.id for step in plan.refused} <= plan.blocked
    cloud.settle()
    again = strict.plan(second)
    assert {step.id for step in again.steps} <= again.blocked
    world.settle(second)
    assert cloud.violations == []


# -- bad days


@PROFILE
@given(pasts(), st.integers(0, 1 << 16), st.sampled_from([0.03, 0.1, 0.3]))
def test_after_any_faults_a_rerun_comes_to_the_same_end(
    past: tuple[Cloud, Graph, Graph], seed: int, rate: float
) -> None:
    cloud, first, second = past
    strangers = cloud.foreign()
    world, twin = World(cloud), World(cloud.copy())
    for graph in (first, second):
        cloud.faults = Faults(seed, rate)
        plan = world.plan(graph)
        if not plan.errors:
            world.apply(plan)
        calm(cloud)
        world.settle(graph)
        twin.settle(graph)
        assert comparable(cloud, graph) == comparable(twin.cloud, graph)
    assert (cloud.foreign(), cloud.violations) == (strangers, [])


@PROFILE
@given(pasts(), st.integers(0, 40), st.booleans())
def test_a_process_that_was_killed_at_any_call_leaves_nothing_that_a_rerun_cannot_mend(
    past: tuple[Cloud, Graph, Graph], at: int, after: bool
) -> None:
    cloud, first, second = past
    strangers = cloud.foreign()
    world, twin = World(cloud), World(cloud.copy())
    for graph in (first, second):
        plan = world.plan(graph)
        cloud.faults = Faults(kill_at=cloud.writes + at, kill_after=after)
        with suppress(Killed):
            world.apply(plan)
        calm(cloud)
        world.settle(graph)
        twin.settle(graph)
        assert comparable(cloud, graph) == comparable(twin.cloud, graph)
    assert (cloud.foreign(), cloud.violations) == (strangers, [])


@PROFILE
@given(pasts(), st.integers(0, 40))
def test_an_interrupted_run_is_finished_by_the_next(
    past: tuple[Cloud, Graph, Graph], at: int
) -> None:
    cloud, first, second = past
    world, twin = World(cloud), World(cloud.copy())
    world.converge(first)
    twin.converge(first)
    cloud.settle()
    interrupt = Interrupt()
    heard: list[Event] = []

    def sink(event: Event) -> None:
        heard.append(event)
        if len(heard) > at:
            interrupt.ask()

    world.apply(world.plan(second), interrupt=interrupt, sink=sink)
    cloud.settle()
    world.settle(second)
    twin.settle(second)
    assert comparable(cloud, second) == comparable(twin.cloud, second)
    assert cloud.violations == []


@PROFILE
@given(pasts(), st.data())
def test_what_cannot_be_read_is_neither_made_nor_removed(
    past: tuple[Cloud, Graph, Graph], data: st.DataObject
) -> None:
    cloud, first, second = past
    world = World(cloud)
    world.converge(first)
    cloud.settle()
    before = {t.id: t.label for t in cloud.things.values() if t.ours}
    services = [traits.service for traits in cloud.types]
    things = [t for t in cloud.things.values() if t.ours]
    hidden = data.draw(st.sets(st.sampled_from(range(len(things))))) if things else set()
    broken = data.draw(st.sets(st.sampled_from([*services, "tags"]), max_size=2))
    names = {
        f"{things[n].traits.service}/{x}"
        for n in hidden
        for x in (things[n].name, things[n].id, things[n].arn, things[n].values.get("Alias"))
        if x
    }
    names = {each.replace("alias/", "") for each in names}
    cloud.faults = Faults(denied=frozenset(names), broken=frozenset(broken))
    blind = {things[n].label for n in hidden}
    plan = world.plan(second)
    touched = {str(s.address) for s in plan.steps if s.action in {Action.CREATE, Action.DELETE}}
    by_list = {t.label for t in things if t.traits.content_named or t.traits.listing == "complete"}
    assert not touched & (blind - by_list)
    assert {s.address.type for s in plan.steps}.isdisjoint(
        t.type for t in cloud.types if t.service in broken and t.listing != "none"
    )
    made = {str(s.address) for s in plan.steps if s.action is Action.CREATE}
    assert not made & {*before.values()}
    cloud.faults = Faults()
    world.apply(plan)  # the command line would not, because of the errors
    assert [each for each in cloud.violations if "is used by" in each] == []


# -- the plan as a value


@PROFILE
@given(pasts(), st.randoms(use_true_random=False))
def test_the_plan_has_the_same_bytes_for_every_order_of_its_input(
    past: tuple[Cloud, Graph, Graph], random: Random
) -> None:
    cloud, first, second = past
    world = World(cloud)
    world.converge(first)
    cloud.settle()
    live, problems = world.observe(second)
    plan = to_bytes(world.plan_of(second, live, problems))
    for _ in range(3):
        graph = Graph({n.address: _shuffled(n, random) for n in _mixed(second, random)})
        mixed = Live(
            {a: live.found[a] and _tags(live.found[a], random) for a in _mixed(live.found, random)},
            tuple(
                replace(o, observed=_tags(o.observed, random)) for o in _mixed(live.orphans, random)
            ),
            live.unknown,
        )
        assert to_bytes(world.plan_of(graph, mixed, problems)) == plan


def _mixed(items: Any, random: Random) -> list[Any]:
    out = [*items]
    random.shuffle(out)
    return out


def _tags(observed: Observed | None, random: Random) -> Any:
    assert observed is not None
    tags = observed.tags
    mixed = None if tags is None else {key: tags[key] for key in _mixed(tags, random)}
    props = {key: observed.props[key] for key in _mixed(observed.props, random)}
    return replace(observed, props=props, tags=mixed)


def _shuffled(node: Node, random: Random) -> Node:
    props = {key: node.props[key] for key in _mixed(node.props, random)}
    return replace(node, props=props, depends_on=tuple(_mixed(node.depends_on, random)))


@PROFILE
@given(pasts())
def test_a_plan_that_was_written_and_read_back_is_the_same_plan(
    past: tuple[Cloud, Graph, Graph],
) -> None:
    cloud, first, second = past
    World(cloud).converge(first)
    cloud.settle()
    world, twin = World(cloud), World(cloud.copy())
    plan = world.plan(second)
    back = plan_from_json(orjson.loads(to_bytes(plan)))
    assert to_bytes(back) == to_bytes(plan)
    world.apply(plan)
    twin.apply(back)
    assert world.sent == twin.sent
    assert [e.call for e in world.events if isinstance(e, CallSent)] == [
        e.call for e in twin.events if isinstance(e, CallSent)
    ]
    assert cloud.state() == twin.cloud.state()


# -- what others made


@PROFILE
@given(pasts(), st.data())
def test_what_others_made_is_refused_until_it_is_adopted(
    past: tuple[Cloud, Graph, Graph], data: st.DataObject
) -> None:
    cloud, graph, _ = past
    able = [
        node.address
        for node in graph
        if not (traits := _traits(cloud, node)).content_named and not traits.found_by_tag
    ]
    assume(able)
    chosen = data.draw(st.sets(st.sampled_from(able), min_size=1, max_size=3))
    for node in (graph.nodes[address] for address in sorted(chosen)):
        cloud.put(
            _traits(cloud, node),
            node.address.name,
            {"Fixed": node.props["Fixed"], "Size": data.draw(st.integers(1, 3))},
            data.draw(st.sampled_from([{}, {"by": "hand"}])),
        )
    cloud.settle()
    world = World(cloud)
    before = cloud.foreign()
    plan = world.plan(graph)
    assert {d.address for d in plan.errors if d.code == "PLAN001"} == chosen
    assert not {step.address for step in plan.steps} & chosen
    world.apply(plan)
    assert cloud.foreign() == before
    cloud.settle()
    plan = world.plan(graph, frozenset(chosen))
    assert plan.errors == ()
    world.apply(plan)
    assert world.failures == []
    cloud.settle()
    world.settle(graph)
    assert {str(address) for address in graph.nodes} == {*cloud.state()}


def _traits(cloud: Cloud, node: Node) -> Traits:
    return next(traits for traits in cloud.types if traits.type == node.address.type)
