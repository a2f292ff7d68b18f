"""What to edit in the specs so that a property is as it was: their field, value and line first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.value import Json
from reconciler.render.vocabulary.difference import rows_of
from reconciler.render.vocabulary.ink import cells, harmless
from reconciler.render.vocabulary.value import brief, path_text
from reconciler.render.vocabulary.words import span

__all__ = ["undo"]

_MOST = 2
"""Edits that are told; what else there is stands among the differences."""
_LONG = 120
"""Cells of a value that is told; of a longer one only that it changed."""


def undo(causes: Iterable[Mapping[str, Json]]) -> str:
    """The edits that take changed properties back, as in ``set spec.ttl back to 7d (…)``."""
    found = list(dict.fromkeys(_edit(field) for field in causes))
    more = [f"{len(found) - _MOST} more like it"] if len(found) > _MOST else []
    return " and ".join([*found[:_MOST], *more]) or "undo the change in the spec"


def _edit(field: Mapping[str, Json]) -> str:
    spec, at = field.get("spec"), span(field["at"])
    row = next(iter([*rows_of(field)]))
    was = f"{row.path} is {brief(row.before)} again"
    if row.sign or cells(was) > _LONG:
        was = f"{path_text(field['path'])} is as it was"
    if not spec:
        return _without(row.path, row.before, was, at)
    name, at = path_text(spec["path"]), span(spec["at"])
    says = f"it says {brief(spec['value'])}, {at}" if "value" in spec else at
    one = len(field.get("parts", ())) <= 1 or "list" in field
    if "back" in spec and one:
        return f"set {name} back to {brief(spec['back'])} ({says}), so that {was}"
    return f"change {name} ({says}) so that {was}"


def _without(path: str, before: Json, was: str, at: str) -> str:
    """Where no field of a spec is known to decide it."""
    where = f" ({harmless(at)})" if at else ""
    if not was.endswith("again"):
        return f"undo the change of {path}{where}"
    return f"set {path} to {brief(before)} again{where}"
