"""What of a resource a step touches, as CloudFormation calls it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.explain.property import UNSUPPORTED, explain
from reconciler.model.change import FieldChange, Reason
from reconciler.model.plan import Step
from reconciler.model.value import Path
from reconciler.resources import api as resources
from schemas.generate.fields.walk import ANY

_DEEP = 3
"""Names of a path that are told."""
_NO_NAME = "NoSuchName"


def properties(step: Step) -> Iterator[str]:
    """What of a resource differs, without the names of items; "" for a whole resource."""
    fields = step.fields or step.instead
    if not fields and step.reason not in {Reason.CANNOT_UPDATE, Reason.SUPERSEDED}:
        yield ""
    for each in fields:
        yield _property(each, step.address.type)


def _property(change: FieldChange, type_: str) -> str:
    found = [*_general(change.path, type_)]
    while found[-1:] == [ANY]:
        found.pop()
    return ".".join(found)


def _general(path: Path, type_: str) -> Iterator[str]:
    """Names that CloudFormation has, with `*` for an item; it ends where a document begins."""
    resource = resources.load()[type_]
    named: list[str] = []
    shown: list[str] = []
    for part in path:
        keys = ".".join(named) in resource.keyed and shown[-1:] != [ANY]
        if keys or part.isdigit():
            shown.append(ANY)
        elif named and (len(named) == _DEEP or not _named(type_, shown, part)):
            return
        else:
            named.append(part)
            shown.append(part)
        yield shown[-1]


def _named(type_: str, around: list[str], part: str) -> bool:
    """Whether a property has a member of that name, and no name that a user has chosen."""
    return _known(type_, [*around, part]) and not _known(type_, [*around, _NO_NAME])


def _known(type_: str, path: list[str]) -> bool:
    return bool(explain(".".join((type_, *path)))["effect"] != UNSUPPORTED)
