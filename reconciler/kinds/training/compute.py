"""The instances that train."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.facts.images import ImageError, by_processor
from reconciler.kinds.api import Duration, Maybe, Section, Size
from reconciler.kinds.terms.image import Custom, Framework, InstanceType
from reconciler.kinds.training.distribution import Distribution
from reconciler.model.value import Path


class Spot(Section):
    """Spare capacity: up to 90 % cheaper, and interrupted at any time."""

    max_wait: Duration
    """How long the job may take including interruptions; at least ``maxRuntime``."""


class Compute(Section):
    """The instances that train."""

    instance_type: InstanceType
    """The instance type; an execution of the pipeline may choose another."""
    other_instance_types: Annotated[tuple[InstanceType, ...], Field(max_length=20)] = ()
    """The other instance types that an execution may choose. Without any listed it may choose
    none where the image is made for one processor, as PyTorch's are, and else whatever there is."""
    instances: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many; ``distribution`` says how they share the work."""
    distribution: Maybe[Distribution] = None
    """How several instances share the work. Built-in algorithms that can do so by themselves."""
    volume: Size = "30GiB"
    """Disk of each instance. Types with disks of their own have these instead."""
    max_runtime: Duration = "1d"
    """The job is stopped after this long. At most 28d."""
    spot: Maybe[Spot] = None
    """Train on spare capacity."""
    keep_alive: Maybe[Duration] = None
    """Keep the instances this long for the next job. At most 6h; not with spot."""


def choices(compute: Compute) -> tuple[str, ...]:
    """The instance types that an execution may have, the default first, as far as listed."""
    return tuple(dict.fromkeys((compute.instance_type, *compute.other_instance_types)))


def typed(compute: Compute) -> Iterator[tuple[Path, str]]:
    """Every instance type that a job may have, with its place in the spec."""
    yield ("compute", "instanceType"), compute.instance_type
    for each in choices(compute)[1:]:
        index = compute.other_instance_types.index(each)
        yield ("compute", "otherInstanceTypes", str(index)), each


def allowed(compute: Compute, algorithm: Framework | Custom) -> tuple[str, ...]:
    """The instance types that AWS lets an execution choose; nothing when it may choose any."""
    if compute.other_instance_types:
        return choices(compute)
    if isinstance(algorithm, Custom):
        return ()
    try:
        return choices(compute) if by_processor(algorithm.framework, algorithm.version) else ()
    except ImageError:  # which is said where the image is looked up
        return ()
