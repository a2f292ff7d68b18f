"""Bulk reads: what carries our tags, and what the listings of each type say.

The cheapest way to know what exists. A listing that fails makes its type
unknown, never empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from reconciler.aws.errors import AwsError, Closed, Denied, Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Props
from reconciler.plan.diff import RESERVED
from reconciler.resources.api import (
    NAME_TAG,
    OWNERSHIP,
    TYPE_TAG,
    Listing,
    Place,
    Resource,
    fill,
)
from reconciler.resources.whose import Within, inherited

PAGE = 100
Progress = Callable[[str, int, int], None]
"""Told what is being read, how many reads are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of a bulk read."""

    props: Props
    created: str

    @property
    def tags(self) -> dict[str, str] | None:
        """The tags, where the listing has them."""
        if "Tags" not in self.props:
            return None
        return {tag["Key"]: tag["Value"] for tag in self.props["Tags"] or ()}


@dataclass(slots=True)
class Survey:
    """What the bulk reads gave."""

    index: dict[Address, dict[str, str]] = field(default_factory=dict)
    """Tags of everything that carries our ownership tags, as far as the tagging API knows."""
    keys: dict[Address, list[str]] = field(default_factory=dict)
    """ARNs of resources that are found by tag: the tags of what is deleted stay for a while."""
    lists: dict[str, dict[str, Listed]] = field(default_factory=dict)
    broken: dict[str, AwsError] = field(default_factory=dict)
    """Types whose listing failed: their state is unknown."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many there are of a type, ours or not, where a listing has all of the account's."""
    findings: list[Diagnostic] = field(default_factory=list)
    blind: bool = False
    """The tagging API could not be asked: there may be more of every type that it knows."""

    def tags(self, address: Address, resource: Resource) -> dict[str, str] | None:
        """What the tag index says of it, or of what it is in; nothing where it says nothing."""
        if not isinstance(resource.whose, Within):
            return self.index.get(address)
        parent = Address(resource.whose.type, address.name.rpartition("/")[0])
        return inherited(self.index.get(parent) or {}, OWNERSHIP) or None

    def listed(self, address: Address) -> Listed | None:
        """What the listings say of one resource.

        Raises:
            AwsError: the listing of its type failed.
        """
        if address.type in self.broken:
            raise self.broken[address.type]
        return self.lists.get(address.type, {}).get(address.name)


