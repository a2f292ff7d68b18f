"""What of a registry is deleted: the fates of its versions, and what the environment lets go. Pure.

A version that goes takes its history with it: metrics, approval, where it came from. So each needs
the class ``history`` of the environment, as whatever else loses its history does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.registry.keep import Fate, Keep, fates
from reconciler.registry.version import APPROVED, Version

TYPE = "AWS::SageMaker::ModelPackage"
SHARED = "other accounts may serve it"


@dataclass(frozen=True, slots=True)
class Pruning:
    """What becomes of every version, the newest first, and why what should go may not."""

    fates: tuple[Fate, ...]
    refused: tuple[str, ...] = ()

    @property
    def doomed(self) -> tuple[Version, ...]:
        """What goes, the oldest first; nothing where anything is refused."""
        if self.refused:
            return ()
        gone = [fate.version for fate in self.fates if fate.deleted]
        return tuple(sorted(gone, key=lambda version: version.number))


def prune(
    versions: Iterable[Version],
    stated: Mapping[str, Any],
    now: datetime,
    used: Mapping[str, str] | None,
    allowed: Callable[[str], bool],
) -> Pruning:
    """What goes by what a registry says.

    Args:
        versions: All of its versions.
        stated: What it exports as ``keep``: ``versions``, ``age`` in seconds, and whether it is
            ``shared`` with accounts whose endpoints nobody here sees.
        now: The moment, with a time zone.
        used: What needs a version, by its ARN; nothing where that is not known.
        allowed: Whether the environment lets an address lose its history.
    """
    known = [*versions]
    if used is not None and stated["shared"]:
        shared = {each.arn: SHARED for each in known if each.approval == APPROVED}
        used = {**shared, **used}
    found = fates(known, Keep(stated["versions"], stated["age"]), now, used)
    refused = [
        f"version {fate.version.number}: the environment lets no history go of {address}"
        for fate in found
        if fate.deleted and not allowed(address := address_of(fate.version))
    ]
    return Pruning(tuple(found), tuple(refused))


def address_of(version: Version) -> str:
    """What an approval of the environment names."""
    return f"{TYPE}/{version.group}/{version.number}"
