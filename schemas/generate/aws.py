"""Writes `schemas/aws/types.zip`: what the CloudFormation registry says of every AWS type.

Facts only: names, shapes, limits, handlers, tags, and which properties are
create-only, read-only, write-only or identity. Prose, examples and links are
left out. The source is the copy of the registry in cfn-lint, read as files,
never imported. `--diff` says what changed since a commit, type by type:

    python -m schemas.generate.aws
    python -m schemas.generate.aws --diff HEAD
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from schemas.generate import pack
from schemas.generate.handlers import handlers, tagging, transforms
from schemas.generate.paths import path_of, paths_of
from schemas.generate.shapes import Shapes

Json: TypeAlias = Any
TARGET = Path(__file__).parents[1] / "aws"
REGION = "us-east-1"
"""The region whose statement is taken of all types that it has; few are only elsewhere."""

_PATHS = {
    "createOnly": "createOnlyProperties",
    "conditionalCreateOnly": "conditionalCreateOnlyProperties",
    "readOnly": "readOnlyProperties",
    "writeOnly": "writeOnlyProperties",
    "deprecated": "deprecatedProperties",
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
    """The file name behind each AWS type, in the order of the types; SAM's are no AWS types."""
    regions = sorted(it for it in (folder / "providers").glob("*-*.json"))
    regions.sort(key=lambda it: it.stem != REGION)
    known: dict[str, str] = {}
    for file in regions:
        for name, stated in json.loads(file.read_bytes()).items():
            known.setdefault(name, stated)
    return {name: known[name] for name in sorted(known) if name.startswith("AWS::")}


def facts(schema: Json) -> dict[str, Json]:
    """The registry's statement about one type, in our form."""
    shapes = Shapes()
    body = shapes.of_type(schema)
    found = {
        "typeName": schema["typeName"],
        **{ours: paths_of(schema[theirs]) for ours, theirs in _PATHS.items() if theirs in schema},
        # The order of an identifier's parts is the order in which AWS joins them.
        "primaryIdentifier": [path_of(it) for it in schema["primaryIdentifier"]],
        "additionalIdentifiers": [
            [path_of(it) for it in ids] for ids in schema.get("additionalIdentifiers", ())
        ],
        "replacementStrategy": schema.get("replacementStrategy"),
        "tagging": tagging(schema),
        "propertyTransform": transforms(schema),
        "handlers": handlers(schema, shapes),
        "droppedPatterns": sorted(shapes.dropped),
        **body,
    }
    return {key: it for key, it in found.items() if it not in (None, [], {})}


def text(found: Mapping[str, Json]) -> str:
    """One line for each property and definition, so that a diff shows which one changed."""
    return "{\n" + ",\n".join(_lines(found)) + "\n}\n"


def _lines(found: Mapping[str, Json]) -> Iterator[str]:
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


def collect(only: frozenset[str] | None = None) -> Iterator[tuple[str, str]]:
    """Every type with its text, or `only` some, in the order of their names.

    Raises:
        SourceMissing: cfn-lint is not installed.
    """
    folder = source()
    for name, file in index(folder).items():
        if only is None or name in only:
            schema = json.loads((folder / "resources" / f"{file}.json").read_bytes())
            yield name, text(facts(schema))


def origin() -> str:
    """Where the facts come from, in words.

    Raises:
        SourceMissing: cfn-lint is not installed.
    """
    date = json.loads((source() / "version.json").read_bytes())["schema_date"]
    return f"CloudFormation registry of {date[:10]}, as cfn-lint has it"


def main() -> None:
    """Write the archive of all types, or say what changed in it since a commit."""
    if sys.argv[1:2] == ["--diff"]:
        sys.stdout.writelines(pack.changes(TARGET, sys.argv[2] if sys.argv[2:] else "HEAD"))
        return
    size, count = pack.write(TARGET, collect(), origin())
    sys.stdout.write(f"{count} types, {size / 1e6:.2f} MB in {TARGET}\n")


if __name__ == "__main__":
    main()
