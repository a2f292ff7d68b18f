"""What a plan starts from: the live state, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.resources.api import OWNERSHIP, REGION_TAG, Place, Reach, Resource
from reconciler.resources.whose import Nobodys
from reconciler.secret.sent import Sent


@dataclass(frozen=True, slots=True)
class Orphan:
    """A live resource that carries our ownership tags and that no spec declares."""

    address: Address
    observed: Observed
    spec: str
    created: str = ""
    """ISO time, "" when AWS does not say; decides which revisions are kept."""


@dataclass(frozen=True, slots=True)
class Live:
    """What was observed: declared resources by address, and orphans.

    An address that is in `unknown` could not be read; nothing may be planned for it. The
    name ``*`` stands for whatever else there is of a type whose listing failed.
    """

    found: Mapping[Address, Observed | None]
    orphans: tuple[Orphan, ...] = ()
    unknown: frozenset[Address] = frozenset()
    unclaimed: tuple[Orphan, ...] = ()
    """They would be orphans, but nothing says that they are this region's."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many of a type the account has in this region, ours or not, where a listing says."""
    sent: Sent = field(default_factory=Sent)
    """What is known of values that AWS never gives back."""


class Claim(StrEnum):
    """Whose a live resource is, as its tags and what it names say."""

    OURS = "ours"
    FOREIGN = "foreign"
    """No tags of ours, or those of another platform or environment."""
    ELSEWHERE = "elsewhere"
    """One name serves all regions, and another region has it."""
    UNSAID = "unsaid"
    """Our platform's and environment's, and nothing says which region's."""


def claim(observed: Observed, place: Place, resource: Resource) -> Claim:
    """Whose a live resource is.

    Who reads a regional service in a region knows where it is. A shared name is of something
    that is somewhere; a global object is nowhere, so its tag says more than what it names.
    """
    if isinstance(resource.whose, Nobodys):
        return Claim.OURS
    tags = observed.tags or {}
    here, tag = frozenset({place.region}), frozenset(filter(None, [tags.get(REGION_TAG)]))
    if resource.reach is Reach.SHARED and observed.home - here:
        return Claim.ELSEWHERE
    if (tags.get(OWNERSHIP[0]), tags.get(OWNERSHIP[1])) != (place.platform, place.environment):
        return Claim.FOREIGN
    named = {
        Reach.REGIONAL: here,
        Reach.GLOBAL: tag or observed.home,
        Reach.SHARED: observed.home or tag,
    }[resource.reach]
    if named == here:
        return Claim.OURS
    return Claim.UNSAID if here <= named or not named else Claim.ELSEWHERE


def owned(observed: Observed, place: Place, resource: Resource) -> bool:
    """Whether this platform, environment and region made it."""
    return claim(observed, place, resource) is Claim.OURS
