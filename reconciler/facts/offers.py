"""Which instance types SageMaker takes for what, and which regions have such hardware.

Source: `schemas/instance_types.json`, which says what it is made of and of which day it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, TypeAlias

from reconciler.facts.files import read

Use: TypeAlias = Literal["training", "processing", "transform", "hosting"]
_USES: tuple[Use, ...] = ("training", "processing", "transform", "hosting")


def as_of() -> str:
    """The day of the table, as 2026-10-27."""
    found: str = _table()["asOf"]
    return found


def takes(instance_type: str, use: Use) -> bool | None:
    """Whether SageMaker takes a type such as ``ml.m5.large`` for a use; nothing when unknown.

    Unknown is what it takes for no use at all: it may be newer than the table.
    """
    if instance_type in types(use):
        return True
    return False if any(instance_type in types(each) for each in _USES) else None


def has(region: str, instance_type: str) -> bool | None:
    """Whether a region has such hardware; nothing when the region or the type is unknown.

    A type that no region has is unknown too: EC2 sells some no more that SageMaker still runs.
    """
    regions = _table()["regions"]
    _, family, size = instance_type.split(".")
    for flags, sizes in _table()["offered"].get(family, {}).items():
        if size in sizes.split() and region in regions:
            return bool(flags[regions.index(region)] == "1")
    return None


def regions(instance_type: str) -> list[str]:
    """The regions that have it, as far as known."""
    return [each for each in _table()["regions"] if has(each, instance_type)]


def close(instance_type: str, use: Use) -> str:
    """The type that was probably meant, or nothing."""
    found = get_close_matches(instance_type, sorted(types(use)), 1, 0.8)
    return found[0] if found else ""


@cache
def types(use: Use) -> frozenset[str]:
    """All types that SageMaker takes for a use."""
    families: Mapping[str, str] = _table()[use]
    return frozenset(
        f"ml.{family}.{size}" for family, sizes in families.items() for size in sizes.split()
    )


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = read("instance_types.json")
    return found
