"""What a change loses or opens, and whether the environment lets it. Pure.

A loss is judged from the live resource (its type, and the class its tag
`moorline:holds` names) and from what the type declares about changes in place.
So it needs no spec: what has left the specs is protected as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import TypeAlias

from reconciler.model.change import Action, Change
from reconciler.model.loss import GONE, Destruction, Loss
from reconciler.model.plan import Step
from reconciler.model.policy import Policy
from reconciler.model.value import Json, Path
from reconciler.plan.approvals import what
from reconciler.plan.widen import widenings
from reconciler.resources.api import HOLDS_TAG, MAKING_TAG, Narrowing, Place, Resource
from reconciler.resources.items import named

CLASSES = frozenset(map(str, GONE))
"""What a resource can hold."""
TAG = ("Tags", HOLDS_TAG)
NOTHING = "nothing"
"""What a spec says of a resource whose loss is none; the tag has to be there to count."""
Pair: TypeAlias = tuple[Path, Json, Json]
"""A place, and its values before and after."""


def removal(change: Change, resource: Resource) -> tuple[Loss, ...]:
    """What is lost when the live resource is deleted, to make way for a new one or for good.

    What never held anything loses nothing, such as a group whose creation failed. One whose
    deletion failed may hold all it ever had, and so may what failed later: which states are
    empty, and what has to prove it besides, is data of the type.
    """
    lifecycle, live = resource.lifecycle, change.observed
    if live and lifecycle and live.state in lifecycle.empty and lifecycle.unused(live):
        return ()
    tagged = _tag(change, HOLDS_TAG)
    own = resource.holds
    if (
        resource.generic and not resource.generic.declared and tagged not in {*CLASSES, NOTHING}
    ):  # nobody has said what it holds
        own = str(Destruction.RECORDS)
    held = dict.fromkeys((own, tagged))
    return tuple(Loss(each, GONE[each]) for each in held if each in CLASSES)


def _tag(change: Change, key: str) -> str:
    tags = (change.observed.tags or {}) if change.observed else {}
    return tags.get(key, "")


def losses(change: Change, resource: Resource, place: Place) -> tuple[Loss, ...]:
    """What is lost and what is opened when a resource is made or changed."""
    return (*narrowings(change, resource), *widenings(change, resource, place))


def narrowings(change: Change, resource: Resource) -> tuple[Loss, ...]:
    """What is lost by a change in place.

    A resource whose making was interrupted holds nothing yet: finishing it loses nothing.
    """
    if change.action not in {Action.UPDATE, Action.ADOPT} or _tag(change, MAKING_TAG):
        return ()
    found = [*_untagged(change)]
    for narrowing in resource.narrows:
        if change.touches(narrowing.prop):
            found += _narrowed(narrowing, change, resource)
    return tuple(dict.fromkeys(found))


def _untagged(change: Change) -> Iterator[Loss]:
    """The mark that outlives a change of the adapter; it may be added, not silently taken off."""
    held = _tag(change, HOLDS_TAG)
    if held in CLASSES and any(each.path == TAG for each in change.fields):
        yield Loss(held, f"it is no longer marked as holding {held}", TAG)


def _narrowed(narrowing: Narrowing, change: Change, resource: Resource) -> Iterator[Loss]:
    outputs = change.observed.outputs if change.observed else {}
    top = {key: value for key, value in resource.defaults.items() if "." not in key}
    live = {**top, **change.live}
    pairs = _pairs(live, change.desired, narrowing.path, resource)
    if narrowing.whole:
        tags = (change.observed.tags or {}) if change.observed else {}
        told: list[Json] = [{"Key": key, "Value": text} for key, text in tags.items()]
        seen = {**outputs, **live, TAG[0]: told}
        pairs = [((narrowing.prop,), seen, {**change.desired, **change.targets})]
    for path, before, after in pairs:
        if says := narrowing.lost(before, after):
            yield Loss(narrowing.destroys, says, path)


def _pairs(before: Json, after: Json, dotted: str, resource: Resource) -> list[Pair]:
    """The values that a path leads to, before and after; items of lists are paired by key."""
    found: list[Pair] = [((), before, after)]
    place: Path = ()
    for name in dotted.split("."):
        if name == "*":
            found = [each for one in found for each in _items(*one, ".".join(place), resource)]
        else:
            place = (*place, name)
            found = [((*path, name), _at(one, name), _at(two, name)) for path, one, two in found]
    return found


def _at(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, Mapping) else None


def _items(path: Path, before: Json, after: Json, place: str, resource: Resource) -> Iterator[Pair]:
    one = list(before) if isinstance(before, list | tuple) else []
    two = list(after) if isinstance(after, list | tuple) else []
    keys = resource.keyed.get(place)
    have, want = named(one, keys, place, resource), named(two, keys, place, resource)
    if have is None or want is None:
        for index, (left, right) in enumerate(zip_longest(one, two)):
            yield (*path, str(index)), left, right
        return
    for name in sorted(have.keys() | want.keys()):
        yield (*path, name), have.get(name), want.get(name)


# -- judging


def judge(step: Step, policy: Policy) -> Step:
    """The step with what permits each of its losses, and with a refusal where nothing does."""
    if not step.losses:
        return step
    losses = tuple(_judged(loss, step, policy) for loss in step.losses)
    missing = [*dict.fromkeys(loss.destroys for loss in losses if not loss.permitted)]
    lost = [*missing, *(loss.destroys for loss in losses)]
    destroys = next((each for each in lost if each != Destruction.ACCESS), "")
    if not missing:
        return replace(step, losses=losses, destroys=destroys)
    ended = [
        each
        for each in policy.approvals
        if each.over(policy.today) and any(each.covers(step.address, one) for one in missing)
    ]
    last = f"; the approval by {ended[0].by!r} ended on {ended[0].until}" if ended else ""
    refused = f"the environment neither allows {what(missing)} nor approves it here{last}"
    return replace(step, losses=losses, destroys=destroys, refused=step.refused or refused)


def _judged(loss: Loss, step: Step, policy: Policy) -> Loss:
    approval = next(
        (
            each
            for each in policy.approvals
            if each.covers(step.address, loss.destroys) and not each.over(policy.today)
        ),
        None,
    )
    return replace(loss, allowed=loss.destroys in policy.allow, approval=approval)
