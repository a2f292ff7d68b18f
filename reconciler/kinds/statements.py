"""The statements of a role's policy from what its kind grants: merged, and none of them twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from reconciler.model.value import Join, Json, Props, canonical

Grant: TypeAlias = tuple[tuple[str, ...], tuple[Json, ...], Props]
"""Actions, resources and conditions."""


def statements_of(grants: Iterable[Grant]) -> Iterator[Props]:
    """One statement for each set of resources and conditions, in a stable order.

    What another statement allows already is left out: a place within one that may be read whole.
    """
    merged: dict[bytes, tuple[set[str], tuple[Json, ...], Props]] = {}
    for actions, resources, when in grants:
        key = canonical([sorted(resources, key=canonical), when])
        merged.setdefault(key, (set(), resources, when))[0].update(actions)
    every = [merged[key] for key in sorted(merged)]
    places = [{_text(it) for it in resources} for _, resources, _ in every]

    def within(one: int, other: int) -> bool:
        when, wide = every[one][2], every[other][2]
        if wide and canonical(when) != canonical(wide):
            return False
        return all(any(_has(it, each) for it in places[other]) for each in places[one])

    for index, (allowed, resources, when) in enumerate(every):
        needed = {*allowed}
        for other, (also, _, _) in enumerate(every):
            first = other < index or not within(other, index)
            if other != index and needed & also and within(index, other) and first:
                needed -= also
        if not needed:
            continue
        statement = {
            "Effect": "Allow",
            "Action": sorted(needed),
            "Resource": sorted(resources, key=canonical),
        }
        yield {**statement, "Condition": when} if when else statement


def _text(resource: Json) -> str:
    """A resource as one text, with references as what they are."""
    parts = resource.parts if isinstance(resource, Join) else (resource,)
    return "".join(it if isinstance(it, str) else f"\0{canonical(it).decode()}\0" for it in parts)


def _has(wide: str, narrow: str) -> bool:
    """Whether a pattern stands for all that another one does; of signs only a star at its end."""
    stem = wide.removesuffix("*")
    if stem == wide or "*" in stem or "?" in stem:
        return wide == narrow
    return narrow.startswith(stem)
