"""The difference between what should be and what is, and the calls that close it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.value import Json, Path, Props


class Status(StrEnum):
    """Whether a live resource can be worked on."""

    READY = "ready"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Observed:
    """One live resource, in CloudFormation property names.

    `outputs` are values only AWS can give (ARNs, ids, times). `tags` is absent
    when nobody could say; an empty mapping says that there are none.
    `proven` says a listing already showed that the content is as desired.
    `context` is what was read besides, only because an update is pending.
    `home` has the regions that an object which is not regional names itself.
    `state` is AWS's own word for how it is, "" for a type that has none.
    `hearsay` says that the tags are those of the tag index, which lags.
    """

    props: Props
    outputs: Props = field(default_factory=dict)
    status: Status = Status.READY
    reason: str = ""
    tags: Mapping[str, str] | None = None
    proven: bool = False
    context: Props = field(default_factory=dict)
    home: frozenset[str] = frozenset()
    state: str = field(default="", compare=False)
    hearsay: bool = field(default=False, compare=False)


class Effect(StrEnum):
    """What changing one property does to the live resource."""

    IN_PLACE = "update"
    REPLACE = "replace"
    APPEND_ONLY = "append-only"
    NONE = "none"
    UNSUPPORTED = "unsupported"


class Action(StrEnum):
    """What a plan does with a resource."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"


class Reason(StrEnum):
    """Why a plan does it. The list is closed; texts for people are in `render`."""

    IN_SYNC = "in-sync"
    ABSENT = "absent"
    DIFFERS = "differs"
    CANNOT_UPDATE = "cannot-update"
    FAILED = "failed"
    NOT_DECLARED = "not-declared"
    """The spec that made it is gone."""
    NOT_MADE = "not-made"
    """The spec that made it is there, and does not make it any more."""
    SUPERSEDED = "superseded"
    ASIDE = "aside"
    """Something else cannot change while it is there."""
    NARROWED = "narrowed"
    """It takes away what was needed until others had changed."""
    ADOPTED = "adopted"
    DESTROYED = "destroyed"
    """Everything that the platform owns is to go, whatever the specs say."""
    REVERTED = "reverted"
    """The commit that is gone back to does not have it."""


class Cause(StrEnum):
    """Where a difference comes from, as far as receipts of earlier applies tell. Closed."""

    UNKNOWN = "unknown"
    SPEC = "spec-changed"
    HAND = "changed-by-hand"
    BOTH = "both"
    AWS = "set-by-aws"
    AUTOSCALER = "autoscaler"
    ROLLOUT = "rollout"
    CRAWLER = "crawler"


BY_RIGHT = frozenset({Cause.AUTOSCALER, Cause.CRAWLER, Cause.ROLLOUT})
"""What moves a property at run time by right."""


class Member(NamedTuple):
    """A member of a list that a path leads through, by what it is known by."""

    at: int
    """Which part of the path it is; the part itself says its place in the list."""
    known: tuple[tuple[str, Json], ...]


class Listed(NamedTuple):
    """Both sides of a list whose members do not stay in their places. For people alone.

    Differences in it are told as those of its members: added, removed, changed, moved. `before`
    has nothing that nobody asked for, in members that stay.
    """

    path: Path
    before: Json
    after: Json
    keys: tuple[str, ...] = ()
    """What its members are known by; nothing where they are told apart by what they hold."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One property that differs. `before` and `after` may be marks; both are for people.

    `path` names places, in the form in which both sides are compared; `members` and `listed` say
    how people read it.
    """

    path: Path
    before: Json
    after: Json
    effect: Effect
    at: Span | None = None
    """The spec line that causes `after`."""
    cause: Cause = Cause.UNKNOWN
    spec: Span | None = field(default=None, compare=False)
    """The field of the spec that decides it, as far as that is known."""
    back: Json = field(default=None, compare=False)
    """What that field would say for `before` to be declared; None where nobody knows."""
    members: tuple[Member, ...] = field(default=(), compare=False)
    listed: Listed | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What to do with one resource, and why.

    `desired` has every reference that is already known put in; `observed` is
    absent when the resource does not exist.
    """

    address: Address
    action: Action
    reason: Reason
    desired: Props
    observed: Observed | None
    fields: tuple[FieldChange, ...] = ()
    unsure: tuple[tuple[Path, str], ...] = ()
    """Places of which nobody can tell whether they are as desired, and why."""
    targets: Mapping[str, Props] = field(default_factory=dict)
    """By top-level property that refers to another resource of the graph: what that one has."""
    owned: tuple[FieldChange, ...] = ()
    """What others have moved at run time by right: no difference, and shown by drift alone."""

    @property
    def live(self) -> Props:
        """The live properties; empty when the resource does not exist."""
        return self.observed.props if self.observed else {}

    @property
    def context(self) -> Props:
        """What was read because this change is pending, by the adapter's own names."""
        return self.observed.context if self.observed else {}

    def touches(self, *props: str) -> bool:
        """Whether any of these top-level properties differs."""
        return any(change.path[0] in props for change in self.fields)

    def wanted(self, *props: str) -> Props:
        """The desired values of `props`, all of them as soon as one differs; else nothing."""
        if not self.touches(*props):
            return {}
        return {prop: self.desired[prop] for prop in props if prop in self.desired}

    def appended(self, prop: str, key: str) -> list[Json]:
        """Items of a keyed list that the live resource does not have yet."""
        known = {item[key] for item in self.live.get(prop) or ()}
        return [item for item in self.desired.get(prop) or () if item[key] not in known]


@dataclass(frozen=True, slots=True)
class Call:
    """One AWS request as data: printable, comparable, not yet sent.

    `params` may hold `Ref`, `Join` and `JsonText`, put in just before sending.
    `outputs` maps an output name to the path of its value in the response.
    """

    service: str
    method: str
    params: Props
    outputs: Mapping[str, Path] = field(default_factory=dict)
