"""Where the data files are: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import orjson

Json: TypeAlias = Any

_PACKAGE = Path(__file__).parents[1]


@cache
def schemas() -> Path:
    """The folder that holds `aws/` and `images.json`."""
    inside = _PACKAGE / "schemas"
    return inside if inside.is_dir() else _PACKAGE.parent / "schemas"


def read(name: str) -> Json:
    """The content of one JSON file.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return orjson.loads((schemas() / name).read_bytes())


@cache
def corrections() -> Json:
    """The hand-written corrections of the registry."""
    return read("aws/corrections.json")


@cache
def additions() -> Json:
    """Properties that the API has and CloudFormation lacks, by type."""
    return read("aws/additions.json")["types"]
