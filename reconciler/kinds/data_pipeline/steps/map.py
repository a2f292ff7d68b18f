"""map: the same steps for each of several items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from reconciler.kinds.api import Maybe, Path, Problem, Section, Share, percent
from reconciler.kinds.data_pipeline.api import STEPS, Built, Doing, Site, Step, register
from reconciler.kinds.terms.machine import children
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json

if TYPE_CHECKING:
    Inner = Step


class Map(Section):
    """The same steps for each of several items, which they know as ``{item}``."""

    needs = ("items", "parameter")

    items: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=1000)] = ()
    """The items."""
    parameter: Maybe[str] = None
    """The parameter of a run that is a list of texts: the items."""
    max_parallel: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many items at a time."""
    max_failed: Maybe[Share] = None
    """The share of items that may fail before the whole has failed. By default none."""
    steps: Annotated[tuple[Inner, ...], Field(min_length=1, max_length=20)]
    """What is done for each item. They have no steps of their own."""


def inner(map_: Map) -> Iterator[tuple[Path, Step, int]]:
    """The steps, of which as many run at a time as items."""
    most = min(map_.max_parallel, len(map_.items)) if map_.items else map_.max_parallel
    for index, step in enumerate(map_.steps):
        yield ("steps", str(index)), step, most


def check(map_: Map, step: Step) -> Iterator[Problem]:
    if bool(map_.items) == (map_.parameter is not None):
        yield Problem(("map",), "give one of 'items' and 'parameter'")
    if len({*map_.items}) != len(map_.items):
        yield Problem(("map", "items"), "an item is here twice", "remove one")
    for group in ("reads", "writes"):
        for name in getattr(step, group):
            yield Problem((group, name), "steps inside of it read and write", "say it there")
    for index, each in enumerate(map_.steps):
        for name, write in each.writes.items():
            if "{item}" not in write.path and name not in STEPS[each.kind].shared:
                here = ("map", "steps", str(index), "writes", name, "path")
                text = "every item is written to the same place"
                help_ = "put {item} into the path, unless the step keeps items apart itself"
                yield Problem(here, text, help_, severity=Severity.WARNING)


def build(map_: Map, step: Step, site: Site) -> Built:
    here = (*site.path, "map", "steps")
    most = next(peers for _, _, peers in inner(map_))
    branch = site.branch(map_.steps, here, most)
    selector: dict[str, Json] = {
        "item.$": "$$.Map.Item.Value",
        "moment.$": "$.moment",
        "settings.$": "$.settings",
    }
    state: dict[str, Json] = {"Type": "Map", "MaxConcurrency": map_.max_parallel}
    processor: dict[str, Json] = {"Mode": "INLINE"}
    if map_.max_failed is not None:
        processor = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
        state["ToleratedFailurePercentage"] = percent(map_.max_failed)
        children(site.machine, site.scope)
    state |= {
        "ItemProcessor": {"ProcessorConfig": processor, **branch.machine},
        "ItemSelector": selector,
    }
    before: dict[str, dict[str, Json]] = {}
    if map_.items:
        name = f"{step.name} items"
        result = f"$.fetched.{step.name}"
        before[name] = {"Type": "Pass", "Result": [*map_.items], "ResultPath": result}
        state["ItemsPath"] = result
    else:
        state["ItemsPath"] = f"$.settings.{map_.parameter}"
    return Built(
        state, branch.nodes, failures=("States.ALL",), before=before, longest=0, discards=True
    )


register(
    Doing(
        name="map",
        model=Map,
        summary="The same steps for each of several items.",
        nests=True,
        check=check,
        inner=inner,
        build=build,
    )
)
