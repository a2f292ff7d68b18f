"""Digests of values that AWS takes and never gives back, made with a key. Pure.

The key is in no repository, so nobody who reads a digest can guess a value and compare. A bare
digest of such a value is never made.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Hidden, canonical, hidden

VARIABLE = "MOORLINE_SECRET_KEY"
_ID, _DIGITS = 8, 32


@dataclass(frozen=True, slots=True)
class Sent:
    """The key, and what the last receipt holds: digests by dotted path for each resource."""

    key: bytes = field(default=b"", repr=False)
    last: Mapping[Address, Mapping[str, str]] = field(default_factory=dict)

    def of(self, node: Node) -> dict[str, str]:
        """The digests of what a resource is to be sent; none without a key."""
        if not self.key:
            return {}
        return {".".join(each.path): self._digest(each) for each in hidden(node.props)}

    def _digest(self, each: Hidden) -> str:
        """The key's own short name, and the digest of place and value."""
        place = [each.owner.type, each.owner.name, *each.path]
        made = hmac.digest(self.key, canonical([place, each.value]), "sha256").hex()
        return f"{self._name}:{made[:_DIGITS]}"

    @property
    def _name(self) -> str:
        return hmac.digest(self.key, b"the name of this key", "sha256").hex()[:_ID]


def key_of(digest: str) -> str:
    """The short name of the key that a digest was made with."""
    return digest.partition(":")[0]
