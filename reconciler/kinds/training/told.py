"""Texts of a spec that hold ``{parameters.NAME}``: what a pipeline puts in when it runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from reconciler.kinds.training.phases import Plain
from reconciler.model.value import Json

_PART = re.compile(r"\{parameters\.([^{}]*)\}")
TYPES = {"bool": "Boolean", "int": "Integer", "float": "Float", "str": "String"}


def names(value: Plain) -> Iterator[str]:
    """The parameters that a value names."""
    if isinstance(value, str):
        yield from _PART.findall(value)


def plain(value: Plain) -> str:
    """A value as a text."""
    return value if isinstance(value, str) else json.dumps(value)


def filled(value: Plain) -> Json:
    """A value as a text in which a pipeline puts its parameters."""
    return _joined(plain(value))


def quoted(value: Plain, parameters: dict[str, Plain]) -> Json:
    """A value as the JSON that framework images read; a parameter alone keeps its type."""
    if not isinstance(value, str) or not any(names(value)):
        return json.dumps(value)
    whole = _PART.fullmatch(value)
    if whole is not None and not isinstance(parameters.get(whole[1]), str):
        return _joined(value)
    return _joined(f'"{value}"')


def literal(value: Json) -> str:
    """What is known of a text before it runs."""
    if isinstance(value, dict) and "Std:Join" in value:
        return "".join(it for it in value["Std:Join"]["Values"] if isinstance(it, str))
    return value if isinstance(value, str) else ""


def _joined(text: str) -> Json:
    parts = _PART.split(text)
    if len(parts) == 1:
        return text
    values: list[Json] = [
        {"Get": f"Parameters.{part}"} if index % 2 else part
        for index, part in enumerate(parts)
        if part or index % 2
    ]
    return {"Std:Join": {"On": "", "Values": values}}
