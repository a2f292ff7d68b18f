"""Looking through the properties of a resource: every object in them, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.graph import Node
from reconciler.model.value import Join, Json, JsonText, Path, Ref

PIPELINE = "AWS::SageMaker::Pipeline"
_BODY = ("PipelineDefinition", "PipelineDefinitionBody")


def objects(value: Json, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every object in a property tree with its path, also inside documents kept as text."""
    if type(value) is str:
        return
    if isinstance(value, JsonText):
        yield from objects(value.document, path)
    elif isinstance(value, dict | Mapping):
        yield path, value
        for key, item in value.items():
            yield from objects(item, (*path, key))
    elif isinstance(value, list | tuple) and not isinstance(value, Ref | Join):
        for index, item in enumerate(value):
            yield from objects(item, (*path, str(index)))


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
