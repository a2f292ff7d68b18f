"""Looking through the properties of a resource: every object in them, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from reconciler.model.graph import Graph, Node
from reconciler.model.texts import texts
from reconciler.model.value import LISTS, SINGLE, Join, Json, JsonText, Path, Ref
from reconciler.policy.api import Grounds

PIPELINE = "AWS::SageMaker::Pipeline"
_BODY = ("PipelineDefinition", "PipelineDefinitionBody")


Worded: TypeAlias = tuple[Node, list[tuple[Path, str]]]
"""A resource with its texts and their paths."""


def worded(graph: Graph, _grounds: Grounds) -> Iterator[Worded]:
    """Every resource with its texts, for the rules that read them one by one."""
    for node in graph:
        yield node, texts(node.props)


Inside: TypeAlias = tuple[Node, list[tuple[Path, Mapping[str, Any]]]]
"""A resource with every object in it and their paths."""


def insides(graph: Graph, _grounds: Grounds) -> Iterator[Inside]:
    """Every resource with the objects in it, for the rules that look through them."""
    for node in graph:
        yield node, objects(node.props)


def objects(value: Json, path: Path = ()) -> list[tuple[Path, Mapping[str, Any]]]:
    """Every object in a property tree with its path, also inside documents kept as text."""
    found: list[tuple[Path, Mapping[str, Any]]] = []
    _objects(value, path, found)
    return found


def _objects(value: Json, path: Path, found: list[tuple[Path, Mapping[str, Any]]]) -> None:
    kind = type(value)
    if kind is dict or (kind not in LISTS and isinstance(value, Mapping)):
        found.append((path, value))
        for key, item in value.items():
            if type(item) not in SINGLE:
                _objects(item, (*path, key), found)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            if type(item) not in SINGLE:
                _objects(item, (*path, str(index)), found)
    elif kind is JsonText:
        _objects(value.document, path, found)


def definition(node: Node) -> Mapping[str, Any]:
    """The definition of a pipeline; empty for any other resource."""
    body = (node.props.get(_BODY[0]) or {}).get(_BODY[1]) if node.address.type == PIPELINE else None
    found: Mapping[str, Any] = body.document if isinstance(body, JsonText) else {}
    return found


def characters(value: Json) -> tuple[str | Ref, ...]:
    """A text that may contain references, one by one, so that two can be compared.

    The name of a bucket is known before there is one. Nothing when it is no such text.
    """
    found: list[str | Ref] = []
    for part in value.parts if isinstance(value, Join) else (value,):
        if isinstance(part, Ref) and part.output == "BucketName":
            found += part.target.name
        elif isinstance(part, Ref):
            found.append(part)
        elif isinstance(part, str):
            found += part
        else:
            return ()
    return tuple(found)
