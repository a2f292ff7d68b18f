"""`serve: realtime`: instances that are always on and answer at once.

Other types stand by as pools for when there is none of the first; requests go to any instance or
to the one with the least in flight. With `components` the instances are shared: see `component`.
Source: SageMaker API reference, ProductionVariant (InstancePools, RoutingConfig,
ManagedInstanceScaling); AWS's answer "Managed instance scaling is only for inference components".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.image_tags import is_arm
from reconciler.kinds.api import Maybe, Problem, Section
from reconciler.kinds.rollout.serve import fleet
from reconciler.kinds.rollout.serve.component import (
    Component,
    fits,
    problems as component_problems,
)
from reconciler.kinds.rollout.serve.fleet import Fleet
from reconciler.kinds.terms.image import InstanceType
from reconciler.model.value import Json, Path

AT: Path = ("serve", "realtime")
_ROUTES = {"leastOutstanding": "LEAST_OUTSTANDING_REQUESTS", "random": "RANDOM"}
ComponentName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20)]


class Managed(Section):
    """How many instances SageMaker itself keeps, by what the components need."""

    at_least: Annotated[int, Field(ge=0)]
    """The least. With 0 there are none while no component has a copy."""
    at_most: Annotated[int, Field(ge=1)]
    """The most."""


class Realtime(Fleet):
    """Instances that are always on and answer at once."""

    other_instance_types: Annotated[tuple[InstanceType, ...], Field(max_length=4)] = ()
    """Types to take instead, in this order, where there is none of 'instanceType'."""
    routing: Maybe[Literal["leastOutstanding", "random"]] = None
    """Which instance gets a request: the one with the least in flight, or any. By default any."""
    components: dict[ComponentName, Component] = Field(default_factory=dict)
    """Copies of models that share the instances, by name. Without it each instance has the one
    model."""
    managed: Maybe[Managed] = None
    """How many instances SageMaker keeps for the components. By default 'instances', always."""


def problems(serve: Realtime) -> Iterator[Problem]:
    """What SageMaker refuses of it."""
    yield from fleet.problems(serve, AT)
    yield from _pools(serve)
    types = (serve.instance_type, *serve.other_instance_types)
    for name, each in serve.components.items():
        yield from component_problems(each, (*AT, "components", name))
        yield from fits(each, (*AT, "components", name), types)
    if serve.managed is None:
        return
    here = (*AT, "managed")
    if not serve.components:
        text = "SageMaker manages instances for inference components only"
        yield Problem(here, text, "add 'components', or use 'autoscale'", "MODE003")
    if serve.managed.at_most < max(serve.managed.at_least, serve.instances):
        text = f"'atMost' is {serve.managed.at_most}, and it begins with more or keeps more"
        yield Problem((*here, "atMost"), text, "raise it, or lower 'instances' or 'atLeast'")


def _pools(serve: Realtime) -> Iterator[Problem]:
    seen = {serve.instance_type}
    for index, each in enumerate(serve.other_instance_types):
        here = (*AT, "otherInstanceTypes", str(index))
        if each in seen:
            yield Problem(here, f"{each} is here twice", "remove one of them")
        if is_arm(each) != is_arm(serve.instance_type):
            text = f"{each} and {serve.instance_type} do not run the same images"
            yield Problem(here, text, "use types of one kind of processor", "MODE007")
        seen.add(each)


def variant(serve: Realtime) -> dict[str, Json]:
    """The variant but its name and its model."""
    props = fleet.variant(serve)
    if serve.other_instance_types:
        types = (serve.instance_type, *serve.other_instance_types)
        props["InstancePools"] = [
            {"InstanceType": each, "Priority": number} for number, each in enumerate(types, 1)
        ]
        del props["InstanceType"]
    if serve.routing is not None:
        props["RoutingConfig"] = {"RoutingStrategy": _ROUTES[serve.routing]}
    if serve.managed is not None:
        props["ManagedInstanceScaling"] = {
            "Status": "ENABLED",
            "MinInstanceCount": serve.managed.at_least,
            "MaxInstanceCount": serve.managed.at_most,
        }
    return props


def lines() -> dict[Path, Path]:
    """Which field is behind which property."""
    here = ("ProductionVariants", "0")
    return {
        **fleet.lines(AT),
        (*here, "InstancePools"): (*AT, "otherInstanceTypes"),
        (*here, "RoutingConfig"): (*AT, "routing"),
        (*here, "ManagedInstanceScaling"): (*AT, "managed"),
    }
