"""The machines and states inside a definition, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Pointer = tuple[str, ...]


def machines(
    definition: Mapping[str, Any], at: Pointer = ()
) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """A machine and those inside its Parallel and Map states."""
    yield at, definition
    found = definition.get("States")
    for name, state in found.items() if isinstance(found, Mapping) else ():
        if not isinstance(state, Mapping):
            continue
        here = (*at, "States", name)
        if state.get("Type") == "Parallel" and isinstance(state.get("Branches"), list):
            for number, each in enumerate(state["Branches"]):
                if isinstance(each, Mapping):
                    yield from machines(each, (*here, "Branches", str(number)))
        if state.get("Type") == "Map":
            for key in ("ItemProcessor", "Iterator"):
                if isinstance(state.get(key), Mapping):
                    yield from machines(state[key], (*here, key))


def states(definition: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Every state, wherever it is."""
    for at, machine in machines(definition):
        found = machine.get("States")
        for name, state in found.items() if isinstance(found, Mapping) else ():
            if isinstance(state, Mapping):
                yield (*at, "States", name), state


def language(definition: Mapping[str, Any], at: Pointer) -> str:
    """The query language of the state at a place: its own, or that of the whole machine."""
    value: Any = definition
    for part in at:
        value = value[int(part)] if isinstance(value, list) else value[part]
    own = value.get("QueryLanguage") if isinstance(value, Mapping) else None
    return str(own or definition.get("QueryLanguage") or "JSONPath")
