"""How many changes there are, and what becomes of them: the one place where a plan is counted.

A replacement is one change, whatever its steps. A change is counted once: as refused, else as
held back by a refused one, else by its action. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.change import Action
from reconciler.model.step import SUFFIX, Step


def held(steps: Iterable[Step]) -> dict[str, str]:
    """By step that will not run: the refused one that it needs, which for a refused one is itself.

    One that needs several has one of them, in every run the same.
    """
    known = list(steps)
    users: dict[str, list[Step]] = {}
    for step in known:
        for need in step.waits:
            users.setdefault(need, []).append(step)
    found = {step.id: step.id for step in known if step.refused}
    for first in [step for step in known if step.refused]:
        todo = [first]
        while todo:
            step = todo.pop()
            waiting = [*users.pop(step.id, ()), *users.pop(step.address.type, ())]
            more = {each.id: each for each in waiting if each.id not in found}
            found |= dict.fromkeys(more, first.id)
            todo += more.values()
    return {step.id: found[step.id] for step in known if step.id in found}


def main_of(id_: str, actions: Mapping[str, str]) -> str:
    """The id of the replacement that a step is the removal of, else its own.

    `actions` has what each step of the plan does, by its id.
    """
    main = id_.removesuffix(SUFFIX)
    return main if main != id_ and actions.get(main) == Action.REPLACE else id_


def changes(steps: Iterable[Step]) -> list[tuple[Step, ...]]:
    """The steps of each change, in the order of the plan."""
    by_id = {step.id: step for step in steps}
    found: dict[str, list[Step]] = {}
    for id_, main in mains(by_id.values()).items():
        found.setdefault(main, []).append(by_id[id_])
    return [tuple(halves) for halves in found.values()]


def mains(steps: Iterable[Step]) -> dict[str, str]:
    """By step: the id of its change, which is that of the replacement for its removal."""
    actions = {step.id: str(step.action) for step in steps}
    return {id_: main_of(id_, actions) for id_ in actions}


def counted(steps: Iterable[Step]) -> dict[str, int]:
    """Changes by what becomes of them; their number, what they lose, and the calls to send."""
    known = list(steps)
    stopped = held(known)
    counts = {str(action): 0 for action in Action if action is not Action.NONE}
    counts |= dict.fromkeys(
        ("changes", "refused", "held", "destructive", "widening", "calls_planned"), 0
    )
    for halves in changes(known):
        counts["changes"] += 1
        counts["destructive"] += any(step.destroys for step in halves)
        counts["widening"] += any(step.widens for step in halves)
        if any(step.refused for step in halves):
            counts["refused"] += 1
        elif any(step.id in stopped for step in halves):
            counts["held"] += 1
        else:
            counts["calls_planned"] += sum(len(step.calls) for step in halves)
            main = next((each for each in halves if each.action is Action.REPLACE), halves[0])
            if main.action is not Action.NONE:
                counts[str(main.action)] += 1
    return counts
