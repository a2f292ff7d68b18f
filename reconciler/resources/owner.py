"""Values of a live resource that somebody else moves at run time, by right, as data. Pure.

An autoscaler sets capacities, a crawler writes what it has seen, a service floats what it manages
itself. Such a value is neither drift nor a change: no plan undoes it, no request sends the spec's
value over it, and no apply is held up because it has moved since the plan. Drift says whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler.model.change import Cause
from reconciler.model.value import Json, Path, Props

CONTEXT = "@context"
"""No property is called so."""


def _always(_: Props) -> bool:
    return True


def _unsaid(_: Props) -> bool | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a property is, while `when` says so of the live properties.

    `path` is a dotted property path, lists passed through; all below it is theirs too. The live
    properties have, under `CONTEXT`, what was read because a change is pending; an owner that is
    known by that alone is `asked` for, and may be there wherever nobody has asked.
    """

    path: str
    who: Cause
    when: Callable[[Props], bool] = _always
    asked: bool = False
    claims: Callable[[Props], bool | None] = _unsaid
    """Whether the desired properties give it to them, or take it back; nothing where they do not
    say, and what is live decides."""


def scaled(path: str, mode: str, *values: Json) -> Owner:
    """What AWS sets by load while the member `mode` has one of these values, live or as desired.

    A spec that asks for another mode takes it back: what it says of the property counts then.
    """

    def claims(desired: Props) -> bool | None:
        value = _member(desired, mode)
        return None if value is None else value in values

    when = equals(mode, *values)
    return Owner(path=path, who=Cause.AUTOSCALER, when=when, claims=claims)


def equals(path: str, *values: Json) -> Callable[[Props], bool]:
    """A live member has one of these values."""
    return lambda live: _member(live, path) in values


def _member(value: Json, path: str) -> Json:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def claimed(desired: Props, owners: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """The owners as the desired properties have them."""
    said = [(each, each.claims(desired)) for each in owners]
    return tuple(
        replace(each, when=_always) if claim else each for each, claim in said if claim is not False
    )


def owner(place: Path, live: Props, owners: Iterable[Owner]) -> Cause | None:
    """Who owns what is at a place, lists passed through by ``*``; nothing for the spec's own."""
    here = [part for part in place if part != "*"]
    for each in owners:
        steps = each.path.split(".")
        if here[: len(steps)] == steps and each.when(live):
            return each.who
    return None


def may_be(place: Path, owners: Iterable[Owner]) -> bool:
    """Whether what is at a place may be somebody's who has to be asked for."""
    asked = [each for each in owners if each.asked]
    here = [part for part in place if part != "*"]
    return any(here[: len(steps)] == steps for steps in (it.path.split(".") for it in asked))
