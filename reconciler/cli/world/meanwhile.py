"""What another apply is making while a plan is made: it exists, and its tags do not show yet."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt, ReceiptError
from reconciler.plan.claims import FOREIGN, UNTAGGED
from reconciler.receipts.store import Store

CODE = "PLAN011"
MAKES = frozenset({"create", "replace"})


def told(plan: Plan, store: Store) -> Plan:
    """The plan with that said where something without tags of ours is about to get them.

    Reads nothing where nothing is in the way, and nothing where notes cannot be read.
    """
    doubtful = [each for each in plan.diagnostics if _untagged(each)]
    if not doubtful:
        return plan
    try:
        begun = store.begun()
    except ReceiptError:
        return plan
    if begun is None:
        return plan
    made = {step.address for step in begun.steps if step.action in MAKES}
    found = [
        _making(each, begun) if each in doubtful and each.address in made else each
        for each in plan.diagnostics
    ]
    return replace(plan, diagnostics=tuple(found))


def _untagged(found: Diagnostic) -> bool:
    return found.code == FOREIGN and found.message.endswith(UNTAGGED)


def _making(found: Diagnostic, begun: Receipt) -> Diagnostic:
    assert found.address is not None  # noqa: S101 - it is among what the apply makes
    text = (
        f"{str(found.address)!r} shows no tags yet: the apply that {begun.who} began at"
        f" {begun.started} makes it, and has noted no end"
    )
    help_ = (
        "plan again when that apply has ended; if it was broken off and this stays, take it over"
        f" with `--adopt {found.address.argument}`"
    )
    return replace(found, code=CODE, message=text, help=help_)
