"""The rows of the transition table of words, of what has come about, and of the way up."""

from __future__ import annotations

from reconciler.rollout import moves, wish
from reconciler.rollout.homeward import back
from reconciler.rollout.row import RUNS, Row, doing, overdue, reason, word
from reconciler.rollout.values import Act, Doing, RolloutAction, Verdict
from reconciler.rollout.view import HELD, Due, View

WAYS = frozenset({"rollback", "abort"})
DUE = "any with more traffic due"
FIRST = "any with the first weight due"


def failure(view: View, why: str) -> RolloutAction:
    """What the rollout says a failure does."""
    if view.marks.on_failure in WAYS:
        return back(view, why)
    if view.marks.doing is Doing.FINISH:
        return moves.failed(view, why)
    return moves.held(view, why)


def _lost(view: View) -> str:
    how = "AWS took back" if view.marks.seen or view.live.reason else "AWS did not set"
    if doing(view, Doing.CARRY):
        what = f"the instances of {view.marks.stable!r} that the target keeps: {reason(view)}"
        return f"{how} {what}; promote to the end goes on with fewer"
    what = {Doing.SCALE: "the instances", Doing.MOVE: "the weights"}.get(view.marks.doing, "it")
    return f"{how} {what} of step {view.marks.step}: {reason(view)}"


def _takes(view: View) -> bool:
    """Whether it can be promoted: not while the endpoint is on its way to the target."""
    return not doing(view, Doing.FINISH) or view.marks.word in HELD | {"failed"}


def _accepted(view: View) -> bool:
    """Whether a failure is known and does not count: a person has said so, or is to say."""
    if view.marks.word == "full":
        return True
    held = HELD | {"promote", "failed"}
    return view.marks.on_failure not in WAYS and view.marks.word in held


def _undecided(view: View) -> bool:
    return view.due is not None and view.undecided


def _not_yet(view: View) -> bool:
    return view.judged()[0] is Verdict.WAITING and not view.expired


def _unsure(view: View) -> str:
    return view.judged()[1]


def _stop(view: View) -> RolloutAction:
    return moves.still(view, Act.STOP, "nobody has foreseen what is live: please report it")


WORDS: tuple[Row, ...] = (
    Row("finishing, paused, failed", "the target is live, alone and whole",
        "marks the end: completed",
        lambda v: doing(v, Doing.FINISH) and v.reached,
        lambda v: moves.ended(v, "completed", v.marks.version)),
    Row(RUNS, "promote to the end is said", "notes it; a hold or a pause is over",
        lambda v: word(v, "full") and v.marks.word != "full" and _takes(v),
        lambda v: moves.promoted(v, "full")),
    Row(RUNS, "the candidate has traffic, and an alarm or the analysis fails it",
        "the way back begins; where `onFailure` is none, it is held",
        lambda v: v.exposed and v.judged()[0] is Verdict.FAILED and not _accepted(v),
        lambda v: failure(v, v.judged()[1])),
    Row("any but finishing", "pause is said", "notes it; an update that AWS is at ends before",
        lambda v: word(v, "pause") and v.marks.word not in HELD | {"failed"}
        and not doing(v, Doing.FINISH),
        lambda v: moves.mark(v, "paused by a person", word="pause", why="a person paused it",
                             since=v.now)),
    Row("paused, failed", "resume is said", "goes on with a new bake of the step that is live",
        lambda v: word(v, "resume") and v.marks.word in HELD | {"failed"},
        moves.resumed),
    Row("any but finishing", "promote is said", "notes it: the next step comes without a verdict",
        lambda v: word(v, "promote") and not v.insists and _takes(v),
        lambda v: moves.promoted(v, "promote")),
)  # fmt: skip
"""What a person asks for, and what ends a rollout."""


