"""How Cloud Control's handlers behave: what a test sets of them, by type, and what was counted.

Everything is off or as most types are, until a test says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import Any

WRITES = ("create", "update", "delete")
OPERATIONS = (*WRITES, "read", "list", "poll", "requests", "cancel")


@dataclass(slots=True)
class Fault:
    """What goes wrong with the n-th call of an operation on a type, and the ones after it."""

    operation: str = "create"
    """One of `OPERATIONS`; `poll` is GetResourceRequestStatus."""
    type: str = "*"
    """A type, or a pattern as of a shell."""
    nth: int = 1
    """Which call from now on is the first one."""
    times: int = 1
    code: str = ""
    """Of a write an ErrorCode, in the event; of all else, and with `at`, an exception."""
    message: str | None = ""
    """The StatusMessage; none leaves it out."""
    at: str = "event"
    """``event`` or ``answer``: where a write fails. What fails in the answer is not begun."""
    work: str = "none"
    """``none``, ``half`` or ``done``: what was done when a write fails."""
    identifier: bool = True
    """Whether the failed event names what it was about, there or not."""
    lost: bool = False
    """The connection is cut instead of the answer; what was asked goes on, if it has no code."""
    seconds: float | None = None
    """How long the operation takes."""
    status: int = 400
    """The HTTP status of an exception."""
    hook: str = ""
    """The type of a hook that refuses the write, and alone says why."""
    seen: int = 0
    """Calls that were looked at so far."""

    def __post_init__(self) -> None:
        """Refuse what can never happen.

        Raises:
            ValueError: an unknown operation, or a value that a field does not have.
        """
        right = self.operation in OPERATIONS and self.at in {"event", "answer"}
        if not right or self.work not in {"none", "half", "done"} or self.nth < 1:
            msg = f"no such fault: {self}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a type behaves beyond its schema. Paths are joined by slashes, without list indexes."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What AWS takes an absent property for; shown in readings, not in the true model."""
    made: Mapping[str, str] = field(default_factory=dict)
    """Patterns of what AWS makes up, where the schema has none and the service's own API has."""
    adds: Mapping[str, Any] = field(default_factory=dict)
    """Shown in each reading, whatever was asked; a removal of it fails off the topic (CC08)."""
    empties: Mapping[str, Any] = field(default_factory=dict)
    """Empty values that a reading has where nothing is."""
    twins: Mapping[str, str] = field(default_factory=dict)
    """A property, and the other half of its pair that a reading adds; both are refused (CC09)."""
    within: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """A property that holds JSON, and members that AWS adds to the objects in it (CC19)."""
    hidden: frozenset[str] = frozenset()
    """Taken, and never read back, though the schema does not say so (CC24)."""
    system_tags: Mapping[str, str] = field(default_factory=dict)
    """Tags with the prefix ``aws:`` that AWS puts there."""
    system_tags_refused: bool = False
    """Whether a model that has such tags is refused (CC55)."""
    ordered: frozenset[str] = frozenset()
    """Lists that keep their order though the schema says that they have none (CC16)."""
    shuffled: bool = True
    """Whether each reading puts the lists without order into another order."""
    unseen: int = 0
    """Reads after a creation that do not find it, and reads after a change that show the old."""
    unreadable: bool = False
    """Never found by a read, though it is there (CC43)."""
    unlisted: int = 0
    """Listings after a creation that do not show it."""
    lingers: float = 0.0
    """Seconds for which a deleted one is still read and listed (CC41)."""
    lingering: Mapping[str, Any] = field(default_factory=dict)
    """What is shown of it then besides, such as a state."""
    held: float = 0.0
    """Seconds for which the name of a deleted one stays taken (CC44)."""
    missing: str = "event"
    """``event`` or ``answer``: how the deletion of nothing is refused (CC40)."""
    listing: str = "full"
    """``full``, ``identifiers``, ``none``, ``unsupported`` or ``failing``."""
    page: int = 25
    """Entries of a page; what is asked for is not heard."""
    gaps: bool = False
    """Whether there is an empty page between two others."""
    short: bool = False
    """Whether listings give the last part of ARNs in identifiers, which reads take too (CC49)."""
    foreign: tuple[str, ...] = ()
    """Regions whose resources the listing shows too; reads of them are refused (CC48)."""
    idle_refused: bool = False
    """Whether an update that changes nothing fails (CC17)."""
    refuses: Mapping[str, str] = field(default_factory=dict)
    """Paths whose change the handler refuses, with the ErrorCode (CC52)."""
    absent: frozenset[str] = frozenset()
    """Regions in which there is no such type; ``*`` is everywhere (CC53)."""
    lacks: frozenset[str] = frozenset()
    """Handlers that are missing here, though the schema has them."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long an operation takes; twenty seconds where nothing is said."""
    model: str = "thin"
    """``thin`` (the identifier), ``full`` or ``none``: the ResourceModel of a success (CC59)."""
    early: bool = True
    """Whether the identifier is known as soon as the work has begun."""
    repeated: str = "event"
    """``event`` or ``conflict``: what a repeated token is answered (CC38)."""
    readable: bool = True
    """False: the read handler has no rights of its own, and is denied (CC54)."""


