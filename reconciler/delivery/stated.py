"""Names in AWS that specs state themselves and that do not begin as the roles expect it. Pure.

The apply role changes what is called ``PLATFORM-ENVIRONMENT-…``. What a spec calls otherwise gets
statements of its own with the whole name, in the environment whose specs say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.access.handlers import service_of
from reconciler.delivery import actions
from reconciler.delivery.actions import Grant
from reconciler.delivery.api import literal
from reconciler.delivery.cloudformation import FORMS, slots, sub
from reconciler.delivery.forms import begins, template as arn_of
from reconciler.delivery.places import pattern
from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.graph import NAME_LINE, Graph, Node
from reconciler.model.value import Json
from reconciler.resources import api as resources
from reconciler.resources.api import Resource, fill

_OURS = "@prefix@"
"""Stands for the beginning of our names in a pattern until a whole name takes its place."""
_PATTERN = f"{_OURS}*"
_ALIAS = f"alias/{_PATTERN}"
"""A key has no name but its aliases."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A resource that a spec names, and the line that does."""

    address: Address
    at: Span | None = None


def stated(graph: Graph, prefix: str) -> tuple[Stated, ...]:
    """What a graph calls otherwise than with `prefix` at the beginning, in order."""
    own = (node for node in graph if node.asset is None)  # rights for these go by their folder
    found = (node for node in own if not _begins_like(node.address, prefix))
    return tuple(
        Stated(node.address, _line(node)) for node in sorted(found, key=lambda node: node.address)
    )


def _begins_like(address: Address, prefix: str) -> bool:
    return address.name.startswith(begins(resources.lookup(address.type), prefix))


def _line(node: Node) -> Span | None:
    if node.origin is None:
        return None
    resource = resources.lookup(node.address.type)
    name = (resource.name,) if resource and resource.name else ()
    return node.origin.fields.get(NAME_LINE) or node.origin.line_of(name)


def grants(
    names: Iterable[Address], types: list[Resource], platform: str, *, rest: str = ""
) -> Iterator[Grant]:
    """What an apply role needs for these names besides what it has for its own.

    `types` are all that the specs make: another type may hand a named role to a service. `rest`
    is the pattern of what follows each name.
    """
    named: dict[str, list[str]] = {}
    for address in names:
        named.setdefault(address.type, []).append(literal(address.name) + rest)
    asked = {**slots(platform, _OURS), **dict.fromkeys(FORMS, _OURS)}
    every = actions.writes(types, asked) if named else ()
    for type_, called in sorted(named.items()):
        resource = resources.lookup(type_)
        if resource is not None:
            own = _own(actions.writes([resource], asked), type_)
            whole = str(fill(pattern(arn_of(resource)), asked)) if _inside(resource) else ""
            for each in every:
                yield from _named(each, own, called, whole)


def _own(grants_: Iterable[Grant], type_: str) -> frozenset[str]:
    """The patterns of a type's names, and not those of the roles and keys that it uses."""
    service = service_of(type_)
    every = {on for each in grants_ for on in each.on if _OURS in on}
    return frozenset(on for on in every if f":{service}:" in on)


def _inside(resource: Resource) -> bool:
    """Whether its name begins with that of what it is in."""
    return "{leaf}" in str(resource.key)


def _called(on: str, name: str, whole: str) -> str:
    """A pattern for one name; `whole` is that of a type whose names say what they are in."""
    if not whole:
        return on.replace(_PATTERN, name)
    parent = name.rpartition("/")[0]
    return on.replace(f"{_PATTERN}/*", name).replace(_PATTERN, name if on == whole else parent)


def _named(grant: Grant, own: frozenset[str], called: list[str], whole: str) -> Iterator[Grant]:
    """What a grant on a type's names is on these; one for each where its conditions name one."""
    aliases = _ALIAS in str(grant.when) and any(_ALIAS in on for on in own)
    mine = [each for each in grant.on if each in own]
    if not (mine or aliases):
        return
    for names in [[name] for name in called] if aliases else [called]:
        on = [_called(each, name, whole) for name in names for each in mine]
        when = tuple(
            (operator, tuple((key, value.replace(_PATTERN, names[0])) for key, value in keys))
            for operator, keys in grant.when
        )
        yield replace(grant, on=tuple(on) or grant.on, when=when)


def lacking(
    template: Json, environment: str, platform: str, graph: Graph, names: Iterable[Stated]
) -> Iterator[Stated]:
    """Names that no statement of a template of ours is about in an environment."""
    known = _covered(template, environment)
    every = {node.address.type for node in graph if node.asset is None}
    types = [found for type_ in sorted(every) if (found := resources.lookup(type_)) is not None]
    for each in names:
        needed = {str(sub(on)) for one in grants([each.address], types, platform) for on in one.on}
        if not needed <= known:
            yield each


def _covered(template: Json, environment: str) -> frozenset[str]:
    """What the statements of a template that hold in one environment alone are about."""
    if not isinstance(template, Mapping):
        return frozenset()
    conditions, made = template.get("Conditions"), template.get("Resources")
    if not isinstance(conditions, Mapping) or not isinstance(made, Mapping):
        return frozenset()
    only = {name for name, said in conditions.items() if said == here(environment)}
    return frozenset(
        found
        for each in made.values()
        if isinstance(each, Mapping) and each.get("Condition") in only
        for found in _texts(each)
    )


def here(environment: str) -> Json:
    """The condition of what holds in one environment alone."""
    return {"Fn::Equals": [{"Ref": "Environment"}, environment]}


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, Mapping):
        if set(value) == {"Fn::Sub"}:
            yield str(value)
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
