"""What an edit of columns does to those who read the data, and which edits a mode takes. Pure.

The eight modes are those of the Glue Schema Registry (AWS Glue developer guide, "Compatibility
modes"). Its rules for Avro let a column go that old data still has: whoever reads it by name
breaks all the same, so every mode but ``NONE`` keeps columns here. AWS's registry is the second
judge, of each version that it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reconciler.facts.avro import Field
from reconciler.facts.columns import widens

MODES = (
    "NONE",
    "DISABLED",
    "BACKWARD",
    "BACKWARD_ALL",
    "FORWARD",
    "FORWARD_ALL",
    "FULL",
    "FULL_ALL",
)


class What(StrEnum):
    """What happens to one column."""

    ADDED = "added"
    ADDED_REQUIRED = "added as required"
    DROPPED = "dropped"
    RENAMED = "renamed"
    NARROWED = "narrowed"
    WIDENED = "widened"
    REQUIRED = "now required"
    OPTIONAL = "no longer required"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one column. `column` is its old name; for what is added, the new one."""

    what: What
    column: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """As the end of a sentence: ``'price' bigint → int is narrowed``."""
        if self.what is What.RENAMED:
            return f"{self.column!r} is renamed to {self.after!r}"
        if self.what in {What.NARROWED, What.WIDENED}:
            return f"{self.column!r} is {self.what} from {self.before} to {self.after}"
        return f"{self.column!r} is {self.what}"


def edits(before: Sequence[Field], after: Sequence[Field]) -> list[Edit]:
    """Every change of a column, in the order of the old ones and then of the new ones."""
    old = {each.name.lower(): each for each in before}
    new = {each.name.lower(): each for each in after}
    gone = [each for name, each in old.items() if name not in new]
    come = [each for name, each in new.items() if name not in old]
    renamed = dict(_renamed(gone, come, [*old], [*new]))
    found: list[Edit] = []
    for name, field in old.items():
        if (into := renamed.get(field.name)) is not None:
            found.append(Edit(What.RENAMED, field.name, field.name, into))
        elif name not in new:
            found.append(Edit(What.DROPPED, field.name, str(field.type or "")))
        else:
            found += _retyped(field, new[name])
    taken = set(renamed.values())
    for field in come:
        if field.name not in taken:
            what = What.ADDED_REQUIRED if field.required else What.ADDED
            found.append(Edit(what, field.name, "", str(field.type or "")))
    return found


def _renamed(
    gone: Sequence[Field], come: Sequence[Field], old: list[str], new: list[str]
) -> Iterator[tuple[str, str]]:
    """What went and what came in its place, of the same type."""
    for field in gone:
        at = old.index(field.name.lower())
        here = next((each for each in come if new.index(each.name.lower()) == at), None)
        if here is not None and here.type == field.type:
            yield field.name, here.name


def _retyped(before: Field, after: Field) -> Iterator[Edit]:
    types = before.type, after.type
    if before.type != after.type:
        wide = before.type is not None and after.type is not None
        wide = wide and widens(before.type, after.type)  # type: ignore[arg-type]
        what = What.WIDENED if wide else What.NARROWED
        yield Edit(what, before.name, *(str(each or "another type") for each in types))
    if before.required != after.required:
        yield Edit(What.REQUIRED if after.required else What.OPTIONAL, before.name)


_ALWAYS = frozenset({What.DROPPED, What.RENAMED, What.NARROWED})
_BACKWARD = _ALWAYS | {What.REQUIRED, What.ADDED_REQUIRED}
_FORWARD = _ALWAYS | {What.WIDENED, What.OPTIONAL}
_REFUSED = {
    "NONE": frozenset[What](),
    "DISABLED": frozenset(What),
    "BACKWARD": _BACKWARD,
    "FORWARD": _FORWARD,
    "FULL": _BACKWARD | _FORWARD,
}


def refused(found: Iterable[Edit], mode: str) -> list[Edit]:
    """Those edits that a mode does not take. An unknown mode is taken for the strictest."""
    taken = _REFUSED.get(mode.removesuffix("_ALL"), _REFUSED["FULL"])
    return [each for each in found if each.what in taken]


def way_out(found: Iterable[Edit], version: int | None = None) -> str:
    """What to do in place of such an edit."""
    ways: dict[str, None] = {}
    for each in found:
        if each.what is What.RENAMED:
            ways[f"keep {each.column!r} and add {each.after!r} beside it"] = None
        elif each.what is What.DROPPED:
            ways[f"keep {each.column!r}, without 'required'"] = None
        elif each.what is What.NARROWED:
            ways[f"keep {each.column!r} as {each.before}, or add a column of the new type"] = None
        elif each.what is What.REQUIRED:
            ways[f"leave {each.column!r} as it is, and let 'quality' see to its values"] = None
        elif each.what is What.ADDED_REQUIRED:
            ways[f"add {each.column!r} without 'required'"] = None
        else:
            ways[f"leave {each.column!r} as it is"] = None
    now = f"{version + 1}" if version is not None else "the next number"
    return f"{'; '.join(ways)}; or set 'schema.version' to {now}: that lives beside the old one"
