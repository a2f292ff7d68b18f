"""What a plan starts from: the live state, and what the environment permits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.loss import Approval
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


@dataclass(frozen=True, slots=True)
class Policy:
    """What the environment lets a plan do."""

    allow: frozenset[str] = frozenset()
    """Destructive classes that may be carried out."""
    adopt: frozenset[Address] = frozenset()
    """Resources that carry no ownership tags and may be taken over."""
    retry: frozenset[Address] = frozenset()
    """Resources whose update may be tried once more although it failed."""
    approvals: tuple[Approval, ...] = ()
    """Losses that may be carried out, by address."""
    today: date = date.max
    """The day in UTC on which approvals count or have ended; by default all have."""


def owned(observed: Observed, place: Place) -> bool:
    """Whether the ownership tags say that this platform and environment made it."""
    tags = observed.tags or {}
    return (tags.get(OWNERSHIP[0]), tags.get(OWNERSHIP[1])) == (place.platform, place.environment)
