"""What Cloud Control can do with a type, as far as the registry says.

Source: Cloud Control API user guide, "Determining if a resource type supports Cloud Control API";
CloudFormation CLI user guide, "Resource type schema", `handlers`. A handler that is listed may
still refuse, and a region may lack the type: the answer of a call has the last word.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.shape import Schema, Shape, children, resolve
from reconciler.model.value import Path

NEEDED = frozenset({"create", "read", "delete"})
"""Handlers without which Cloud Control does not serve a type."""
UNSERVED, FULL = "unserved", "full"
_KEYS = ("createOnly", "readOnly")


def level_of(raw: Schema) -> str:
    """`full`, `no update`, `no list`, `no update, no list` or `unserved`.

    An update handler counts where a property may change.
    """
    able = set(raw.get("handlers", {}))
    if not able >= NEEDED:
        return UNSERVED
    if not _changes(raw):
        able.discard("update")
    lacks = [f"no {verb}" for verb in ("update", "list") if verb not in able]
    return ", ".join(lacks) or FULL


def _changes(raw: Schema) -> bool:
    fixed = {tuple(it.split("/")) for key in _KEYS for it in raw.get(key, ())}
    said = raw.get("tagging", {})
    if said.get("tagUpdatable") is False or said.get("taggable") is False:
        fixed.add(tuple(said.get("property", "Tags").split("/")))
    return next(_free(raw, fixed, Shape((), (raw,)), frozenset()), False)


def _free(root: Schema, fixed: set[Path], shape: Shape, above: frozenset[int]) -> Iterator[bool]:
    """True for each property that is neither fixed as a whole nor in all of its members."""
    for child in children(root, shape):
        if child.path in fixed:
            continue
        if not any(it[: len(child.path)] == child.path for it in fixed):
            yield True
            continue
        item = resolve(root, (*child.path, "*")) if child.is_list else None
        below = Shape(child.path, item.schemas) if item else child
        inside = frozenset(id(it) for it in below.schemas)
        if not inside & above:  # some types contain themselves
            yield from _free(root, fixed, below, above | inside)
