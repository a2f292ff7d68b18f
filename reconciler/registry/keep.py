"""Which versions may be deleted: those that are old, many, and that nobody needs.

DeleteModelPackage asks no endpoint whether it serves the version. Source: SageMaker API reference,
DeleteModelPackage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.registry.stage import Stage
from reconciler.registry.version import APPROVED, PENDING, Version

NEEDED = frozenset({Stage.STAGING, Stage.PRODUCTION})
"""Stages that need their versions."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How many of the newest versions stay, and for how many seconds any does.

    Where both are given, what goes is beyond both.
    """

    versions: int = 0
    age: int = 0


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one version, and why."""

    version: Version
    deleted: bool
    why: str


def fates(
    versions: Iterable[Version],
    keep: Keep,
    now: datetime,
    used: Mapping[str, str] | None,
) -> list[Fate]:
    """What becomes of every version of a group, the newest first.

    `used` has the ARN of each version that something needs (an endpoint, a model, a revision that
    a rollout may go back to), and what that is; nothing where that could not be read whole, and
    then nothing is deleted.
    """
    found = sorted(versions, key=lambda version: version.number, reverse=True)
    approved = next((v.number for v in found if v.approval == APPROVED), None)
    results = []
    for index, version in enumerate(found):
        why = _needed(version, used, approved) or _young(version, index, keep, now)
        results.append(Fate(version, not why, why or _old(version, index, keep, now)))
    return results


def _needed(version: Version, used: Mapping[str, str] | None, approved: int | None) -> str:
    """What needs a version; nothing where nothing does."""
    if used is None:
        return "nobody knows what is in use"
    if version.arn in used:
        return used[version.arn]
    if version.stage is None:
        return f"its stage is {version.said_stage!r}"
    if version.stage in NEEDED:
        return f"it is in {version.stage}"
    return "it is the latest approved one" if version.number == approved else ""


def _young(version: Version, index: int, keep: Keep, now: datetime) -> str:
    if not keep.versions and not keep.age:
        return "nothing says how long versions stay"
    if keep.versions and index < keep.versions:
        return f"it is one of the newest {keep.versions}"
    if keep.age:
        if version.created is None:
            return "nobody knows how old it is"
        if now - version.created < timedelta(seconds=keep.age):
            return f"it is {_days(version, now)} old"
    elif version.approval == PENDING:
        return "it waits for an approval"
    return ""


def _old(version: Version, index: int, keep: Keep, now: datetime) -> str:
    said = [f"{index} are newer"] if keep.versions else []
    return " and ".join([*said, *([f"it is {_days(version, now)} old"] if keep.age else [])])


def _days(version: Version, now: datetime) -> str:
    days = (now - version.created).days if version.created is not None else 0
    return f"{days} day{'' if days == 1 else 's'}"
