"""A copy of the traffic for another version: its answers are compared and thrown away.

The share that a shadow gets is its weight beside that of the production variant, which keeps all
answers. Source: SageMaker developer guide, "Shadow variants"; SageMaker API reference,
CreateEndpointConfig (exactly one production and one shadow variant where shadows are used).
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Problem, Section, Share, percent, seconds
from reconciler.kinds.terms.abtest import VariantName
from reconciler.kinds.terms.model import Packaged, Registered
from reconciler.model.value import Path

PATH: Path = ("strategy", "shadow")
NAME = "shadow"
_ALL = 100
_SHORTEST = 600
"""Seconds. A new fleet takes some minutes until it answers, and metrics come each minute."""


class Shadow(Section):
    """A copy of the requests for another version. Its answers reach nobody."""

    model: Registered | Packaged
    """The version in the shadow."""
    sampling: Share = "100%"
    """The share of the requests that it gets copies of, in whole per cent."""
    instances: Maybe[Annotated[int, Field(ge=1)]] = None
    """How many instances it has. By default as many as the rollout says."""
    variant: VariantName = NAME
    """The name of its variant."""
    for_: Duration = Field("24h", alias="for")
    """How long it has to have answered well before it counts as good. At least 10m."""
    requests: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1000
    """How many requests it has to have got."""


def problems(shadow: Shadow, production: str) -> Iterator[Problem]:
    """Faults of a shadow beside a production variant of this name."""
    sampling = percent(shadow.sampling)
    if isinstance(sampling, float) or not 0 < sampling <= _ALL:
        text = f"a shadow gets a whole share of 1% to 100%, here {shadow.sampling}"
        yield Problem((*PATH, "sampling"), text, "use 1% to 100%")
    if shadow.variant == production:
        text = f"the production variant is called {production!r} too"
        yield Problem((*PATH, "variant"), text, "use another name")
    if seconds(shadow.for_) < _SHORTEST:
        text = "new instances take minutes, and metrics come each minute"
        yield Problem((*PATH, "for"), text, "use 10m or more")
