"""Look at a whole platform with the fewest calls.

Tag pages and listings first; a resource is described only when no listing, and
no digest in its name, has already shown its content. Everything is read only,
in parallel, under one rate limit per service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reconciler.aws.errors import AwsError, Denied
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, read_tags
from reconciler.live import Live, Orphan, owned
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Props
from reconciler.resources.api import NAME_TAG, OWNERSHIP, Place, Resource, fill

WORKERS = 16
PAGE = 100
T = TypeVar("T")
R = TypeVar("R")
Progress = Callable[[str, int, int], None]
"""Told what is being read, how many reads are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of a bulk read."""

    props: Props
    created: str


@dataclass(slots=True)
class _Survey:
    """What the bulk reads gave."""

    index: dict[Address, dict[str, str]] = field(default_factory=dict)
    keys: dict[Address, str] = field(default_factory=dict)
    """ARNs of resources that are found by tag."""
    lists: dict[str, dict[str, Listed]] = field(default_factory=dict)
    broken: dict[str, AwsError] = field(default_factory=dict)
    """Types whose listing failed: their state is unknown."""


def observe(
    session: Session,
    graph: Graph,
    resources: Mapping[str, Resource],
    place: Place,
    *,
    progress: Progress = lambda _what, _done, _all: None,
) -> tuple[Live, list[Diagnostic]]:
    """The live state of everything the graph declares or our tags claim."""
    return _Observer(session, graph, resources, place, progress).run()


class _Observer:
    def __init__(
        self,
        session: Session,
        graph: Graph,
        resources: Mapping[str, Resource],
        place: Place,
        progress: Progress,
    ) -> None:
        self.session = session
        self.graph = graph
        self.resources = resources
        self.place = place
        self.progress = progress
        self.single = Single(session, place)
        self.survey = _Survey()
        self.found: list[Diagnostic] = []

    def run(self) -> tuple[Live, list[Diagnostic]]:
        with ThreadPoolExecutor(WORKERS) as pool:
            self._index()
            self._lists(pool)
            nodes = list(self.graph)
            seen = self._all(pool, "resources", nodes, self._node, lambda node: node.address)
            live = {node.address: observed for node, observed in zip(nodes, seen, strict=True)}
            unknown = frozenset(a for a, observed in live.items() if observed is _UNKNOWN)
            known = {a: o for a, o in live.items() if not isinstance(o, _Unknown)}
            strays = [*self._strays()]
            orphans = self._all(pool, "orphans", strays, self._orphan, lambda address: address)
        kept = tuple(orphan for orphan in orphans if isinstance(orphan, Orphan))
        return Live(known, kept, unknown), self.found

    def _all(
        self,
        pool: ThreadPoolExecutor,
        what: str,
        items: list[T],
        read: Callable[[T], R],
        address: Callable[[T], Address],
    ) -> list[R | _Unknown]:
        """Read every item in parallel; one that fails becomes a finding and is unknown."""
        out: list[R | _Unknown] = []
        futures = [(item, pool.submit(read, item)) for item in items]
        for done, (item, future) in enumerate(futures, 1):
            try:
                out.append(future.result())
            except AwsError as error:
                self.found.append(unreadable(error, address(item)))
                out.append(_UNKNOWN)
            self.progress(what, done, len(items))
        return out

    # -- bulk reads

    def _index(self) -> None:
        """Everything that carries our tags, from the tagging API."""
        reader = ReadOnly(self.session, "resourcegroupstaggingapi")
        values = (self.place.platform, self.place.environment)
        filters = [
            {"Key": key, "Values": [value]} for key, value in zip(OWNERSHIP, values, strict=False)
        ]
        params = {"TagFilters": filters, "ResourcesPerPage": PAGE}
        try:
            found = reader.pages("get_resources", params, "ResourceTagMappingList")
        except AwsError as error:
            self.found.append(unreadable(error, None))
            return
        known = self.resources.values()
        patterns = [(resource, _arn_pattern(resource, self.place)) for resource in known]
        for item in found:
            arn = item["ResourceARN"]
            tags = {tag["Key"]: tag["Value"] for tag in item["Tags"]}
            for resource, pattern in patterns:
                if pattern and (match := pattern.fullmatch(arn)):
                    self._enter(resource, arn, match["name"], tags)
                    break

    def _enter(self, resource: Resource, arn: str, name: str, tags: dict[str, str]) -> None:
        if resource.found_by_tag:
            if NAME_TAG not in tags:
                return
            address = Address(resource.type, tags[NAME_TAG])
            self.survey.keys[address] = arn
        else:
            address = Address(resource.type, name)
        self.survey.index[address] = tags

    def _lists(self, pool: ThreadPoolExecutor) -> None:
        types = {node.address.type for node in self.graph}
        types |= {address.type for address in self.survey.index}
        types |= {r.type for r in self.resources.values() if not (r.tags and r.tags.indexed)}
        jobs = [
            (self.resources[type_], number)
            for type_ in sorted(types)
            for number in range(len(self.resources[type_].listings))
        ]
        futures = [(job, pool.submit(self._list, *job)) for job in jobs]
        declared = {node.address.type for node in self.graph}
        for done, ((resource, _), future) in enumerate(futures, 1):
            known = self.survey.lists.setdefault(resource.type, {})
            try:
                for name, listed in future.result().items():
                    before = known.get(name)
                    props = {**before.props, **listed.props} if before else listed.props
                    created = listed.created or (before.created if before else "")
                    known[name] = Listed(props, created)
            except AwsError as error:
                self.survey.broken[resource.type] = error
                if resource.type not in declared:  # else each of its resources is a finding
                    self.found.append(replace(unreadable(error, None), severity=Severity.WARNING))
            self.progress("listings", done, len(futures))

    def _list(self, resource: Resource, number: int) -> dict[str, Listed]:
        listing = resource.listings[number]
        slots = self.place.slots("")
        params = {key: fill(value, slots) for key, value in listing.params.items()}
        reader = ReadOnly(self.session, resource.service)
        out: dict[str, Listed] = {}
        for item in reader.pages(listing.method, params, listing.at):
            name = str(item[listing.name])
            if name.startswith(self.place.prefix) or Address(resource.type, name) in self.graph:
                created = str(item.get(listing.created) or "")
                out[name] = Listed(listing.codec.decode(item), created)
        return out

    # -- single resources

    def _node(self, node: Node) -> Observed | None:
        resource = self.resources[node.address.type]
        listed = self._listed(resource, node.address)
        if resource.listings and listed is None:
            return None
        tags = self.survey.index.get(node.address)
        observed = self._content(node, resource, listed, tags)
        if observed is None or not _tags_differ(node, observed.tags):
            return observed
        return self._confirm_tags(resource, node.address, observed)

    def _content(
        self,
        node: Node,
        resource: Resource,
        listed: Listed | None,
        tags: dict[str, str] | None,
    ) -> Observed | None:
        if listed and resource.content_named:
            slots = self.single.slots(resource, node.address.name, {})
            outputs = {name: slots[name] for name in resource.predict}
            return Observed(node.props, outputs, tags=tags, proven=True)
        if listed and all(listing.complete for listing in resource.listings):
            return self._from_list(node, resource, listed, tags)
        key = self._tag_key(resource, node.address)
        return self.single.read(resource, node.address, node.props, tags=tags, key=key)

    def _from_list(
        self,
        node: Node,
        resource: Resource,
        listed: Listed,
        tags: dict[str, str] | None,
    ) -> Observed | None:
        """A resource whose listing says all but the parts that have calls of their own."""
        outputs = {n: listed.props[n] for n in resource.outputs if n in listed.props}
        slots = self.single.slots(resource, node.address.name, outputs)
        reader = ReadOnly(self.session, resource.service, resource.absent)
        props = {key: listed.props[key] for key in node.props if key in listed.props}
        props |= self.single.parts(reader, resource, node.props.keys() - props.keys(), slots)
        if tags is None and "Tags" in listed.props:
            tags = {tag["Key"]: tag["Value"] for tag in listed.props["Tags"] or ()}
        outputs |= {name: slots[name] for name in resource.predict}
        return Observed(props, outputs, tags=tags)

    def _confirm_tags(
        self, resource: Resource, address: Address, observed: Observed
    ) -> Observed | None:
        """The tagging API lags (AWS_FACTS 6.6): ask the service itself before tags matter."""
        if resource.tags is None:
            return observed
        reader = ReadOnly(self.session, resource.service, resource.absent)
        slots = self.single.slots(resource, address.name, observed.outputs)
        return replace(observed, tags=read_tags(reader, resource.tags, slots))

    def _listed(self, resource: Resource, address: Address) -> Listed | None:
        if resource.type in self.survey.broken:
            raise self.survey.broken[resource.type]
        return self.survey.lists.get(resource.type, {}).get(address.name)

    def _tag_key(self, resource: Resource, address: Address) -> Props | None:
        """How to address a resource whose id AWS chose; nothing when the name does."""
        arn = self.survey.keys.get(address)
        return {next(iter(resource.read.params)): arn} if arn else None

    # -- orphans

    def _strays(self) -> Iterable[Address]:
        """Addresses that our tags or name prefix claim and no spec declares."""
        claimed = {address for address in self.survey.index if address not in self.graph}
        for type_, listed in self.survey.lists.items():
            resource = self.resources[type_]
            if resource.tags and not resource.tags.indexed:
                addresses = (Address(type_, name) for name in listed)
                claimed |= {address for address in addresses if address not in self.graph}
        return sorted(claimed)

    def _orphan(self, address: Address) -> Orphan | None:
        resource = self.resources[address.type]
        listed = self._listed(resource, address)
        if resource.listings and listed is None:
            return None
        wanted = {part.prop for part in resource.parts if part.last}
        tags = self.survey.index.get(address)
        if listed and "Tags" in listed.props:
            tags = {tag["Key"]: tag["Value"] for tag in listed.props["Tags"] or ()}
        if tags is not None and not owned(Observed({}, tags=tags), self.place):
            return None
        key = self._tag_key(resource, address)
        wanted |= {"ProductionVariants"} if resource.content_named else set()
        observed = self.single.read(resource, address, wanted, key=key)
        if observed is None or not owned(observed, self.place):
            return None
        spec = (observed.tags or {}).get(OWNERSHIP[2], "")
        return Orphan(address, observed, spec, listed.created if listed else "")


class _Unknown:
    """Stands for a resource whose state could not be found out."""


_UNKNOWN = _Unknown()


def _tags_differ(node: Node, tags: Mapping[str, str] | None) -> bool:
    wanted: Json = node.props.get("Tags")
    if tags is None:
        return True
    return any(tags.get(tag["Key"]) != tag["Value"] for tag in wanted or ())


def _arn_pattern(resource: Resource, place: Place) -> re.Pattern[str] | None:
    if not resource.arn:
        return None
    slots = {**place.slots("\0"), "KeyId": "\0"}
    text = re.escape(str(fill(resource.arn, slots))).replace(re.escape("\0"), "(?P<name>[^/:]+)")
    return re.compile(text)


def unreadable(error: AwsError, address: Address | None) -> Diagnostic:
    """The finding for a state that could not be found out."""
    if isinstance(error, Denied):
        return Diagnostic(
            "AWS001",
            f"access denied: {error}",
            help=f"allow the plan role {error.what.split()[0]!r}, or renew the credentials",
            address=address,
        )
    return Diagnostic(
        "AWS002",
        f"state unknown: {error}",
        help="nothing is planned for what could not be read; run again, or look at AWS's message",
        address=address,
    )
