"""The requests, one after the other, in which a change is made that AWS does not take at once.

Pure. A stage is a `Change` of its own: from what the stage before left to a state in between,
the last one to what is desired. An adapter writes each as it writes any change, so this serves
types with native calls and those of Cloud Control alike. Which changes exclude each other is
data of the type, see `resources.stages`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.model.change import Change, FieldChange, Observed
from reconciler.model.value import Json, Props, canonical
from reconciler.plan.diff import TAGS, compare
from reconciler.plan.normal import normal
from reconciler.resources.api import STOPPED_TAG, Resource
from reconciler.resources.generic import MODEL
from reconciler.resources.items import named
from reconciler.resources.stages import Apart, Gradual, OneByOne, Renewed, Stopped
from reconciler.resources.whole import at, empty


@dataclass(frozen=True, slots=True)
class Stage:
    """One request of several: what it does in words, and what it usually takes in seconds."""

    change: Change
    says: str
    seconds: float = 0.0
    risk: str = ""


def stages(change: Change, resource: Resource) -> tuple[Stage, ...]:
    """The stages of a change of a live resource; one that is the change itself where any goes."""
    if resource.stages.at_once or change.observed is None:
        return (Stage(change, "changes"),)
    return (*_Stager(change, resource).run(),)


def stops(change: Change, resource: Resource) -> Stopped | None:
    """How it is stopped for this change; nothing where it may go on running, or does not run."""
    stopped = resource.stages.stopped
    if stopped is None or change.observed is None:
        return None
    state = change.context.get(stopped.told) if stopped.told else change.observed.state
    if state not in stopped.running:
        return None
    touched = {each.path[0] for each in change.fields} - {TAGS}
    if touched <= stopped.free:
        return None
    return stopped if touched & (stopped.props or touched) else None


def left_stopped(change: Change, resource: Resource) -> bool:
    """Whether an apply that ended early has stopped it, and it still does not run."""
    order, observed = resource.stages.stopped, change.observed
    if order is None or order.start is None or observed is None:
        return False
    return STOPPED_TAG in (observed.tags or {}) and observed.state not in order.running


def renewed(change: Change, resource: Resource) -> frozenset[str]:
    """Outputs of which a change gives another value that is not known before."""
    if change.observed is None:
        return frozenset()
    found = (each for each in resource.stages.renewed if _begins(each, change))
    return frozenset[str]().union(*(each.outputs for each in found))


def beyond(change: Change, resource: Resource) -> str:
    """Why a change takes more requests than AWS takes, as a sentence; "" where it does not."""
    for each in resource.stages.gradual:
        way = _way(each, change)
        if each.most and len(way) > each.most:
            return (
                f"AWS takes {each.most} changes of {each.prop} a day, and from"
                f" {change.live[each.prop]} to {way[-1]} it takes {len(way)}: declare"
                f" {way[each.most - 1]} first, and the rest a day later"
            )
    return ""


def _begins(each: Renewed, change: Change) -> bool:
    """Whether it is set by this change, or set anew."""
    before, after = change.live.get(each.prop), change.desired.get(each.prop)
    return not empty(after) and (empty(before) or _anew(each, before, after))


def _anew(each: Renewed, before: Json, after: Json) -> bool:
    """Whether it is set, and shall differ in what does not change meanwhile."""
    if empty(before) or empty(after):
        return False
    pairs = ((at(before, path), at(after, path)) for path in each.fixed)
    return any(two is not None and canonical(one) != canonical(two) for one, two in pairs)


def _way(each: Gradual, change: Change) -> list[int]:
    """The numbers that a change goes through; none where nobody knows where it begins."""
    ends = (change.live.get(each.prop), change.desired.get(each.prop))
    numbers = [it for it in ends if isinstance(it, int) and not isinstance(it, bool) and it > 0]
    touched = any(field.path[0] == each.prop for field in change.fields)
    return [*each.through(*numbers)] if touched and len(numbers) == len(ends) else []


class _Stager:
    """Walks from what is live to what is desired, as far as the change goes."""

    def __init__(self, change: Change, resource: Resource) -> None:
        self.change = change
        self.resource = resource
        self.order = resource.stages
        touched = {each.path[0] for each in change.fields}
        self.touched = touched - self.order.follows.keys()
        self.state: dict[str, Json] = {
            key: change.live.get(key) if key in touched else value
            for key, value in change.desired.items()
            if key != TAGS and (key not in touched or change.live.get(key) is not None)
        }
        self.observed = change.observed or Observed({})

    def run(self) -> Iterator[Stage]:
        lists = [each for each in self.order.one_by_one if each.prop in self.touched]
        plans = [(each, *self._items(each)) for each in lists]
        for each, have, _, gone, _ in plans:
            for name in gone:
                have.pop(name)
                says = f"removes {name!r} of {each.prop}"
                yield from self._to({each.prop: [*have.values()]}, says, each.removes)
        first = [*self.order.turn(self.change.live, self.change.desired)]
        groups = sorted(self.order.apart, key=lambda each: _turn(each, first))
        apart = [each for each in groups if each.props & self.touched]
        slow = [it for it in self.order.gradual if it.prop in self.touched]
        off = [it for it in self.order.renewed if self._off(it)]
        alone = self._alone() | {it.prop for it in slow} | {it.prop for it in off}
        rest: dict[str, Json] = {}
        for prop in sorted(self.touched - alone - {TAGS}):
            rest[prop] = self.change.desired.get(prop)
        for each, have, want, _, _ in plans:  # what stays may change in place
            have.update({name: want[name] for name in have})
            rest[each.prop] = [*have.values()]
        yield from self._to(rest, _changes(rest), tags=True)
        for group in apart:
            yield from self._apart(group)
        for it in off:
            yield from self._anew(it)
        for number in slow:
            yield from self._through(number)
        for each, have, want, gone, new in plans:
            for name in new:
                have[name] = want[name]
                again = " again" if name in gone else ""
                says = f"adds {name!r} to {each.prop}{again}"
                risk = f"until {name!r} is there, {each.without}" if each.without else ""
                ordered = [*have.values()] if len(have) < len(want) else [*want.values()]
                yield from self._to({each.prop: ordered}, says, each.adds, risk)

    def _context(self) -> Props:
        """What was read besides; of a type with one document that is as the last stage left it."""
        context = self.observed.context
        if MODEL not in context:
            return context
        kept = {key: value for key, value in self.state.items() if key in context[MODEL]}
        return {**context, MODEL: {**context[MODEL], **kept}}

    def _items(
        self, each: OneByOne
    ) -> tuple[dict[str, Json], dict[str, Json], list[str], list[str]]:
        """Live and desired items by name, which of them go, and which come."""
        keys = self.resource.keyed.get(each.prop)
        live, wanted = self.change.live.get(each.prop), self.change.desired.get(each.prop)
        have, want = (
            named(items or (), keys, each.prop, self.resource) for items in (live, wanted)
        )
        if have is None or want is None:
            msg = f"{each.prop} of {self.resource.type} has items that nothing tells apart"
            raise ValueError(msg)
        anew = {name for name in have.keys() & want.keys() if self._other(each, have, want, name)}
        gone = [name for name in sorted(have) if name not in want or name in anew]
        new = [name for name in sorted(want) if name not in have or name in anew]
        return have, want, gone, new

    def _other(
        self, each: OneByOne, have: Mapping[str, Json], want: Mapping[str, Json], name: str
    ) -> bool:
        """Whether an item differs in a member that no request changes."""
        pair = [
            normal({each.prop: [one[name]]}, self.resource)[each.prop][0] for one in (have, want)
        ]
        return any(
            canonical(at(pair[0], path)) != canonical(at(pair[1], path))
            for path in each.fixed
            if at(pair[1], path) is not None
        )

    def _alone(self) -> frozenset[str]:
        return frozenset[str]().union(*(each.props for each in self.order.apart))

    def _off(self, each: Renewed) -> bool:
        pair = (self.change.live.get(each.prop), self.change.desired.get(each.prop))
        return each.prop in self.touched and _anew(each, *pair)

    def _anew(self, each: Renewed) -> Iterator[Stage]:
        yield from self._to({each.prop: None}, f"takes {each.prop} off", 0.0, each.risk)
        wanted = {each.prop: self.change.desired.get(each.prop)}
        yield from self._to(wanted, f"sets {each.prop} anew", each.seconds)

    def _through(self, each: Gradual) -> Iterator[Stage]:
        way: list[Json] = [*_way(each, self.change)]
        for value in way or [self.change.desired.get(each.prop)]:
            yield from self._to({each.prop: value}, f"moves {each.prop} to {value}", each.seconds)

    def _apart(self, group: Apart) -> Iterator[Stage]:
        wanted = {prop: self.change.desired.get(prop) for prop in group.props & self.touched}
        yield from self._to(wanted, _changes(wanted), group.seconds, group.risk)

    def _to(
        self,
        props: Props,
        says: str,
        seconds: float = 0.0,
        risk: str = "",
        *,
        tags: bool = False,
    ) -> Iterator[Stage]:
        """The stage that sets these properties; nothing where they are so already."""
        change, before = self.change, {**self.observed.props, **self.state}
        after = {**self.state, **props}
        known = {
            prop: [*(change.live.get(prop) or ()), *(change.desired.get(prop) or ())]
            for prop in self.order.follows
            if prop in change.desired
        }
        for prop, items in known.items():
            after[prop] = _as_declared(self.order.follows[prop](after, items), change.desired[prop])
        seen = replace(self.observed, props=before, context=self._context())
        desired = dict(after)
        if tags and TAGS in change.desired:
            desired[TAGS] = change.desired[TAGS]
        fields = compare(change.address, desired, seen, self.resource).fields
        if not fields:
            return
        self.state = after
        if TAGS in desired:
            now = {tag["Key"]: tag["Value"] for tag in desired[TAGS]}
            self.observed = replace(self.observed, tags=now)
        made = replace(change, desired=desired, observed=seen, fields=_placed(fields, change))
        yield Stage(made, says, seconds, risk)


def _turn(group: Apart, first: list[str]) -> int:
    """When its turn is: with those that go first, or after them."""
    return min((first.index(each) for each in group.props if each in first), default=len(first))


def _as_declared(value: Json, declared: Json) -> Json:
    """A list in the order in which it is declared, where it has just what is declared."""
    if isinstance(value, list) and isinstance(declared, list | tuple):
        same = sorted(map(canonical, value)) == sorted(map(canonical, declared))
        return declared if same else value
    return value


def _placed(fields: tuple[FieldChange, ...], change: Change) -> tuple[FieldChange, ...]:
    """The differences of a stage, with the lines of the spec that cause them."""
    lines = {each.path: each.at for each in change.fields}
    return tuple(replace(each, at=lines.get(each.path)) for each in fields)


def _changes(props: Props) -> str:
    return f"changes {', '.join(sorted(props)) or 'its tags'}"
