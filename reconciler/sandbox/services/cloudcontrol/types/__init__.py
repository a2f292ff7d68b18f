"""What is not as the schema alone makes it: a file for each such type, found by its name.

`AWS::SNS::Topic` is `sns_topic.py`. It may have `HABITS`, and, for what the rest of the sandbox
has too, `create`, `read`, `update`, `delete` and `listed`, which ask moto. `refuse` is given what
is there and what is asked for, and raises `Broken` for a change that the service does not take;
`release` is given what is to be deleted, and raises `Broken` where it may not go; `spare` does so
by what else is there, of a type;
`begun` does so for what is made, and may answer more than is asked for; `kept` answers what an
update leaves; `admit` is given what is asked for and all others of the type, by identifier, before
one is made; `meets` is given what is asked for and a function from a type to all of it that is
there; `along` is given the identifier of what is deleted and such a function, and says of what is
then gone as well; `shows` is given what one is and what a listing was told, and says whether that
shows it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Any


@cache
def lookup(type_: str) -> ModuleType | None:
    """The file of a type, if it has one."""
    name = f"{__name__}.{'_'.join(type_.split('::')[1:]).lower()}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


@cache
def native(type_: str) -> ModuleType | None:
    """The file of a type that is made in moto, if it is."""
    found = lookup(type_)
    return found if hasattr(found, "create") else None


def refuse(type_: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Let the file of a type refuse an update, if it has something against it.

    Raises:
        Broken: the service does not take it.
    """
    if own := getattr(lookup(type_), "refuse", None):
        own(before, after)


def release(
    type_: str, model: dict[str, Any], of: Callable[[str], Iterable[dict[str, Any]]]
) -> None:
    """Let the file of a type refuse a deletion.

    Raises:
        Broken: the service does not let it go.
    """
    if own := getattr(lookup(type_), "release", None):
        own(model)
    if own := getattr(lookup(type_), "spare", None):
        own(model, of)


def take_along(type_: str, parts: tuple[str, ...], of: Callable[[str], dict[str, Any]]) -> None:
    """Let go what is no more once something of a type is deleted, as the file of the type says."""
    if own := getattr(lookup(type_), "along", None):
        for other, name in [*own(parts, of)]:
            of(other).pop(name, None)


def admit(type_: str, desired: dict[str, Any], others: dict[str, dict[str, Any]]) -> None:
    """Let the file of a type refuse a creation beside the others that are there.

    Raises:
        Broken: the service does not take it.
    """
    if own := getattr(lookup(type_), "admit", None):
        own(desired, others)


def meets(
    type_: str, desired: dict[str, Any], of: Callable[[str], Iterable[dict[str, Any]]]
) -> None:
    """Let the file of a type refuse a creation by what is there of other types.

    Raises:
        Broken: the service does not take it.
    """
    if own := getattr(lookup(type_), "meets", None):
        own(desired, of)


def admitted(type_: str, desired: dict[str, Any], of: Callable[[str], Mapping[str, Any]]) -> None:
    """Let the file of a type refuse a creation; `of` has the records of a type, by identifier.

    Raises:
        Broken: the service does not take it.
    """
    admit(type_, desired, {key: {**it.model, **it.made} for key, it in of(type_).items()})
    meets(type_, desired, lambda other: [each.model for each in of(other).values()])


def begun(type_: str, desired: dict[str, Any]) -> dict[str, Any]:
    """What is made where this is asked for.

    Raises:
        Broken: the service does not take it.
    """
    own = getattr(lookup(type_), "begun", None)
    found: dict[str, Any] | None = own(desired) if own else None
    return found or desired


def kept(type_: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is there after an update: what is asked for, and what the service keeps beside it."""
    own = getattr(lookup(type_), "kept", None)
    found: dict[str, Any] = own(before, after) if own else after
    return found


def shows(type_: str, model: dict[str, Any], told: dict[str, Any]) -> bool:
    """Whether a listing that was told this shows a resource."""
    own = getattr(lookup(type_), "shows", None)
    return bool(own(model, told)) if own else True
