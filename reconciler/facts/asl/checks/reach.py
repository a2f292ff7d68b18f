"""Transitions: every target is there, every state is reached, and every state can reach an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.facts.asl.checks import Fault
from reconciler.facts.asl.tree import machines

ORDER = 10


def find(definition: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of the way through each machine."""
    for at, machine in machines(definition):
        yield from _machine(at, machine)


def onward(state: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where a state says that it goes on, and the states that it names."""
    if isinstance(state.get("Next"), str):
        yield ("Next",), state["Next"]
    if isinstance(state.get("Default"), str):
        yield ("Default",), state["Default"]
    for field in ("Choices", "Catch"):
        for number, each in enumerate(state.get(field) or ()):
            if isinstance(each, Mapping) and isinstance(each.get("Next"), str):
                yield (field, str(number), "Next"), each["Next"]


def _ends(state: Mapping[str, Any]) -> bool:
    """Whether a run may end here. A Choice without Default fails where nothing fits: no end."""
    return state.get("End") is True or state["Type"] in {"Succeed", "Fail"}


def _machine(at: tuple[str, ...], machine: Mapping[str, Any]) -> Iterator[Fault]:
    held: Mapping[str, Mapping[str, Any]] = machine["States"]
    if machine["StartAt"] not in held:
        yield Fault((*at, "StartAt"), f"there is no state {machine['StartAt']!r}")
        return
    whole = True
    for name, state in held.items():
        for where, target in onward(state):
            if target not in held:
                whole = False
                yield Fault((*at, "States", name, *where), f"there is no state {target!r}")
    seen, todo = set(), [machine["StartAt"]]
    while todo:
        name = todo.pop()
        if name in seen or name not in held:
            continue
        seen.add(name)
        todo += [target for _, target in onward(held[name])]
    for name in held:
        if name not in seen:
            yield Fault((*at, "States", name), f"no way leads to the state {name!r}")
    if whole:
        yield from _endless(at, held, seen)


def _endless(at: tuple[str, ...], held: Mapping[str, Any], seen: set[str]) -> Iterator[Fault]:
    good = {name for name in seen if _ends(held[name])}
    grows = True
    while grows:
        more = {
            name for name in seen - good if any(target in good for _, target in onward(held[name]))
        }
        grows = bool(more)
        good |= more
    for name in held:
        if name in seen and name not in good:
            text = f"from the state {name!r} no way leads to an end"
            yield Fault((*at, "States", name), text, refused=False)
