"""The instances that train."""

from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Section, Size
from reconciler.kinds.terms.image import InstanceType


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
    whatever there is."""
    instances: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many; the script has to share the work among them."""
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
