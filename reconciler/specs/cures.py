"""What to write instead of a value of the wrong type, where the model says it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_origin

from reconciler.model.value import Json
from reconciler.specs import forms
from reconciler.specs.annotation import Annotation, bare, fields, is_model, pattern
from reconciler.specs.words import listed, shown

TRUE, FALSE = ("yes", "on", "y", "true"), ("no", "off", "n", "false")
"""What people write for true and for false, and YAML 1.2 reads as text."""
_ON, _OFF = (*TRUE, "enabled", "enable"), (*FALSE, "disabled", "disable", "none")
_REMOVE = "remove the line"
_ALL = 8


def cure(branches: Sequence[Annotation], value: Json, *, needed: bool) -> str:
    """What to write where one of these is expected; "" where the model alone does not say it.

    `needed` says that the field cannot be left out.
    """
    if (on := _switch(value)) is not None:
        sections = [each for each in branches if _is_section(each)]
        if not sections:
            return ""
        if not on and not needed:
            return _REMOVE
        written = dict.fromkeys(filter(None, map(_opened, sections)))
        return f"write {listed(list(written))}" if written else ""
    amounts = (forms.amounts(pattern(each), value) for each in branches if pattern(each))
    found = dict.fromkeys(amount for each in amounts for amount in each)
    return f"write {listed(list(found))}" if found else ""


def of(expected: str, value: Json) -> str:
    """What to write where nothing more is known than the type."""
    if value is None:
        return f"write a value, or {_REMOVE}"
    if expected == "a text" and isinstance(value, bool | int | float):
        return f'put it in quotes: "{shown(value).split()[-1]}"'
    if expected in {"an integer", "a number"} and isinstance(value, str):
        return "write the digits without quotes or unit" if value[:1].isdigit() else "write digits"
    if expected == "a list" and not isinstance(value, dict | list):
        return "write […] or one '- ' line for each item"
    return f"write {expected}"


def _switch(value: Json) -> bool | None:
    """Whether somebody meant to switch something on or off by it; nothing for anything else."""
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    return True if word in _ON else False if word in _OFF else None


def _is_section(annotation: Annotation) -> bool:
    return is_model(bare(annotation)) or _is(annotation, dict) or _is_list(annotation)


def _is_list(annotation: Annotation) -> bool:
    return any(_is(annotation, each) for each in (list, tuple, set, frozenset))


def _is(annotation: Annotation, kind: type) -> bool:
    inner = bare(annotation)
    found: object = get_origin(inner) or inner
    return found is kind


def _opened(annotation: Annotation) -> str:
    """A section with nothing but what it needs, as it stands in YAML."""
    if _is_list(annotation):
        return "[…]"
    if _is(annotation, dict):
        return "{NAME: …}"
    needs = list(_alternatives(annotation)) or [_least(annotation)]
    return listed(list(dict.fromkeys(needs)))


def _alternatives(annotation: Annotation) -> Iterator[str]:
    """The fields of which one has to be given, by what the section says."""
    extra = bare(annotation).model_config.get("json_schema_extra") or {}
    names = [name for each in extra.get("oneOf", ()) for name in each["required"]]
    names = names or [*getattr(bare(annotation), "needs", ())]
    names = names or [*fields(annotation)][: _ALL if extra.get("maxProperties") == 1 else 0]
    always = [name for name in _required(annotation) if name not in names]
    for name in names:
        yield f"{{{', '.join(f'{each}: …' for each in (name, *always))}}}"


def _required(annotation: Annotation) -> list[str]:
    return [name for name, info in fields(annotation).items() if info.is_required()]


def _least(annotation: Annotation) -> str:
    """The fields that are required."""
    return f"{{{', '.join(f'{name}: …' for name in _required(annotation))}}}"
