"""When a model becomes a version of a registry, and how."""

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Reference, Section
from reconciler.kinds.terms.image import Custom, Framework, InstanceType
from reconciler.kinds.training.tuning import MetricName


class When(Section):
    """One condition on a metric."""

    needs = ("above", "below", "atLeast", "atMost", "notWorseThan")

    metric: MetricName
    """A metric of ``evaluate``, or of the training job; with tuning, its objective."""
    above: Maybe[float] = None
    """A model passes above this value."""
    below: Maybe[float] = None
    """A model passes below this value."""
    at_least: Maybe[float] = None
    """A model passes from this value on."""
    at_most: Maybe[float] = None
    """A model passes up to this value."""
    not_worse_than: Maybe[Literal["production"]] = None
    """A model passes if it is as good as the version in production, by what that one's
    evaluation said. Where none is in production it passes."""
    goal: Maybe[Literal["maximize", "minimize"]] = None
    """Which way is better, of a metric that Moorline does not know."""


class Register(Section):
    """How a good model becomes a version in a registry."""

    registry: Annotated[str, Reference("ModelRegistry")]
    """The registry that gets the version."""
    when: Annotated[tuple[When, ...], Field(max_length=20)] = ()
    """What has to hold of a model; all of it. By default each model is registered."""
    approval: Literal["manual", "automatic"] = "manual"
    """Whether a person approves the version before it is deployed."""
    inference: Maybe[Framework | Custom] = None
    """The image that serves it. By default the one of ``algorithm``, for inference."""
    environment: Annotated[dict[str, str], Field(max_length=16)] = Field(default_factory=dict)
    """Environment variables of the container that serves it. No secrets."""
    content_types: Annotated[tuple[str, ...], Field(min_length=1)] = ("text/csv",)
    """What requests look like."""
    response_types: Annotated[tuple[str, ...], Field(min_length=1)] = ("text/csv",)
    """What answers look like."""
    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1)]
    """Instance types an endpoint may use."""


def bounds(when: When) -> dict[str, float]:
    """The bounds that a condition gives, by name."""
    given = {
        "above": when.above,
        "below": when.below,
        "atLeast": when.at_least,
        "atMost": when.at_most,
    }
    return {name: level for name, level in given.items() if level is not None}
