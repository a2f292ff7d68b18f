"""What a spec may know of what it depends on: other specs, types' adapters, the environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lacking:
    """An export that some specs of a kind cannot give, and why."""

    why: str
    """As in ``DataSource 'orders' is a table of DynamoDB``: what follows the name."""
    help: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where the environment keeps assets: a DataSource, and the folder in it above `assets`."""

    source: str
    folder: str

    @property
    def id(self) -> str:
        """``DataSource/name``."""
        return f"DataSource/{self.source}"


class LackingError(Exception):
    """A spec asks another one for what that cannot give: a fault of the one that asks."""

    def __init__(self, kind: str, name: str, lacking: Lacking) -> None:
        super().__init__(f"{kind} {name!r} {lacking.why}")
        self.target = (kind, name)
        self.help = lacking.help
