"""Whether a rollout is still what its spec asks for; what it is of stands in the marks."""

from __future__ import annotations

from reconciler.rollout.values import Doing
from reconciler.rollout.view import View


def superseded(view: View) -> bool:
    """Whether the spec asks for another target by now."""
    asked = view.rollout
    other = bool(asked.target) and asked.target != view.marks.target
    return other and asked.heeded and not view.insists


def left(view: View) -> bool:
    """Whether no spec moves its weights any more."""
    return bool(view.rollout.left) and not view.insists


def unsure(view: View) -> bool:
    """Whether nobody knows what the spec asks for."""
    return bool(view.rollout.unsure) and view.rollout.heeded and not view.insists


def unapplied(view: View) -> bool:
    """Whether its spec judges it by what no apply has said yet."""
    return bool(view.rollout.unapplied) and view.rollout.heeded and not view.insists


def forsaken(view: View) -> bool:
    """Whether its spec has not asked for it for as long as it may wait for a person."""
    bake = view.step.bake if view.marks.doing is Doing.BAKE else 0
    waits = 0 < view.marks.hold < view.elapsed - bake
    return waits and (superseded(view) or left(view) or unapplied(view))


def said(view: View) -> str:
    """Why the way up is nothing that its spec is known to ask for now."""
    marks, asked = view.marks, view.rollout
    other = asked.target != marks.target and asked.version == marks.version
    this = repr(marks.version if marks.version and not other else marks.target)
    if asked.left:
        return (
            f"{asked.left}, so nothing asks for {this} step by step: `abort` goes back, `promote"
            " --full` goes to the end, and with its canary in the spec again it goes on"
        )
    if asked.unsure:
        return f"{this} gets no more traffic: {asked.unsure}"
    if asked.unapplied and not other:
        return (
            f"{this} gets no more traffic: {asked.unapplied}; apply says that this one counts, or"
            " promote or abort this one"
        )
    if asked.target == marks.base:
        return (
            f"{this} is taking over, and the spec asks for the version before again: apply goes"
            " back to it, and so does abort; promote goes on all the same"
        )
    wanted = repr(asked.target if other or not asked.version else asked.version)
    return (
        f"{this} is taking over, and the spec asks for {wanted}: apply goes back and starts that"
        " one; or promote or abort this one"
    )
