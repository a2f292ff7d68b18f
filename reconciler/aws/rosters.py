"""Listings that the steps of a run share: one look at a whole type for those that may run at once.

A listing serves a step when it was begun after the last write of this run to that resource, and
not long before the step looks. It proves that something is there, and what its items say. That
something is not there it proves only where a `Listing` says so (`absence`). Where a listing takes
more requests than looks one by one, these are made instead.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from reconciler.aws.errors import AwsError
from reconciler.aws.fresh import Fresh
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, state, value_at
from reconciler.aws.survey import Listed
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.graph import Graph
from reconciler.model.plan import Step
from reconciler.model.value import Json, Props
from reconciler.plan.live import Orphan, owned
from reconciler.resources.api import OWNERSHIP, Listing, Place, Resource, fill
from reconciler.resources.whose import Within

AGE = 10.0
"""Seconds for which a listing serves: about what ten workers take for what is ready at once."""
LONG = 300.0
"""For a deletion whose tags are read apart: AWS refuses it itself where its state or a part that
is left forbids it, and says so where nothing is there."""
FEW = 2
"""For fewer resources of a type a look at each is as cheap."""


@dataclass(frozen=True, slots=True)
class _Roster:
    """What the listings of a type have by name; `after` counts the writes that came before it."""

    began: float
    after: int
    items: Mapping[str, Props]


class Rosters:
    """The listings of a run, shared by its threads."""

    def __init__(self, session: Session, place: Place, fresh: Fresh) -> None:
        self.session = session
        self.place = place
        self.fresh = fresh
        self.single = Single(session, place)
        self._many: Counter[str] = Counter()
        self._known: dict[str, _Roster] = {}
        self._refused: set[str] = set()
        """Types that cannot be listed, or not with fewer requests."""
        self._locks: dict[str, threading.Lock] = {}

    def expect(self, steps: Iterable[Step]) -> None:
        """What the run is about: how many resources of each type are to be looked at."""
        self._many = Counter(step.address.type for step in steps)
        self._locks = {type_: threading.Lock() for type_ in self._many}

    def serve(self, resource: Resource, few: int = FEW) -> bool:
        """Whether a listing is less than a look at each resource of a type."""
        many = self._many[resource.type] >= few
        if isinstance(resource.whose, Within):  # each listing is of one that others are in
            return False
        return bool(resource.listings) and many and resource.type not in self._refused

    def item(self, address: Address, resource: Resource, age: float = AGE) -> Props | None:
        """What the listings say of a resource, after all that this run wrote to it.

        Nothing where they do not have it, or could not be made.
        """
        roster = self._roster(address, resource, age)
        return roster.items.get(address.name) if roster else None

    def names(self, resource: Resource, addresses: Iterable[Address]) -> Container[str] | None:
        """What the listings have of a type, after all that this run wrote to some of it.

        Nothing where they could not be made.
        """
        roster = self._roster(max(addresses, key=self.fresh.last), resource)
        return roster.items if roster else None

    def lacks(self, address: Address, resource: Resource) -> bool:
        """Whether nothing is there, as surely as the type's own read would say it."""
        if not (self.serve(resource) and any(self._proves(each) for each in resource.listings)):
            return False
        if not address.name.startswith(self.place.prefix):  # listings may be asked for no other
            return False
        roster = self._roster(address, resource)
        return roster is not None and address.name not in roster.items

    def _proves(self, listing: Listing) -> bool:
        return listing.absence and self.place.region not in listing.overwrites

    def removable(self, address: Address, resource: Resource) -> Observed | None:
        """What is to be deleted, as a listing shows it, without tags where it shows none.

        Nothing where it does not show all that a deletion relies on.
        """
        if resource.lifecycle and resource.lifecycle.settles:
            return None
        apart = resource.tags is not None and resource.tags.indexed
        props = self.item(address, resource, LONG if apart else AGE)
        return told(props, resource, address, self.single) if props else None

    def _roster(self, address: Address, resource: Resource, age: float = AGE) -> _Roster | None:
        if not self.serve(resource, few=1):
            return None
        with self._locks[resource.type]:
            known = self._known.get(resource.type)
            if known is None or not self._serves(known, address, age):
                try:
                    known = self._listed(resource)
                except AwsError:  # whoever looks by itself is told why
                    self._refused.add(resource.type)
                    return None
                self._known[resource.type] = known
            return known

    def _serves(self, known: _Roster, address: Address, age: float) -> bool:
        young = self.session.clock.now() - known.began <= age
        return young and self.fresh.last(address) <= known.after

    def _listed(self, resource: Resource) -> _Roster:
        began, after = self.session.clock.now(), self.fresh.written
        reader = ReadOnly(self.session, resource.service)
        slots = self.place.slots("")
        found: dict[str, dict[str, Json]] = {}
        for listing in resource.listings:
            params = {key: fill(value, slots) for key, value in listing.params.items()}
            most = self._many[resource.type]
            for item in reader.pages(listing.method, params, listing.at, most=most):
                if any(item.get(member) in words for member, words in listing.gone.items()):
                    continue  # deleted, and listed still
                found.setdefault(listing.called(item), {}).update(listing.codec.decode(item))
        return _Roster(began, after, found)


def told(
    props: Props, resource: Resource, address: Address, single: Single, **more: Json
) -> Observed | None:
    """What is to be deleted, from an item of its listing; nothing where that says too little.

    A deletion relies on what must go before the resource, on its state, and on its tags.
    """
    last = {part.prop for part in resource.parts if part.last}
    if resource.found_by_tag or not last <= props.keys() or not _states(resource, props):
        return None
    outputs = {name: props[name] for name in resource.outputs if name in props}
    slots = single.slots(resource, address.name, outputs)
    outputs |= {name: slots[name] for name in resource.predict}
    status, why, word = state(resource.lifecycle, props)
    if "Tags" in props:
        more = {**more, "tags": {tag["Key"]: tag["Value"] for tag in props["Tags"] or ()}}
    home = resource.regions(props)
    seen = {name: props[name] for name in last}
    return Observed(seen, outputs, status, why, home=home, state=word, **more)


def going(  # noqa: PLR0913 - what bulk reads say of an orphan, and of what else there is
    graph: Graph,
    address: Address,
    listed: Listed | None,
    tags: Mapping[str, str] | None,
    resource: Resource,
    single: Single,
) -> Orphan | None:
    """An orphan by its listing and the tag index; nothing where these say too little.

    It is enough for a plan in which nothing is declared, so that nothing stays that might use it:
    the step that deletes it asks for its own tags.
    """
    if graph.nodes or graph.deferred or listed is None or not tags:
        return None
    own = listed.tags is not None
    seen = told(listed.props, resource, address, single, tags=tags, hearsay=not own)
    if seen is None or not owned(seen, single.place, resource):
        return None
    return Orphan(address, seen, tags.get(OWNERSHIP[2], ""), listed.created)


def _states(resource: Resource, props: Props) -> bool:
    """Whether an item says the state, or the type has none that a deletion would ask about."""
    lifecycle = resource.lifecycle
    if lifecycle is None:
        return True
    if not (lifecycle.failed or lifecycle.scheduled or lifecycle.stuck or lifecycle.retired):
        return True  # at most it goes already, which the deletion is told
    return bool(value_at(props, tuple(lifecycle.field.split("."))))
