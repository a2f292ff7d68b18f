"""Plans of the made-up service, and their steps in short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.address import Address
from reconciler.model.graph import Node, build_graph
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.model.value import Ref
from reconciler.model.waiting import Waiting
from reconciler.plan import order
from reconciler.plan.order import Draft, Live, Orphan
from reconciler.resources.api import Resource

from .fakes import PLACE, RESOURCES, address, live

BASE, STORE, VERSION, SERVER, TWIN = (
    address(kind) for kind in ("base", "store", "version", "server", "twin")
)
ALL = frozenset({"records", "traffic", "keys", "history", "access"})


def plan(
    nodes: list[Node],
    found: dict[Address, Any] | None = None,
    *,
    orphans: tuple[Orphan, ...] = (),
    unknown: frozenset[Address] = frozenset(),
    policy: Policy | None = None,
    deferred: tuple[str, ...] = (),
    resources: Mapping[str, Resource] = RESOURCES,
) -> Draft:
    graph, problems = build_graph(nodes, [Waiting(each, "why", "do it") for each in deferred])
    assert problems == []
    seen = {each.address: None for each in nodes if each.address not in unknown}
    state = Live({**seen, **(found or {})}, orphans, unknown)
    return order.plan(graph, state, resources, PLACE, policy or Policy(ALL))


def shown(draft: Draft) -> list[tuple[str, str, list[str]]]:
    """(action, id, needs and types it comes after) of each step; without the prefix."""
    return [
        (str(step.action), short(step.id), [*map(short, step.needs), *map(typed, step.after)])
        for step in draft.steps
    ]


def typed(type_: str) -> str:
    return f"every {type_.rpartition('::')[2]}"


def short(id_: str) -> str:
    return id_.removeprefix("M::").replace("acme-dev-", "")


def step(draft: Draft, id_: str) -> Step:
    return next(each for each in draft.steps if short(each.id) == id_)


def orphan(at: Address, spec: str = "Kind/gone", created: str = "", **props: Any) -> Orphan:
    return Orphan(at, live(props), spec, created)


def uses(*targets: Address, output: str = "Arn", **more: Any) -> dict[str, Any]:
    return {"Uses": [Ref(target, output) for target in targets], **more}
