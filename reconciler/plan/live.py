"""What a plan starts from: the live state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.resources.api import OWNERSHIP, Place


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


def owned(observed: Observed, place: Place) -> bool:
    """Whether the ownership tags say that this platform and environment made it."""
    tags = observed.tags or {}
    return (tags.get(OWNERSHIP[0]), tags.get(OWNERSHIP[1])) == (place.platform, place.environment)
