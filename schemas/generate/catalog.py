"""Writes `schemas/catalog.json`: where each schema is and which files it is for.

It has the form of SchemaStore's catalogue, which editors read; addresses are
relative to the file. Only the schema of all kinds claims files, because two
schemas for one file would report every fault twice.

    python -m schemas.generate.catalog
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reconciler.kinds.api import load

FILE = Path(__file__).parents[1] / "catalog.json"
FORM = "https://json.schemastore.org/schema-catalog.json"
SUFFIXES = ("yaml", "yml", "json")
FOLDERS = ("specs", "environments")
MATCH = [f"**/{folder}/**/*.{suffix}" for folder in FOLDERS for suffix in SUFFIXES]


def catalog() -> dict[str, Any]:
    """The catalogue as data."""
    union = _entry("Moorline", "moorline", "A Moorline spec or environment of any kind.", MATCH)
    kinds = sorted(load().values(), key=lambda kind: kind.name)
    single = [_entry(f"Moorline {each.name}", each.name, each.summary, []) for each in kinds]
    return {"$schema": FORM, "version": 1, "schemas": [union, *single]}


def _entry(name: str, file: str, description: str, match: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "fileMatch": match,
        "url": f"kinds/{file}.json",
    }


def content() -> bytes:
    """The catalogue as it is written."""
    return (json.dumps(catalog(), indent=2, ensure_ascii=False) + "\n").encode()


def main() -> None:
    """Write the file."""
    FILE.write_bytes(content())
    print(f"1 catalogue in {FILE}")


if __name__ == "__main__":
    main()
