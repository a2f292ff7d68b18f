"""The one next thing of a rollout: pure and total, the same for whoever drives it."""

from __future__ import annotations

from dataclasses import replace

from reconciler.rollout.table import first
from reconciler.rollout.values import (
    CANDIDATE,
    Act,
    Live,
    Marks,
    Phase,
    Rollout,
    RolloutAction,
    Signals,
)
from reconciler.rollout.view import View


def next_action(rollout: Rollout, live: Live, signals: Signals, now: float) -> RolloutAction:
    """What is done next. `rollout` is what the spec asks for; what runs stands in the marks.

    It is the same for every driver, and for whoever takes over from one that was killed: nothing
    is remembered beside `live`. A word in `signals` is given in one look only.
    """
    if live.marks is None:
        return _unmarked(rollout, live)
    return first(View(rollout, live, signals, now, live.marks))


def _unmarked(rollout: Rollout, live: Live) -> RolloutAction:
    """Of an endpoint without marks: nothing runs, unless what is live says otherwise."""
    if live.config and live.config == rollout.middle not in {rollout.base, rollout.target}:
        why = f"{live.config!r} is live with both variants, and no marks say how it came there"
        return RolloutAction(act=Act.STOP, phase=Phase.AMBIGUOUS, why=why)
    return RolloutAction(act=Act.NOTHING, phase=Phase.IDLE, why="no rollout runs")


def unmarked(live: Live) -> RolloutAction | None:
    """What is said where there are no marks, and two versions share the endpoint all the same.

    Somebody has removed them: that is not "no rollout". Nothing where it has one version.
    """
    names = sorted(each.name for each in live.variants)
    if live.marks is not None or CANDIDATE not in names or len(names) == 1:
        return None
    why = f"it has the variants {', '.join(names)}, and no marks say how far a rollout is: "
    why += "move it by hand to the configuration that is to stay"
    return RolloutAction(act=Act.STOP, phase=Phase.AMBIGUOUS, why=why)


def from_marks(marks: Marks, live: Live) -> Rollout:
    """The rollout that runs, as it was started: no spec is needed to go on or back."""
    return Rollout(
        endpoint=live.endpoint,
        stable=marks.stable,
        candidate=marks.candidate,
        base=marks.base,
        middle=marks.middle,
        target=marks.target,
        stable_count=marks.stable_count,
        steps=marks.steps,
        deadline=marks.deadline,
        hold=marks.hold,
        on_inconclusive=marks.on_inconclusive,
        on_failure=marks.on_failure,
        version=marks.version,
        digest=marks.digest,
    )


def running(rollout: Rollout | None, endpoint: str, live: Live) -> Rollout | None:
    """What is driven: what the spec asks for; without a spec, what the marks say; else nothing."""
    if rollout is not None or live.marks is None:
        return rollout
    return from_marks(live.marks, replace(live, endpoint=endpoint))


def started(rollout: Rollout, now: float, *, over: str = "", attempt: int = 1) -> Marks:
    """The marks that an apply writes before it moves the endpoint to the middle configuration."""
    return Marks(
        digest=rollout.digest,
        step=0,
        since=now,
        base=rollout.base,
        middle=rollout.middle,
        target=rollout.target,
        version=rollout.version,
        steps=rollout.steps,
        stable_count=rollout.stable_count,
        stable=rollout.stable,
        candidate=rollout.candidate,
        deadline=rollout.deadline,
        hold=rollout.hold,
        on_inconclusive=rollout.on_inconclusive,
        on_failure=rollout.on_failure,
        over=over,
        attempt=attempt,
    )
