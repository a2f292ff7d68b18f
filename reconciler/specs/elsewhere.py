"""Where a field belongs that stands at the wrong level: a slip of the indentation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pydantic.fields import FieldInfo

from reconciler.model.value import Json, Path
from reconciler.specs import brought
from reconciler.specs.annotation import Annotation, expected, fields, locate, present

_DEEP = 3
"""Levels below that are searched."""


def elsewhere(annotation: Annotation, data: Json, loc: Sequence[int | str]) -> str:
    """``it belongs below 'online'`` for an unknown field; "" if no section near has it.

    A word of other tools is followed too: ``it is 'expireAfter', and belongs below 'online'``.

    Args:
        annotation: what is expected of `data`.
        data: the part of a document that was checked.
        loc: where pydantic found the field.
    """
    name = str(loc[-1])
    levels = [
        fields(locate(annotation, data, loc[: len(loc) - up]).annotation)
        for up in range(1, len(loc) + 1)
    ]
    for up, level in enumerate(levels):
        if up and name in level:
            return f"it belongs {'one level' if up == 1 else f'{up} levels'} higher"
    for up, level in enumerate(levels):
        if found := _found(level, (name,), _DEEP if up == 0 else 1):
            return f"it belongs below {'.'.join(found[:-1])!r}"
    if found := _found(levels[0], brought.meanings(name), 1):
        return f"it is {found[-1]!r}, and belongs below {'.'.join(found[:-1])!r}"
    return ""


def _found(siblings: dict[str, FieldInfo], names: Collection[str], deep: int) -> Path:
    return next((path for path in _below(siblings, (), deep) if path[-1] in names), ())


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
