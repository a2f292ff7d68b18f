"""What a field becomes in AWS, and what changing it does: two compiled platforms, compared.

The steps of a plan from one to the other say it, by the rules that every plan is made by: what AWS
changes in place, what it replaces, what is lost, how long it takes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.model.change import Action
from reconciler.model.plan import Plan, Step
from reconciler.plan.waits import longest
from reconciler.resources import api as resources
from schemas.generate.fields.live import planned
from schemas.generate.fields.platform import Compiled, Data, Platform
from schemas.generate.fields.properties import properties
from schemas.generate.fields.value import Values, others
from schemas.generate.fields.walk import Field

NAME = ("metadata", "name")
_RENAMED = "-2"
_LONG = 60
"""Seconds from which on a wait is said."""
_WORDS = 12
_MOST = 4
"""Ways to change a value that are told."""


@dataclass(frozen=True, slots=True)
class At:
    """A field in one document: its path there, with the names and indexes that it has."""

    data: Data
    path: tuple[str | int, ...]
    field: Field

    @property
    def value(self) -> Any:  # noqa: ANN401 - any value
        """What stands there."""
        return value_at(self.data, self.path)

    def with_value(self, value: Any) -> Data:  # noqa: ANN401 - any value
        """The document with another value there."""
        data = copy.deepcopy(self.data)
        parent = value_at(data, self.path[:-1])
        parent[self.path[-1]] = copy.deepcopy(value)
        return data

    def without(self) -> Data:
        """The document without it."""
        data = copy.deepcopy(self.data)
        del value_at(data, self.path[:-1])[self.path[-1]]
        return data

    @property
    def spec(self) -> str:
        """``Kind/name`` of the document."""
        return f"{self.data['kind']}/{self.data['metadata'].get('name')}"


def around(at: At) -> At | None:
    """The section that a field is in, as something that can change itself; nothing for `spec`."""
    above = at.field.above
    return None if above is None else At(at.data, at.path[: len(above.path)], above)


def value_at(data: Any, path: Iterable[str | int]) -> Any:  # noqa: ANN401 - any value
    """The value at a path.

    Raises:
        KeyError, IndexError: there is none.
    """
    for part in path:
        data = data[part]
    return data


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a field changes: the steps that it takes, and what they come to."""

    when: str
    steps: list[Step]
    does: list[dict[str, Any]]
    unlike: list[tuple[str, str, str]]
    """Spec, type and property of what differs in the specs."""


def told(at: At, platform: Platform, values: Values) -> dict[str, Any]:
    """``becomes``, ``elsewhere`` and ``changing`` of a field, by what its example does.

    A field that cannot change by itself, such as one half of a reference, changes with the
    section around it: ``as`` names that.
    """
    ways = [*_ways(at, platform, values, users=at.field.path != NAME)]
    if not ways:  # what refers to it would have to be changed as well
        ways = [*_ways(at, platform, values, users=False)]
    if not ways and (above := around(at)) is not None:
        return {"as": ".".join(above.field.path), **told(above, platform, values)}
    own: dict[tuple[str, str], None] = {}
    elsewhere: dict[tuple[str, str, str], None] = {}
    for spec, type_, prop in (each for way in ways for each in _touched(way)):
        if _mine(spec, at):
            own[type_, prop] = None
        else:
            elsewhere[spec.partition("/")[0], type_, prop] = None
    wholes = {(type_, prop) for type_, prop in own if any(_inside(it, type_, prop) for it in own)}
    return {
        "becomes": [
            {"type": type_, "property": prop} for type_, prop in sorted(own.keys() - wholes)
        ],
        "elsewhere": [
            {"kind": kind, "type": type_, "property": prop}
            for kind, type_, prop in sorted(elsewhere)
        ],
        "changing": _merged((way.when, way.does) for way in ways),
    }


def _inside(other: tuple[str, str], type_: str, prop: str) -> bool:
    """Whether another property is a part of this one, and says more."""
    return other[0] == type_ and prop != "" and other[1].startswith(f"{prop}.")


def _touched(way: Way) -> Iterator[tuple[str, str, str]]:
    """Spec, type and property of all that a way touches; "" for a whole resource."""
    found = [
        (step.spec, step.address.type, prop) for step in way.steps for prop in properties(step)
    ]
    said = {(type_, prop.partition(".")[0]) for _, type_, prop in found}
    parts = {type_ for type_, prop in said if prop}
    yield from (each for each in found if each[2] or each[1] not in parts)
    for spec, type_, prop in way.unlike:
        if (type_, prop) not in said:
            yield spec, type_, prop


def _ways(at: At, platform: Platform, values: Values, *, users: bool) -> Iterator[Way]:
    """Every way in which the field can change in its example."""
    here = platform.compile(at.data, users=users)
    seen: set[str] = set()
    idle: dict[str, Way] = {}
    for when, data, back in (*_documents(at, values), *_named(at)):
        if not data:
            if seen or idle:
                break
            continue
        if when in seen or len(seen) > _MOST:
            continue
        there = platform.compile(data, users=users)
        if there.wrong:
            continue
        way = _way(when, here, there, at)
        if when != "removing it" and not way.does:  # perhaps another value does something
            idle.setdefault(when, way)
            continue
        seen.add(when)
        yield way
        if back:
            yield _way(back, there, here, at)
    yield from (way for when, way in idle.items() if when not in seen)


