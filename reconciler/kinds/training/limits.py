"""Texts of jobs that are longer than SageMaker takes.

Source: the SageMaker API's shapes: HyperParameterValue, TrainingEnvironmentValue,
ProcessingEnvironmentValue, ContainerArgument, ContainerEntrypointString.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.training.step import ARGUMENTS, Step
from reconciler.kinds.training.told import literal
from reconciler.model.value import Json, Path

_MOST = {
    ("HyperParameters",): 2500,
    ("StaticHyperParameters",): 2500,
    ("Environment",): 512,
    ("AppSpecification", "ContainerEntrypoint"): 256,
    ("AppSpecification", "ContainerArguments"): 256,
}
_PROCESSING = 256
"""Of a variable of a processing job."""


def too_long(step: Step) -> Iterator[tuple[Path, str, str]]:
    """What is too long: the path in the spec, what is wrong, what to do."""
    for base in ((), ("TrainingJobDefinition",)):
        for member, most in _MOST.items():
            limit = _PROCESSING if step.type == "Processing" else most
            for name, value in _items(step.arguments, (*base, *member)):
                length = len(literal(value))
                if length > limit:
                    path = _line(step, (ARGUMENTS, *base, *member))
                    text = (
                        f"{member[-1]} {name} of step {step.name!r} has {length} characters,"
                        f" and SageMaker takes {limit}"
                    )
                    yield path, text, "put the value into a file that is an input"


def _items(arguments: Mapping[str, Json], path: Path) -> Iterator[tuple[str, Json]]:
    found: Json = arguments
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, Mapping):
        yield from ((str(name), value) for name, value in found.items())
    elif isinstance(found, list | tuple):
        yield from ((str(index), value) for index, value in enumerate(found))


def _line(step: Step, path: Path) -> Path:
    """The line of the longest path above."""
    for end in range(len(path), 0, -1):
        if path[:end] in step.lines:
            return step.lines[path[:end]]
    return step.at
