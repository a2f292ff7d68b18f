"""Variables and hyperparameters that a container would not be started with.

Names of environment variables have letters, digits and underscores, and no digit first; each use
has its own lengths, and a container that serves has a sum as well. They stand in models and deep
inside the definitions of pipelines, of which AWS publishes no schema. Source: SageMaker API
reference, `ContainerDefinition.Environment`, `TrainingJobDefinition.Environment`,
`CreateTrainingJob.HyperParameters`, `CreateProcessingJob.Environment`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, JsonText, Path
from reconciler.policy.api import Rule, register

CODE = Code(
    "SIZE002",
    "environment variable or hyperparameter that AWS would refuse",
    "The name of an environment variable has letters, digits and _, and begins with no digit; names"
    " and values have a greatest length, and a container or job takes 100 of them.",
    "Write another name or a shorter value; put a longer value into a file in S3.",
)
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class _Most(NamedTuple):
    """What one use takes: entries, characters of a name and of a value, and bytes in all."""

    what: str
    entries: int
    name: int
    value: int
    total: int = 0


_SERVES = _Most("environment variable", 100, 1024, 1024, 32 * 1024)
_TRAINS = _Most("environment variable", 100, 512, 512)
_PROCESSES = _Most("environment variable", 100, 256, 256)
_PARAMETERS = _Most("hyperparameter", 100, 256, 2500)
_BESIDE = {"AlgorithmSpecification": _TRAINS, "AppSpecification": _PROCESSES}
"""What an `Environment` is of, by a member that stands beside it."""


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each fault, at the line behind it."""
    for node in graph:
        if node.address.type.startswith("AWS::SageMaker::"):
            for path, most, values in _found(node.props, ()):
                for name, fault in _faults(most, values):
                    yield _finding(node, (*path, name) if name else path, fault)


register(Rule(CODE, check))


def _found(value: Json, path: Path) -> Iterator[tuple[Path, _Most, Mapping[str, Json]]]:
    """Every map of variables in a property tree, and what it is for."""
    if isinstance(value, JsonText):
        value = value.document
    if isinstance(value, Mapping):
        for key, item in value.items():
            most = _use(key, value)
            if most is not None and isinstance(item, Mapping):
                yield (*path, key), most, item
            else:
                yield from _found(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _found(item, (*path, str(index)))


def _use(key: str, beside: Mapping[str, Json]) -> _Most | None:
    if key in ("HyperParameters", "StaticHyperParameters"):
        return _PARAMETERS
    if key != "Environment":
        return None
    return next((most for name, most in _BESIDE.items() if name in beside), _SERVES)


def _faults(most: _Most, values: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Names, "" for all of them together, each with what is wrong."""
    if len(values) > most.entries:
        yield "", f"there are {len(values)} {most.what}s, and AWS takes {most.entries}"
    for name, value in values.items():
        said = f"{most.what} {name[:60]!r}"
        if most is not _PARAMETERS and not _NAME.fullmatch(name):
            yield name, f"{said}: a name has letters, digits and _, and begins with no digit"
        if len(name) > most.name:
            yield name, f"{said}: a name has {most.name} characters at most"
        if isinstance(value, str) and len(value) > most.value:
            text = f"the value has {len(value)} characters, and AWS takes {most.value}"
            yield name, f"{said}: {text}"
    known = (text for pair in values.items() for text in pair if isinstance(text, str))
    total = sum(len(text.encode()) for text in known)
    if most.total and total > most.total:
        yield "", f"the {most.what}s have {total:,} bytes in all, and AWS takes {most.total:,}"


def _finding(node: Node, path: Path, fault: str) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    return Diagnostic(CODE.code, fault, at, CODE.fix, address=node.address)
