"""What is known of a rollout beside its endpoint: what its analysis says, and the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from reconciler.aws.measuring import figures
from reconciler.aws.session import Session
from reconciler.rollout.breaker import guarded
from reconciler.rollout.checks import Analysis
from reconciler.rollout.freeze import frozen
from reconciler.rollout.queries import Watched, questions, span
from reconciler.rollout.values import Doing, Finding, Live, Rollout, Signals, Verdict
from reconciler.rollout.verdict import Moment, applicable, broken_off, judged, overall

ALL = 0.9999
"""A share from which on it is all: AWS keeps weights as numbers of 32 bits."""
WATCHED = frozenset({Doing.BAKE, Doing.CARRY, Doing.FINISH})
"""What is done while the candidate has the share of the step that marks name."""


def signals(  # noqa: PLR0913 - what was asked for, what is live, and when
    session: Session,
    rollout: Rollout,
    analysis: Analysis,
    live: Live,
    now: float,
    *,
    word: str = "",
) -> Signals:
    """The verdict on the candidate in its present step; `now` in seconds since the epoch.

    Whoever moves weights asks this last before each of them. What AWS does not answer is a finding
    without a verdict. Until the candidate has traffic only the alarms are judged.

    Raises:
        Expired: the credentials are over.
    """
    moment = _moment(analysis, live, now)
    findings = [*guarded(live.alarms, late=moment is not None and moment.now > moment.over)]
    if moment is not None:
        findings += _checks(session, rollout, analysis, moment, live)
    return Signals(
        verdict=overall(findings),
        findings=tuple(broken_off(findings)),
        frozen=frozen(analysis.freeze, now),
        word=word,
    )


def judge(session: Session, analysis: Analysis) -> Callable[[Rollout, Live, float], Signals]:
    """Who judges a rollout by an analysis: for whoever drives it."""

    def judged_now(rollout: Rollout, live: Live, now: float) -> Signals:
        return signals(session, rollout, analysis, live, now)

    return judged_now


def _moment(analysis: Analysis, live: Live, now: float) -> Moment | None:
    """When it is judged; nothing before the candidate was seen to have its first share.

    While the next step is prepared, the one before is judged on.
    """
    marks = live.marks
    if marks is None or marks.fault or not marks.confirmed:
        return None
    step = marks.step if marks.doing in WATCHED else marks.step - 1
    if not 1 <= step <= len(marks.steps):
        return None
    bakes = [each.bake for each in marks.steps[:step]]
    return Moment(
        now=now,
        since=marks.confirmed,
        began=marks.confirmed - sum(bakes[:-1]),
        bake=bakes[-1],
        settle=analysis.settle,
    )


def _share(rollout: Rollout, live: Live) -> float | None:
    """The share of the traffic that the candidate has now; None where AWS does not say."""
    weights = {each.name: each.weight for each in live.variants}
    known = [each for each in weights.values() if each is not None]
    mine, total = weights.get(rollout.candidate), sum(known)
    if mine is None or len(known) < len(weights):
        return None
    return mine / total if total else 0.0


def _unweighed(rollout: Rollout, live: Live) -> str:
    """Why nobody can say what share the candidate has."""
    if rollout.candidate not in {each.name for each in live.variants}:
        which = {rollout.target: "the new version", rollout.base: "the version before"}
        return f"{which.get(live.config, 'one version')} has all traffic, and is not compared"
    return "its weight is not known"


def _checks(
    session: Session,
    rollout: Rollout,
    analysis: Analysis,
    moment: Moment,
    live: Live,
) -> Iterator[Finding]:
    """A finding for each check that can be judged."""
    share = _share(rollout, live)
    if not share:
        said = "the candidate has no traffic" if share is not None else _unweighed(rollout, live)
        for check in analysis.checks:
            yield Finding(name=check.name, verdict=Verdict.WAITING, said=said)
        return
    alone = share >= ALL
    found = [each for check in analysis.checks if (each := applicable(check, alone=alone))]
    asked = replace(analysis, checks=tuple(found))
    watched = Watched(
        endpoint=rollout.endpoint,
        stable=rollout.stable,
        candidate=rollout.candidate,
        since=moment.since,
        began=moment.began,
    )
    told = figures(session, asked.checks, questions(asked, watched, moment.now), watched)
    for check in asked.checks:
        seen = span(check, watched, moment.now, asked.settle)
        yield judged(check, told.get(check.name), seen, moment)
