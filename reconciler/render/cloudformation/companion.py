"""Properties of ours that CloudFormation keeps in a resource of its own, and dotted ones."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref
from reconciler.resources.api import Companion, Resource, fill


def beside(node: Node, companion: Companion) -> Address:
    return Address(companion.type, node.address.name)


def filled(
    form: Json, value: Json, own: Resource, slots: Mapping[str, str], address: Address
) -> Json:
    """A property of a companion. ``{name}`` becomes a reference, so that the order is known."""
    if isinstance(form, list | tuple):
        return [filled(item, value, own, slots, address) for item in form]
    if form == "{value}":
        return value
    if form == "{name}" and own.name:
        return Ref(address, own.name)
    return fill(form, slots, address)


def nested(props: Props) -> Props:
    """Properties with dotted names where they belong: ``Budget.BudgetName`` in ``Budget``."""
    out = {key: value for key, value in props.items() if "." not in key}
    for key, value in props.items():
        head, dot, rest = key.partition(".")
        if dot:
            out[head] = {rest: value, **out.get(head, {})}
    return out
