"""The machines and states inside a definition, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json

Pointer = tuple[str, ...]


def machines(
    definition: Mapping[str, Json], at: Pointer = ()
) -> Iterator[tuple[Pointer, Mapping[str, Json]]]:
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


def states(definition: Mapping[str, Json]) -> Iterator[tuple[Pointer, Mapping[str, Json]]]:
    """Every state, wherever it is."""
    for at, machine in machines(definition):
        found = machine.get("States")
        for name, state in found.items() if isinstance(found, Mapping) else ():
            if isinstance(state, Mapping):
                yield (*at, "States", name), state


def language(definition: Mapping[str, Json], at: Pointer) -> str:
    """The query language of the state at a place: its own, or that of the whole machine."""
    value: Json = definition
    for part in at:
        value = value[int(part)] if isinstance(value, list) else value[part]
    own = value.get("QueryLanguage") if isinstance(value, Mapping) else None
    return str(own or definition.get("QueryLanguage") or "JSONPath")
