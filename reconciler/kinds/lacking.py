"""What some specs of a kind cannot give to others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lacking:
    """An export that some specs of a kind cannot give, and why."""

    why: str
    """As in ``DataSource 'orders' is a table of DynamoDB``: what follows the name."""
    help: str


class LackingError(Exception):
    """A spec asks another one for what that cannot give: a fault of the one that asks."""

    def __init__(self, kind: str, name: str, lacking: Lacking) -> None:
        super().__init__(f"{kind} {name!r} {lacking.why}")
        self.target = (kind, name)
        self.help = lacking.help
