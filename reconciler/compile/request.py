"""What is to be planned: checked specs, their environment, and what the user asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.compile.spec import Spec
from reconciler.kinds import availability
from reconciler.model.address import Address
from reconciler.model.change import Reason
from reconciler.model.policy import Policy
from reconciler.model.value import Props
from reconciler.secret.sent import Sent
from reconciler.specs.overlay import EnvironmentView

if TYPE_CHECKING:
    from reconciler.model.just import Just


@dataclass(frozen=True, slots=True)
class Request:
    """What to plan: checked specs in an environment, and what the user asked for besides."""

    specs: tuple[Spec, ...]
    view: EnvironmentView
    policy: Policy
    destroy: bool = False
    """Plan as if nothing were declared."""
    commit: str = ""
    reverts: bool = False
    """The specs are those of an earlier apply."""
    sent: Sent = field(default_factory=Sent)
    """What is known of values that AWS never gives back."""
    left: frozenset[Address] = frozenset()
    """What the last apply left, from its receipt: it may cause one more read."""
    applied: Mapping[Address, Props] = field(default_factory=dict)
    """What it asked for, from the same receipt: it may explain why something is replaced."""
    begun: frozenset[Address] = frozenset()
    """What it may have made and did not see done: as asked for and without tags, it is ours."""
    just: Mapping[Address, Just] = field(default_factory=dict)
    """What applies of minutes ago did: where AWS shows it otherwise, it is looked at again."""
    unshown: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    """What of it AWS took and did not show."""

    beside: Mapping[Address, Props] = field(default_factory=dict)
    """What was live then and nobody had declared, by dotted path."""

    @property
    def terms(self) -> Policy:
        """The policy, with what the specs say of AWS's services, and why what is left over goes."""
        own = availability.of(spec.model for spec in self.specs)
        asked = Reason.REVERTED if self.reverts else None
        return replace(
            self.policy,
            services=own,
            applied=self.applied,
            unshown=self.unshown,
            beside=self.beside,
            removal=Reason.DESTROYED if self.destroy else asked,
        )
