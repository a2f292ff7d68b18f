"""The order of steps: what each of them comes after, and whether that ever happens.

A condition step is no step that others may name in DependsOn. Of two branches one is run: what
needs steps of both is never begun, which SageMaker takes and says nothing of.
Source: SageMaker developer guide, "Custom dependency between steps", "Condition step".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from reconciler.facts.asl.checks import Fault
from reconciler.facts.pipelines import BRANCHES, CONDITION, Step, needs, steps
from reconciler.model.value import Json

ORDER = 3
FIRST, OTHER = BRANCHES


def find(definition: Mapping[str, Json]) -> Iterator[Fault]:
    """Faults of order."""
    known = {step.name: step for step in steps(definition)}
    for step in known.values():
        yield from _named(step, known)
    before = {name: needs(step) & known.keys() for name, step in known.items()}
    if circle := _circle(before):
        text = f"steps wait for each other: {' -> '.join(circle)}"
        yield Fault(known[circle[0]].at, text)
        return
    for step in known.values():
        yield from _reached(step, known, before)


def _named(step: Step, known: Mapping[str, Step]) -> Iterator[Fault]:
    depends = step.body.get("DependsOn")
    if depends is None:
        return
    if not isinstance(depends, list | tuple):
        yield Fault((*step.at, "DependsOn"), "it is a list of names of steps")
        return
    for index, name in enumerate(depends):
        at = (*step.at, "DependsOn", str(index))
        if name not in known:
            close = get_close_matches(str(name), known, 1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            yield Fault(at, f"there is no step {name!r}{meant}")
        elif known[name].type == CONDITION:
            inside = [it.name for it in known.values() if name in it.inside]
            text = f"no step can depend on the condition {name!r}"
            fix = f"put the step into a branch of it, or name one of {', '.join(inside)}"
            yield Fault(at, text, fix=fix)


def _circle(before: Mapping[str, set[str]]) -> list[str]:
    """The steps of a circle, the first one again at its end; none where there is none."""
    done: set[str] = set()
    for start in before:
        way: list[str] = []
        if found := _walk(start, before, way, done):
            return found
    return []


def _walk(name: str, before: Mapping[str, set[str]], way: list[str], done: set[str]) -> list[str]:
    if name in way:
        return [*way[way.index(name) :], name]
    if name in done:
        return []
    way.append(name)
    for each in sorted(before[name]):
        if found := _walk(each, before, way, done):
            return found
    way.pop()
    done.add(name)
    return []


def _reached(
    step: Step, known: Mapping[str, Step], before: Mapping[str, set[str]]
) -> Iterator[Fault]:
    """That it needs nothing of two branches of which one is run."""
    taken: dict[str, dict[str, str]] = {}
    for name in sorted(_all(step.name, before)):
        for condition, branch in known[name].inside.items():
            taken.setdefault(condition, {}).setdefault(branch, name)
    for condition, branches in taken.items():
        if len(branches) == len(BRANCHES):
            one, other = branches[FIRST], branches[OTHER]
            if step.name not in {one, other} and _sooner(step, known, before, condition):
                continue
            text = (
                f"it is never run: it needs {one!r} and {other!r}, and of the branches of"
                f" {condition!r} one is run"
            )
            fix = "put a step of its own into each branch"
            yield Fault(step.at, text, refused=False, fix=fix)


def _sooner(
    step: Step, known: Mapping[str, Step], before: Mapping[str, set[str]], condition: str
) -> bool:
    """Whether a step that it needs has the same fault, which is told there."""
    for name in before[step.name]:
        needed = _all(name, before)
        if {known[it].inside.get(condition) for it in needed} >= {*BRANCHES}:
            return True
    return False


def _all(name: str, before: Mapping[str, set[str]]) -> set[str]:
    """A step and all that it comes after."""
    found: set[str] = set()
    todo = [name]
    while todo:
        if (each := todo.pop()) not in found:
            found.add(each)
            todo += before[each]
    return found
