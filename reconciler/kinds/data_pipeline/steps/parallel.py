"""parallel: branches of steps that run at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from reconciler.kinds.api import Path, Problem, Section
from reconciler.kinds.data_pipeline.api import Built, Doing, Site, Step, StepName, register
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props

if TYPE_CHECKING:
    Inner = Step


class Parallel(Section):
    """Branches that run at the same time. One that fails ends them all."""

    branches: Annotated[
        dict[StepName, Annotated[tuple[Inner, ...], Field(min_length=1, max_length=20)]],
        Field(min_length=2, max_length=20),
    ]
    """Steps by the name of their branch. They have no steps of their own."""


def inner(parallel: Parallel) -> Iterator[tuple[Path, Step, int]]:
    """The steps of all branches."""
    for name, steps in parallel.branches.items():
        for index, step in enumerate(steps):
            yield ("branches", name, str(index)), step, 1


def check(_: Parallel, step: Step) -> Iterator[Problem]:
    for group in ("reads", "writes"):
        for name in getattr(step, group):
            yield Problem((group, name), "steps inside of it read and write", "say it there")


def build(parallel: Parallel, _: Step, site: Site) -> Built:
    branches: list[Props] = []
    nodes: list[Node] = []
    for name, steps in parallel.branches.items():
        branch = site.branch(steps, (*site.path, "parallel", "branches", name), 1)
        branches.append(branch.machine)
        nodes += branch.nodes
    state: dict[str, Json] = {"Type": "Parallel", "Branches": branches}
    return Built(state, nodes, failures=("States.ALL",), longest=0, discards=True)


register(
    Doing(
        name="parallel",
        model=Parallel,
        summary="Branches of steps that run at the same time.",
        nests=True,
        check=check,
        inner=inner,
        build=build,
    )
)
