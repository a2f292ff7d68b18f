"""What is live of a resource and no spec mentions: told, never acted on. Pure.

AWS fills in what nobody asks for, and no schema says what. So the receipt of an apply holds what
was there beside what was declared, and only what has changed since is told. A property that the
last apply set and the spec has left out stays as it is; to remove one, a spec says null. Without a
receipt a plan names what nobody has declared, and does the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts import facts
from reconciler.facts.secrets import READABLE
from reconciler.model.address import Address
from reconciler.model.change import Action, Change
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.given import stated
from reconciler.model.graph import Node
from reconciler.model.policy import Policy
from reconciler.model.value import Json, Mark, Path, Props, canonical, to_json
from reconciler.plan.diff import TAGS
from reconciler.plan.lent import theirs
from reconciler.resources.api import Resource
from reconciler.resources.generic import model_of
from reconciler.secret.veil import veiled

LEFT, MOVED, UNKNOWN_SINCE = "CLOUD007", "CLOUD008", "CLOUD010"
MOST = 4
LONGEST = 60


def beside(change: Change, resource: Resource) -> dict[str, Json]:
    """What is live and not declared, by dotted path, as it may be shown and written down."""
    if resource.generic is None or change.observed is None:
        return {}
    model = theirs(model_of(change.observed), resource)
    hidden = facts(resource.type).untold | READABLE.get(resource.type, frozenset())
    found = resource.generic.undeclared(change.desired, model)
    shown = {path: veiled(path, path, item, hidden, live=True) for path, item in found.items()}
    return {".".join(path): to_json(item) for path, item in shown.items()}


def said(change: Change, node: Node, resource: Resource, policy: Policy) -> Iterator[Diagnostic]:
    """What of it was set by the last apply, and what has changed since."""
    if change.action not in {Action.NONE, Action.UPDATE, Action.ADOPT}:
        return
    now = beside(change, resource)
    name, at = repr(str(node.address)), node.origin.at if node.origin else None
    left = sorted(_left(stated(policy.applied.get(node.address, {})), change.desired, now))
    if left:
        text = f"{_few(left)} of {name} stays as it is: the last apply set it, no spec mentions it"
        help_ = "write null for it to remove it, or the value that it is to have"
        yield Diagnostic(LEFT, text, at, help_, Severity.NOTE, node.address)
    before = policy.beside.get(node.address)
    if before is None:
        return
    names = sorted({*now, *before} - {*left})
    moved = [each for each in names if canonical(now.get(each)) != canonical(before.get(each))]
    gone = {each for each in moved if each not in now and _declared(each, change.desired)}
    if moved := [each for each in moved if each not in gone]:
        changes = [f"{each} {_text(before.get(each))} → {_text(now.get(each))}" for each in moved]
        text = f"somebody, or AWS, changed what no spec mentions of {name}: {_few(changes)}"
        help_ = "nothing is done about it; declare it to have it as it should be"
        yield Diagnostic(MOVED, text, at, help_, Severity.NOTE, node.address)


def unexplained(found: Mapping[Address, Mapping[str, Json]]) -> Iterator[Diagnostic]:
    """That nobody knows since when some resources have what no spec mentions: once for a plan."""
    told = {address: [*beside] for address, beside in found.items() if beside}
    if not told:
        return
    each = [f"{address}: {_few(sorted(names))}" for address, names in sorted(told.items())]
    text = f"set in AWS, and neither a spec nor a receipt says by whom: {_few(each, '; ')}"
    help_ = "the next apply writes down what is there, and later changes of it are told"
    yield Diagnostic(UNKNOWN_SINCE, text, None, help_, Severity.NOTE)


def _left(applied: Props, desired: Props, now: Mapping[str, Json]) -> Iterator[str]:
    """What the last apply asked for, is live, and is not declared any more."""
    for path in _ends(applied, ()):
        dotted = ".".join(path)
        if path[0] != TAGS and not _declared(dotted, desired):
            live = next(
                (name for name in now if dotted == name or dotted.startswith(f"{name}.")), ""
            )
            if live:
                yield dotted


def _ends(tree: Json, at: Path) -> Iterator[Path]:
    if isinstance(tree, Mapping) and tree:
        for key, item in tree.items():
            yield from _ends(item, (*at, str(key)))
    elif at:
        yield at


def _declared(dotted: str, desired: Props) -> bool:
    """Whether a place, or what is around it as a whole, is in the desired properties."""
    here: Json = desired
    for part in dotted.split("."):
        if not isinstance(here, Mapping):
            return True
        if part not in here:
            return False
        here = here[part]
    return True


def _text(value: Json) -> str:
    if value is None:
        return "absent"
    if isinstance(value, Mapping) and {*value} == {"$mark"}:
        return str(Mark.SENSITIVE)
    text = value if isinstance(value, str) else canonical(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _few(names: list[str], between: str = ", ") -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return between.join(names[:MOST]) + more
