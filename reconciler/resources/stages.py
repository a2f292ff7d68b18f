"""Changes that AWS does not take at once, as data: in which order, how many, and what they stop.

Some services take one change per request (one index of a table, one field of a workgroup), some
fields exclude each other in a request (what a model card says and how it stands), and some change
nothing that runs. `plan.stages` turns a change into such requests; every one is awaited before
the next is sent, by the type's `Lifecycle` or `Operation`. No AWS call is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.model.value import Json, Props
from reconciler.resources.ops import Op

Turn: TypeAlias = Callable[[Props, Props], Sequence[str]]
"""From the live and the desired properties to the properties that go first, in this order."""
Follow: TypeAlias = Callable[[Props, Sequence[Json]], Json]
"""From the properties of a stage, and all items that live and desired ones have, to its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneByOne:
    """A keyed list of which one request adds or removes one item.

    Removals come first, then what changes in place, then additions, so that a list is never
    longer than before and after. An item of which a `fixed` member differs (dotted; none: an
    item may change in all) is removed and added again.
    """

    prop: str
    """The top-level property; `Resource.keyed` says what identifies its items."""
    fixed: frozenset[str] = frozenset()
    adds: float = 0.0
    """Seconds that one usually takes to be there."""
    removes: float = 0.0
    without: str = ""
    """What does not work until an item is there, or there again: the end of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Top-level properties that change together, and in no request with any other."""

    props: frozenset[str]
    seconds: float = 0.0
    """What it usually takes."""
    risk: str = ""
    """What this change does meanwhile, as the end of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A top-level property that AWS does not change while it is set: it is taken off, and set anew.

    A difference in a `fixed` member (dotted) asks for that. `outputs` have another value once it is
    set, whatever it was before: who uses them gets the new one.
    """

    prop: str
    fixed: frozenset[str]
    outputs: frozenset[str] = frozenset()
    seconds: float = 0.0
    """What taking it off and setting it usually take together."""
    risk: str = ""
    """What this does meanwhile, as the end of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradual:
    """A top-level number that one request moves only so far: requests lead there, each awaited."""

    prop: str
    through: Callable[[int, int], Sequence[int]]
    """From the live number and the one that is asked for to those on the way, the last included."""
    seconds: float = 0.0
    """What one request usually takes."""
    most: int = 0
    """How many of these requests AWS takes in a day; 0 where it does not say."""


def factor(by: int) -> Callable[[int, int], Sequence[int]]:
    """Steps that multiply a number by this much at most, and divide it by no more."""

    def through(live: int, wanted: int) -> Sequence[int]:
        found: list[int] = []
        while live != wanted:
            live = min(wanted, live * by) if wanted > live else max(wanted, -(-live // by))
            found.append(live)
        return found

    return through


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What runs is stopped for a change, and started again after it."""

    running: frozenset[str]
    """The states in which AWS takes no such change."""
    stop: Op
    start: Op | None = None
    """Nothing where it starts by itself as soon as something comes."""
    told: str = ""
    """The member of `Change.context` that has the state; "" where `Lifecycle.field` has it."""
    free: frozenset[str] = frozenset()
    """Properties, tags among them, that change while it runs, as long as no other does."""
    props: frozenset[str] = frozenset()
    """The properties of which a change asks for it; all but tags where none is named."""
    seconds: float = 0.0
    """What stopping and starting usually take together."""
    risk: str = ""
    """What stops meanwhile, as the end of a sentence."""


def _as_listed(_live: Props, _desired: Props) -> Sequence[str]:
    """None goes before the others."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """In which requests, one after the other, a change of a type is made."""

    one_by_one: tuple[OneByOne, ...] = ()
    apart: tuple[Apart, ...] = ()
    """In the order in which they come, after all that is in none of them."""
    turn: Turn = _as_listed
    """What of these goes before the others: of two bounds, the one that makes room."""
    renewed: tuple[Renewed, ...] = ()
    gradual: tuple[Gradual, ...] = ()
    follows: Mapping[str, Follow] = field(default_factory=dict)
    """Properties that have to fit each stage, such as the attributes that keys of a table use."""
    stopped: Stopped | None = None

    @property
    def at_once(self) -> bool:
        """Whether there is no order: one request does it all."""
        return not (self.one_by_one or self.apart or self.renewed or self.gradual)


AT_ONCE = Stages()
