"""Answers "what does changing this property do?" for people and for machines, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import orjson

from reconciler.facts.effect import effect
from reconciler.facts.rules import dotted
from reconciler.facts.store import Facts, UnknownType, facts
from reconciler.model.change import Effect
from reconciler.model.value import Json, Path

_FORM = re.compile(
    r"(?P<type>[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+)(?:\.(?P<path>.+))?", re.DOTALL
)
_ITEM = re.compile(r"\[([^\[\]]*)\]")
_IN_PLACE = (Effect.IN_PLACE, Effect.APPEND_ONLY)
_HOW = "write AWS::Service::Type.Property.Property, with * for the items of a list"


def explain_property(text: str) -> dict[str, Json]:
    """What changing `AWS::TYPE.Path.To.Property` does: `property`, `effect` and `why`.

    `*`, an index or `[key]` may stand for the items of a list. A type alone is
    explained as a whole, with its identity and its lists of properties. Text
    that is neither is `unsupported`; this never raises.
    """
    type_name, path, fault = _parsed(text)
    if fault:
        return {"property": text, "effect": str(Effect.UNSUPPORTED), "why": fault}
    if not path:
        return {"property": text, **_type(type_name)}
    verdict = effect(type_name, path)
    return {"property": text, "effect": str(verdict.effect), "why": verdict.why}


def explain_lines(lines: Iterable[str]) -> Iterator[str]:
    """One JSON object for each line, in the order of the lines."""
    for line in lines:
        yield _encoded(line.strip())


@lru_cache(maxsize=1 << 12)
def _encoded(text: str) -> str:
    try:
        return orjson.dumps(explain_property(text)).decode()
    except orjson.JSONEncodeError:  # a lone surrogate, which no JSON text can hold
        return _encoded(text.encode("utf-8", "replace").decode())


@lru_cache(maxsize=1 << 12)
def _parsed(text: str) -> tuple[str, Path, str]:
    """The type, the path, and what is wrong with the text."""
    form = _FORM.fullmatch(text.strip())
    if form is None:
        return "", (), f"{_shown(text)} is not a property; {_HOW}"
    path = form["path"]
    if path is None:
        return form["type"], (), ""
    names = tuple(_ITEM.sub(r".[\1]", path).lstrip(".").split("."))
    if not all(names):
        return "", (), f"{_shown(text)} has an empty name in it; {_HOW}"
    return form["type"], names, ""


def _shown(text: str, limit: int = 60) -> str:
    return f"'{text}'" if len(text) <= limit else f"'{text[:limit]}...'"


def _type(type_name: str) -> dict[str, Json]:
    try:
        about = facts(type_name)
    except UnknownType as error:
        return {"effect": str(Effect.UNSUPPORTED), "why": str(error)}
    changeable = sorted(_changeable(about))
    return {
        "effect": str(Effect.IN_PLACE if changeable else Effect.REPLACE),
        "why": _summary(about, changeable),
        "identity": [dotted(it) for it in about.identity],
        "required": sorted(about.required),
        "createOnly": _dotted(about.create_only),
        "conditionalCreateOnly": _dotted(about.conditional),
        "readOnly": _dotted(about.read_only),
        "writeOnly": _dotted(about.write_only),
        "apiOnly": _dotted(about.api_only),
        "tags": dotted(about.tag_property) if about.tag_property else None,
        "changeable": changeable,
    }


def _changeable(about: Facts) -> Iterator[str]:
    """Properties other than tags, which every type that has them can change."""
    for name in about.properties:
        verdict = effect(about.type, (name,))
        if (name,) != about.tag_property and verdict.effect in _IN_PLACE:
            yield name


def _summary(about: Facts, changeable: list[str]) -> str:
    if not changeable:
        return "every change but one of tags makes a new resource"
    return f"{len(changeable)} of {len(about.properties)} properties can be changed in place"


def _dotted(paths: Iterable[Path]) -> list[str]:
    return sorted(dotted(path) for path in paths)
