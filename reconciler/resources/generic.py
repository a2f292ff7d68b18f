"""What the engine asks of a type that AWS's own handlers serve. Pure.

Such a type has one document: what is desired is sent whole, what is live is read whole, and a
change is a patch of it. So its record brings functions in place of templates, parts and codecs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from reconciler.model.change import Change, Observed
from reconciler.model.value import Json, Path, Props
from reconciler.resources.parts import Reader, Request

IDENTIFIER = "Identifier"
"""The parameter that addresses a live resource."""
PRIMARY = "PrimaryIdentifier"
"""The output that has its value. Some types have a property that is called like the parameter."""
MODEL = "model"
"""Where `Observed.context` has the whole of what was read."""


class Difference(NamedTuple):
    """One place that differs. `path` names list items by index, `place` has a star for them."""

    path: Path
    place: Path
    before: Json
    after: Json


class Unsure(NamedTuple):
    """One place of which nobody can tell whether it is as declared, and why."""

    path: Path
    why: str


class Judged(NamedTuple):
    """How what is live compares with what is declared."""

    differences: tuple[Difference, ...] = ()
    unsure: tuple[Unsure, ...] = ()


Make: TypeAlias = Callable[[Change], Iterable[Request]]
Judge: TypeAlias = Callable[[Props, Props], Judged]
Key: TypeAlias = Callable[[Props], Props | None]
Seek: TypeAlias = Callable[[Reader, Props, frozenset[str], float], Props | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generic:
    """The functions of one type. Properties are those of a node, tags in CloudFormation's list."""

    make: Make
    """The requests that create it."""
    judge: Judge
    """Compares declared properties with live ones."""
    form: Callable[[Props], Props]
    """Live properties without what may differ from one read to the next."""
    key: Key
    """The parameters of `read`, where they follow from properties; nothing where AWS chooses."""
    by_arn: Callable[[str], tuple[Props, ...]]
    """The parameters of `read` that an ARN may stand for, surest first."""
    seek: Seek
    """Looks for what has these properties and was made before; the requests named are ours.

    The last argument is the time, in seconds since the epoch.

    Raises what a read raises, and an incomplete answer where something is being made that may
    be it.
    """
    found: str
    """What tells it from others: ``name``, ``tags``, ``listing``, or ``nothing``."""
    proves: Callable[[Props], bool]
    """Whether what `seek` does not find with these properties is not there."""
    single: bool
    """Whether its identifier has one part, which its ARN then has too."""
    undeclared: Callable[[Props, Props], Mapping[Path, Json]]
    """What is live and not declared, by path: of declared properties, and the whole reading."""
    tags: Callable[[Props], Mapping[str, str] | None]
    """The tags that live properties have; nothing where they cannot be read back."""
    fixed_tags: str = ""
    """Why its tags stay as they were made; "" where they can be changed."""
    says: tuple[str, ...] = ()
    """What it cannot do, for people."""
    blocked: Callable[[Change], str] = lambda _: ""
    """Why no patch can be sent, as a sentence; "" where one can."""
    lacks: Callable[[Props], tuple[str, ...]] = lambda _: ()
    """What is not declared and would have to be, for it to be found again."""
    mark: Callable[[Props], str] = lambda _: ""
    """What no two of the type may have in common, or nothing would tell them apart."""
    declared: bool = True
    """Whether a file says what is lost with it. Else its spec does, and records are until then."""


def model_of(observed: Observed | None) -> Props:
    """The whole of what was read."""
    found: Props = (observed.context.get(MODEL) or {}) if observed else {}
    return found


class Ambiguous(Exception):
    """Several resources may be the one that is looked for."""

    def __init__(self, type_: str, identifiers: tuple[str, ...]) -> None:
        super().__init__(f"{len(identifiers)} of {type_} may be it: {', '.join(identifiers)}")
        self.identifiers = identifiers


class Underway(Exception):
    """Somebody is making one that may be it, and it has no identifier yet."""

    def __init__(self, type_: str, token: str) -> None:
        super().__init__(f"a {type_} is being made by the request {token}")
        self.token = token
