"""Instance types that SageMaker does not take for a job, or a region does not have.

A job that asks for one is refused when its step starts, an endpoint in the middle of an apply.
What no table knows may be newer than the table, so it is a warning. Source: `facts.offers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.facts.offers import Use, as_of, close, has, regions, takes
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path
from reconciler.policy import tree
from reconciler.policy.api import Shared, register
from reconciler.policy.tree import Inside, definition

CODE = Code(
    "SAGE001",
    "instance type that is not to be had",
    "SageMaker takes other instance types for training than for processing, transforming or"
    " serving, and no region has all of them. A step that asks for one that it does not take fails"
    " when it starts. The tables have a day; a type that they do not know is a warning.",
    "Use a type that the message names, or one that the region has.",
)
_USES: Mapping[str, Use] = {
    "ResourceConfig": "training",
    "HyperParameterTuningResourceConfig": "training",
    "ClusterConfig": "processing",
    "TransformResources": "transform",
    "ProductionVariants": "hosting",
    "ShadowProductionVariants": "hosting",
}
_SERVED: Mapping[str, Use] = {
    "SupportedRealtimeInferenceInstanceTypes": "hosting",
    "SupportedTransformInstanceTypes": "transform",
}
"""Where a model may run, in whichever region."""
_SHOWN = 6


def check(graph: Graph, insides: Sequence[Inside]) -> Iterator[Diagnostic]:
    """One finding for each type that a resource or a step asks for, at its line."""
    for node, parts in insides:
        seen: set[tuple[str, Use]] = set()
        for path, value, use, here in _asked(node, parts):
            if (value, use) not in seen:
                seen.add((value, use))
                yield from _judge(node, path, value, use, graph.region if here else "")


register(Shared(CODE, tree.insides, check))


def _asked(
    node: Node, parts: Iterable[tuple[Path, Mapping[str, Any]]]
) -> Iterator[tuple[Path, str, Use, bool]]:
    """The types that are asked for, where, for what, and whether in the region of the graph."""
    body: Path = ("PipelineDefinition", "PipelineDefinitionBody")
    parameters = definition(node).get("Parameters") or ()
    for path, part in parts:
        given = part.get("InstanceType")
        uses = [_USES[name] for name in path if name in _USES] if given is not None else ()
        if uses:
            for at, value in _values(given, (*path, "InstanceType")):
                yield at, value, uses[-1], True
            name = _parameter(given)
            for index, each in enumerate(parameters):
                if each.get("Name") == name:
                    at = (*body, "Parameters", str(index))
                    for here, value in _choices(each, at):
                        yield here, value, uses[-1], True
        for member, use in _SERVED.items():
            for at, value in _values(part.get(member), (*path, member)):
                yield at, value, use, False


def _choices(parameter: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    yield from _values(parameter.get("DefaultValue"), path)
    yield from _values(parameter.get("EnumValues"), (*path, "EnumValues"))


def _values(value: Json, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str) and value.startswith("ml.") and value.count(".") == 2:  # noqa: PLR2004
        yield path, value
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _values(each, (*path, str(index)))


def _parameter(value: Json) -> str:
    """The name of the parameter of a pipeline that a value is, or nothing."""
    if not isinstance(value, Mapping) or not isinstance(value.get("Get"), str):
        return ""
    return str(value["Get"]).removeprefix("Parameters.")


def _judge(node: Node, path: Path, value: str, use: Use, region: str) -> Iterator[Diagnostic]:
    at = node.origin.line_of(path) if node.origin else None
    taken = takes(value, use)
    if taken is False:
        text = f"SageMaker does not take {value} for {use}"
        yield Diagnostic(CODE.code, text, at, _meant(value, use), Severity.ERROR, node.address)
    elif taken is None:
        text = f"{value} was not known for {use} on {as_of()}"
        yield Diagnostic(CODE.code, text, at, _meant(value, use), Severity.WARNING, node.address)
    elif region and has(region, value) is False:
        others = regions(value)
        some = ", ".join(others[:_SHOWN]) + (" and others" if len(others) > _SHOWN else "")
        text = f"{region} had no {value} on {as_of()}"
        help_ = f"use another type, or one of {some}"
        yield Diagnostic(CODE.code, text, at, help_, Severity.ERROR, node.address)


def _meant(value: str, use: Use) -> str:
    near = close(value, use)
    return f"did you mean {near}?" if near else "see SageMaker's pages for the types that it takes"
