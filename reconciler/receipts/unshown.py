"""What AWS took and did not show when it was read afterwards, by a receipt. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.receipt import Receipt
from reconciler.model.value import Json, Path


def unshown(receipt: Receipt | None) -> dict[Address, frozenset[Path]]:
    """By resource, the paths of what was asked for and was missing in the reading after that."""
    known = receipt.resources.items() if receipt else ()
    found = {
        address: frozenset(_missing(record.applied, record.observed, ()))
        for address, record in known
        if record.observed is not None
    }
    return {address: paths for address, paths in found.items() if paths}


def _missing(asked: Json, seen: Json, at: Path) -> Iterator[Path]:
    if not isinstance(asked, Mapping) or not isinstance(seen, Mapping):
        return
    for name, value in asked.items():
        if name not in seen:
            yield (*at, name)
        else:
            yield from _missing(value, seen[name], (*at, name))
