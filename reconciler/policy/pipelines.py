"""Pipelines that SageMaker would refuse, or whose runs would fail or leave steps out.

The definition is judged as `facts.pipelines.checks` has it, however it was written: by a kind, or
in a spec of kind Resource as an object or as a text. A reference to another resource is a text that
is not known yet. A definition that lies in S3 is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.facts.asl.checks import Fault
from reconciler.facts.pipelines import Later
from reconciler.facts.pipelines.checks import faults
from reconciler.facts.pipelines.checks.registering import package
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Hidden, Join, Json, JsonText, Path, Ref
from reconciler.policy.api import Grounds, Rule, Shared, register
from reconciler.policy.tree import PIPELINE

PACKAGE = "AWS::SageMaker::ModelPackage"
BODY: Path = ("PipelineDefinition", "PipelineDefinitionBody")
MEASURED = frozenset({
    "HyperParameters", "StaticHyperParameters", "Environment", "ContainerEntrypoint",
    "ContainerArguments", "MetricDefinitions", "CategoricalParameterRanges",
})  # fmt: skip
REFUSED = Code(
    "PIPELINE001",
    "pipeline that SageMaker refuses",
    "The definition of a pipeline is not one: a member that a step does not have, a condition that"
    " there is not, a reference to what is not there, steps that wait for each other, an argument"
    " that the operation of a step does not take or that is too long. AWS would refuse it in the"
    " middle of an apply, or a run when it comes to that step.",
    "Change what is named; the finding says where in the definition it is.",
)
USELESS = Code(
    "PIPELINE002",
    "pipeline whose runs fail",
    "SageMaker takes the definition, and a run of it fails or leaves out a step: a step that needs"
    " both branches of a condition is never begun, a folder is no archive of a model, a text has"
    " the name of an object in place of its value.",
    "Change what is named; the finding says where in the definition it is.",
)
VERSION = Code(
    "PIPELINE003",
    "version of a model that SageMaker refuses",
    "A model package is a version of a group, which has a number, and the tags of the group; or it"
    " has a name of its own, and says on which instances it runs. CreateModelPackage refuses"
    " anything in between.",
    "Change what is named.",
)


def faulty(graph: Graph, _grounds: Grounds) -> Iterator[tuple[Node, Fault]]:
    """What is wrong with every pipeline."""
    for node in graph:
        if (definition := seen(node)) is not None:
            yield from ((node, it) for it in faults(definition) if not _told(node, it))


def refused(_graph: Graph, found: Sequence[tuple[Node, Fault]]) -> Iterator[Diagnostic]:
    """What SageMaker itself refuses."""
    yield from (_finding(REFUSED, node, fault) for node, fault in found if fault.refused)


def useless(_graph: Graph, found: Sequence[tuple[Node, Fault]]) -> Iterator[Diagnostic]:
    """What it takes, and what comes to nothing."""
    yield from (_finding(USELESS, node, fault) for node, fault in found if not fault.refused)


def versions(graph: Graph) -> Iterator[Diagnostic]:
    """What CreateModelPackage refuses of packages that a graph declares itself."""
    for node in graph:
        if node.address.type == PACKAGE:
            for path, text, fix in package(node.props):
                at = node.origin.line_of(path) if node.origin else None
                yield Diagnostic(
                    VERSION.code, f"{node.address.name!r}: {text}", at, fix, address=node.address
                )


register(Shared(REFUSED, faulty, refused))
register(Shared(USELESS, faulty, useless))
register(Rule(VERSION, versions))


def _told(node: Node, fault: Fault) -> bool:
    """Whether it is what SAGE003 says of texts in the steps of a pipeline that a kind writes."""
    written = isinstance((node.props.get(BODY[0]) or {}).get(BODY[1]), JsonText)
    return written and " at most" in fault.text and bool(MEASURED & {*fault.at})


def seen(node: Node) -> Mapping[str, Any] | None:
    """The definition of a pipeline, as far as it is known; nothing where there is none to see."""
    held = node.props.get(BODY[0]) if node.address.type == PIPELINE else None
    body = held.get(BODY[1]) if isinstance(held, Mapping) else None
    found = _plain(body)
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except ValueError:
            return None
    return found if isinstance(found, Mapping) else None


def _plain(value: Json) -> Any:  # noqa: ANN401  (JSON without marks)
    if isinstance(value, JsonText):
        return _plain(value.document)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Join):
        return Later("".join(each if isinstance(each, str) else "0" for each in value.parts))
    return Later("") if isinstance(value, Ref | Hidden) else value


def _finding(code: Code, node: Node, fault: Fault) -> Diagnostic:
    at = node.origin.line_of((*BODY, *fault.at)) if node.origin else None
    text = f"pipeline {node.address.name!r}, {fault.pointer}: {fault.text}"
    return Diagnostic(code.code, text, at, fault.fix or code.fix, Severity.ERROR, node.address)