@dataclass(slots=True)
class Handlers:
    """The faults and habits of this sandbox, and its counts."""

    faults: list[Fault] = field(default_factory=list)
    habits: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By type, what differs from its usual habits."""
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By operation (those of `OPERATIONS`, ``forbidden``, ``refused``), type and identifier."""

    def take(self, operation: str, type_: str) -> Fault | None:
        """The first fault that this call has come to; each that fits has seen it."""
        found = None
        for each in self.faults:
            if each.operation == operation and fnmatchcase(type_, each.type):
                each.seen += 1
                if found is None and each.nth <= each.seen < each.nth + each.times:
                    found = each
        return found

    def of(self, type_: str, usual: Habits) -> Habits:
        """The habits of a type, from its usual ones."""
        changed: dict[str, Any] = {}
        for pattern, each in self.habits.items():
            if fnmatchcase(type_, pattern):
                changed |= each
        return replace(usual, **changed) if changed else usual

    def change(self, type_: str, **changes: Any) -> None:  # noqa: ANN401  (fields of Habits)
        """Change habits of a type, or of all that a pattern fits.

        Raises:
            ValueError: there is no such habit.
        """
        unknown = changes.keys() - {each.name for each in fields(Habits)}
        if unknown:
            msg = f"types have no habit {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        for name in ("hidden", "ordered", "absent", "lacks"):
            if name in changes:
                changes[name] = frozenset(changes[name])
        self.habits.setdefault(type_, {}).update(changes)

    def count(self, operation: str, type_: str, identifier: str = "") -> None:
        """Note down a call."""
        self.counts[operation, type_, identifier] += 1

    def counted(self, operation: str, type_: str = "*", identifier: str = "*") -> int:
        """How many calls there were; type and identifier can be patterns."""
        return sum(
            number
            for (what, of, which), number in self.counts.items()
            if what == operation and fnmatchcase(of, type_) and fnmatchcase(which, identifier)
        )

    def clear(self) -> None:
        """Back to nothing."""
        self.faults.clear()
        self.habits.clear()
        self.counts.clear()

    def state(self) -> dict[str, Any]:
        """What the control API shows."""
        counts = [[*key, number] for key, number in sorted(self.counts.items())]
        habits = {
            type_: {name: _plain(value) for name, value in each.items()}
            for type_, each in self.habits.items()
        }
        return {"faults": [asdict(it) for it in self.faults], "habits": habits, "counts": counts}


def _plain(value: Any) -> Any:  # noqa: ANN401  (a habit)
    return sorted(value) if isinstance(value, frozenset) else value
