"""The statements of a role: what was granted, once, and nothing that another statement says. Pure.

A star at the end of a resource means all that begins so. Source: IAM user guide, "IAM JSON policy
elements: Resource".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.value import Join, Json, Props, canonical

Said = tuple[tuple[str, ...], tuple[Json, ...], Props]
"""Actions, resources and conditions."""
_Allowed = tuple[set[str], tuple[Json, ...], Props]


def _within(narrow: _Allowed, wide: _Allowed) -> bool:
    """Whether a statement speaks of nothing that another one does not speak of."""
    if wide[2] and wide[2] != narrow[2]:
        return False
    return all(any(_under(each, other) for other in wide[1]) for each in narrow[1])


def _under(narrow: Json, wide: Json) -> bool:
    """Whether a resource is one of those that a text with a star at its end means."""
    if narrow == wide:
        return True
    one, other = (it.parts if isinstance(it, Join) else (it,) for it in (narrow, wide))
    tail = other[-1]
    if not isinstance(tail, str) or not tail.endswith("*") or set(tail[:-1]) & set("*?$"):
        return False
    here = one[len(other) - 1] if len(one) >= len(other) else None
    same = one[: len(other) - 1] == other[:-1]
    return same and isinstance(here, str) and here.startswith(tail[:-1])


def statements(said: Iterable[Said]) -> Iterator[Props]:
    """One statement for each set of resources and conditions, in a stable order."""
    merged: dict[bytes, _Allowed] = {}
    for actions, resources, when in said:
        key = canonical([sorted(resources, key=canonical), when])
        merged.setdefault(key, (set(), resources, when))[0].update(actions)
    for key in sorted(merged):
        allowed, resources, when = own = merged[key]
        wider = [
            actions
            for at, (actions, *_) in merged.items()
            if at != key
            and _within(own, merged[at])
            and (at < key or not _within(merged[at], own))  # of two that say the same, the first
        ]
        left = allowed.difference(*wider)
        if not left:
            continue
        statement = {
            "Effect": "Allow",
            "Action": sorted(left),
            "Resource": sorted(resources, key=canonical),
        }
        yield {**statement, "Condition": when} if when else statement
