"""The steps of a plan's JSON as people think of them: a replacement is one thing.

Also says which steps cannot run because they need a refused one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.model import tally
from reconciler.model.change import Cause, Effect
from reconciler.model.value import Json
from reconciler.resources.members import called

READ = ("spec", "members", "list")
"""Members of a field that say how people read it."""
_ENOUGH = 3
_WORST = (Effect.UNSUPPORTED, Effect.REPLACE, Effect.APPEND_ONLY, Effect.IN_PLACE)
Path: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource's part of a plan. `removal` is the step for the old half of a replacement."""

    step: Mapping[str, Json]
    removal: Mapping[str, Json] | None = None
    blocked_by: str = ""
    """The refused step that this one needs, "" when none holds it up."""

    @property
    def halves(self) -> tuple[Mapping[str, Json], ...]:
        return (self.step, self.removal) if self.removal else (self.step,)

    @property
    def destroys(self) -> str:
        return next((half["destroys"] for half in self.halves if half["destroys"]), "")

    @property
    def widens(self) -> bool:
        """Whether somebody may do more afterwards, or may be able to."""
        return any(half.get("widens") for half in self.halves)

    @property
    def loud(self) -> bool:
        """Whether it is told before the others: it loses or opens something, or is refused."""
        return bool(self.destroys or self.widens or self.refused)

    @property
    def losses(self) -> list[Mapping[str, Json]]:
        """What is lost or opened, thing by thing."""
        return [loss for half in self.halves for loss in half.get("losses", ())]

    @property
    def refused(self) -> str:
        return next((half["refused"] for half in self.halves if half["refused"]), "")

    @property
    def runs(self) -> bool:
        """Whether an apply will do this."""
        return not (self.refused or self.blocked_by)

    @property
    def calls(self) -> int:
        """Requests that it takes, both halves counted."""
        return sum(len(half["calls"]) for half in self.halves)


def differences(step: Mapping[str, Json]) -> list[dict[str, Json]]:
    """What differs, as people read it; of a new revision, from the one that it takes the place of.

    Beside what a field of the plan's JSON has, each has `parts`: the fields that it stands for.
    """
    return told(step["fields"]) or told(step.get("instead", ()))


def told(fields: Iterable[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Fields as people read them: a list whose members moved is one, paths name the members."""
    lists: dict[Path, Mapping[str, Json]] = {}
    parts: dict[tuple[bool, Path], list[Mapping[str, Json]]] = {}
    for field in fields:
        listed, path = field.get("list"), tuple(field["path"])
        if listed:
            path = tuple(listed["path"])
            lists.setdefault(path, listed)
        parts.setdefault((bool(listed), path), []).append(field)
    return [
        _told(found, lists[path] if listed else None) for (listed, path), found in parts.items()
    ]


def _told(parts: list[Mapping[str, Json]], listed: Mapping[str, Json] | None) -> dict[str, Json]:
    first = parts[0]
    members = {each["at"]: each["by"] for each in first.get("members", ())}
    steps = listed["path"] if listed else first["path"]
    path = [
        called([*members[place].items()]) if place in members else step
        for place, step in enumerate(steps)
    ]
    out = {**first, "path": path, "parts": parts}
    if listed is None:
        return out
    effects = {part["effect"] for part in parts}
    causes = {part.get("cause", Cause.UNKNOWN) for part in parts}
    out |= {"before": listed["before"], "after": listed["after"], "by": listed["by"]}
    out["effect"] = next((each for each in _WORST if each in effects), first["effect"])
    out["cause"] = next(iter(causes)) if len(causes) == 1 else _mixed(causes)
    out["at"] = next((part["at"] for part in parts if part["at"]), None)
    return out


def _mixed(causes: AbstractSet[str]) -> str:
    """Where a list comes from of which parts come from elsewhere."""
    return Cause.BOTH if causes <= {Cause.SPEC, Cause.HAND, Cause.BOTH} else Cause.UNKNOWN


def entries(plan: Mapping[str, Json]) -> list[Entry]:
    """Every step in plan order, removals inside the replacement that they belong to."""
    steps = {step["id"]: step for step in plan["steps"]}
    actions = {id_: step["action"] for id_, step in steps.items()}
    owner = {id_: main for id_ in steps if (main := tally.main_of(id_, actions)) != id_}
    removal = {main: id_ for id_, main in owner.items()}
    held = _held(steps, owner)
    return [
        Entry(
            step,
            steps[removal[id_]] if id_ in removal else None,
            held.get(id_, "") or held.get(removal.get(id_, ""), ""),
        )
        for id_, step in steps.items()
        if id_ not in owner
    ]


def _held(steps: Mapping[str, Mapping[str, Json]], owner: Mapping[str, str]) -> dict[str, str]:
    """Steps that wait for a refused one, each with the refused step's id.

    A step remembers three causes, since two may not count: itself and its own
    removal. So each step is looked at three times at most. Types stand between
    the steps of the type and those that wait for all of it.
    """
    users: dict[str, list[str]] = {}
    for id_, step in steps.items():
        loose = step.get("loose", ())
        for need in (*(each for each in step["needs"] if each not in loose), *step["after"]):
            users.setdefault(need, []).append(id_)
    reached: dict[str, list[str]] = {}
    for cause in (id_ for id_, step in steps.items() if step["refused"]):
        todo = [cause]
        while todo:
            place = todo.pop()
            kind = [steps[place]["type"]] if place in steps else []
            for each in (*users.get(place, ()), *kind):
                causes = reached.setdefault(each, [])
                if len(causes) < _ENOUGH and cause not in causes:
                    causes.append(cause)
                    todo.append(each)
    held: dict[str, str] = {}
    for id_ in steps:
        others = (each for each in reached.get(id_, ()) if each != id_ and owner.get(each) != id_)
        if first := next(others, ""):
            held[id_] = first
    return held
