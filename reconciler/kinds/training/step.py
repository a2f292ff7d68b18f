"""A step of a pipeline's definition, and the line of the spec that is behind each part of it.

Schema of the definition:
https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json, Path, Props

ARGUMENTS, CONDITION = "Arguments", "Condition"
CACHED = frozenset({"Processing", "Training", "Tuning", "Transform"})
"""Types of steps that SageMaker looks up in its cache.

Source: SageMaker developer guide, Caching pipeline steps."""
BEGINS = ("SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT")
"""A job that could not begin, so that nothing of it is there."""
BROKE = ("SageMaker.JOB_INTERNAL_ERROR",)
"""A job that AWS broke off."""
BUSY = ("Step.SERVICE_FAULT", "Step.THROTTLING")
"""A request that was not taken. Source of all: developer guide, Retry policy for pipeline steps."""
_PAUSE, _FACTOR = 60, 2.0
"""Seconds before a step is tried again, and how much longer each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. Its arguments are those of the request that SageMaker sends for it."""

    name: str
    type: str
    arguments: Props
    at: Path
    """The line of the spec that asks for it."""
    lines: Mapping[Path, Path] = field(default_factory=dict)
    """Lines of parts of it, by their path in the step."""
    files: tuple[Props, ...] = ()
    """Files of its outputs that conditions read."""
    needs: tuple[str, ...] = ()
    """Steps that have to have ended, beside those whose results it uses."""
    retries: tuple[str, ...] = ()
    """What AWS may answer that is tried again."""
    fresh: bool = False
    """Whether each execution has to run it: what it does depends on when it runs."""
    then: tuple[Step, ...] = ()
    """Of a condition: what is done where it holds."""
    otherwise: tuple[Step, ...] = ()
    """Of a condition: what is done where it does not."""


def document(step: Step, cache: str | None, retries: int) -> Props:
    """The step as the definition has it.

    Args:
        step: The step.
        cache: For how long its outputs are used again; a duration, or nothing.
        retries: How often it is tried again.
    """
    arguments = dict(step.arguments)
    if step.type == CONDITION:
        for member, inner in _branches(step):
            arguments[member] = [document(each, cache, retries) for each in inner]
    made: dict[str, Json] = {"Name": step.name, "Type": step.type, ARGUMENTS: arguments}
    if step.needs:
        made["DependsOn"] = [*step.needs]
    if step.files:
        made["PropertyFiles"] = [*step.files]
    if cache is not None and step.type in CACHED and not step.fresh:
        made["CacheConfig"] = {"Enabled": True, "ExpireAfter": iso(cache)}
    if retries and step.retries:
        made["RetryPolicies"] = [*_policies(step.retries, retries)]
    return made


def _policies(errors: tuple[str, ...], times: int) -> Iterator[Props]:
    """A policy for requests and one for jobs, which are two classes in SageMaker's own SDK."""
    for prefix in ("Step.", "SageMaker."):
        found = [each for each in errors if each.startswith(prefix)]
        if found:
            yield {
                "ExceptionType": found,
                "IntervalSeconds": _PAUSE,
                "BackoffRate": _FACTOR,
                "MaxAttempts": times,
            }


def _branches(step: Step) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    return ("IfSteps", step.then), ("ElseSteps", step.otherwise)


def iso(duration: str) -> str:
    """A duration as ISO 8601 has it: ``30d`` is ``P30D``."""
    number, unit = duration[:-1], duration[-1]
    return f"P{number}D" if unit == "d" else f"PT{number}{unit.upper()}"


def ordered(steps: Iterable[Step]) -> Iterator[Step]:
    """Steps and those inside of them."""
    for step in steps:
        yield step
        yield from ordered((*step.then, *step.otherwise))


def lines_of(steps: Iterable[Step], body: Path, at: Path = ("Steps",)) -> dict[Path, Path]:
    """The line behind each part of a list of steps, by its path in the pipeline's properties."""
    found: dict[Path, Path] = {}
    for index, step in enumerate(steps):
        found |= _lines(step, (*body, *at, str(index)))
    return found


def _lines(step: Step, here: Path) -> dict[Path, Path]:
    found = {here: step.at}
    found |= {(*here, *path): line for path, line in step.lines.items()}
    found[*here, "CacheConfig"] = ("cache",)
    found[*here, "RetryPolicies"] = ("retries",)
    for member, inner in _branches(step):
        found |= lines_of(inner, here, (ARGUMENTS, member))
    return found
