"""Turn a change into the AWS calls that make it true. Pure.

The planner decides what happens to a resource and in which order; this module
knows how a `Resource` record and a `Change` become requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.facts.tags import MOST
from reconciler.model.change import Call, Change
from reconciler.model.value import Json, Props, digest, put, references, resolve
from reconciler.plan.diff import RESERVED, SYSTEM, TAGS, scheduled
from reconciler.plan.stages import left_stopped, stages, stops
from reconciler.resources.api import (
    MAKING_TAG,
    STOPPED_TAG,
    Op,
    Place,
    Request,
    Resource,
    Tagging,
    fill,
)
from reconciler.resources.whose import Marked, inscribed


def create(change: Change, resource: Resource, place: Place) -> tuple[Call, ...]:
    """Calls that make a resource that does not exist."""
    writer = _Writer(change, resource, place, live=False)
    return (*writer.create(),)


def update(change: Change, resource: Resource, place: Place) -> tuple[Call, ...]:
    """Calls that turn the live resource into the desired one without replacing it."""
    writer = _Writer(change, resource, place, live=True)
    return (*writer.fitting([*writer.update()]),)


def delete(change: Change, resource: Resource, place: Place) -> tuple[Call, ...]:
    """Calls that remove the live resource and what must go before it."""
    writer = _Writer(change, resource, place, live=True)
    return (*writer.delete(),)


class _Writer:
    """The calls of one change. `live` says whether the resource's own outputs are known."""

    def __init__(self, change: Change, resource: Resource, place: Place, *, live: bool) -> None:
        how = resource.whose
        self.change = inscribed(change, how) if isinstance(how, Marked) else change
        self.resource = resource
        self.own = change.address
        outputs = change.observed.outputs if live and change.observed else {}
        self.outputs = outputs
        fixed = place.slots(change.address.name)
        predicted = {key: fill(text, fixed) for key, text in resource.predict.items()}
        self.slots: Mapping[str, Json] = {**predicted, **outputs, **fixed}

    def create(self) -> Iterator[Call]:
        resource, desired = self.resource, self.change.desired
        if resource.generic:
            yield from self._requests(resource.generic.make(self.change))
            return
        owned = {part.prop for part in resource.parts} - resource.born | {resource.name, TAGS}
        body = {key: value for key, value in desired.items() if key not in owned}
        body = {key: value for key, value in body.items() if _given(value) is not None}
        encoded = (resource.body or resource.root).encode(body)
        params = _merge(self._fill(resource.create.params), encoded)
        tagging, tags = resource.tags, desired.get(TAGS) or []
        later = [*self._parts()]
        mark: list[Json] = []
        if tagging and tagging.create and tags:
            mark = [{"Key": MAKING_TAG, "Value": making(desired)}] if later else []
            params = put(params, tagging.create, _items([*tags, *mark], tagging))
        yield Call(resource.service, resource.create.method, params, resource.created)
        yield from later
        if tagging and mark:
            yield self._untag(tagging, [MAKING_TAG])
        elif tagging and tags and not tagging.create:
            yield self._tag(tagging, tags)

    def _parts(self) -> Iterator[Call]:
        for part in self.resource.parts:
            if part.prop in self.resource.born:
                continue
            after = _given(self.change.desired.get(part.prop))
            if after is not None and after != self.resource.defaults.get(part.prop):
                yield from self._requests(part.calls(None, after))

    def update(self) -> Iterator[Call]:
        change = self.change
        if change.observed and scheduled(change.observed, self.resource):
            yield from self._requests(self.resource.restore(change))
        tagging, order = self.resource.tags, self.resource.stages.stopped
        if stopped := stops(change, self.resource):
            if (
                stopped.start and tagging and not tagging.inside
            ):  # an apply that ends in between leaves word that it is to run
                yield self._tag(tagging, [{"Key": STOPPED_TAG, "Value": "for a change"}])
            yield self._op(stopped.stop)
        for stage in stages(change, self.resource):
            yield from self._requests(self.resource.update(stage.change))
        for part in self.resource.parts:
            if change.touches(part.prop):
                before = _given(change.live.get(part.prop))
                after = _given(change.desired.get(part.prop))
                yield from self._requests(part.calls(before, after))
        if order and order.start and (stopped or left_stopped(change, self.resource)):
            yield self._op(order.start)
        if tagging and not tagging.inside and change.touches(TAGS):
            yield from self._retag(tagging)
        if stopped and stopped.start and tagging and not tagging.inside:
            yield self._untag(tagging, [STOPPED_TAG])

    def fitting(self, calls: list[Call]) -> list[Call]:
        """The calls, with tags that go before those that come, where AWS takes not both at once."""
        tagging, gone = self.resource.tags, self._gone()
        if tagging is None or tagging.remove is None or not gone:
            return calls
        removal = self._untag(tagging, gone)
        live = dict(self.change.observed.tags or {}) if self.change.observed else {}
        added = {key for call in calls for key in _added(call, tagging)}
        count = sum(not key.startswith(SYSTEM) for key in {*live, *added})
        if removal not in calls or count <= MOST:
            return calls
        return [removal, *(call for call in calls if call != removal)]

    def delete(self) -> Iterator[Call]:
        live = self.change.live
        for part in self.resource.parts:
            if part.last and live.get(part.prop):
                yield from self._requests(part.calls(live[part.prop], None))
        if self.resource.remove and self.change.observed:
            yield from self._requests(self.resource.remove(self.change.observed))
            return
        yield self._op(self.resource.delete)

    def _retag(self, tagging: Tagging) -> Iterator[Call]:
        given = {tag["Key"]: tag["Value"] for tag in self.change.desired.get(TAGS) or ()}
        want = {key: value for key, value in given.items() if not key.startswith(RESERVED)}
        observed = self.change.observed
        live = dict(observed.tags or {}) if observed else {}
        gone = self._gone()
        new = [{"Key": k, "Value": v} for k, v in sorted(want.items()) if live.get(k) != v]
        if tagging.whole:  # what AWS itself has put there cannot be taken off
            own = [{"Key": k, "Value": v} for k, v in sorted(live.items()) if k.startswith(SYSTEM)]
            yield self._tag(tagging, [*self.change.desired[TAGS], *own])
            return
        if new:
            yield self._tag(tagging, new)
        if gone:
            yield self._untag(tagging, gone)

    def _gone(self) -> list[Json]:
        """Keys of live tags that are not to stay."""
        if self.resource.tags is None or not self.change.touches(TAGS):
            return []
        want = {tag["Key"] for tag in self.change.desired.get(TAGS) or ()}
        live = (self.change.observed.tags or {}) if self.change.observed else {}
        return sorted(key for key in live if key not in want and not key.startswith(RESERVED))

    def _untag(self, tagging: Tagging, keys: list[Json]) -> Call:
        if tagging.remove is None:  # all tags are set at once
            return self._tag(tagging, self.change.desired[TAGS])
        named = [{tagging.key_in: each} for each in keys] if tagging.key_in else keys
        params = put(self._fill(tagging.remove.params), tagging.keys, named)
        return Call(self.resource.service, tagging.remove.method, params)

    def _tag(self, tagging: Tagging, tags: list[Json]) -> Call:
        params = put(self._fill(tagging.add.params), tagging.tags, _items(tags, tagging))
        return Call(self.resource.service, tagging.add.method, params)

    def _requests(self, requests: Iterable[Request]) -> Iterator[Call]:
        key = self._fill(self.resource.key)
        for request in requests:
            params = request.params if request.bare else {**key, **request.params}
            service = request.service or self.resource.service
            yield Call(service, request.method, self._known(params))

    def _known(self, params: Props) -> Props:
        """The resource's own id in place of a reference to it, where it has one already."""
        mine = (ref for ref in references(params) if ref.target == self.own)
        if not any(ref.output in self.outputs for ref in mine):
            return params
        found: Props = resolve(
            params,
            lambda ref: self.outputs.get(ref.output, ref) if ref.target == self.own else ref,
        )
        return found

    def _op(self, op: Op) -> Call:
        return Call(op.service or self.resource.service, op.method, self._fill(op.params))

    def _fill(self, templates: Mapping[str, Json]) -> dict[str, Json]:
        return {key: self._fill_one(value) for key, value in templates.items()}

    def _fill_one(self, value: Json) -> Json:
        return fill(value, self.slots, self.own)