STANDING: tuple[Row, ...] = (
    Row(RUNS, "the marks are of more than 5 minutes from now", "stops: a clock is wrong",
        lambda v: v.future,
        lambda v: moves.still(v, Act.STOP, "the marks are of a moment that has not come yet: the "
                              "clock of this machine, or of the last driver, is wrong")),
    Row("paused, failed", "nobody has said anything for as long as it may wait",
        "the way back begins",
        lambda v: v.marks.word in HELD | {"failed"} and v.expired,
        lambda v: back(v, f"{overdue(v)}: {v.marks.why}")),
    Row("failed", "nobody has said anything yet", "stops: a person has to say what",
        lambda v: v.marks.word == "failed",
        lambda v: moves.still(v, Act.STOP, f"{v.marks.why}; resume tries anew, abort goes back")),
    Row(RUNS, "AWS is at work for longer than the deadline",
        "notes the way back, for when AWS ends",
        lambda v: v.busy and v.expired,
        lambda v: failure(v, overdue(v))),
    Row(RUNS, "AWS is first seen at work on what was sent", "marks that it was seen",
        lambda v: v.busy and v.at_work and not v.marks.seen,
        lambda v: moves.mark(v, "AWS is at work on it", seen=True)),
    Row(RUNS, "AWS is at work: `Updating`, `SystemUpdating`, `RollingBack`, `Creating`",
        "waits; nothing is sent",
        lambda v: v.busy,
        lambda v: moves.wait(v, f"AWS is at work: the endpoint is {v.live.status}")),
    Row("moving, promoting, paused", "the weights and instances of the step are live, as asked",
        "marks the begin of its bake",
        lambda v: doing(v, Doing.MOVE) and v.reached,
        moves.baking),
    Row("scaling, moving, finishing, promoting",
        "it was sent within the last half minute, and AWS shows nothing of it yet", "waits",
        lambda v: v.pending and v.marks.word not in HELD,
        lambda v: moves.wait(v, "it was sent just now, and AWS shows nothing of it yet")),
    Row("starting, promoting, paused", "AWS went back on the start",
        "the way back begins, and has ended where the base is live",
        lambda v: doing(v, Doing.START) and v.lost,
        lambda v: back(v, f"AWS went back on the start: {reason(v)}")),
    Row("finishing", "AWS went back on the move to the target", "fails; all stays as it is",
        lambda v: doing(v, Doing.FINISH) and v.lost and v.marks.word not in HELD,
        lambda v: moves.failed(v, f"AWS went back on the move to {v.marks.target!r}, and "
                               f"{v.live.config!r} is live: {reason(v)}")),
    Row("scaling, moving, promoting", "AWS went back on instances or weights, or took none",
        "is held at the live weights",
        lambda v: v.lost and v.marks.word not in HELD,
        lambda v: moves.held(v, _lost(v))),
    Row("paused", "nobody has said anything yet", "holds",
        lambda v: v.marks.word in HELD,
        lambda v: moves.still(v, Act.HOLD, f"{v.marks.why}; say resume, promote or abort",
                              v.marks.since + v.limit if v.limit else None)),
)  # fmt: skip
"""What it waits for, and what has come about or not."""


