"""Read what an adapter asks for besides, only while one of its resources is to be updated.

A plan without changes makes none of these reads. One that fails makes the resource
unknown: nothing is planned for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single
from reconciler.aws.survey import unreadable
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, FieldChange
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import Json
from reconciler.plan.live import Live
from reconciler.resources.api import Resource
from reconciler.resources.review import Look

T = TypeVar("T")


def look_closer(
    session: Session,
    live: Live,
    pending: Iterable[Change],
    resources: Mapping[str, Resource],
    single: Single,
) -> tuple[Live, list[Diagnostic]]:
    """The live state with the context of every pending update, and of what makes way for another.

    Of the latter it has the parts that must go before it does.
    """
    found, unknown = dict(live.found), set(live.unknown)
    problems: list[Diagnostic] = []
    for change in pending:
        if change.observed is None:
            continue
        resource = resources[change.address.type]
        try:
            if change.action is Action.REPLACE:
                found[change.address] = single.going(resource, change.address, change.observed)
                continue
            context = ask(session, resource.pending.context(change))
        except AwsError as error:
            problems.append(unreadable(error, change.address))
            unknown.add(change.address)
            continue
        both = {**change.observed.context, **context}
        found[change.address] = replace(change.observed, context=both)
    return replace(live, found=found, unknown=frozenset(unknown)), problems


def who_moved(
    session: Session, changes: Iterable[Change], resources: Mapping[str, Resource]
) -> tuple[dict[Address, tuple[FieldChange, ...]], list[Diagnostic]]:
    """What others moved at run time, by resource, with who owns each difference."""
    found: dict[Address, tuple[FieldChange, ...]] = {}
    problems: list[Diagnostic] = []
    for change in changes:
        try:
            more = ask(session, resources[change.address.type].pending.moved(change))
        except AwsError as error:
            problems.append(unreadable(error, change.address))
        else:
            told = (*change.owned, *more)
            found |= {change.address: told} if told else {}
    return found, problems


def ask(session: Session, asking: Generator[Look, Json, T]) -> T:
    """Put an adapter's questions one by one; each may depend on the answers before."""
    answer: Json = None
    send: Callable[[Json], Look] = asking.send
    while True:
        try:
            look = send(answer)
        except StopIteration as end:
            told: T = end.value
            return told
        answer = _answer(session, look)


def _answer(session: Session, look: Look) -> Json:
    reader = ReadOnly(session, look.service, look.absent)
    try:
        if look.at:
            return reader.pages(look.method, look.params, look.at)
        return reader.call(look.method, look.params)
    except Gone:
        return None
