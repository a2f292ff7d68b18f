"""The machine of a pipeline: its beginning, its steps in a row, its end.

A run's state has ``moment.day``, ``settings`` (the parameters), and what steps leave under
``results`` and ``fetched``. Failures of a step at the top end as `terms.machine` says; those inside
of branches are failures of the step that has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from reconciler.kinds.api import Path, Scope, seconds
from reconciler.kinds.data_pipeline.api import STEPS, Branch, Built, Place, Site, Step, Write
from reconciler.kinds.data_pipeline.data import every_read, in_map, resolve, written
from reconciler.kinds.terms.machine import Machine, caught, failing, retry
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props

States = dict[str, dict[str, Json]]
_AGAIN = 60
"""Seconds before a step is run again after it has failed."""


class Flow(NamedTuple):
    """What the steps of a pipeline become."""

    states: States
    entries: Mapping[str, str]
    """The first state of each step, in order."""
    nodes: list[Node]
    needs: list[Address]


class Ground(NamedTuple):
    """What all steps of a pipeline share."""

    scope: Scope
    machine: Machine
    known: Mapping[str, Write]
    needs: list[Address]


def flow(ground: Ground, steps: Iterable[Step], last: str) -> Flow:
    """The steps at the top of a pipeline, of which each failure is caught; `last` comes after."""
    steps = [*steps]
    states, nodes, _ = _row(ground, steps, ("steps",), 1, last)
    entries = {name.split(" ", 1)[0]: name for name in reversed(states)}
    entries = {step.name: entries[step.name] for step in steps}
    catch = {step.name: [caught(step.name)] for step in steps}
    for name, state in states.items():
        owner = name.split(" ", 1)[0]
        if state["Type"] in {"Task", "Map", "Parallel"}:
            state.setdefault("Catch", catch[owner])
    return Flow({**states, **failing(*catch)}, entries, nodes, ground.needs)


def _row(
    ground: Ground, steps: Iterable[Step], path: Path, peers: int, last: str
) -> tuple[States, list[Node], str]:
    """Steps one after another; `last` is what comes after them, "" where the machine ends."""
    states: States = {}
    nodes: list[Node] = []
    for index, step in enumerate(steps):
        built = _built(ground, step, (*path, str(index)), peers)
        nodes += built.nodes
        states |= {**built.before, step.name: _finished(built, step), **built.after}
    order = [*states]
    for name, following in zip(order, [*order[1:], last], strict=True):
        states[name] |= {"Next": following} if following else {"End": True}
    return states, nodes, order[0]


def _finished(built: Built, step: Step) -> dict[str, Json]:
    """The state with its result, its limit and its retriers."""
    state = dict(built.state)
    state["ResultPath"] = None if built.discards else f"$.results.{step.name}"
    limit = seconds(step.timeout) if step.timeout else built.longest
    if limit and state["Type"] == "Task":
        state["TimeoutSeconds"] = limit
    again = [*built.retry]
    if step.retries:
        again.append(retry(*built.failures, times=step.retries, first=_AGAIN, longest=900))
    if again:
        state["Retry"] = again
    return state


def _built(ground: Ground, step: Step, path: Path, peers: int) -> Built:
    scope, known = ground.scope, ground.known
    each = in_map(path)
    found: dict[str, Place] = {
        name: resolve(read, known, scope, item=each) for _, name, read in every_read(step)
    }
    site = Site(
        scope=scope,
        machine=ground.machine,
        path=path,
        reads=found,
        writes={name: written(write, scope) for name, write in step.writes.items()},
        each=each,
        peers=peers,
        needs=ground.needs,
        branch=lambda steps, at, most: _branch(ground, steps, at, most),
    )
    built: Built = STEPS[step.kind].build(step.said, step, site)
    return built


def _branch(ground: Ground, steps: Iterable[Step], path: Path, peers: int) -> Branch:
    states, nodes, first = _row(ground, steps, path, peers, "")
    machine: Props = {"StartAt": first, "States": states}
    return Branch(machine, nodes)
