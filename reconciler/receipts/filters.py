"""Which applies a history is of: those that all filters let pass. Pure.

Filters of steps belong together: one step must have the address, the kind, the spec and the
verb that are asked for. Several values of one filter are alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from reconciler.model.change import Action
from reconciler.model.receipt import Receipt, Result, StepRecord

VERBS = tuple(str(each) for each in Action if each is not Action.NONE)
OUTCOMES = tuple(str(each) for each in Result)
_AGO = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SLACK = timedelta(hours=1)
"""How far an id may lie from the moment that its receipt names."""
_ID = "%Y%m%dT%H%M%S"
_ID_LENGTH = 15


def moment(text: str, now: datetime, *, end: bool = False) -> datetime:
    """A time of a filter: ``2026-11-20``, ``2026-11-20T14:02Z``, or ``7d`` for so long ago.

    Without a zone it is UTC. A day is its beginning, or with `end` its last microsecond.

    Raises:
        ValueError: it is none, or there is no such day.
    """
    if ago := _AGO.fullmatch(text):
        try:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        except OverflowError:
            raise ValueError(f"{text!r} is before all times") from None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        help_ = "write 2026-11-20, 2026-11-20T14:02Z, or 7d for seven days ago"
        raise ValueError(f"{text!r} is no time: {help_}") from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    whole = timedelta(days=1, microseconds=-1)
    return found + whole if end and _DAY.fullmatch(text) else found


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; what is empty lets everything pass.

    `who` is a part of the name, in any case. Addresses and specs are patterns in which ``*``
    stands for anything. `outcomes` is how the apply ended, `verbs` what it did with a resource.
    """

    since: datetime | None = None
    until: datetime | None = None
    who: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()

    @property
    def of_steps(self) -> bool:
        """Whether it asks for a step."""
        return bool(self.addresses or self.kinds or self.specs or self.verbs)

    def may(self, id_: str) -> bool:
        """Whether the receipt of an id can pass, as far as the time in the id says."""
        at = _of_id(id_)
        if at is None:
            return True
        late = self.since is not None and at < self.since - _SLACK
        early = self.until is not None and at > self.until + _SLACK
        return not (late or early)

    def passes(self, receipt: Receipt) -> bool:
        """Whether an apply is asked for."""
        who = receipt.who.casefold()
        return (
            self._then(receipt.started)
            and _any(self.who, lambda part: part.casefold() in who)
            and _any(self.outcomes, lambda outcome: outcome == receipt.result)
            and (not self.of_steps or bool(self.steps(receipt)))
        )

    def steps(self, receipt: Receipt) -> Sequence[StepRecord]:
        """The steps that are asked for; all of them where none is."""
        return [step for step in receipt.steps if self._of(step)]

    def _then(self, started: str) -> bool:
        if self.since is None and self.until is None:
            return True
        try:
            at = datetime.fromisoformat(started)
        except ValueError:
            return False
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return (self.since or at) <= at <= (self.until or at)

    def _of(self, step: StepRecord) -> bool:
        address, kind = str(step.address), step.spec.partition("/")[0]
        return (
            _any(self.addresses, lambda pattern: fnmatchcase(address, _plain(pattern)))
            and _any(self.kinds, lambda each: each == kind)
            and _any(self.specs, lambda pattern: fnmatchcase(step.spec, _plain(pattern)))
            and _any(self.verbs, lambda verb: verb == step.action)
        )


def _any(wanted: tuple[str, ...], is_so: Callable[[str], bool]) -> bool:
    return not wanted or any(map(is_so, wanted))


def _plain(pattern: str) -> str:
    """Names may have brackets and question marks; only a star is a pattern."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def _of_id(id_: str) -> datetime | None:
    """The moment in an id (`model.receipt.new_id`); nothing where it has another form."""
    try:
        return datetime.strptime(id_[:_ID_LENGTH], _ID).replace(tzinfo=UTC)
    except ValueError:
        return None
