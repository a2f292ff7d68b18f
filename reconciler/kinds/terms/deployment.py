"""How a new version of a model takes over from the old one: the words of a spec.

Those here are SageMaker's own deployment guardrails; what follows from them is in `guardrail`.
"""

from typing import Annotated, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Choice, Duration, Maybe, Section, Share
from reconciler.kinds.terms.abtest import AbTest
from reconciler.kinds.terms.canary import Canary
from reconciler.kinds.terms.shadow import Shadow

StepSize: TypeAlias = Share | Annotated[int, Field(ge=1, examples=[1])]
"""A part of the new fleet: a share of its instances in whole per cent, or a number of them."""
ExistingAlarms: TypeAlias = tuple[Annotated[str, Field(min_length=1, max_length=255)], ...]


class TwoStep(Section):
    """Two steps: a part of the traffic, then the rest."""

    size: StepSize
    """How much of the new fleet takes traffic first: a share of the instances, such as 25%, or a
    number of them; half at most."""
    bake: Duration
    """How long the first step is watched. At most 1h."""


class BlueGreen(Section):
    """A second fleet beside the first, and traffic moved with alarms on watch."""

    two_step: Maybe[TwoStep] = None
    """Two steps. Without it all traffic moves at once."""
    bake: Maybe[Duration] = None
    """How long the new fleet is watched when all traffic moves at once. By default 5m if
    anything watches it. At most 1h."""
    termination_wait: Maybe[Duration] = None
    """How long the old fleet stays after the move, for a quick way back. At most 1h."""
    timeout: Maybe[Duration] = None
    """How long the whole deployment may take, 10m to 8h. By default its waits and half an hour."""
    existing_alarms: ExistingAlarms = ()
    """Names of further alarms that stop the deployment; they must exist."""


class Linear(Section):
    """A second fleet beside the first, and traffic moved in equal steps."""

    size: StepSize
    """How much of the new fleet takes traffic in each step: a share of the instances, such as
    20%, or a number of them; 10 to 50 per cent."""
    bake: Duration
    """How long each step is watched. At most 1h."""
    termination_wait: Maybe[Duration] = None
    """How long the old fleet stays after the last step, for a quick way back. At most 1h."""
    timeout: Maybe[Duration] = None
    """How long the whole deployment may take, 10m to 8h. By default its waits and half an hour."""
    existing_alarms: ExistingAlarms = ()
    """Names of further alarms that stop the deployment; they must exist."""


class Rolling(Section):
    """Instances are exchanged in batches: no second fleet is paid for."""

    size: StepSize
    """How much of the fleet is exchanged in each batch: a share of the instances, such as 25%, or
    a number of them; 5 to 50 per cent. Of inference components, a number is one of copies."""
    bake: Duration
    """How long each batch is watched. At most 1h."""
    rollback_size: Maybe[StepSize] = None
    """How much goes back in each batch of a rollback. By default all at once."""
    timeout: Maybe[Duration] = None
    """How long the whole deployment may take, 10m to 8h. By default its waits and half an hour."""
    existing_alarms: ExistingAlarms = ()
    """Names of further alarms that stop the deployment; they must exist."""


class AllAtOnce(Section):
    """All traffic moves as soon as the new fleet is healthy."""

    bake: Maybe[Duration] = None
    """How long the new fleet is watched. By default 5m if anything watches it. At most 1h."""


class Strategy(Choice):
    """How a new version takes over: exactly one way."""

    all_at_once: Maybe[AllAtOnce] = None
    blue_green: Maybe[BlueGreen] = None
    linear: Maybe[Linear] = None
    rolling: Maybe[Rolling] = None
    canary: Maybe[Canary] = None
    ab_test: Maybe[AbTest] = None
    shadow: Maybe[Shadow] = None
