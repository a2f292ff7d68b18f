"""The definition of a SageMaker pipeline: its steps, what they refer to, and what is wrong with it.

Sources: SageMaker developer guide, "Define a pipeline" and the pages below it; the definition's
public JSON schema (version 2020-12-01); the SageMaker Python SDK, which writes what the service
takes, where the two disagree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json

VERSION = "2020-12-01"
CONDITION = "Condition"
BRANCHES = ("IfSteps", "ElseSteps")
_STEP = re.compile(r"Steps\.([A-Za-z0-9_-]+)(.*)", re.DOTALL)


class Later(str):
    """A value that an execution puts in; of a text that is put together, what is known of it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step, where it stands, and in which branches of which conditions."""

    at: tuple[str, ...]
    body: Mapping[str, Json]
    inside: Mapping[str, str] = field(default_factory=dict)
    """By the name of a condition step, the branch; every condition around it."""

    @property
    def name(self) -> str:
        """Its name; empty where it has none."""
        return str(self.body.get("Name") or "")

    @property
    def type(self) -> str:
        """Its type; empty where it has none."""
        return str(self.body.get("Type") or "")

    @property
    def arguments(self) -> Json:
        """What it is given."""
        return self.body.get("Arguments")


def steps(definition: Mapping[str, Json]) -> list[Step]:
    """All steps, those in branches of conditions too, in the order in which they are written."""
    return [*_steps(definition.get("Steps"), ("Steps",), {})]


def _steps(found: Json, at: tuple[str, ...], inside: Mapping[str, str]) -> Iterator[Step]:
    for index, body in enumerate(found if isinstance(found, list | tuple) else ()):
        if not isinstance(body, Mapping):
            continue
        step = Step((*at, str(index)), body, inside)
        yield step
        if step.type == CONDITION and isinstance(step.arguments, Mapping):
            for branch in BRANCHES:
                place = (*step.at, "Arguments", branch)
                yield from _steps(step.arguments.get(branch), place, {**inside, step.name: branch})


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that an execution puts in: ``Get`` with a path, or a function with what it takes."""

    at: tuple[str, ...]
    what: str
    """``Get``, or a function such as ``Std:Join``."""
    given: Json


def is_reference(value: Json) -> bool:
    """Whether an object stands for a value that an execution puts in."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    (key,) = value
    return key == "Get" or str(key).startswith("Std:")


def references(value: Json, at: tuple[str, ...] = ()) -> Iterator[Reference]:
    """Every reference in a value, those inside of functions too; not those of steps inside it."""
    if is_reference(value):
        ((what, given),) = value.items()
        yield Reference(at, what, given)
        if what != "Get":
            yield from references(given, (*at, what))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in BRANCHES:
                yield from references(item, (*at, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*at, str(index)))


def settled(value: Json) -> Json:
    """A value with a text that is not known yet in the place of each reference."""
    if is_reference(value):
        return _known(value)
    if isinstance(value, Mapping):
        return {key: settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [settled(item) for item in value]
    return value


def _known(value: Mapping[str, Json]) -> Later:
    """The least that a text will have: of a join the parts that are known, and what is between."""
    join = value.get("Std:Join")
    parts = join.get("Values") if isinstance(join, Mapping) else None
    if not isinstance(join, Mapping) or not isinstance(parts, list | tuple):
        return Later("")
    between = join.get("On")
    known = [settled(each) for each in parts]
    return Later((between if isinstance(between, str) else "").join(map(str, known)))


def step_of(path: Json) -> tuple[str, str] | None:
    """The step that a path of ``Get`` names, and what of it; nothing where it names none."""
    found = _STEP.fullmatch(path) if isinstance(path, str) else None
    return (found[1], found[2]) if found else None


def needs(step: Step) -> set[str]:
    """Names of the steps that one comes after: those it names, refers to, and is inside of."""
    depends = step.body.get("DependsOn")
    found = {str(each) for each in depends} if isinstance(depends, list | tuple) else set()
    for each in references(step.body):
        if each.what == "Get" and (named := step_of(each.given)):
            found.add(named[0])
    return found | set(step.inside)
