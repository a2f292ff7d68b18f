"""A request at the door: of which operation it is, and how an error of it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.sandbox.protocol import wire

if TYPE_CHECKING:
    from reconciler.sandbox.protocol.requests import Sent


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `sent` is nothing where all that is known is its operation."""

    service: str
    operation: str
    protocol: wire.Protocol
    sent: Sent | None

    def refused(self, code: str, message: str, status: int = 400) -> wire.Answer:
        """An error as its client reads one."""
        return wire.error(self.protocol, code, message, status)
