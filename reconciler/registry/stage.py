"""The stages of a version, their order, and what a move asks of other versions.

SageMaker keeps a stage as two free texts, ``ModelLifeCycle.Stage`` and ``StageStatus``, for each
version by itself: neither an order nor that one version alone is in Production. Both are kept
here. Source: SageMaker API reference, ModelLifeCycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.registry.version import Version


class Stage(StrEnum):
    """Where a version is in its life; the value is AWS's ``Stage``."""

    DEVELOPMENT = "Development"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"


ORDER = tuple(Stage)
FIRST = Stage.DEVELOPMENT
"""Where a version is that says nothing of a stage."""
EXCLUSIVE = frozenset({Stage.PRODUCTION})
"""Stages of which a group has one version at most."""
NEXT: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.DEVELOPMENT: (Stage.STAGING, Stage.ARCHIVED),
    Stage.STAGING: (Stage.PRODUCTION, Stage.DEVELOPMENT, Stage.ARCHIVED),
    Stage.PRODUCTION: (Stage.ARCHIVED,),
    Stage.ARCHIVED: (Stage.STAGING,),
}
"""Where a version may go from each stage. One that was archived goes through Staging again."""
STATUS: Mapping[Stage, str] = {
    Stage.DEVELOPMENT: "InProgress",
    Stage.STAGING: "Approved",
    Stage.PRODUCTION: "Approved",
    Stage.ARCHIVED: "Retired",
}
"""The ``StageStatus`` that goes with each: SageMaker takes no stage without one."""


def stage_of(said: str) -> Stage | None:
    """The stage of a text, in AWS's spelling; nothing where it is another one's word.

    ``production`` is no stage: whoever compared without case would let two names mean one.
    """
    if not said:
        return FIRST
    return next((stage for stage in Stage if stage.value == said), None)


@dataclass(frozen=True, slots=True)
class Move:
    """One version that goes from a stage to another."""

    arn: str
    version: int
    before: Stage
    after: Stage
    why: str = ""

    def request(self, note: str = "") -> dict[str, str]:
        """``ModelLifeCycle`` as UpdateModelPackage takes it."""
        body = {"Stage": self.after.value, "StageStatus": STATUS[self.after]}
        return {**body, "StageDescription": note[:1024]} if note else body


@dataclass(frozen=True, slots=True)
class Moves:
    """What a promotion does, in order; or why it may not."""

    moves: tuple[Move, ...] = ()
    refused: str = ""


def moves(versions: Iterable[Version], number: int, to: Stage) -> Moves:
    """What brings a version to a stage: its own move, then those who leave an exclusive stage.

    The new one comes first, so that a stage that was held is never without a holder.
    """
    known = {version.number: version for version in versions}
    chosen = known.get(number)
    if chosen is None:
        return Moves(refused=f"there is no version {number}")
    if chosen.stage is None:
        return Moves(refused=_foreign(chosen))
    if chosen.stage is not to and to not in NEXT[chosen.stage]:
        return Moves(refused=refusal(chosen.stage, to))
    found = [Move(chosen.arn, number, chosen.stage, to)] if chosen.stage is not to else []
    if to in EXCLUSIVE:
        holders = [each for each in known.values() if each.stage is to and each.number != number]
        why = f"version {number} takes its place"
        found += [
            Move(each.arn, each.number, to, Stage.ARCHIVED, why)
            for each in sorted(holders, key=lambda each: each.number)
        ]
    return Moves(tuple(found))


def refusal(before: Stage, after: Stage) -> str:
    """Why a version may not go from one stage to another, and where it may go."""
    allowed = " or ".join(NEXT[before])
    return f"a version goes from {before} to {allowed}, not to {after}"


def _foreign(version: Version) -> str:
    words = ", ".join(ORDER)
    return f"version {version.number} is in stage {version.said_stage!r}, which is none of {words}"


def holders(versions: Iterable[Version], stage: Stage) -> list[Version]:
    """The versions in a stage, by number; more than one of an exclusive stage is ambiguous."""
    return sorted((v for v in versions if v.stage is stage), key=lambda v: v.number)
