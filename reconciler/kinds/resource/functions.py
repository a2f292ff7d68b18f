"""CloudFormation's own references, which nobody would resolve here, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts import Facts
from reconciler.kinds.reference import FORM
from reconciler.model.value import Json, Path

CODE = "RES003"
_FUNCTION = "Fn::"
_REF = "Ref"


def functions(value: Json, about: Facts, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every ``Ref`` and ``Fn::…`` of a property tree: its path and the function's name."""
    if isinstance(value, Mapping):
        if (name := _function(value, about, path)) is not None:
            yield (*path, name), name
            return
        for key, item in value.items():
            yield from functions(item, about, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from functions(item, about, (*path, str(index)))


def _function(value: Mapping[str, Json], about: Facts, path: Path) -> str | None:
    """What CloudFormation would do with an object: a function stands alone in it."""
    if len(value) != 1:
        return None
    (name,) = value
    if str(name).startswith(_FUNCTION):
        return str(name)
    shape = about.shape_at(path) if path else None
    named = shape is not None and _REF in shape.names
    return _REF if name == _REF and isinstance(value[name], str) and not named else None


def cure(name: str, value: Json) -> str:
    """What to write in the place of a function."""
    if name in {"Fn::Sub", "Fn::Join"}:
        return f"write the text with references in it, as in 'x-{FORM}'"
    if isinstance(value, str) and value.startswith("AWS::"):
        return "write ${account}, ${region} or ${environment} for what CloudFormation calls AWS::…"
    return f"write '{FORM}' for a value of another spec; variables are ${{name}}"