class Surveyor:
    """Makes a survey of a place."""

    def __init__(  # noqa: PLR0913 - what is looked at, who is told, and what was left
        self,
        session: Session,
        graph: Graph,
        resources: Mapping[str, Resource],
        place: Place,
        progress: Progress,
        left: frozenset[Address] = frozenset(),
    ) -> None:
        self.session = session
        self.graph = graph
        self.resources = resources
        self.place = place
        self.progress = progress
        self.left = left
        self.survey = Survey()

    def run(self, pool: ThreadPoolExecutor) -> Survey:
        """The tag pages first: they say which types are worth listing."""
        self._index()
        self._lists(pool)
        return self.survey

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
            self.survey.findings.append(unreadable(error, None))
            self.survey.blind = True
            return
        known = self.resources.values()
        patterns = [(resource, _arn_pattern(resource, self.place)) for resource in known]
        for item in found:
            arn = item["ResourceARN"]
            tags = {tag["Key"]: tag["Value"] for tag in item["Tags"]}
            if self._typed(arn, tags):
                continue
            for resource, pattern in patterns:
                if pattern and (match := pattern.fullmatch(arn)):
                    self._enter(resource, arn, match["name"], tags)
                    break

    def _typed(self, arn: str, tags: dict[str, str]) -> bool:
        """Take what says itself what it is; how it is addressed is found out when it is read."""
        resource = self.resources.get(tags[TYPE_TAG]) if TYPE_TAG in tags else None
        if resource is None or resource.generic is None or NAME_TAG not in tags:
            return False
        address = Address(resource.type, tags[NAME_TAG])
        self.survey.keys.setdefault(address, []).append(arn)
        self.survey.index[address] = tags
        return True

    def _enter(self, resource: Resource, arn: str, name: str, tags: dict[str, str]) -> None:
        if resource.told_by_tag and NAME_TAG not in tags:
            return
        address = Address(resource.type, tags[NAME_TAG] if resource.told_by_tag else name)
        if resource.found_by_tag:
            self.survey.keys.setdefault(address, []).append(arn)
        self.survey.index[address] = tags

    def _lists(self, pool: ThreadPoolExecutor) -> None:
        types = {node.address.type for node in self.graph}
        types |= {address.type for address in self.survey.index}
        types |= {r.type for r in self.resources.values() if not (r.tags and r.tags.indexed)}
        jobs = [
            (self.resources[type_], number)
            for type_ in sorted(types)
            for number, listing in enumerate(self.resources[type_].listings)
            if not listing.sparing or self._doubtful(type_) > 1
        ]
        futures = [(job, pool.submit(self._list, *job)) for job in jobs]
        declared = {node.address.type for node in self.graph}
        for done, ((resource, number), future) in enumerate(futures, 1):
            known = self.survey.lists.setdefault(resource.type, {})
            try:
                found, count = future.result()
                if count is not None:
                    counted = self.survey.counts.get(resource.type, 0)
                    self.survey.counts[resource.type] = max(count, counted)
                for name, listed in found.items():
                    before = known.get(name)
                    props = {**before.props, **listed.props} if before else listed.props
                    created = listed.created or (before.created if before else "")
                    known[name] = Listed(props, created)
            except AwsError as error:
                if resource.listings[number].sparing:  # as if it had not been asked for
                    self.survey.lists.pop(resource.type, None)
                    continue
                if self._shut_out(resource, error):
                    finding = replace(unreadable(error, None), severity=Severity.NOTE)
                    self.survey.findings.append(finding)
                    continue
                self.survey.broken[resource.type] = error
                if resource.type not in declared:  # else each of its resources is a finding
                    self.survey.findings.append(
                        replace(unreadable(error, None), severity=Severity.WARNING)
                    )
            self.progress("listings", done, len(futures))

    def _doubtful(self, type_: str) -> int:
        """How many of a type are declared or carry our tags, and not both."""
        tagged = {address for address in self.survey.index if address.type == type_}
        declared = {node.address for node in self.graph if node.address.type == type_}
        return len(tagged ^ declared)

    def _shut_out(self, resource: Resource, error: AwsError) -> bool:
        """Whether nothing of a type can be there: AWS shows it to no account that is not let in.

        It takes a row that says so of the whole service, and that nothing else knows any of it.
        """
        if not isinstance(error, Closed) or error.row is None or not error.row.listings:
            return False
        known = {*self.survey.index, *self.left}
        seen = any(address.type == resource.type for address in known)
        return error.row.owns(resource.type) and not seen and not self.survey.blind

    def _list(self, resource: Resource, number: int) -> tuple[dict[str, Listed], int | None]:
        """What a listing has of ours, and of how many in all where it has all."""
        listing = resource.listings[number]
        out: dict[str, Listed] = {}
        if isinstance(resource.whose, Within):
            for parent in self._parents(resource.whose.type):
                self._one(resource, listing, f"{parent}/", out)
            return out, None
        items = self._one(resource, listing, "", out)
        slots = self.place.slots("")
        params = {key: fill(value, slots) for key, value in listing.params.items()}
        own = listing.sparing or params != listing.params  # a prefix, a filter by name
        return out, None if own else sum(_lives(item, resource) for item in items)

    def _parents(self, type_: str) -> list[str]:
        """The names of what is ours, or declared, of a type that others are in."""
        return sorted(
            {at.name for at in (*self.survey.index, *self.graph.nodes) if at.type == type_}
        )

    def _one(
        self, resource: Resource, listing: Listing, within: str, out: dict[str, Listed]
    ) -> list[Json]:
        """Take what is ours of one listing, and of what it is in; all of its items."""
        slots = self.place.slots(within)
        params = {key: fill(value, slots) for key, value in listing.params.items()}
        reader = ReadOnly(self.session, resource.service, resource.absent if within else ())
        try:
            most = self._doubtful(resource.type) if listing.sparing else 0
            items = reader.pages(listing.method, params, listing.at, most=most)
        except Gone:
            return []  # what it would be in is not there
        sole = isinstance(resource.whose, Within) and resource.whose.sole
        for item in items:
            if any(item.get(member) in words for member, words in listing.gone.items()):
                continue
            leaf = listing.called(item)
            named = Address(resource.type, within + leaf) in self.graph
            if sole or named or leaf.startswith(resource.fix(self.place.prefix)):
                created = str(item.get(listing.created) or "")
                out[within + leaf] = Listed(listing.codec.decode(item), created)
        return items


def _lives(item: Json, resource: Resource) -> bool:
    """Whether an item of a listing is neither failed nor going, as far as it says."""
    lifecycle = resource.lifecycle
    if lifecycle is None or not isinstance(item, Mapping):
        return True
    word = str(item.get(lifecycle.field.rpartition(".")[2]) or "")
    return word not in lifecycle.failed | lifecycle.retired and not word.startswith("Delet")


def _arn_pattern(resource: Resource, place: Place) -> re.Pattern[str] | None:
    if not resource.arn:
        return None
    slots = {**dict.fromkeys(resource.outputs, "\0"), **place.slots("\0")}
    within = "{parent}" in str(resource.key) and not resource.told_by_tag
    name = "[^:]+/[^:/]+" if within else "[^/:]+"
    text = re.escape(str(fill(resource.arn, slots))).replace(re.escape("\0"), f"(?P<name>{name})")
    return re.compile(text)


def unreadable(error: AwsError, address: Address | None) -> Diagnostic:
    """The finding for a state that could not be found out."""
    if isinstance(error, Closed):
        text = f"AWS shows nothing of it to this account: {error}"
        return Diagnostic("CLOSED005", text, help=error.help, address=address)
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


def tags_differ(node: Node, tags: Mapping[str, str] | None) -> bool:
    """Whether a resource's tags are not those that are declared, AWS's own left out."""
    wanted = {tag["Key"]: tag["Value"] for tag in node.props.get("Tags") or ()}
    wanted = {key: value for key, value in wanted.items() if not key.startswith(RESERVED)}
    return tags is None or wanted != {k: v for k, v in tags.items() if not k.startswith(RESERVED)}
