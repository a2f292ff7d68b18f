"""What nobody can tell of a resource, or can do with it: said, never acted on. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Action, Change
from reconciler.model.diagnostic import Diagnostic, Severity, in_words
from reconciler.model.graph import Node
from reconciler.model.value import UNKNOWN, Path, leaves
from reconciler.plan.diff import RESERVED, TAGS
from reconciler.resources.api import Resource

UNVERIFIABLE, MAY_EXIST, LIMITS, BLOCKED, TAGS_STAY = (
    "CLOUD001",
    "CLOUD002",
    "CLOUD003",
    "CLOUD004",
    "CLOUD005",
)


def said(change: Change, node: Node, resource: Resource) -> Iterator[Diagnostic]:
    """What a plan says of a type that AWS's own handlers serve; an error keeps the change out."""
    generic, name = resource.generic, repr(str(node.address))
    if generic is None:
        return
    at = node.origin.at if node.origin else None
    if change.unsure and change.action is not Action.CREATE:
        whys = "; ".join(f"{_said(path, node)}: {why}" for path, why in change.unsure)
        text = f"cannot tell whether all of {name} is as declared: {whys}"
        help_ = "nothing is done about it; write the value as AWS shows it, or look at it yourself"
        yield Diagnostic(UNVERIFIABLE, text, at, help_, Severity.NOTE, node.address)
    makes = change.action in {Action.CREATE, Action.REPLACE}
    if makes and generic.found == "nothing":
        text = f"{name} is not made: {generic.says[-1]}"
        help_ = (
            "a second one could not be told from the first; make it by hand, outside of Moorline"
        )
        yield Diagnostic(MAY_EXIST, text, at, help_, Severity.ERROR, node.address)
    elif makes and (lacks := generic.lacks(change.desired)):
        text = f"{name} is not made: without {' or '.join(lacks)} nothing tells it from another one"
        yield Diagnostic(MAY_EXIST, text, at, "declare that", Severity.ERROR, node.address)
    elif makes and generic.says:
        text = f"{name}: {'; '.join(generic.says)}"
        help_ = "plan and drift go by that; nothing is to be done"
        yield Diagnostic(LIMITS, text, at, help_, Severity.NOTE, node.address)
    if change.action in {Action.UPDATE, Action.ADOPT} and (why := generic.blocked(change)):
        text = f"{name} cannot be updated: {why}"
        help_ = "declare that property, or set it in AWS so that it fits"
        yield Diagnostic(BLOCKED, text, at, help_, Severity.ERROR, node.address)
    if generic.fixed_tags and _tags_differ(change):
        text = f"the tags of {name} are not as declared, and stay: {generic.fixed_tags}"
        help_ = "recreate it yourself if its tags matter"
        yield Diagnostic(TAGS_STAY, text, at, help_, Severity.NOTE, node.address)


def _said(path: Path, node: Node) -> str:
    """The field of the spec that decides a property, and the property."""
    return in_words(".".join(path), node.origin.line_of(path) if node.origin else None)


def _tags_differ(change: Change) -> bool:
    live = change.observed.tags if change.observed else None
    wanted = change.desired.get(TAGS)
    if live is None or wanted is None or any(leaf is UNKNOWN for leaf in leaves(wanted)):
        return False
    want = {tag["Key"]: tag["Value"] for tag in wanted}
    return want != {key: item for key, item in live.items() if not key.startswith(RESERVED)}
