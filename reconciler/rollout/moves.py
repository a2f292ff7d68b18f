"""The actions of a rollout: which marks are written, what is sent, and why."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.value import Json
from reconciler.rollout import fleet
from reconciler.rollout.marks import encode, unreadable
from reconciler.rollout.phase import near, phase_of, step_share
from reconciler.rollout.values import Act, Doing, Marks, RolloutAction
from reconciler.rollout.view import HELD, LOOK, Due, View


def still(view: View, act: Act, why: str, until: float | None = None) -> RolloutAction:
    """Nothing is sent."""
    return RolloutAction(act=act, phase=view.phase, why=why, step=view.marks.step, until=until)


def wait(view: View, why: str, until: float | None = None) -> RolloutAction:
    """It goes on by itself: look again later."""
    return still(view, Act.WAIT, why, max(view.now + LOOK, until or 0))


def _sent(view: View, act: Act, why: str, marks: Marks) -> RolloutAction:
    return RolloutAction(
        act=act,
        phase=view.phase,
        why=why,
        step=marks.step,
        marks=encode(marks),
        until=view.now + (0 if act is Act.MARK else LOOK),
        then=phase_of(replace(view.live, marks=marks)),
    )


def mark(view: View, said: str, /, **changes: Json) -> RolloutAction:
    """Marks alone."""
    return _sent(view, Act.MARK, said, replace(view.marks, **changes))


def announced(view: View, doing: Doing, step: int) -> Marks:
    """The marks of what is about to be sent; one more try where it was announced before."""
    marks = view.marks
    again = (marks.doing, marks.step) == (doing, step)
    since = marks.since if again else view.now
    had, grown = fleet.carrying(marks, view.live), fleet.grown(marks, view.live)
    return replace(marks, doing=doing, step=step, since=since, seen=False, stable_count=had,
                   grown=grown, tries=marks.tries + 1 if again else 1)  # fmt: skip


def scale(view: View, step: int) -> RolloutAction:
    """The candidate gets the instances of a step, before its traffic."""
    marks = announced(view, Doing.SCALE, step)
    count = max(fleet.of_step(marks, step), fleet.has(view.live, marks.candidate))
    why = f"step {step} of {view.last} needs {count} instances of {marks.candidate!r}"
    found = _sent(view, Act.SCALE, why, marks)
    return replace(found, counts={marks.candidate: count})


def weigh(view: View, step: int) -> RolloutAction:
    """The candidate gets the share of a step."""
    marks = announced(view, Doing.MOVE, step)
    share = step_share(marks, step)
    why = f"step {step} of {view.last}: {percent(share)} of the traffic for {marks.candidate!r}"
    said = f"; {view.judged()[1]}" if not view.first and not view.insists else ""
    return replace(_sent(view, Act.WEIGH, why + said, marks), shares=_shares(marks, share))


def carry(view: View, step: int) -> RolloutAction:
    """The stable variant gets as many instances as serve now: an update can retain those alone."""
    marks = announced(view, Doing.CARRY, step)
    count = fleet.beyond(marks, view.live)
    why = f"{marks.candidate!r} has {count} instances, and {marks.target!r} begins with fewer:"
    why += f" {marks.stable!r} gets as many first, which it then keeps"
    return replace(_sent(view, Act.SCALE, why, marks), counts={marks.stable: count})


def finish(view: View, step: int) -> RolloutAction:
    """The endpoint moves to the target, which begins with no fewer instances than serve."""
    marks = announced(view, Doing.FINISH, step)
    count = fleet.beyond(marks, view.live)
    kept = bool(count) and fleet.has(view.live, marks.stable) >= count
    why = f"all traffic, and the endpoint moves to {marks.target!r}"
    if count:
        why += f", with the {count} instances that serve now" if kept else _fewer(count)
    return replace(_sent(view, Act.FINISH, why, marks), config=marks.target, retains=kept)


def _fewer(count: int) -> str:
    return f"; {count} instances serve now, and it begins with fewer"


def take(view: View, due: Due) -> RolloutAction:
    """What is due."""
    sends = {Doing.SCALE: scale, Doing.MOVE: weigh, Doing.CARRY: carry, Doing.FINISH: finish}
    return sends[due.doing](view, due.step)


# the way back


def restore(view: View) -> RolloutAction:
    """The stable variant gets the instances again that it had before the rollout."""
    marks = _homeward(view, Doing.RESTORE)
    why = f"{marks.stable!r} gets its {marks.stable_count} instances again before its traffic"
    found = _sent(view, Act.SCALE, _because(why, marks), marks)
    count = max(marks.stable_count, fleet.has(view.live, marks.stable))
    return replace(found, counts={marks.stable: count})


def part(view: View) -> RolloutAction:
    """The stable variant gets as much traffic as the instances that it has can carry."""
    marks = _homeward(view, Doing.PART)
    why = f"{percent(1 - view.part)} of the traffic for {marks.stable!r}, as it lacks instances"
    found = _sent(view, Act.WEIGH, _because(why, marks), marks)
    return replace(found, shares=_shares(marks, view.part))


def abort(view: View) -> RolloutAction:
    """The stable variant gets all traffic, in one call."""
    marks = _homeward(view, Doing.ABORT)
    count, mine = fleet.beyond(marks, view.live), fleet.has(view.live, marks.stable)
    fewer = f" with {mine} instances, where {count} serve now" if count > mine else ""
    why = _because(f"all traffic for {marks.stable!r}{fewer}", marks)
    return replace(_sent(view, Act.WEIGH, why, marks), shares=_shares(marks, 0.0))


def settle(view: View) -> RolloutAction:
    """The endpoint moves back to the base."""
    marks = _homeward(view, Doing.SETTLE)
    why = _because(f"the endpoint moves back to {marks.base!r}", marks)
    return replace(_sent(view, Act.SETTLE, why, marks), config=marks.base)


def _homeward(view: View, doing: Doing) -> Marks:
    return announced(view, doing, view.marks.step)


def _because(why: str, marks: Marks) -> str:
    return f"{why}: {marks.why}" if marks.why else why


def ended(view: View, how: str, why: str = "") -> RolloutAction:
    """The last mark."""
    return mark(view, f"{how}: {why}" if why else how, ended=f"{how} {why}".strip(), since=view.now)


def cleared(view: View, why: str) -> RolloutAction:
    """Marks of a rollout that has ended, in the place of some that nobody can read."""
    stable = view.live.variants[0].name
    left = replace(unreadable(""), since=view.now, base=view.live.config, stable=stable,
                   ended=f"aborted {why}")  # fmt: skip
    return _sent(view, Act.MARK, why, left)


# words


def held(view: View, why: str) -> RolloutAction:
    """It waits for a person from now on."""
    return mark(view, why, word="hold", why=why, since=view.now)


def failed(view: View, why: str) -> RolloutAction:
    """It has failed, and a person has to say what becomes of it."""
    return mark(view, why, word="failed", why=why, since=view.now)


def resumed(view: View) -> RolloutAction:
    """It goes on from the step that is live, whose bake begins anew."""
    rung = _rung(view)
    if rung.get("doing", view.marks.doing) is Doing.BAKE:
        rung["confirmed"] = view.now
    said = "resumed: what is seen from now on counts"
    return mark(view, said, word="", why="", since=view.now, **rung)


def promoted(view: View, word: str) -> RolloutAction:
    """A person says that it goes on."""
    how = {"full": "to the end, whatever the analysis says"}.get(word, "to the next step")
    said, held = f"promoted {how}", view.marks.word in HELD | {"failed"}
    if word == "full" and not fleet.carried(view.marks, view.live):
        said += _fewer(fleet.beyond(view.marks, view.live))
    rung = _rung(view) if held else {}  # what was just sent is not sent anew
    return mark(view, said, word=word, why="", since=view.now, **rung)


def _rung(view: View) -> dict[str, Json]:
    """The step that is live, as marks; what was announced beyond it is sent anew."""
    marks, weight = view.marks, view.weight
    if view.ready and view.on == "middle" and weight is not None:
        for step in (marks.step, marks.step - 1):
            if step >= 0 and near(weight, step_share(marks, step)):
                doing = Doing.BAKE if step else Doing.START
                return {"doing": doing, "step": step, "tries": 1, "seen": False}
    return {}


def baking(view: View) -> RolloutAction:
    """The weights of a step are live: its metrics count from now on."""
    word = "" if view.marks.word == "promote" else view.marks.word
    since = view.marks.since if word else view.now
    share = percent(step_share(view.marks, view.marks.step))
    return mark(view, f"{share} is live and is watched for {time(view.step.bake)}", word=word,
                doing=Doing.BAKE, since=since, confirmed=view.now, tries=1, seen=False)  # fmt: skip


def _shares(marks: Marks, candidate: float) -> dict[str, float]:
    """Of all variants, a share of nothing included."""
    return {marks.stable: 1 - candidate, marks.candidate: candidate}


def percent(share: float) -> str:
    return f"{share * 100:.4g} %"


def time(seconds: float) -> str:
    """Seconds for people."""
    whole = int(min(max(seconds, 0), 1e9))
    for size, unit, parts, part in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "m"),
        (60, "m", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // parts
            return f"{whole // size} {unit} {rest} {part}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"
