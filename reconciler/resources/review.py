"""What an adapter may say about a change beyond its calls: reads it needs, and objections.

Both are data. The reads are made only while an update is pending; the objections
become findings of the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.change import Change, FieldChange, Observed
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.model.value import Json, Path, Props
from reconciler.resources.answers import Absent


@dataclass(frozen=True, slots=True)
class Look:
    """One read. Its answer is the items under `at`, or the whole body; nothing when `absent`."""

    service: str
    method: str
    params: Props
    at: str = ""
    absent: tuple[Absent, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """A finding about a change. One that is an error keeps the change out of the plan."""

    code: str
    message: str
    help: str
    severity: Severity = Severity.ERROR
    path: Path = ()
    """The property that it is about."""
    around: Address | None = None
    """What stands in the way. Where the plan makes that itself, it goes before the change and is
    made again after it, and this is no objection. Of what is foreseen: what it is about, which is
    no objection where the plan has a step of it."""
    refuses: bool = False
    """Of what is foreseen: AWS will refuse the step, so the plan does."""


Asking: TypeAlias = Generator[Look, Json, Props]
"""Yields reads, is sent their answers, and returns what it found out."""
Telling: TypeAlias = Generator[Look, Json, tuple[FieldChange, ...]]
"""Yields reads, is sent their answers, and returns differences with who owns each."""
Foreseeing: TypeAlias = Generator[Look, Json, tuple[Objection, ...]]
"""Yields reads, is sent their answers, and returns what will go wrong, or be left over."""
Foresee: TypeAlias = Callable[[Step, Graph], Foreseeing]
Context: TypeAlias = Callable[[Change], Asking]
Decide: TypeAlias = Callable[[Change], Props]
Review: TypeAlias = Callable[[Change], Iterable[FieldChange | Objection]]
Moved: TypeAlias = Callable[[Change], Telling]
Spent: TypeAlias = Callable[[Props, Observed], str]
Held: TypeAlias = Callable[[Change], str]
Stays: TypeAlias = Callable[[Observed], str]
Stamped: TypeAlias = Callable[[str, Props, float], Props]
Keeps: TypeAlias = Callable[[Mapping[str, str]], Iterable[str]]


def no_context(_: Change) -> Asking:
    """Nothing to read."""
    yield from ()
    return {}


def no_objection(_: Change) -> Iterable[FieldChange | Objection]:
    """Nothing to say."""
    return ()


def undecided(_: Change) -> Props:
    """The spec says all."""
    return {}


def untried(_desired: Props, _observed: Observed) -> str:
    """Nothing was tried before."""
    return ""


def unheld(_: Change) -> str:
    """Nobody else has a hand on it."""
    return ""


def free(_: Observed) -> str:
    """Nothing stands against a deletion."""
    return ""


def unnamed(_: Mapping[str, str]) -> Iterable[str]:
    """They name nothing."""
    return ()


def unstamped(_method: str, params: Props, _now: float) -> Props:
    """It is the same whenever it is sent."""
    return params


def unmoved(_: Change) -> Telling:
    """Nobody moves it but by what a plan compares."""
    yield from ()
    return ()


def unforeseen(_step: Step, _graph: Graph) -> Foreseeing:
    """Nothing to look at."""
    yield from ()
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What an adapter has to say about a change of a live resource; by default nothing."""

    context: Context = no_context
    """Further reads, made only while an update is pending; `Change.context` has what they found."""
    decide: Decide = undecided
    """Desired properties that follow from the live state, over those of the spec."""
    review: Review = no_objection
    """What else the change does, and what stands against it."""
    spent: Spent = untried
    """Why the same update must not be sent again; "" when nothing is known against it."""
    held: Held = unheld
    """Why a change must not be made because a part is somebody else's now; "" when it may."""
    foresee: Foresee = unforeseen
    """What making, replacing or deleting it meets; asked only where a plan has such a step."""
    stays: Stays = free
    """Why the live resource must not be deleted, though nothing is declared; "" when it may."""
    stamped: Stamped = unstamped
    """One of its requests as it is sent at a moment, in seconds since the epoch."""
    keeps: Keeps = unnamed
    """Names that its tags stand up for: nothing that is called so is deleted."""
    moved: Moved = unmoved
    """What others move at run time and no plan compares; only `drift` asks."""


NOTHING = Pending()


def both(one: Pending, two: Pending) -> Pending:
    """What two of them have to say about a change, in this order."""

    def context(change: Change) -> Asking:
        found = yield from one.context(change)
        more = yield from two.context(change)
        return {**found, **more}

    def review(change: Change) -> Iterable[FieldChange | Objection]:
        return (*one.review(change), *two.review(change))

    def moved(change: Change) -> Telling:
        found = yield from one.moved(change)
        more = yield from two.moved(change)
        return (*found, *more)

    return Pending(
        context=context,
        decide=lambda change: {**one.decide(change), **two.decide(change)},
        review=review,
        spent=lambda want, seen: one.spent(want, seen) or two.spent(want, seen),
        held=lambda change: one.held(change) or two.held(change),
        keeps=lambda tags: (*one.keeps(tags), *two.keeps(tags)),
        moved=unmoved if one.moved is two.moved is unmoved else moved,
    )
