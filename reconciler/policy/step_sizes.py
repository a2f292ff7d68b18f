"""Texts and lists in the steps of a pipeline that are longer than the job takes them.

SageMaker looks at them when the step starts, or refuses the whole pipeline. A text that is put
together counts with the parts that are known. Source: SageMaker API, the shapes named below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Join, Json, Path, Ref
from reconciler.policy.api import Rule, register
from reconciler.policy.tree import definition, objects

CODE = Code(
    "SAGE003",
    "longer than a step takes it",
    "A hyperparameter, a variable, an argument or an expression in a step of a pipeline is longer"
    " than SageMaker takes it, or there are too many. The pipeline is refused, or the step fails"
    " when it starts.",
    "Give long values as a file in an input of the step.",
)
_BODY = ("PipelineDefinition", "PipelineDefinitionBody")


class Size(NamedTuple):
    """The most that a member takes: entries, characters of a name, characters of a value."""

    entries: int
    name: int
    value: int


_SIZES: Mapping[str, Size] = {
    "HyperParameters": Size(100, 256, 2500),
    "StaticHyperParameters": Size(100, 256, 2500),
    "Environment": Size(100, 512, 512),
    "ContainerEntrypoint": Size(100, 0, 256),
    "ContainerArguments": Size(100, 0, 256),
    "MetricDefinitions": Size(40, 255, 500),
    "CategoricalParameterRanges": Size(30, 256, 256),
}
"""HyperParameters, TrainingEnvironmentMap, ContainerEntrypoint, ContainerArguments,
MetricDefinitionList, CategoricalParameterRange."""
_PROCESSING = Size(100, 256, 256)
"""ProcessingEnvironmentMap."""
_SERVING = Size(100, 1024, 1024)
"""EnvironmentMap, of a container that serves."""
_TUNED = Size(48, 512, 512)
"""HyperParameterTrainingJobEnvironmentMap."""


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each text or list, at its line."""
    for node in graph:
        for path, part in objects(definition(node).get("Steps") or (), ("Steps",)):
            for member, value in part.items():
                if member in _SIZES:
                    size = _of(member, part)
                    for at, text in _long(value, size):
                        yield _finding(node, (*path, member, *at), f"{member}{text}")


register(Rule(CODE, check))


def _of(member: str, part: Mapping[str, Any]) -> Size:
    if member == "Environment" and "AppSpecification" in part:
        return _PROCESSING
    if member == "Environment" and "Image" in part:
        return _SERVING
    if member == "Environment" and "StaticHyperParameters" in part:
        return _TUNED
    return _SIZES[member]


def _long(value: Json, size: Size) -> Iterator[tuple[Path, str]]:
    count = len(value) if isinstance(value, Mapping | list | tuple) else 0
    if count > size.entries:
        yield (), f" has {count} entries, and {size.entries} are taken"
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _text((name,), "", name, size.name)
            yield from _text((name,), f" {name}", each, size.value)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            at = (str(index),)
            if isinstance(each, Mapping) and "Name" in each:
                yield from _text(at, "", each["Name"], size.name)
                parts = each.get("Values") or [each.get("Regex")]
                for one in parts:
                    yield from _text(at, f" {each['Name']}", one, size.value)
            else:
                yield from _text(at, f" {index}", each, size.value)


def _text(at: Path, what: str, value: Json, most: int) -> Iterator[tuple[Path, str]]:
    length = _length(value)
    if length > most:
        yield at, f"{what} has {length:,} characters, and {most:,} are taken"


def _length(value: Json) -> int:
    """How many characters a text has at least."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Join):
        return sum(_length(part) for part in value.parts if not isinstance(part, Ref))
    if isinstance(value, Mapping) and isinstance(join := value.get("Std:Join"), Mapping):
        parts = join.get("Values") or ()
        on = len(join.get("On") or "") * max(len(parts) - 1, 0)
        return on + sum(_length(part) for part in parts)
    return 0


def _finding(node: Node, path: Path, text: str) -> Diagnostic:
    at = node.origin.line_of((*_BODY, *path)) if node.origin else None
    return Diagnostic(CODE.code, text, at, CODE.fix, address=node.address)