def making(desired: Props) -> str:
    """What a resource is marked with until the last call of its creation.

    It follows from what is asked for, so that a run goes on with what an earlier try of the
    same began, and leaves alone what another run is making differently.
    """
    return digest(desired, 16)


def _given(value: Json) -> Json:
    """A value, or nothing where it is empty; ``False`` and zero are values."""
    return None if value in ([], {}, "") else value


def _added(call: Call, tagging: Tagging) -> Iterator[str]:
    """The keys of the tags that a call sets."""
    if call.method != tagging.add.method:
        return
    tags: Json = call.params
    for name in tagging.tags.split("."):
        tags = tags.get(name) or {} if isinstance(tags, Mapping) else {}
    yield from tags if isinstance(tags, Mapping) else (tag[tagging.item[0]] for tag in tags)


def _items(tags: list[Json], tagging: Tagging) -> list[Props] | Props:
    if tagging.mapped:
        return {tag["Key"]: tag["Value"] for tag in tags}
    key, value = tagging.item
    return [{key: tag["Key"], value: tag["Value"]} for tag in tags]


def _merge(under: Props, over: Props) -> dict[str, Json]:
    """Two requests in one; objects that are in both are merged."""
    both = {
        key: _merge(under[key], value)
        for key, value in over.items()
        if isinstance(value, Mapping) and isinstance(under.get(key), Mapping)
    }
    return {**under, **over, **both}
