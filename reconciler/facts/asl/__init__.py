"""The Amazon States Language as Step Functions reads it: paths, intrinsics, templates, choices.

JSONPath is the query language here; a definition that asks for JSONata is known by `jsonata`.

Sources: Amazon States Language specification; Step Functions developer guide, "Intrinsic
functions for JSONPath states", "Processing input and output", "Passing data with variables".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSONATA = "JSONata"


class QueryError(ValueError):
    """A path, intrinsic or template that cannot be evaluated; Step Functions ends with `code`."""

    def __init__(self, code: str, text: str) -> None:
        """`code` is a name of an error such as ``States.ParameterPathFailure``."""
        super().__init__(text)
        self.code = code


class Unknown(str):
    """A text that is known later; of one that is put together, what is known of it."""

    __slots__ = ()


def jsonata(definition: Mapping[str, Any]) -> bool:
    """Whether a machine, or a state of it, asks for JSONata."""
    if definition.get("QueryLanguage") == JSONATA:
        return True
    states = definition.get("States")
    return isinstance(states, Mapping) and any(
        isinstance(state, Mapping)
        and (state.get("QueryLanguage") == JSONATA or any(map(jsonata, inner(state))))
        for state in states.values()
    )


def inner(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The machines inside a state: branches of a Parallel, the processor of a Map."""
    found = state.get("Branches") if state.get("Type") == "Parallel" else None
    one = state.get("ItemProcessor") or state.get("Iterator")
    given = [*found] if isinstance(found, list) else [one] if state.get("Type") == "Map" else []
    return [each for each in given if isinstance(each, Mapping)]
