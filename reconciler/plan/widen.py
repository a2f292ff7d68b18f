"""Who may do more after a change, and what restrained somebody and is taken away. Pure.

An update widens unless it is proved that it does not; then it says what is newly allowed, or why
nothing is proved. Of what is new, only what is open to everybody counts. The ways in which access
is written down have a file each in `widening.ways`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Protocol, cast

from reconciler.access.widened import everything, kind_of, others
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.given import marked
from reconciler.model.graph import Node
from reconciler.model.loss import Loss
from reconciler.model.texts import texts
from reconciler.model.value import SENSITIVE, Json, Path
from reconciler.plan.widening import ways
from reconciler.plan.widening.turn import Turn, access, names, pairs, plain, policy
from reconciler.resources.api import MAKING_TAG, Place, Resource

RESTRAINS = re.compile(r"::((?!Scaling)\w*Policy|\w*PublicAccessBlock|NetworkAclEntry)$")
"""Types that are themselves a policy of something else, or a block; one of scaling is neither."""


class Way(Protocol):
    """What a file of `widening.ways` has."""

    NAMES: frozenset[str]
    """Names of members without one of which it says nothing of what is new."""

    def widened(self, turn: Turn, /) -> Iterator[Loss]: ...


@cache
def _ways() -> tuple[Way, ...]:
    found = sorted(each.name for each in pkgutil.iter_modules(ways.__path__))
    return tuple(cast(Way, importlib.import_module(f"{ways.__name__}.{name}")) for name in found)


@cache
def _names() -> frozenset[str]:
    return frozenset().union(*(way.NAMES for way in _ways()))


def widenings(change: Change, resource: Resource, place: Place) -> tuple[Loss, ...]:
    """How a change lets somebody do more. The half-made counts as new: it gave nothing yet."""
    turn = Turn(change, resource, place, new=_new(change))
    if turn.new and _names().isdisjoint(names(change.desired)):
        return ()
    found = dict.fromkeys(each for way in _ways() for each in way.widened(turn))
    secret = marked(change.desired)
    return tuple(_told(each, change, secret) for each in found) if secret else tuple(found)


def _told(loss: Loss, change: Change, secret: frozenset[Path]) -> Loss:
    """What is said of a policy, without live texts at places that a spec calls sensitive."""
    where = [each for each in secret if each[0] == loss.path[0]]
    if not where:
        return loss
    live = texts(plain(change.live.get(loss.path[0])), loss.path[:1])
    hidden = {text for path, text in live if text and any(_below(path, each) for each in where)}
    says = loss.says
    for text in sorted(hidden, key=len, reverse=True):
        says = says.replace(text, str(SENSITIVE))
    return replace(loss, says=says, opens=())


def _below(path: Path, secret: Path) -> bool:
    return tuple(part for part in path if not part.isdecimal())[: len(secret)] == secret


def _new(change: Change) -> bool:
    return change.observed is None or MAKING_TAG in (change.observed.tags or {})


def lifted(change: Change) -> tuple[Loss, ...]:
    """What a deletion lets somebody do: what denies something goes, or may."""
    if not RESTRAINS.search(change.address.type):
        return ()
    found = [each for _, each, _ in pairs(plain(change.live), None) if policy(each)]
    if not found:
        says = "it goes, and whether it denies something to anybody is not known here"
        return (access([says], (), sure=False),)
    denies = [each for document in found for each in _denying(document)]
    return (access(["what it denies is denied no more"], (), sure=True),) if denies else ()


def _denying(document: Json) -> Iterator[Json]:
    listed = document["Statement"]
    items = [listed] if isinstance(listed, Mapping) else listed
    yield from (each for each in items if each["Effect"] == "Deny")


def remarks(change: Change, node: Node, place: Place) -> Iterator[Diagnostic]:
    """Of what is new: other accounts that it lets in, and policies that allow everything.

    Nobody had less before, so these need no permission; a reader should see them.
    """
    if not _new(change) or "Statement" not in {*names(change.desired)}:
        return
    for prop, value in change.desired.items():
        at = node.origin.line_of((prop,)) if node.origin else None
        for path, _, document in pairs(None, plain(value), (prop,)):
            if policy(document):
                yield from _remarks(node, ".".join(path), document, place, at)


def _remarks(
    node: Node, where: str, document: Json, place: Place, at: Span | None
) -> Iterator[Diagnostic]:
    kind, name = kind_of(document), repr(str(node.address))
    try:
        accounts = others(document, kind, place.account)
        wide = everything(document, kind)
    except ValueError:
        return
    if accounts:
        text = f"{where} of {name}, which is new, lets in account {' and '.join(accounts)}"
        help_ = "nothing, if that is meant"
        yield Diagnostic("ACCESS001", text, at, help_, Severity.NOTE, node.address)
    for each in dict.fromkeys(wide):
        text = f"{where} of {name}, which is new: {each}"
        help_ = "name the actions and the resources that it needs"
        yield Diagnostic("ACCESS002", text, at, help_, Severity.NOTE, node.address)
