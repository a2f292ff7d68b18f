"""Writes `schemas/aws/additions.json`: what the SageMaker API takes and CloudFormation lacks.

Only SageMaker uses the same names in both, so only there a member that one
side lacks is a gap and not another spelling. Shapes come from botocore's model
of the Create calls; `omitted` in the corrections lists what is no gap.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import botocore
import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from reconciler.facts.pack import Pack
from schemas.generate.aws import TARGET
from schemas.generate.patterns import repaired

Json: TypeAlias = Any
_SCALARS = {
    "boolean": "boolean",
    "double": "number",
    "float": "number",
    "integer": "integer",
    "long": "integer",
}
_DEPTH = 8
_OTHERS = {"AWS::Glue::Table": ("glue", "CreateTable", ("PartitionIndexes",))}
"""Members of another service's Create call that CloudFormation lacks, each looked at by hand."""


def schema_of(shape: Shape, depth: int = 0) -> Json:
    """A botocore shape as JSON Schema."""
    if depth > _DEPTH:
        return {}
    if isinstance(shape, StructureShape):
        found = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: schema_of(it, depth + 1) for name, it in shape.members.items()},
        }
        return found | (
            {"required": sorted(shape.required_members)} if shape.required_members else {}
        )
    if isinstance(shape, ListShape):
        return {
            "type": "array",
            "items": schema_of(shape.member, depth + 1),
            **_limits(shape, "Items"),
        }
    if isinstance(shape, MapShape):
        return {"type": "object", "additionalProperties": schema_of(shape.value, depth + 1)}
    if isinstance(shape, StringShape):
        return _string(shape)
    return {"type": _SCALARS.get(shape.type_name, "string")}


def _string(shape: StringShape) -> Json:
    if shape.enum:
        return {"type": "string", "enum": list(shape.enum)}
    pattern = repaired(shape.metadata["pattern"]) if "pattern" in shape.metadata else None
    return {
        "type": "string",
        **_limits(shape, "Length"),
        # botocore's patterns hold for the whole text
        **({"pattern": f"^(?:{pattern})$"} if pattern else {}),
    }


def _limits(shape: Shape, of: str) -> Json:
    return {f"{end}{of}": shape.metadata[end] for end in ("min", "max") if end in shape.metadata}


def gaps(root: Json, node: Json, shape: Shape, path: tuple[str, ...]) -> Iterator[Json]:
    """Members of `shape` that the type has no property for, grouped by where they belong."""
    node = _resolved(root, node)
    if isinstance(shape, ListShape):
        if "items" in node:
            yield from gaps(root, node["items"], shape.member, path)
        return
    properties = _properties(root, node)
    if not isinstance(shape, StructureShape) or not properties or len(path) > _DEPTH:
        return
    missing = {n: schema_of(it) for n, it in shape.members.items() if n not in properties}
    if missing:
        yield {"at": "/".join(path), "properties": missing}
    for name, member in shape.members.items():
        if name in properties:
            yield from gaps(root, properties[name], member, (*path, name))


def _resolved(root: Json, node: Json) -> Json:
    while "$ref" in node:
        node = root["definitions"][node["$ref"].rpartition("/")[2]]
    return node


def _properties(root: Json, node: Json) -> dict[str, Json]:
    found = dict(node.get("properties", {}))
    for key in ("allOf", "anyOf", "oneOf"):
        for branch in node.get(key, ()):
            found |= _resolved(root, branch).get("properties", {})
    return found


def collect(folder: Path) -> dict[str, list[Json]]:
    """The gaps of every SageMaker type that has a Create call of the same name."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    omitted = set(json.loads((folder / "corrections.json").read_bytes())["omitted"]["paths"])
    found: dict[str, list[Json]] = {}
    pack = Pack(folder)
    for name in (it for it in pack.entries if it.startswith("AWS::SageMaker::")):
        root = json.loads(pack.text(name))
        operation = f"Create{name.rpartition('::')[2]}"
        if operation not in model.operation_names:
            continue
        request = model.operation_model(operation).input_shape
        if request is None:
            continue
        entries = [
            entry | {"properties": kept}
            for entry in gaps(root, root, request, ())
            if (kept := _kept(name, entry, omitted))
        ]
        if entries:
            found[name] = entries
    return found | {name: [_other(*where)] for name, where in _OTHERS.items()}


def _other(service: str, operation: str, names: tuple[str, ...]) -> Json:
    model = botocore.session.get_session().get_service_model(service)
    request = model.operation_model(operation).input_shape
    assert request is not None
    return {"at": "", "properties": {name: schema_of(request.members[name]) for name in names}}


def _kept(name: str, entry: Json, omitted: set[str]) -> dict[str, Json]:
    prefix = f"{name} {entry['at']}/" if entry["at"] else f"{name} "
    return {key: it for key, it in entry["properties"].items() if prefix + key not in omitted}


def text(found: dict[str, list[Json]]) -> str:
    """One line for each place, so that a diff shows what AWS added."""
    blocks = []
    for name, entries in found.items():
        lines = ",\n".join(
            f"   {json.dumps(it, sort_keys=True, separators=(',', ':'))}" for it in entries
        )
        blocks.append(f'  "{name}": [\n{lines}\n  ]')
    source = f"botocore {botocore.__version__}, Create calls of SageMaker"
    return f'{{\n "source": "{source}",\n "types": {{\n' + ",\n".join(blocks) + "\n }\n}\n"


def main() -> None:
    """Write the file."""
    target = TARGET / "additions.json"
    target.write_text(text(collect(TARGET)), encoding="utf-8")
    sys.stdout.write(f"{target.stat().st_size / 1e3:.0f} kB in {target}\n")


if __name__ == "__main__":
    main()
