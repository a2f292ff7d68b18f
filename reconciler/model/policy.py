"""What an environment, and whoever plans, permits a plan to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reconciler.model.address import Address
from reconciler.model.availability import Row
from reconciler.model.change import Reason
from reconciler.model.diagnostic import Span
from reconciler.model.loss import Approval
from reconciler.model.value import Props


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
    existing: Mapping[str, Span | None] = field(default_factory=dict)
    """Closed services that the account uses already, as the environment says, with the lines."""
    applied: Mapping[Address, Props] = field(default_factory=dict)
    """What the last apply asked for, from its receipt; nothing where there is none."""
    unshown: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    """Properties of it that AWS took and did not show right after the apply."""
    beside: Mapping[Address, Props] = field(default_factory=dict)
    """What was live after the last apply and nobody had declared, by dotted path."""
    available: bool = False
    """Whether what serves has to go on while an instance or a zone fails."""
    removal: Reason | None = None
    """Why what the graph does not have goes, where the user asked for more than what is declared:
    `DESTROYED` or `REVERTED`."""
    services: tuple[Row, ...] = ()
    """What the platform's own specs say of services."""
