"""Where a field belongs that stands at the wrong level: a slip of the indentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic.fields import FieldInfo

from reconciler.model.value import Json, Path
from reconciler.specs.annotation import Annotation, expected, fields, locate, present

_DEEP = 3
"""Levels below that are searched."""


def elsewhere(annotation: Annotation, data: Json, loc: Sequence[int | str]) -> str:
    """``below 'online'`` or ``2 levels higher`` for an unknown field; "" if nothing has it.

    Args:
        annotation: what is expected of `data`.
        data: the part of a document that was checked.
        loc: where pydantic found the field.
    """
    name = str(loc[-1])
    for up in range(2, len(loc) + 1):
        if name in fields(locate(annotation, data, loc[: len(loc) - up]).annotation):
            return "one level higher" if up == 2 else f"{up - 1} levels higher"  # noqa: PLR2004
    siblings = fields(locate(annotation, data, loc[:-1]).annotation)
    found = next((path for path in _below(siblings, (), _DEEP) if path[-1] == name), None)
    return f"below {'.'.join(found[:-1])!r}" if found else ""


def _below(siblings: dict[str, FieldInfo], path: Path, deep: int) -> Iterator[Path]:
    """Paths of fields inside of sections, near ones first."""
    inner: list[tuple[Path, dict[str, FieldInfo]]] = []
    for key, info in siblings.items():
        for branch in present(expected(info)):
            below = fields(branch)
            inner.append(((*path, key), below))
            yield from ((*path, key, name) for name in below)
    if deep > 1:
        for here, below in inner:
            yield from _below(below, here, deep - 1)
