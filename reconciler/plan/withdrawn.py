"""Statements of live policies that a change takes away, whoever wrote them. Pure.

A policy is written as a whole: what a spec does not have is gone with the next apply, and whom it
let in is refused from then on. A plan shows that as one line of a document, so it is told in words.
What a statement denies and denies no more is wider access, and no concern of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.given import marked
from reconciler.model.graph import Node
from reconciler.model.value import Json, canonical
from reconciler.plan.widening.turn import listed, pairs, plain, policy
from reconciler.resources.policy import normal

CODE = "ACCESS003"
_HELP = (
    "write it into a spec to keep it (`moorline drift` says who made it), or tell those it served"
)
_MOST = 3


def withdrawn(change: Change, node: Node) -> Iterator[Diagnostic]:
    """One warning for each policy in which somebody is let in no more."""
    secret = bool(marked(change.desired))
    for prop in dict.fromkeys(each.path[0] for each in change.fields):
        before, after = plain(change.live.get(prop)), plain(change.desired.get(prop))
        for path, old, new in pairs(before, after, (prop,)):
            if policy(old) and (gone := [*_gone(old, new)]):
                shown = "; ".join(_said(each, secret=secret) for each in gone[:_MOST])
                more = f"; and {len(gone) - _MOST} more" if len(gone) > _MOST else ""
                what = "a statement" if len(gone) == 1 else f"{len(gone)} statements"
                text = f"{'.'.join(path)} of {str(node.address)!r} loses {what} that no spec has: "
                at = node.origin.line_of((prop,)) if node.origin else None
                yield Diagnostic(
                    CODE, f"{text}{shown}{more}", at, _HELP, Severity.WARNING, node.address
                )


def _gone(old: Json, new: Json) -> Iterator[Mapping[str, Json]]:
    """Statements that let others in, and that are neither declared nor changed by name."""
    wanted = normal(new).get("Statement", []) if policy(new) else []
    kept = {canonical(_bare(each)) for each in wanted}
    names = {each.get("Sid") for each in wanted} - {None}
    for each in listed(normal(old)["Statement"]):
        lets_in = each["Effect"] == "Allow" and "Principal" in each
        if lets_in and each.get("Sid") not in names and canonical(_bare(each)) not in kept:
            yield each


def _bare(statement: Mapping[str, Json]) -> Json:
    return {key: value for key, value in statement.items() if key != "Sid"}


def _said(statement: Mapping[str, Json], *, secret: bool) -> str:
    name = f"{statement['Sid']!r} " if statement.get("Sid") else ""
    if secret:
        return f"{name}which allows something"
    who = statement["Principal"]
    told = who.values() if isinstance(who, Mapping) else [who]
    people = [each for value in told for each in listed(value)]
    actions = listed(statement.get("Action", statement.get("NotAction")))
    if "Action" not in statement:
        actions = ["all but " + ", ".join(map(str, actions))]
    return f"{name}allows {', '.join(map(str, people))} {', '.join(map(str, actions))}"
