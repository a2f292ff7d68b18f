"""A row of the transition table, and what rows ask and say alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.rollout import moves
from reconciler.rollout.values import Doing, RolloutAction
from reconciler.rollout.view import View

RUNS = "any that runs"


@dataclass(frozen=True, slots=True)
class Row:
    """Where it applies and when, in words and as a function; what is done, in words and so."""

    phase: str
    when: str
    does: str
    holds: Callable[[View], bool]
    action: Callable[[View], RolloutAction]


def word(view: View, *words: str) -> bool:
    """Whether a person says one of these now."""
    return view.signals.word in words


def doing(view: View, *those: Doing) -> bool:
    """Whether one of these is announced."""
    return view.marks.doing in those


def overdue(view: View) -> str:
    """Which phase took how long, in words."""
    took, limit = moves.time(view.elapsed), moves.time(view.limit)
    return f"{view.phase} has taken {took}, and may take {limit}"


def reason(view: View) -> str:
    """AWS's own words for why it went back."""
    return view.live.reason[:200] or "AWS gives no reason"
