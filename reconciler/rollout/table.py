"""The transition table of a rollout: the first row whose condition holds says what is done.

It is read from top to bottom, as docs/rollouts.md shows it. No row asks anything but its view, and
the last one always holds, so there is an answer for everything.
"""

from __future__ import annotations

from reconciler.rollout.homeward import BACKWARDS, NOTHING
from reconciler.rollout.onward import LADDER, STANDING, WORDS
from reconciler.rollout.row import Row
from reconciler.rollout.values import RolloutAction
from reconciler.rollout.view import View

TABLE: tuple[Row, ...] = (*NOTHING, *BACKWARDS, *WORDS, *STANDING, *LADDER)


def first(view: View) -> RolloutAction:
    """The action of the first row that holds."""
    return found(view).action(view)


def found(view: View) -> Row:
    """The first row that holds."""
    return next(row for row in TABLE if row.holds(view))
