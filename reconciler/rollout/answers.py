"""Which of the records of one name Route 53 answers with. Pure.

Sources: Route 53 developer guide, "How Amazon Route 53 chooses records when health checking is
configured" (records without a health check are healthy; where none is healthy all count as healthy;
records of weight 0 answer only while no other is healthy), "Active-active and active-passive
failover" (the primary record answers where both are unhealthy).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

FIRST, SECOND = "PRIMARY", "SECONDARY"
OPEN = "fail-open: by policy, although nothing is healthy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A record of several under one name."""

    id: str
    """Its set identifier."""
    order: str = ""
    """PRIMARY or SECONDARY; "" for one of several with weights."""
    parts: int = 0
    """Its weight."""
    healthy: bool | None = True
    """Whether Route 53 takes it for healthy; None where nobody has said."""
    guarded: bool = True
    """Whether anything watches it; without that it counts as healthy for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Who answers, and how it comes to that."""

    shares: Mapping[str, float]
    """Share of the answers by set identifier; those with none are left out."""
    why: str
    open: bool = False
    """Whether it answers although nothing is healthy: that is no failover."""
    sure: bool = True
    """False where nobody has said whether some of them are healthy."""


def answering(members: Sequence[Member], fallen: Collection[str] = ()) -> Answer:
    """Who answers while those in `fallen` are unhealthy, as far as anything watches them.

    Raises:
        ValueError: there are no members, or of two policies.
    """
    if not members:
        raise ValueError("nobody has a record of this name")
    now = [replace(it, healthy=False) if it.id in fallen and it.guarded else it for it in members]
    if all(it.order for it in now):
        found = _in_order(now)
    elif any(it.order for it in now):
        raise ValueError("records of two policies have this name")
    else:
        found = _by_weight(now)
    return replace(found, sure=all(it.healthy is not None or not it.guarded for it in now))


def _in_order(members: Sequence[Member]) -> Answer:
    by = {it.order: it for it in members}
    first, second = by.get(FIRST), by.get(SECOND)
    if first and _fit(first):
        return Answer(shares={first.id: 1.0}, why=f"the first of {len(members)}")
    if second and _fit(second):
        return Answer(shares={second.id: 1.0}, why="the second, because the first is unhealthy")
    one = first or second or members[0]
    return Answer(shares={one.id: 1.0}, why=OPEN, open=True)


def _by_weight(members: Sequence[Member]) -> Answer:
    usual = [it for it in members if it.parts]
    spare = [it for it in members if not it.parts]
    for group, why in (
        ([it for it in usual if _fit(it)], f"by weight, of {len(members)}"),
        ([it for it in spare if _fit(it)], "weight 0, because no other one is healthy"),
    ):
        if group:
            return Answer(shares=_shares(group), why=why)
    return Answer(shares=_shares(usual or spare), why=OPEN, open=True)


def _shares(members: Sequence[Member]) -> dict[str, float]:
    total = sum(it.parts for it in members)
    return {it.id: it.parts / total if total else 1 / len(members) for it in members}


def _fit(member: Member) -> bool:
    return not member.guarded or member.healthy is not False