LADDER: tuple[Row, ...] = (
    Row("starting, promoting", "nothing was started within the deadline", "marks the end: failed",
        lambda v: doing(v, Doing.START) and v.on == "base" and v.expired,
        lambda v: moves.ended(v, "failed", f"nothing was started: {overdue(v)}; {reason(v)}")),
    Row("starting, promoting", "nothing was started within the deadline, over another rollout",
        "the way back begins",
        lambda v: doing(v, Doing.START) and not v.reached and v.expired,
        lambda v: back(v, f"nothing was started: {overdue(v)}")),
    Row("starting, promoting", "nothing was started yet", "waits for the apply",
        lambda v: doing(v, Doing.START) and not v.reached,
        lambda v: moves.wait(v, "an apply has announced it and moves the endpoint; run it again "
                             "if it has ended", v.marks.since + v.limit)),
    Row("scaling, moving, finishing, promoting", "what was sent is not live within the deadline",
        "the way back begins; where `onFailure` is none, it is held",
        lambda v: doing(v, Doing.SCALE, Doing.MOVE, Doing.CARRY, Doing.FINISH) and not v.reached
        and v.expired and not v.signals.frozen,
        lambda v: failure(v, f"{overdue(v)}; {reason(v)}")),
    Row("baking, promoting", "the candidate has lost instances", "they come again, and a new bake",
        lambda v: doing(v, Doing.BAKE) and not v.enough(v.marks.step) and v.marks.word != "full",
        lambda v: moves.scale(v, v.marks.step)),
    Row("any but finishing", "the spec has not asked for it for as long as it may wait",
        "the way back begins",
        lambda v: wish.forsaken(v) and not doing(v, Doing.FINISH),
        lambda v: back(v, f"for {moves.time(v.marks.hold)} nobody did anything: {wish.said(v)}")),
    Row("any but finishing", "the spec asks for another target by now",
        "holds: apply starts that one, or a person promotes or aborts this one",
        lambda v: wish.superseded(v) and not doing(v, Doing.FINISH),
        lambda v: moves.still(v, Act.HOLD, wish.said(v))),
    Row("any but finishing", "no spec moves its weights any more",
        "holds: a person aborts or promotes it, or puts the strategy back",
        lambda v: wish.left(v) and not doing(v, Doing.FINISH),
        lambda v: moves.still(v, Act.HOLD, wish.said(v))),
    Row("any but finishing", "the spec judges it by another analysis than was applied last",
        "holds: apply says that it counts, or a person promotes or aborts it",
        lambda v: wish.unapplied(v) and not doing(v, Doing.FINISH),
        lambda v: moves.still(v, Act.HOLD, wish.said(v))),
    Row("scaling, promoting", "the instances are not there, and AWS does nothing",
        "asks for them once more",
        lambda v: doing(v, Doing.SCALE, Doing.CARRY) and not v.reached and v.marks.word != "full",
        lambda v: moves.take(v, Due(v.marks.doing, v.marks.step))),
    Row("baking", "the bake is not over", "waits",
        lambda v: v.due is None and doing(v, Doing.BAKE),
        lambda v: moves.wait(v, f"{moves.percent(v.step.share)} is watched: {_unsure(v)}",
                             v.marks.confirmed + v.step.bake)),
    Row("any with more traffic due", "what the way back needs is gone", "is held",
        lambda v: v.due is not None and bool(v.signals.lacks) and not v.insists,
        lambda v: moves.held(v, f"{v.signals.lacks} is gone, so nobody could go back")),
    Row("any with more traffic due", "it is a freeze window", "waits for its end",
        lambda v: v.due is not None and bool(v.signals.frozen),
        lambda v: moves.wait(v, f"frozen: {v.signals.frozen}")),
    Row("any with more traffic due", "nobody knows what the spec asks for, within the deadline",
        "waits for an answer",
        lambda v: v.due is not None and wish.unsure(v) and not v.expired,
        lambda v: moves.wait(v, wish.said(v))),
    Row("any with more traffic due", "nobody knows what the spec asks for", "is held",
        lambda v: v.due is not None and wish.unsure(v),
        lambda v: moves.held(v, wish.said(v))),
    Row("any with the first weight due", "an alarm fires, or the analysis fails, already",
        "is held: it is not the candidate's doing; promote to the end passes it",
        lambda v: v.first and v.judged()[0] is Verdict.FAILED and v.marks.word != "full",
        lambda v: moves.held(v, f"{_unsure(v)} before {v.marks.candidate!r} has any traffic, so it "
                             "is the old version's: `promote --full` replaces that one")),
    Row("any with the first weight due", "an alarm is not there", "is held",
        lambda v: v.first and bool(v.missing) and not v.insists,
        lambda v: moves.held(v, f"{v.missing}, so nothing would stop it")),
    Row("any with more traffic due", "there is no verdict yet, within the deadline", "waits for it",
        lambda v: _undecided(v) and _not_yet(v),
        lambda v: moves.wait(v, _unsure(v))),
    Row("any with more traffic due", "nobody can tell, and `onInconclusive` is abort",
        "the way back begins",
        lambda v: _undecided(v) and v.marks.on_inconclusive in WAYS,
        lambda v: back(v, f"inconclusive: {_unsure(v)}")),
    Row("any with more traffic due", "nobody can tell, and `onInconclusive` is hold (the default)",
        "is held",
        lambda v: _undecided(v) and v.marks.on_inconclusive != "continue",
        lambda v: moves.held(v, f"inconclusive: {_unsure(v)}")),
    Row("baking", "the step was good, and a person has to say promote", "is held",
        lambda v: v.due is not None and doing(v, Doing.BAKE) and v.step.gate and not v.insists,
        lambda v: moves.held(v, f"step {v.marks.step} was good and waits for `promote`")),
    Row("any with more traffic due", "judged good just now, first, or promoted",
        "instances where they are lacking, else the weights; after the last step the target, with "
        "no fewer instances than serve",
        lambda v: v.due is not None,
        lambda v: moves.take(v, v.due) if v.due else _stop(v)),
    Row("any", "else", "stops: nobody has foreseen it", lambda _: True, _stop),
)  # fmt: skip
"""The way up."""
