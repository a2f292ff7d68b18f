"""Values that AWS takes and never gives back: whether they are still those that were sent. Pure.

Nothing live tells. What tells is a digest of each that the receipt of the last apply holds, made
with a key that is in no repository, so that nobody can guess a value and compare. Where there is
no key, no receipt, or the digest was made with another key, nobody can tell, and that is said.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.facts import change_effect
from reconciler.model.change import Action, Change, Effect, FieldChange, Reason
from reconciler.model.diagnostic import Diagnostic, Severity, in_words
from reconciler.model.graph import Node
from reconciler.model.step import Step
from reconciler.model.value import SENSITIVE, Path, hidden
from reconciler.secret.sent import VARIABLE, Sent, key_of

CODE = "RES010"
NO_KEY = f"{VARIABLE} is not set"
NO_RECORD = "no receipt says what was sent"
OTHER_KEY = f"the receipt was made with another {VARIABLE}"


def differs(node: Node, sent: Sent) -> tuple[list[FieldChange], dict[str, str]]:
    """Hidden values that are others than were sent, and for the rest why nobody can tell."""
    last, now = sent.last.get(node.address, {}), sent.of(node)
    changed: list[FieldChange] = []
    open_: dict[str, str] = {}
    for each in hidden(node.props):
        path = ".".join(each.path)
        before = last.get(path)
        if not sent.key or before is None:
            open_[path] = NO_RECORD if sent.key else NO_KEY
        elif key_of(before) != key_of(now[path]):
            open_[path] = OTHER_KEY
        elif not hmac.compare_digest(before, now[path]):
            changed.append(_field(node, each.path))
    return changed, open_


def _field(node: Node, path: Path) -> FieldChange:
    place = tuple("*" if step.isdecimal() else step for step in path)
    effect = change_effect(node.address.type, place, "before", "after").effect
    kept = effect if effect is Effect.REPLACE else Effect.IN_PLACE
    at = node.origin.line_of(path) if node.origin else None
    return FieldChange(path, SENSITIVE, SENSITIVE, kept, at)


def resent(change: Change, fields: Iterable[FieldChange]) -> Change:
    """The change of a live resource, with differences that nothing live shows."""
    more = tuple(fields)
    if not more or change.observed is None:
        return change
    whole = replace(change, fields=(*change.fields, *more))
    if change.action is Action.REPLACE:
        return whole
    if any(each.effect is Effect.REPLACE for each in more):
        return replace(whole, action=Action.REPLACE, reason=Reason.CANNOT_UPDATE)
    return replace(whole, action=Action.UPDATE, reason=Reason.DIFFERS)


def resends(step: Step) -> bool:
    """Whether a step changes what AWS never gives back: no look tells whether it is done."""
    unseen = {each.path for each in hidden(step.desired)}
    return any(each.path in unseen for each in step.fields)


def untold(node: Node, open_: Mapping[str, str]) -> Iterator[Diagnostic]:
    """That nobody can tell whether some values are as declared, and why; once for a resource."""
    for why in sorted(set(open_.values())):
        paths = sorted(path for path, said in open_.items() if said == why)
        names = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")  # noqa: PLR2004 - what is read
        at = node.origin.line_of(tuple(paths[0].split("."))) if node.origin else None
        names = in_words(names, at) if len(paths) == 1 else names
        text = f"cannot tell whether {names} of {str(node.address)!r} is as declared: {why}"
        help_ = (
            f"set {VARIABLE} to a secret of its own, the same for everybody who plans and applies;"
            " the next change of the resource sends the value again"
        )
        yield Diagnostic(CODE, text, at, help_, Severity.NOTE, node.address)
