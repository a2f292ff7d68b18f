"""What our tags or our name prefix claim and no spec declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from reconciler.aws import unlisted
from reconciler.aws.addressed import Addressed, levels
from reconciler.aws.errors import contradiction
from reconciler.aws.rosters import going
from reconciler.aws.survey import Survey
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.value import Props
from reconciler.plan.live import Claim, Live, Orphan, claim
from reconciler.resources.api import OWNERSHIP, Resource

_MAY_BE_OURS = (Claim.OURS, Claim.UNSAID)
Key = Callable[[Resource, Address], Props | None]


class Orphans:
    """Finds and reads orphans of a survey; `findings` says what only a read by name has shown."""

    def __init__(
        self,
        survey: Survey,
        generic: Addressed,
        left: frozenset[Address],
        graph: Graph,
        key: Key,
    ) -> None:
        """`left` is what the last apply left; `key` addresses what AWS has named."""
        self.survey = survey
        self.generic = generic
        self.left = left
        self.graph = graph
        self.key = key
        self.single = generic.single
        self.resources = generic.resources
        self.findings: list[Diagnostic] = []

    def strays(self) -> list[Address]:
        """Addresses that our tags or name prefix claim and no spec declares."""
        claimed = {address for address in self.survey.index if address not in self.graph}
        if not self.survey.blind:  # what the last apply left and the index does not show
            known = {each for each in self.left if each.type in self.resources}
            claimed |= {address for address in known if address not in self.graph}
        claimed |= {node.address for node in self.generic.going if self._is_generic(node.address)}
        for type_, listed in self.survey.lists.items():
            resource = self.resources[type_]
            if resource.whose or (resource.tags and not resource.tags.indexed):
                addresses = (Address(type_, name) for name in listed)
                claimed |= {address for address in addresses if address not in self.graph}
        return sorted(claimed)

    def _is_generic(self, address: Address) -> bool:
        return self.resources[address.type].generic is not None

    def batches(self) -> Iterator[list[Address]]:
        """Strays, each after what the specs that are to go say that it refers to."""
        strays, going = self.strays(), self.generic.going
        yield [address for address in strays if address not in going]
        for nodes in levels(going, self.resources):
            yield sorted({node.address for node in nodes}.intersection(strays))

    def read(self, live: Live, address: Address) -> Orphan | None:
        """An orphan; nothing where it is not there, or not ours. `live` is what was read before.

        Raises:
            AwsError: it could not be found out.
        """
        resource = self.resources[address.type]
        listed = self.survey.listed(address)
        claimed = self.survey.index.get(address)
        if resource.listings and listed is None and not claimed and address not in self.left:
            return None
        tags = (listed.tags if listed else None) or claimed
        home = resource.regions(listed.props) if listed else frozenset[str]()
        told = claim(Observed({}, tags=tags, home=home), self.single.place, resource)
        if told is Claim.ELSEWHERE or (told is Claim.FOREIGN and tags is not None):
            return None
        if resource.generic:
            return self.generic.orphan(address, self.survey, live)
        if goes := going(self.graph, address, listed, tags, resource, self.single):
            return goes
        observed = self._seen(address, resource)
        if observed is None:
            return None
        if claim(observed, self.single.place, resource) not in _MAY_BE_OURS:
            if claimed and not observed.tags:
                raise contradiction(str(address), "it shows no tags, and the tag index has some")
            return None
        if not claimed and not listed:
            self.findings.append(unlisted.told(address))
        created = listed.created if listed else ""
        if not listed and resource.content_named:
            created = unlisted.made(self.single, resource, address)
        return Orphan(address, observed, (observed.tags or {}).get(OWNERSHIP[2], ""), created)

    def _seen(self, address: Address, resource: Resource) -> Observed | None:
        """It as its own service shows it, with what says where it is at home."""
        key = self.key(resource, address)
        last = {part.prop for part in resource.parts if part.last}
        wanted = None if resource.content_named else last  # a revision that stays uses things
        observed = self.single.read(resource, address, wanted, key=key)
        if observed is None or claim(observed, self.single.place, resource) is not Claim.UNSAID:
            return observed
        more = self.single.read(resource, address, resource.home, tags=observed.tags, key=key)
        return more and replace(observed, home=more.home)  # what is named may be a part
