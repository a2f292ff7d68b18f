"""Which services AWS closed, from `schemas/availability.json` and a platform's own rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from reconciler.facts.files import read
from reconciler.model.availability import Asked, Row, Standing, Status, Touch, fits
from reconciler.model.value import Json, Props

IAM = re.compile(r"is not authorized to perform", re.IGNORECASE)
"""What IAM says when it refuses; such a refusal is never one of the service."""
_QUOTED = re.compile(r"(?<!\w)(['\"`]).*?\1(?!\w)", re.DOTALL)


@dataclass(frozen=True)  # not slotted: the patterns are compiled once
class Table:
    """All rows by name. `as_of` is the day on which ours were last compared with AWS's pages."""

    as_of: date
    rows: Mapping[str, Row]
    refusals: tuple[str, ...]
    """Patterns of what AWS says, whichever service it is, to whom it does not let in."""
    guards: tuple[Row, ...] = ()
    """Ours and the platform's alike: what either takes for closed is not given up unasked."""

    def needed(self, type_: str, props: Props) -> Iterator[tuple[Row, tuple[str, ...]]]:
        """Every row that a resource needs, with the path of what needs it."""
        asked = Asked(type_, props)
        touches, texts = self._of_type(type_)
        silent = bool(texts) and not asked.says(texts)
        for row, touch in touches:
            if silent and touch.anywhere:
                continue
            for path in touch.among(asked):
                yield row, path

    def _of_type(self, type_: str) -> tuple[Sequence[tuple[Row, Touch]], tuple[str, ...]]:
        """What may touch a type, and the texts of what looks everywhere, which are rare.

        The patterns of types are looked at once for each.
        """
        if type_ not in self._types:
            touches = [
                (row, touch)
                for row in self.rows.values()
                for touch in row.touches
                if fits(type_, touch.type)
            ]
            texts = (each for _, touch in touches if touch.anywhere for each in touch.values)
            self._types[type_] = touches, tuple(dict.fromkeys(texts))
        return self._types[type_]

    @cached_property
    def _types(self) -> dict[str, tuple[Sequence[tuple[Row, Touch]], tuple[str, ...]]]:
        return {}

    def restricted(self, type_: str, props: Props, today: date) -> bool:
        """Whether AWS may refuse to make it to an account that it does not let in."""
        return any(
            row.standing(today) in {Standing.CLOSED, Standing.ENDED}
            for row, _ in self.needed(type_, props)
        )

    def of_call(self, service: str, method: str) -> tuple[Row, ...]:
        """The rows that have a call."""
        name = f"{service}.{method}"
        return tuple(
            row for row in self.rows.values() if any(fits(name, pattern) for pattern in row.calls)
        )

    def refused(self, service: str, method: str, message: str) -> tuple[bool, Row | None]:
        """Whether a message refuses an account that is not let in, and by which row."""
        if IAM.search(message):
            return False, None
        said = _QUOTED.sub(" ", message)  # a value of the user's may say anything
        rows = self.of_call(service, method)
        for row in rows:
            if any(re.search(each, said, re.IGNORECASE) for each in row.messages):
                return True, row
        if any(each.search(said) for each in self._general):
            return True, rows[0] if rows else None
        return False, None

    @cached_property
    def _general(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(each, re.IGNORECASE) for each in self.refusals)


def table(own: Iterable[Row] = ()) -> Table:
    """Our table, with a platform's own rows in the place of ours of the same name."""
    ours, rows = _ours(), tuple(own)
    if not rows:
        return ours
    merged = {**ours.rows, **{row.name: row for row in rows}}
    return Table(ours.as_of, merged, ours.refusals, (*ours.rows.values(), *rows))


@cache
def _ours() -> Table:
    raw = read("availability.json")
    rows = {name: row_of(name, each) for name, each in raw["services"].items()}
    day = date.fromisoformat(raw["asOf"])
    return Table(day, rows, tuple(raw["refusals"]), tuple(rows.values()))


def row_of(name: str, raw: Mapping[str, Json]) -> Row:
    """A row from its JSON form, which is that of the kind Availability."""
    until = raw.get("until")
    return Row(
        name=name,
        title=raw["title"],
        status=Status(raw["status"]),
        since=date.fromisoformat(raw["since"]),
        replacement=raw["replacement"],
        source=raw["reference"],
        until=date.fromisoformat(until) if until else None,
        touches=tuple(_touch(each) for each in raw.get("touches", ())),
        calls=tuple(raw.get("calls", ())),
        messages=tuple(raw.get("messages", ())),
        listings=raw.get("refusesReads", False),
        version=raw.get("isVersion", False),
    )


def _touch(raw: Mapping[str, Json]) -> Touch:
    return Touch(
        type=raw["type"],
        member=raw.get("member", ""),
        values=tuple(raw.get("values", ())),
        unless=raw.get("unless", {}),
        proves=raw.get("proves", True),
    )
