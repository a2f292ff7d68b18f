"""A look that contradicts an apply of minutes ago is repeated for a while, and no other one is."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws import again, lag
from reconciler.aws.clock import FakeClock
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.graph import Graph
from reconciler.model.just import Just
from reconciler.model.receipt import ResourceRecord
from reconciler.plan.live import Live, Orphan
from reconciler.resources.api import Lifecycle

from .fakes import OWN, PLACE, address, live, node, resource

IT = address("base")
LEFT = Just(100.0, ResourceRecord({"Size": 1}, "1"))
REWRITTEN = Just(100.0, ResourceRecord({"Size": 1}, "1", observed={"Size": 7}))
GONE = Just(100.0, None)
STATES = Lifecycle(
    field="State",
    ready=frozenset({"On"}),
    busy=frozenset({"Making"}),
    scheduled=frozenset({"Pending"}),
)
RESOURCES = {IT.type: resource(IT.type, lifecycle=STATES)}


def graph(size: int | None) -> Graph:
    return Graph({} if size is None else {IT: node(IT, {"Size": size})})


def doubted(
    just: Just, spec: int | None, found: Observed | None, **more: Any
) -> dict[Address, Just]:
    """What is doubted where the spec wants a size, or nothing, and this is live."""
    orphans = (Orphan(IT, found, ""),) if spec is None and found else ()
    seen = Live({IT: found} if spec is not None else {}, orphans, **more)
    return again.doubtful({IT: just}, graph(spec), seen, RESOURCES, PLACE)


@pytest.mark.parametrize(
    ("spec", "size", "just", "contradicts"),
    [
        pytest.param(1, None, LEFT, True, id="it was made, and is not there"),
        pytest.param(1, 0, LEFT, True, id="it has another value than it was given"),
        pytest.param(2, 0, LEFT, True, id="so it has, and its spec has moved on"),
        pytest.param(0, 0, LEFT, True, id="so it has, and its spec went back to that"),
        pytest.param(None, None, LEFT, True, id="it was made, is to go, and is not there"),
        pytest.param(1, 3, GONE, True, id="it was deleted, is wanted again, and is there"),
        pytest.param(None, 3, GONE, True, id="it was deleted, and is there"),
        pytest.param(1, 1, LEFT, False, id="it is as it was left"),
        pytest.param(2, 1, LEFT, False, id="only the spec has moved"),
        pytest.param(None, 1, LEFT, False, id="it is to go"),
        pytest.param(1, 7, REWRITTEN, False, id="AWS had that value from the start"),
        pytest.param(2, 7, REWRITTEN, False, id="so it had, and the spec has moved"),
        pytest.param(1, None, GONE, False, id="it was deleted, and is wanted again"),
        pytest.param(None, None, GONE, False, id="it was deleted"),
    ],
)
def test_what_contradicts_what_was_just_done(
    spec: int | None, size: int | None, just: Just, *, contradicts: bool
) -> None:
    found = None if size is None else live({"Size": size})
    assert bool(doubted(just, spec, found)) is contradicts


def test_tags_that_were_given_and_are_not_there() -> None:
    wanted = [{"Key": key, "Value": value} for key, value in {**OWN, "team": "risk"}.items()]
    kept = ResourceRecord({"Tags": {**OWN, "team": "risk"}}, "1")
    look = Live({IT: live(tags=OWN)})
    graph = Graph({IT: node(IT, {"Tags": wanted})})
    assert again.doubtful({IT: Just(9.0, kept)}, graph, look, RESOURCES, PLACE)


def test_what_waits_for_its_deletion_and_what_nobody_could_read_contradict_nothing() -> None:
    assert not doubted(GONE, None, live(state="Pending"))
    assert not doubted(LEFT, 1, None, unknown=frozenset({IT}))
    assert not again.doubtful({address("none"): LEFT}, graph(1), Live({}), RESOURCES, PLACE)


def looks(contradicting: int, seconds: float) -> tuple[int, float]:
    """Which look counts, and how long it took, where so many in a row contradict."""
    clock, numbers = FakeClock(), iter(range(1, 100))
    just = {IT: Just(seconds, None)}
    found = again.settled(
        lambda: next(numbers), lambda number: just if number <= contradicting else {}, clock
    )
    return found, clock.now()


def test_a_look_is_repeated_only_while_it_contradicts() -> None:
    assert looks(0, 100.0) == (1, 0.0)
    for times in range(1, 8):
        assert looks(times, 100.0)[0] == times + 1


@pytest.mark.parametrize("seconds", [0.0, 4.5, 29.0, 100.0, 300.0])
def test_what_contradicts_all_the_time_is_shown_as_it_is(seconds: float) -> None:
    _, spent = looks(1000, seconds)
    assert spent == min(seconds, lag.AGAIN.seconds)
