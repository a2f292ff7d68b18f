"""Writes `schemas/aws/<AWS_Service_Type>.json`: what the CloudFormation registry says of a type.

Facts only: names, shapes, limits, and which properties are create-only,
read-only, write-only or identity. Prose, examples and links are left out. The
source is the copy of the registry in cfn-lint, read as files, never imported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from schemas.generate.shapes import Shapes
from schemas.generate.types import wanted

Json: TypeAlias = Any
TARGET = Path(__file__).parents[1] / "aws"
REGION = "us-east-1"  # the region that has every type

_PATHS = {
    "createOnly": "createOnlyProperties",
    "conditionalCreateOnly": "conditionalCreateOnlyProperties",
    "readOnly": "readOnlyProperties",
    "writeOnly": "writeOnlyProperties",
    "deprecated": "deprecatedProperties",
    "primaryIdentifier": "primaryIdentifier",
}
_BY_ENTRY = ("definitions", "properties", "handlers")


class SourceMissing(RuntimeError):
    """cfn-lint is not installed."""


def source() -> Path:
    """The folder of schemas inside the installed cfn-lint.

    Raises:
        SourceMissing: there is none.
    """
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        msg = "cfn-lint is not installed; run `make setup`"
        raise SourceMissing(msg)
    return Path(spec.origin).parent / "data" / "schemas"


def index(folder: Path) -> dict[str, str]:
    """The file name behind each type of interest, in the order of the types."""
    known: dict[str, str] = json.loads((folder / "providers" / f"{REGION}.json").read_bytes())
    return {name: known[name] for name in sorted(known) if wanted(name)}


def facts(schema: Json, date: str) -> dict[str, Json]:
    """The registry's statement about one type, in our form."""
    shapes = Shapes()
    body = shapes.of_type(schema)
    handlers = schema.get("handlers")
    found = {
        "typeName": schema["typeName"],
        "source": "cfn-lint, CloudFormation registry, us-east-1",
        "schemaDate": date,
        **{ours: _paths(schema[theirs]) for ours, theirs in _PATHS.items() if schema.get(theirs)},
        "additionalIdentifiers": [_paths(ids) for ids in schema.get("additionalIdentifiers", ())],
        "replacementStrategy": schema.get("replacementStrategy"),
        "tagging": _tagging(schema.get("tagging")),
        "handlers": handlers and {verb: _permissions(it) for verb, it in handlers.items()},
        "hasUpdate": None if handlers is None else "update" in handlers,
        "droppedPatterns": sorted(shapes.dropped),
        **body,
    }
    # `hasUpdate: null` says that the registry does not know; everything else empty is left out.
    return {key: it for key, it in found.items() if key == "hasUpdate" or it not in (None, [], {})}


def _paths(pointers: list[str]) -> list[str]:
    return sorted({_path(pointer) for pointer in pointers})


def _path(pointer: str) -> str:
    """`/properties/A/*/B` as `A/B`: items of a list add nothing to a path."""
    names = pointer.removeprefix("/properties/").split("/")
    return "/".join(name for name in names if name not in {"*", "items", "properties"})


def _tagging(tagging: Json) -> Json:
    if not isinstance(tagging, dict):
        return None
    property_ = tagging.get("tagProperty")
    kept = {key: tagging[key] for key in ("taggable", "tagUpdatable") if key in tagging}
    return kept | ({"property": _path(property_)} if property_ else {})


def _permissions(handler: Json) -> list[str]:
    return sorted(set(handler.get("permissions", ())))


def text(found: dict[str, Json]) -> str:
    """One line for each property and definition: small, and a diff shows which one changed."""
    return "{\n" + ",\n".join(_lines(found)) + "\n}\n"


def _lines(found: dict[str, Json]) -> Iterator[str]:
    for key in sorted(found):
        value = found[key]
        if key in _BY_ENTRY:
            entries = ",\n".join(
                f"  {_dense(name)}: {_dense(value[name])}" for name in sorted(value)
            )
            yield f" {_dense(key)}: {{\n{entries}\n }}"
        else:
            yield f" {_dense(key)}: {_dense(value)}"


def _dense(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def write(target: Path, only: frozenset[str] | None = None) -> list[Path]:
    """Write the facts of all types of interest, or of `only` some, and return the files."""
    folder = source()
    date = json.loads((folder / "version.json").read_bytes())["schema_date"]
    written = []
    for name, file in index(folder).items():
        if only is not None and name not in only:
            continue
        schema = json.loads((folder / "resources" / f"{file}.json").read_bytes())
        path = target / f"{name.replace('::', '_')}.json"
        path.write_text(text(facts(schema, date)), encoding="utf-8")
        written.append(path)
    return written


def main() -> None:
    """Write all types and remove those that the registry no longer has."""
    TARGET.mkdir(exist_ok=True)
    written = set(write(TARGET))
    for stale in sorted(set(TARGET.glob("AWS_*.json")) - written):
        stale.unlink()
    size = sum(path.stat().st_size for path in written)
    sys.stdout.write(f"{len(written)} types, {size / 1e6:.2f} MB in {TARGET}\n")


if __name__ == "__main__":
    main()
