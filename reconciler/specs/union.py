"""Which branch of a union a user meant, so that only that one is explained."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_core import ErrorDetails

from reconciler.model.value import Json, Path
from reconciler.specs.annotation import Annotation, choices, fields
from reconciler.specs.complaint import Complaint, choice, describe, type_words, wrong_type
from reconciler.specs.cures import cure
from reconciler.specs.words import closest, listed

_MANY = 2


@dataclass(frozen=True, slots=True)
class Branch:
    """A member of a union, and what it says against the value."""

    annotation: Annotation
    errors: tuple[ErrorDetails, ...]

    @property
    def wrong_type(self) -> bool:
        """Whether the value is of another type altogether."""
        return (
            len(self.errors) == 1
            and not self.errors[0]["loc"]
            and bool(type_words(self.errors[0]["type"]))
        )


def choose(
    tried: list[Branch], data: Json, path: Path, *, needed: bool = False
) -> Branch | Complaint:
    """The branch to explain, or a complaint about the choice itself.

    `needed` says that the field cannot be left out.
    """
    if isinstance(data, dict) and (decided := _by_key(tried, data, path)) is not None:
        return decided
    near = [branch for branch in tried if not branch.wrong_type]
    if not near:
        expected = dict.fromkeys(describe(branch.annotation) for branch in tried)
        help_ = cure([branch.annotation for branch in tried], data, needed=needed)
        return wrong_type(listed(list(expected)), data, path, help_)
    closed = [choices(branch.annotation) for branch in near]
    if all(closed):
        return choice([value for values in closed for value in values], data, path)
    return max(near, key=lambda branch: _likeness(branch, data))


def _likeness(branch: Branch, data: Json) -> tuple[int, int, int]:
    """More known keys, then errors further inside, then fewer errors."""
    known = len(set(fields(branch.annotation)) & set(data)) if isinstance(data, dict) else 0
    depth = max((len(error["loc"]) for error in branch.errors), default=0)
    return known, depth, -len(branch.errors)


def _by_key(tried: list[Branch], data: dict[str, Json], path: Path) -> Branch | Complaint | None:
    """Decides unions of the form 'exactly one of these keys'; None for other unions."""
    owners = _owners(tried)
    names = [
        next(key for key in owners if owners[key] == at) for at in dict.fromkeys(owners.values())
    ]
    if len(names) < _MANY:
        return None
    given = [key for key in data if key in owners]
    meant = {owners[key] for key in given}
    if len(meant) == 1:
        return tried[meant.pop()]
    if len(meant) >= _MANY:
        second = next(key for key in given if owners[key] != owners[given[0]])
        text = f"{given[0]!r} and {second!r} cannot stand together"
        help_ = f"keep exactly one of {listed(names)}"
        return Complaint("SPEC017", (*path, second), text, help_, on_key=True)
    for key in data:
        if (match := closest(key, names)) is not None:
            text = f"unknown field {key!r}; did you mean {match!r}?"
            help_ = f"write exactly one of {listed(names)}"
            return Complaint("SPEC010", (*path, key), text, help_, on_key=True)
    text = f"exactly one of {listed(names)} is needed here"
    return Complaint("SPEC017", path, text, f"add `{names[0]}: …`", on_key=True)


def _owners(tried: list[Branch]) -> dict[str, int]:
    """The keys that say which branch is meant: its required one that no other has.

    A branch that requires nothing is meant by any key of its own, beside one that does.
    """
    known = [fields(branch.annotation) for branch in tried]
    owners: dict[str, int] = {}
    required = False
    for index, mine in enumerate(known):
        own = [name for name in mine if sum(name in keys for keys in known) == 1]
        needed = [name for name in own if mine[name].is_required()]
        if mine and not own:
            return {}
        required = required or bool(needed)
        owners |= dict.fromkeys(needed[:1] or own, index)
    return owners if required else {}
