"""What a change in place can lose, as data: where, of which class, and how to tell.

A `Narrowing` looks at one place of a resource before and after. It answers a
sentence for people, "" when nothing is lost. Deleting and replacing are no
concern of it: `Resource.holds` covers them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from reconciler.model.value import Json

Lost: TypeAlias = Callable[[Json, Json], str]
"""From the value before and the value after to what is lost."""

SINGLE_KEY = "what was written before can be read only while the present key exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """One way in which a change in place loses something.

    `path` is a dotted property path in which ``*`` stands for every item of a
    list. With `whole`, `lost` is given all of the live resource (properties and
    outputs) and all of the desired one, where a property that refers to another
    resource of the platform stands as that one's properties; `path` then says
    only which property has to differ.
    """

    path: str
    destroys: str
    lost: Lost
    whole: bool = False

    @property
    def prop(self) -> str:
        """The top-level property."""
        return self.path.partition(".")[0]


def no_longer(value: Json, says: str) -> Lost:
    """It had this value and has another one or none now."""
    return lambda before, after: says if before == value and after != value else ""


def exchanged(says: str) -> Lost:
    """It had a value and has another one or none now."""
    return lambda before, after: says if before and after != before else ""


def fewer(unit: str, unset: float = inf) -> Lost:
    """A smaller number of a unit such as ``days`` for which something is kept.

    `unset` is what AWS does where there is none, for ever as a rule.
    """

    def lost(before: Json, after: Json) -> str:
        had, has = (unset if each is None else each for each in (before, after))
        if not isinstance(has, int | float) or not isinstance(had, int | float) or has >= had:
            return ""
        return f"what is older than {has:g} {unit} is lost"

    return lost


def begun(says: str) -> Lost:
    """A rule that is on now, and was off or another one; it says so in its member `Enabled`."""

    def lost(before: Json, after: Json) -> str:
        on = isinstance(after, Mapping) and after.get("Enabled")
        return says if on and after != before else ""

    return lost
