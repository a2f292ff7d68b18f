"""Look at a whole platform with the fewest calls.

Tag pages and listings first; a resource is described only when no listing, and
no digest in its name, has already shown its content. Everything is read only,
in parallel, under one rate limit per service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from reconciler.aws import unlisted
from reconciler.aws.addressed import Addressed, levels
from reconciler.aws.asking import UNKNOWN, Asker, Unknown, contradicts
from reconciler.aws.confirm import changing, confirmed, doubtful
from reconciler.aws.documents import Documents
from reconciler.aws.errors import AwsError, Gone, contradiction
from reconciler.aws.orphans import Orphans
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, read_tags, state
from reconciler.aws.survey import Listed, Progress, Survey, Surveyor, tags_differ
from reconciler.aws.twins import tell_apart
from reconciler.model.address import Address
from reconciler.model.change import Observed, Status
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Props
from reconciler.plan.diff import scheduled
from reconciler.plan.live import Claim, Live, Orphan, claim, owned
from reconciler.resources.api import MAKING_TAG, Place, Resource
from reconciler.resources.whose import unsigned

WORKERS = 16
LOOKS = 8
"""At what is shown half made, of what an apply has made whole: half a minute."""


def observe(  # noqa: PLR0913 - what is looked at, and who is told
    session: Session,
    graph: Graph,
    resources: Mapping[str, Resource],
    place: Place,
    *,
    progress: Progress = lambda _what, _done, _all: None,
    left: frozenset[Address] = frozenset(),
    applied: Mapping[Address, Props] = MappingProxyType({}),
    begun: frozenset[Address] = frozenset(),
    going: Graph | None = None,
) -> tuple[Live, list[Diagnostic]]:
    """The live state of everything the graph declares or our tags claim.

    `left` is what the last apply left. Where listings or tags contradict it, it is read by its
    name: that answer counts, and is told of. `left` itself is never taken for an answer.
    `applied` is what that apply asked for: it addresses what carries no tags and has left the
    graph. `begun` is what it may have made. `going` is what specs have and the graph leaves out
    on purpose: it addresses what carries no tags, or is found by none.
    """
    going = going or Graph()
    return _Observer(session, graph, resources, place, progress, left, applied, begun, going).run()


class _Observer:
    def __init__(  # noqa: PLR0913 - see `observe`
        self,
        session: Session,
        graph: Graph,
        resources: Mapping[str, Resource],
        place: Place,
        progress: Progress,
        left: frozenset[Address],
        applied: Mapping[Address, Props],
        begun: frozenset[Address],
        going: Graph,
    ) -> None:
        self.session = session
        self.graph = graph
        self.resources = resources
        self.place = place
        self.progress = progress
        self.left = left
        self.single = Single(session, place)
        self.documents = Documents(session, self.single, resources)
        self.generic = Addressed(session, self.single, resources, left, applied, begun, going)
        self.survey = Survey()
        self.found: list[Diagnostic] = []
        self.asker = Asker(session.clock, progress, self.found)
        self._halves: Counter[Address] = Counter()
        self.from_list: dict[Address, frozenset[str]] = {}
        self.unclear: Mapping[Address, AwsError] = {}
        """Found by tag more than once, and which one is meant could not be found out."""

    def run(self) -> tuple[Live, list[Diagnostic]]:
        with ThreadPoolExecutor(WORKERS) as pool:
            surveyor = Surveyor(
                self.session, self.graph, self.resources, self.place, self.progress, self.left
            )
            self.survey = surveyor.run(pool)
            self.found += self.survey.findings
            self.unclear = tell_apart(self.survey, self.single, self.resources)
            known: dict[Address, Observed | None] = {}
            unknown = frozenset[Address]()
            for nodes in levels(self.graph, self.resources):
                ask = partial(self._node, Live(known, unknown=unknown))
                seen = self.asker.all(pool, "resources", nodes, ask, lambda node: node.address)
                live = {node.address: each for node, each in zip(nodes, seen, strict=True)}
                unknown |= {at for at, each in live.items() if isinstance(each, Unknown)}
                known |= {at: each for at, each in live.items() if not isinstance(each, Unknown)}
            unknown |= self._confirm(pool, known, unknown)
            orphans = Orphans(self.survey, self.generic, self.left, self.graph, self._tag_key)
            kept: list[Orphan] = []
            for strays in orphans.batches():
                so_far = {**known, **{each.address: each.observed for each in kept}}
                read = partial(orphans.read, Live(so_far, unknown=unknown))
                gone = self.asker.all(pool, "orphans", strays, read, lambda address: address)
                unknown |= {at for at, it in zip(strays, gone, strict=True) if it is UNKNOWN}
                kept += [orphan for orphan in gone if isinstance(orphan, Orphan)]
        unknown |= {Address(type_, "*") for type_ in (*self.survey.broken, *self._unseen())}
        self.found += [*self.generic.findings, *orphans.findings]
        ours = tuple(
            o for o in kept if owned(o.observed, self.place, self.resources[o.address.type])
        )
        unclaimed = tuple(each for each in kept if each not in ours)
        return Live(known, ours, unknown, unclaimed, self.survey.counts), self.found

    def _confirm(
        self,
        pool: ThreadPoolExecutor,
        known: dict[Address, Observed | None],
        unknown: frozenset[Address],
    ) -> frozenset[Address]:
        """Ask once more for what only listings and documents show; what is unknown after that."""
        live = Live(known, unknown=unknown)
        doubt = doubtful(self.graph, live, self.from_list, self.resources, self.place)
        ask = partial(confirmed, self.single, self.resources)
        seen = self.asker.all(pool, "resources", doubt, ask, lambda node: node.address)
        read = {node.address: each for node, each in zip(doubt, seen, strict=True)}
        known |= {at: each for at, each in read.items() if not isinstance(each, Unknown)}
        told = self.documents.known.keys() - read.keys()
        doubt = changing(self.graph, live, told, self.resources, self.place)
        ask = partial(self.documents.confirmed, live)
        seen = self.asker.all(pool, "resources", doubt, ask, lambda node: node.address)
        read |= {node.address: each for node, each in zip(doubt, seen, strict=True)}
        known |= {at: each for at, each in read.items() if not isinstance(each, Unknown)}
        return frozenset(at for at, each in read.items() if isinstance(each, Unknown))

    def _unseen(self) -> list[str]:
        """Types of which there may be more than was found, because the tag index is not known."""
        known = self.resources.items() if self.survey.blind else ()
        return [type_ for type_, resource in known if resource.tags and resource.tags.indexed]

    # -- single resources

    def _node(self, so_far: Live, node: Node) -> Observed | None:
        resource = self.resources[node.address.type]
        if resource.generic:
            return self.generic.node(node, so_far, self.survey)
        listed = self.survey.listed(node.address)
        if listed and (away := self._away(resource, listed)):
            return away
        asked = node.address.type in self.survey.lists  # a sparing listing may not have been
        if resource.listings and listed is None and asked:
            observed = self._unlisted(resource, node)
        else:
            tags = self.survey.tags(node.address, resource)
            observed = self._content(node, resource, listed, tags)
        if observed is None or not tags_differ(node, observed.tags):
            return observed
        observed = self._confirm_tags(resource, node.address, observed)
        self._complete(node.address, observed)
        return observed

    def _complete(self, address: Address, observed: Observed | None) -> None:
        """What the last apply made whole, and is shown half made, is looked at a few times more.

        Raises:
            Retry: it is to be asked again.
        """
        half = observed is not None and MAKING_TAG in (observed.tags or {})
        if half and address in self.left and self._halves[address] < LOOKS:
            self._halves[address] += 1
            raise contradiction(str(address), "it was made, and is shown while it is made")

    def _unlisted(self, resource: Resource, node: Node) -> Observed | None:
        """Not in a listing: absent, unless the tag index or a receipt says otherwise; then ask."""
        indexed = node.address in self.survey.index
        if not indexed and node.address not in self.left:
            return None
        found = self.single.read(resource, node.address, node.props)
        told = unlisted.told(node.address)
        if found and not indexed and told not in self.found:
            self.found.append(told)
        listed = {listing.method for listing in resource.listings}
        if not found and indexed and resource.read.method in listed:  # nothing has said "absent"
            raise contradiction(str(node.address), "nothing lists it, and the tag index has it")
        return found

    def _away(self, resource: Resource, listed: Listed) -> Observed | None:
        """What another region has: all there is to know of it, as it cannot be worked on here."""
        seen = Observed({}, tags=listed.tags, home=resource.regions(listed.props))
        return seen if claim(seen, self.place, resource) is Claim.ELSEWHERE else None

    def _content(
        self,
        node: Node,
        resource: Resource,
        listed: Listed | None,
        tags: dict[str, str] | None,
    ) -> Observed | None:
        told = resource.outputs.keys() <= resource.predict.keys()  # else an id must be read
        if listed and resource.content_named and told:
            slots = self.single.slots(resource, node.address.name, {})
            outputs = {name: slots[name] for name in resource.predict}
            return Observed(node.props, outputs, tags=tags, proven=True)
        more = any(detail.prop in node.props for detail in resource.details if detail.prop)
        if listed and all(listing.complete for listing in resource.listings) and not more:
            self.from_list[node.address] = frozenset(listed.props)
            return self._from_list(node, resource, listed, tags)
        key = self._tag_key(resource, node.address)
        seen = self.single.read(resource, node.address, node.props, tags=tags, key=key)
        gone = seen is None or seen.status is Status.FAILED or scheduled(seen, resource)
        if key and gone:  # the tagging API lags (AWS_FACTS 6.6): maybe the one before; ask by name
            return self.single.read(resource, node.address, node.props) or seen
        return seen

    def _from_list(
        self,
        node: Node,
        resource: Resource,
        listed: Listed,
        tags: Mapping[str, str] | None,
    ) -> Observed | None:
        """A resource whose listing says all but the parts that have calls of their own."""
        outputs = {n: listed.props[n] for n in resource.outputs if n in listed.props}
        slots = self.single.slots(resource, node.address.name, outputs)
        reader = ReadOnly(self.session, resource.service, resource.absent)
        props = {k: v for k, v in listed.props.items() if k in node.props or k in resource.carried}
        props |= self.documents.told(resource, node.address, node.props.keys() - props.keys())
        props |= self.single.parts(reader, resource, node.props.keys() - props.keys(), slots)
        tags = listed.tags if tags is None else tags
        tags = self.single.whose(resource, node.address.name, listed.props, tags)
        outputs |= {name: slots[name] for name in resource.predict}
        home = resource.regions({**listed.props, **props})
        status, why, word = state(resource.lifecycle, listed.props)
        shown = unsigned(props, resource.whose)
        return Observed(shown, outputs, status, why, tags, home=home, state=word)

    def _confirm_tags(
        self, resource: Resource, address: Address, observed: Observed
    ) -> Observed | None:
        """The tagging API lags (AWS_FACTS 6.6): ask the service itself before tags matter."""
        if resource.tags is None:
            return observed
        indexed = self.survey.index.get(address)
        if not indexed and address not in self.left:
            return replace(observed, tags=self._own_tags(resource, address, observed))
        try:
            ask = partial(self._some_tags, resource, address, observed)
            tags = self.asker.patiently(ask)
        except AwsError as error:
            if indexed or isinstance(error, Gone) or not contradicts(error):
                raise
            tags = {}  # a receipt is no proof that it has some
        return replace(observed, tags=tags)

    def _some_tags(
        self, resource: Resource, address: Address, observed: Observed
    ) -> dict[str, str]:
        """The tags of something that has some, as AWS or a receipt says."""
        if not (tags := self._own_tags(resource, address, observed)):
            raise contradiction(str(address), "it shows no tags, and had some")
        return tags

    def _own_tags(self, resource: Resource, address: Address, observed: Observed) -> dict[str, str]:
        """The tags by the type's own service; none for a type that has none."""
        if resource.tags is None:
            return {}
        slots = self.single.slots(resource, address.name, observed.outputs)
        return read_tags(
            ReadOnly(self.session, resource.service, resource.absent), resource.tags, slots
        )

    def _tag_key(self, resource: Resource, address: Address) -> Props | None:
        """How to address a resource whose id AWS chose; nothing when the name does."""
        if address in self.unclear:
            raise self.unclear[address]
        arns = self.survey.keys.get(address)
        return {next(iter(resource.read.params)): arns[0]} if arns else None