def _way(when: str, before: Compiled, after: Compiled, at: At) -> Way:
    steps, does = _effect(before, after, at)
    return Way(when, steps, does, _unlike(before, after))


def _documents(at: At, values: Values) -> Iterator[tuple[str, Data, str]]:
    """Documents to compare with: what they mean for the field, and the way back from them."""
    if not at.field.required:
        yield "removing it", at.without(), "adding it"
    if at.field.path == NAME:
        yield "changing it", at.with_value(f"{at.value}{_RENAMED}"), ""
        return
    for when, value in others(at.value, values.of(at.field), at.field):
        yield when, at.with_value(value), ""


def _named(at: At) -> Iterator[tuple[str, Data, str]]:
    """Documents in which a text is another one of the document, which it may be the name of.

    An empty one comes before: they are of use where no other value fits.
    """
    yield "", {}, ""
    if isinstance(at.value, str):
        for word in words_of(at.data.get("spec"))[:_WORDS]:
            if word != at.value:
                yield "changing it", at.with_value(word), ""


def words_of(value: Any) -> list[str]:  # noqa: ANN401 - any value
    """Texts and keys that are somewhere in a value, each once."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        inner = [each for key, item in value.items() for each in (key, *words_of(item))]
        return [*dict.fromkeys(inner)]
    if isinstance(value, list):
        return [*dict.fromkeys(each for item in value for each in words_of(item))]
    return []


def _effect(before: Compiled, after: Compiled, at: At) -> tuple[list[Step], list[dict[str, Any]]]:
    if before.place.region and before.place != after.place:
        return [], [{"does": "place"}]
    draft = planned(before, after)
    both = before.graph.specs & after.graph.specs
    steps = [step for step in draft.steps if _mine(step.spec, at) or step.spec in both]
    errors = [each for each in draft.diagnostics if each.is_error]
    if errors:
        return steps, [{"does": "refused", "says": errors[0].message}]
    does = [*_of_steps(steps, at)]
    if not does and _unlike(before, after):
        does = [{"does": "stays"}]
    return steps, does


def _unlike(before: Compiled, after: Compiled) -> list[tuple[str, str, str]]:
    """Spec, type and property of what both make and only the specs have otherwise."""
    found: dict[tuple[str, str, str], None] = {}
    for node in before.graph:
        other = after.graph.nodes.get(node.address)
        spec = node.origin.spec if node.origin else ""
        for prop in sorted(node.props.keys() | (other.props.keys() if other else ())):
            if other and node.props.get(prop) != other.props.get(prop):
                found[spec, node.address.type, prop] = None
    return [*found]


def _mine(spec: str, at: At) -> bool:
    """Whether it is the example's own spec; an environment has a part in all."""
    return spec in {at.spec, at.spec + _RENAMED} or at.data["kind"] == "Environment"


def _of_steps(steps: list[Step], at: At) -> Iterator[dict[str, Any]]:
    """What happens to resources of each type, the worst of several first."""
    known = resources.load()
    mine = [step for step in steps if _mine(step.spec, at)]
    types = sorted({step.address.type for step in mine})
    found = []
    for type_ in types:
        of_type = [step for step in mine if step.address.type == type_]
        actions = {step.action for step in of_type if not step.id.endswith("#delete")}
        halves = {step.id.removesuffix("#delete") for step in of_type}
        gone = [
            step
            for step in of_type
            if step.action is Action.DELETE and len(halves & {str(step.address)}) == 1
        ]
        replaced = [step for step in of_type if step.action is Action.REPLACE]
        lost = sorted({each.says for step in of_type for each in step.losses})
        does = _word(actions, gone=bool(gone) and not replaced, revision=known[type_].content_named)
        between = bool(replaced) and not known[type_].replace_first
        wait = _wait(of_type)
        found.append(
            {
                "does": does,
                "type": type_,
                **({"loses": lost} if lost else {}),
                **({"between": True} if between else {}),
                **({"seconds": wait} if wait >= _LONG else {}),
            }
        )
    yield from sorted(found, key=lambda each: (_RANK.index(each["does"]), each["type"]))
    if not found and steps:
        kinds = sorted({step.spec.partition("/")[0] for step in steps})
        yield {"does": "others", "kinds": kinds}


_RANK = ("replace", "rename", "delete", "revision", "update", "create")


def _word(actions: set[Action], *, gone: bool, revision: bool) -> str:
    if Action.REPLACE in actions:
        return "replace"
    if Action.CREATE in actions and gone:
        return "revision" if revision else "rename"
    if gone:
        return "delete"
    return "update" if Action.UPDATE in actions else "create"


def _wait(steps: list[Step]) -> int:
    plan = Plan("", "", "", "", tuple(steps))
    wait = longest(plan, resources.load())
    return round(wait.seconds) if wait else 0


def _merged(
    changes: Iterable[tuple[str, list[dict[str, Any]]]],
) -> list[dict[str, Any]]:
    """One entry for each outcome, with all that leads to it."""
    found: list[dict[str, Any]] = []
    for when, does in changes:
        same = next((each for each in found if each["does"] == does), None)
        if same is None:
            found.append({"when": [when], "does": does})
        elif when not in same["when"]:
            same["when"].append(when)
    return found
