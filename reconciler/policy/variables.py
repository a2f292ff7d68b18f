"""Variables and hyperparameters that a container would not be started with.

Names of environment variables have letters, digits and underscores, and no digit first; each use
has its own lengths, and a container that serves has a sum as well. They stand in models and deep
inside the definitions of pipelines, of which AWS publishes no schema. Source: SageMaker API
reference, `ContainerDefinition.Environment`, `TrainingJobDefinition.Environment`,
`CreateTrainingJob.HyperParameters`, `CreateProcessingJob.Environment`. Functions: Lambda developer
guide, "Working with Lambda environment variables" (names, reserved ones), "Lambda quotas" (4 KB).
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
_KEY = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
FUNCTION = "AWS::Lambda::Function"
_RESERVED = re.compile(
    r"_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_FUNCTION_(NAME|"
    r"MEMORY_SIZE|VERSION)|AWS_LAMBDA_INITIALIZATION_TYPE|AWS_LAMBDA_LOG_(GROUP|STREAM)_NAME|"
    r"AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_LAMBDA_RUNTIME_API|"
    r"LAMBDA_(TASK_ROOT|RUNTIME_DIR)"
)
"""What Lambda sets itself, and takes from nobody."""


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
_RUNS = _Most("environment variable", 4096, 4096, 4096, 4096)
_BESIDE = {"AlgorithmSpecification": _TRAINS, "AppSpecification": _PROCESSES}
"""What an `Environment` is of, by a member that stands beside it."""


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each fault, at the line behind it."""
    for node in graph:
        if node.address.type.startswith("AWS::SageMaker::"):
            for path, most, values in _found(node.props, ()):
                for name, fault in _faults(most, values):
                    yield _finding(node, (*path, name) if name else path, fault)
        elif node.address.type == FUNCTION:
            yield from _of_function(node)


def _of_function(node: Node) -> Iterator[Diagnostic]:
    environment = node.props.get("Environment")
    values = environment.get("Variables") if isinstance(environment, Mapping) else None
    if isinstance(values, Mapping):
        for name, fault in _faults(_RUNS, values):
            path = ("Environment", "Variables", name)
            yield _finding(node, path if name else path[:2], fault)


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
        if most is _RUNS and _RESERVED.fullmatch(name):
            yield name, f"{said}: Lambda sets it itself"
        elif most is _RUNS and not _KEY.fullmatch(name):
            yield name, f"{said}: a name has two letters, digits or _ at least, a letter first"
        elif most is not _PARAMETERS and not _NAME.fullmatch(name):
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
