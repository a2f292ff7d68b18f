"""The rows of the transition table where nothing is done, and those of the way back."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.value import Json
from reconciler.rollout import moves
from reconciler.rollout.phase import BROKEN, leftover, near
from reconciler.rollout.row import RUNS, Row, doing, overdue, reason, word
from reconciler.rollout.values import Act, Doing, RolloutAction
from reconciler.rollout.view import View

BACKWARD = "aborting"
LEFT = "; one version is live, so no rollout runs: an abort marks it as ended"


def back(view: View, why: str, by: str = "") -> RolloutAction:
    """The way back begins: with its first call, or with a mark while AWS is at work."""
    changes: dict[str, Json] = {
        "doing": Doing.ABORT,
        "word": by,
        "why": why,
        "since": view.now,
        "tries": 0,
        "seen": False,
        "ended": "",
    }
    if not view.ready:
        return moves.mark(view, f"{why}; it goes back as soon as AWS takes changes", **changes)
    marks = replace(view.marks, **changes)
    home = replace(view, live=replace(view.live, marks=marks), marks=marks)
    if home.doubt:
        return moves.still(view, Act.STOP, home.doubt)
    found = next(row for row in BACKWARDS if row.holds(home)).action(home)
    return replace(found, phase=view.phase)


def _undoes(view: View) -> bool:
    """Whether an abort can do something about what is not as it should be."""
    marks, live = view.marks, view.live
    ours = live.pending in {"", marks.base, marks.middle, marks.target}
    runs = not view.back or bool(marks.ended)  # an apply may go on after the end
    return bool(view.on) and runs and ours and not marks.fault and (view.ready or view.busy)


def _how(view: View) -> str:
    how, _, why = view.marks.ended.partition(" ")
    return f"{how}, {why}" if why else how


def _settles(view: View) -> bool:
    """Whether no weight is left to take back."""
    return view.on == "target" or view.idle


def _homeless(view: View) -> str:
    on = view.marks.why or "it was to go back"
    return f"{on}; and the way back failed: {reason(view)}"


def _named(view: View) -> str:
    """Why the candidate is not taken from its callers yet; "" where nothing is in the way."""
    name, found = view.marks.candidate, view.signals
    if found.uncounted:
        return f"whether {name!r} still gets requests is not known: {found.uncounted}"
    if not found.pinned:
        return ""
    return (f"{found.pinned:g} requests came to {name!r} of late, which has no weight: the last"
            " that it was given, or callers name it (TargetVariant)")  # fmt: skip


def _stuck(view: View) -> bool:
    return doing(view, Doing.PART) or (doing(view, Doing.RESTORE) and (view.lost or view.expired))


NOTHING: tuple[Row, ...] = (
    Row("idle, completed, aborted, rolled-back, failed", "no rollout runs", "nothing",
        lambda v: not v.marks.fault and bool(v.marks.ended) and not v.doubt,
        lambda v: moves.still(v, Act.NOTHING, f"no rollout runs; the last one: {_how(v)}")),
    Row("failed", "the endpoint is `Failed`, `OutOfService`, `Deleting` or `UpdateRollbackFailed`",
        "stops: a person has to act in AWS",
        lambda v: not v.marks.fault and not v.marks.ended and v.live.status in BROKEN,
        lambda v: moves.still(v, Act.STOP, f"the endpoint is {v.live.status}: "
                              f"{BROKEN[v.live.status]}; {reason(v)}")),
    Row("ambiguous", "abort is said, the marks cannot be read, and one version is live, at rest",
        "marks the end: aborted",
        lambda v: word(v, "abort") and leftover(v.live),
        lambda v: moves.cleared(v, f"as {v.doubt}")),
    Row("ambiguous", "abort is said, and a configuration of this rollout is live",
        "the way back begins",
        lambda v: bool(v.doubt) and word(v, "abort") and _undoes(v),
        lambda v: back(v, f"a person aborted it, as {v.doubt}", "abort")),
    Row("ambiguous", "what is live and the marks cannot both be so, or are not known",
        "stops: a person has to look",
        lambda v: bool(v.doubt),
        lambda v: moves.still(v, Act.STOP, v.doubt + (LEFT if leftover(v.live) else ""))),
)  # fmt: skip
"""Where nothing is done."""

BACKWARDS: tuple[Row, ...] = (
    Row(RUNS, "abort is said", "the way back begins; while AWS is at work it is noted",
        lambda v: word(v, "abort") and not v.back,
        lambda v: back(v, "a person aborted it", "abort")),
    Row("failed", "abort or resume is said, on the way back", "the way back is tried anew",
        lambda v: v.back and v.marks.word == "failed" and word(v, "abort", "resume"),
        lambda v: moves.mark(v, "the way back is tried anew", doing=Doing.ABORT, word="abort",
                             since=v.now, tries=0, seen=False)),
    Row("failed", "the way back has failed", "stops: a person has to look",
        lambda v: v.back and v.marks.word == "failed",
        lambda v: moves.still(v, Act.STOP, v.marks.why or "the way back has failed")),
    Row(BACKWARD, "AWS is first seen at work on what was sent", "marks that it was seen",
        lambda v: v.back and v.busy and v.at_work and not v.marks.seen,
        lambda v: moves.mark(v, "AWS is at work on it", seen=True)),
    Row(BACKWARD, "AWS is at work for longer than the deadline", "stops, and goes on when AWS ends",
        lambda v: v.back and v.busy and v.expired,
        lambda v: moves.still(v, Act.STOP, f"{overdue(v)}: AWS has been {v.live.status}; it goes "
                              "on by itself when that ends, or ask AWS's support")),
    Row(BACKWARD, "AWS is at work", "waits",
        lambda v: v.back and v.busy,
        lambda v: moves.wait(v, f"it goes back when AWS has ended: {v.marks.why}")),
    Row(BACKWARD, "the base is live", "marks the end: aborted by a person, else rolled-back",
        lambda v: v.back and v.on == "base",
        lambda v: moves.ended(v, "aborted" if v.marks.word == "abort" else "rolled-back",
                              v.marks.why)),
    Row(BACKWARD, "it was sent within the last half minute, and AWS shows nothing of it yet",
        "waits",
        lambda v: v.back and v.pending,
        lambda v: moves.wait(v, "it was sent just now, and AWS shows nothing of it yet")),
    Row(BACKWARD, "AWS went back on the move to the base", "fails",
        lambda v: v.back and doing(v, Doing.SETTLE) and v.lost,
        lambda v: moves.failed(v, _homeless(v))),
    Row(BACKWARD, "the weights are not known, within the deadline", "waits for a whole answer",
        lambda v: v.back and v.on != "target" and v.weight is None and not v.expired,
        lambda v: moves.wait(v, "AWS did not say all weights")),
    Row(BACKWARD, "all that is left is the move to the base, and what that needs is gone", "holds",
        lambda v: v.back and bool(v.signals.lacks) and _settles(v),
        lambda v: moves.still(v, Act.HOLD, f"{v.signals.lacks} is gone, which the way back "
                              f"needs, so {v.live.config!r} stays: {v.marks.why}")),
    Row(BACKWARD, "the target is live, or the weights stay unknown",
        "the endpoint moves to the base",
        lambda v: v.back and (v.on == "target" or v.weight is None),
        moves.settle),
    Row(BACKWARD, "callers name the candidate although it has no weight, or nobody can tell, within"
        " the deadline", "waits for them",
        lambda v: v.back and v.idle and bool(_named(v)) and not v.expired,
        lambda v: moves.wait(v, _named(v))),
    Row(BACKWARD, "the candidate has no weight", "the endpoint moves to the base",
        lambda v: v.back and v.idle,
        moves.settle),
    Row(BACKWARD, "AWS went back on the weights", "the endpoint moves to the base as it is",
        lambda v: v.back and doing(v, Doing.ABORT) and v.lost,
        moves.settle),
    Row(BACKWARD, "a part of the weights is back, or cannot be had", "fails: instances are lacking",
        lambda v: v.back and doing(v, Doing.PART) and (v.reached or v.lost),
        lambda v: moves.failed(v, f"{v.marks.stable!r} lacks instances; {_homeless(v)}")),
    Row(BACKWARD, "stable cannot get its instances back, and has some",
        "stable gets the share that they can carry",
        lambda v: v.back and v.short and _stuck(v) and v.part < (v.weight or 0) and v.part < 1
        and not near(v.part, v.weight or 0),
        moves.part),
    Row(BACKWARD, "stable cannot get its instances back", "fails: instances are lacking",
        lambda v: v.back and v.short and _stuck(v),
        lambda v: moves.failed(v, f"{v.marks.stable!r} lacks instances; {_homeless(v)}")),
    Row(BACKWARD, "stable has fewer instances than before", "they come first, the weights after",
        lambda v: v.back and v.short,
        moves.restore),
    Row(BACKWARD, "else", "all weight to stable, in one call",
        lambda v: v.back,
        moves.abort),
)  # fmt: skip
"""The way back."""
