"""A condition on a metric of a model: a bound, or no worse than what is in production."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Section, Share, percent
from reconciler.model.value import Path
from reconciler.registry import Comparison, Threshold

BOUNDS = {"above": "above", "below": "below", "at_least": "atLeast", "at_most": "atMost"}


class Criterion(Section):
    """What a metric has to satisfy: one bound, or a comparison."""

    metric: Annotated[str, Field(min_length=1, max_length=255)]
    """A metric of the evaluation."""
    above: Maybe[float] = None
    """A model passes above this value."""
    below: Maybe[float] = None
    """A model passes below this value."""
    at_least: Maybe[float] = None
    """A model passes from this value on."""
    at_most: Maybe[float] = None
    """A model passes up to this value."""
    not_worse_than: Maybe[Literal["production"]] = None
    """A model passes if it is no worse than the version in production, or if there is none."""
    tolerance: Maybe[float | Share] = None
    """How much worse it may be: in the metric's own unit, or as a share of production's value."""
    goal: Maybe[Literal["maximize", "minimize"]] = None
    """Which way is better, for ``notWorseThan``. By default ``maximize``."""


def bound(given: Criterion) -> tuple[str, float] | None:
    """The bound of a criterion that passed `problems`; nothing where it is a comparison."""
    found = ((word, getattr(given, name)) for name, word in BOUNDS.items())
    return next(((word, level) for word, level in found if level is not None), None)


def problems(given: Criterion, path: Path) -> Iterator[Problem]:
    """Faults between the members."""
    words = [word for name, word in BOUNDS.items() if getattr(given, name) is not None]
    if given.not_worse_than is not None:
        words.append("notWorseThan")
    if len(words) != 1:
        text = "give one of 'above', 'below', 'atLeast', 'atMost' and 'notWorseThan'"
        yield Problem(path, text, f"remove all but one of {', '.join(words)}" if words else "")
    if given.not_worse_than is None:
        for name in ("tolerance", "goal"):
            if getattr(given, name) is not None:
                text = f"'{name}' belongs to 'notWorseThan'"
                yield Problem((*path, name), text, "remove it")
    if isinstance(given.tolerance, float) and not 0 <= given.tolerance < float("inf"):
        yield Problem((*path, "tolerance"), "a tolerance is not below 0", "write how much worse")


def judged(given: Criterion) -> Threshold | Comparison:
    """What the judgement of a version takes it for."""
    if (found := bound(given)) is not None:
        return Threshold(given.metric, *found)
    lower = given.goal == "minimize"
    if isinstance(given.tolerance, str):
        return Comparison(given.metric, lower, percent(given.tolerance) / 100, relative=True)
    return Comparison(given.metric, lower, given.tolerance or 0.0)
