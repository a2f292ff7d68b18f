"""One checked spec of an environment: what it says, where, and what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.api import Kind, Section
from reconciler.kinds.lines import OUTSIDE
from reconciler.model.asset import Form, Packed
from reconciler.model.diagnostic import Span
from reconciler.model.value import Path
from reconciler.specs.envelope import Envelope

SPEC = ("spec",)


@dataclass(frozen=True, slots=True)
class Spec:
    """One checked spec."""

    envelope: Envelope
    kind: Kind[Any]
    model: Section
    uses: tuple[tuple[Path, str, str], ...]
    packed: Mapping[tuple[str, Form], Packed] = field(default_factory=dict)
    """What it names of the repository, once that was read; see `packing.given`."""

    @property
    def id(self) -> str:
        """``Kind/name``."""
        return self.envelope.id

    @property
    def targets(self) -> tuple[str, ...]:
        """The specs that it refers to, each as ``Kind/name``."""
        return tuple(f"{kind}/{name}" for _, kind, name in self.uses)

    @property
    def owner(self) -> str:
        """The team to ask; "" where the spec names none."""
        return self.envelope.metadata.owner or ""

    def owned_at(self) -> Span:
        """The line of the owner."""
        return self.envelope.document.at(("metadata", "owner"))

    def at(self, path: Path) -> Span:
        """The line of a path inside `spec`, or beside it if it begins with `OUTSIDE`."""
        return self.envelope.document.at(_whole(path))

    def key_at(self, path: Path) -> Span:
        """The line of the key of a path inside `spec`, or beside it."""
        return self.envelope.document.key_at(_whole(path))

    @property
    def tags(self) -> Mapping[str, str]:
        """The user's own tags."""
        return self.envelope.metadata.tags


def _whole(path: Path) -> Path:
    return path[1:] if path[:1] == (OUTSIDE,) else (*SPEC, *path)
