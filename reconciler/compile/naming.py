"""Deterministic physical names: ``<platform>-<environment>-<name>``. Pure.

Names that all accounts share get the account id, names that carry a content
digest end in it, and what is too long for its type is cut and ends in a digest
of the whole, so two long names never become one.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.value import Json, Props, digest, put
from reconciler.resources.api import Place, Reach, Resource, fill
from reconciler.resources.whole import at

_PARENT = "{parent}"

CUT = 8
"""Hexadecimal digits that stand for what was cut."""


def named(props: Props, resource: Resource, slots: Mapping[str, str]) -> dict[str, Json]:
    """Properties with those that follow from the name.

    What it is in stays as the spec refers to it, since that says what has to be there first.
    """
    found = dict(props)
    for prop, template in resource.named.items():
        if template != _PARENT or at(found, prop) is None:
            found = put(found, prop, fill(template, slots))
    return found


def address(
    type_: str, base: str, content: str, place: Place, resources: Mapping[str, Resource]
) -> Address:
    """The address of a resource of a spec.

    Raises:
        KeyError: Moorline has no adapter for the type.
    """
    resource = resources[type_]
    name = f"{place.prefix}{base}"
    if resource.reach is Reach.SHARED:
        name = f"{name}-{place.account}"
    tail = f"-{content}" if content else ""
    name = resource.fix(name)
    if len(name) + len(tail) > resource.limit:
        room = resource.limit - len(tail) - CUT - 1
        name = f"{name[:room].rstrip('-')}-{digest(name, CUT)}"
    return Address(type_, name + tail)
