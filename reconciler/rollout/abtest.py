"""An A/B test of variants at one endpoint: what comes next, of what is live and was counted.

Configurations start with all traffic on the control, so nothing is exposed that nobody has opened,
and other weights are no other configuration. Weights are opened, changed and ended by whoever
drives, after a mark that says so. A period is a time of unchanged weights; its counts are a stratum
of their own, so that no change of weights looks like a difference of the variants.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.rollout.ratio import Split, ratio
from reconciler.rollout.sequential import Count, Decision, Design, Outcome, winner
from reconciler.rollout.trialmarks import MOST, Period, TrialMarks, written
from reconciler.rollout.values import Act, Live, Phase, RolloutAction

TOLERANCE = 1e-4
"""How far a live share may be from the asked one: AWS keeps weights as 32 bits (AWS_FACTS 1.4)."""
SETTLE = 300
"""Seconds until a count is whole; later ones would be counted in one look and not in another."""
LOOK = 300.0
"""Seconds until it is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was asked for."""

    config: str
    control: str
    weights: Mapping[str, float]
    """Share of the traffic by variant, 0 to 1."""
    design: Design
    promotes: bool
    """Whether the winner gets all traffic by itself."""
    digest: str
    """Of all but the weights: the same digest is the same test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What CloudWatch has counted. None, or a fault, where it did not say all of it."""

    periods: Sequence[Mapping[str, Count]] | None = None
    """By variant, for each confirmed period of the marks."""
    fault: str = ""
    """Why nothing is known: an answer that is not whole, a metric that never was."""


NOTHING = Seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at it."""

    now: float
    seen: Seen = NOTHING
    word: str = ""
    """What a person says now: pause, resume, promote or abort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a test says at one look."""

    outcome: Outcome
    winner: str = ""
    """The variant that wins."""
    said: str = ""
    decisions: Mapping[str, Decision] | None = None
    """By challenger, each against the control."""
    void: bool = False
    """Whether the split of the traffic is another one than the weights', so that nothing counts."""


def judged(test: Trial, marks: TrialMarks, seen: Seen, now: float) -> Verdict:
    """The verdict on what was counted; never a winner where anything is not known."""
    if seen.fault or seen.periods is None:
        said = f"nothing is known: {seen.fault or 'the counts were not read'}"
        return Verdict(outcome=Outcome.INCONCLUSIVE, said=said)
    confirmed = [each for each in marks.periods if each.since]
    if len(confirmed) != len(seen.periods):
        said = "nothing is known: the counts are of other periods than the marks"
        return Verdict(outcome=Outcome.INCONCLUSIVE, said=said)
    if not confirmed:
        return Verdict(outcome=Outcome.KEEP_GOING, said="no traffic is counted yet")
    splits = [
        Split({name: count.requests for name, count in counts.items()}, period.weights)
        for counts, period in zip(seen.periods, confirmed, strict=True)
    ]
    split = ratio(splits)
    if not split.valid:
        said = f"the traffic was not split by the weights: {split.said}"
        return Verdict(outcome=Outcome.INCONCLUSIVE, said=said, void=True)
    elapsed = now - (marks.began or confirmed[0].since)
    none = Count(0, 0)
    counted = {name: [each.get(name, none) for each in seen.periods] for name in test.weights}
    own = counted.pop(test.control)
    best, each = winner(test.design, own, counted, elapsed)
    said = "; ".join(f"{name}: {it.outcome}, {it.why}" for name, it in each.items())
    return Verdict(
        outcome=_outcome(best, each), winner=_name(test, best), said=said, decisions=each
    )


def _outcome(best: str | None, each: Mapping[str, Decision]) -> Outcome:
    if best is not None:
        return Outcome.B_WINS if best else Outcome.A_WINS
    going = any(it.outcome is Outcome.KEEP_GOING for it in each.values())
    return Outcome.KEEP_GOING if going else Outcome.INCONCLUSIVE


def _name(test: Trial, best: str | None) -> str:
    return "" if best is None else best or test.control


def next_trial(test: Trial, live: Live, marks: TrialMarks | None, look: Look) -> RolloutAction:
    """The one next thing; total."""
    if marks is not None and marks.fault:
        return _stop(f"the marks of the test cannot be read: {marks.fault}")
    if marks is None or marks.digest != test.digest:  # another test, or one that nobody opened
        marks = TrialMarks(digest=test.digest, control=test.control)
    if (early := _early(test, live, look)) is not None:
        return early
    shares = live_shares(live)
    if shares is None or shares.keys() != test.weights.keys():
        names = ", ".join(sorted(each.name for each in live.variants)) or "none"
        return _stop(f"the weights of its variants ({names}) are not known, or not those of a test")
    if marks.ended:
        return _over(test, marks, shares)
    if look.word == "abort":
        return _end(test, marks, test.control, "aborted by a person", look)
    if look.word in {"pause", "resume"}:
        changed = replace(marks, paused=look.word == "pause")
        return _act(Act.MARK, Phase.PAUSED, f"{look.word} by a person", marks=written(changed))
    return _weights(test, marks, shares, look) or _judge(test, marks, look)


def without_spec(live: Live, marks: TrialMarks, look: Look) -> RolloutAction:
    """What can be done of a test whose spec is not there or cannot be read: an abort."""
    shares = live_shares(live)
    if marks.fault or not marks.control or shares is None or marks.control not in shares:
        return _stop(f"the marks of a test cannot be read: {marks.fault or 'no control is named'}")
    if live.status != "InService" or live.pending:
        why = f"the endpoint is {live.status}"
        return _act(Act.WAIT, Phase.STARTING, why, until=look.now + LOOK)
    if look.word != "abort":
        why = "a test runs, and its spec is not known: without it nothing but an abort is possible"
        return _act(Act.HOLD, Phase.PAUSED, why)
    wanted = {name: float(name == marks.control) for name in shares}
    ended = replace(marks, ended=f"aborted {marks.control}", at=look.now)
    why = f"{marks.control} takes all traffic: aborted by a person"
    return _act(Act.WEIGH, Phase.PROMOTING, why, marks=written(ended), shares=wanted)


def _early(test: Trial, live: Live, look: Look) -> RolloutAction | None:
    """What has to be over before a test begins, if anything."""
    if live.status != "InService" or live.pending:
        why = f"the endpoint is {live.status}"
        return _act(Act.WAIT, Phase.STARTING, why, until=look.now + LOOK)
    if live.config != test.config:
        why = f"the endpoint has {live.config}, and the test needs {test.config}: apply it first"
        return _act(Act.NOTHING, Phase.IDLE, why)
    return None


def _weights(
    test: Trial, marks: TrialMarks, shares: Mapping[str, float], look: Look
) -> RolloutAction | None:
    """What the weights need before anything is judged, if anything."""
    last = marks.periods[-1] if marks.periods else None
    if last is None or not near(last.weights, test.weights):
        if last is not None and not last.since:  # announced, and superseded before it was live
            marks = replace(marks, periods=marks.periods[:-1])
        return _open(marks, test.weights, look.now)
    if not near(shares, last.weights):
        if not last.since:  # announced, and not live yet
            return _open(replace(marks, periods=marks.periods[:-1]), test.weights, look.now)
        told = f"live {_said(shares)}, asked {_said(last.weights)}"
        return _stop(f"somebody has moved the weights: {told}")
    if last.since:
        return None
    periods = (*marks.periods[:-1], replace(last, since=look.now))
    counting = replace(marks, periods=periods, began=marks.began or look.now)
    why = f"the weights are live, {_said(shares)}: counting begins"
    return _act(Act.MARK, Phase.BAKING, why, marks=written(counting))


def _judge(test: Trial, marks: TrialMarks, look: Look) -> RolloutAction:
    """What the counts lead to. A winner is marked, so that a later look does not take it back."""
    verdict = judged(test, marks, look.seen, look.now)
    if verdict.void:
        return _act(Act.HOLD, Phase.PAUSED, verdict.said)
    name = marks.won or verdict.winner
    if name and (look.word == "promote" or (test.promotes and not marks.paused)):
        return _end(test, marks, name, verdict.said, look)
    if name and not marks.won:
        why = f"{name} wins: {verdict.said}"
        return _act(Act.MARK, Phase.PAUSED, why, marks=written(replace(marks, won=name)))
    if name:
        why = f"{name} has won; `promote` gives it all traffic ({verdict.said})"
        return _act(Act.HOLD, Phase.PAUSED, why)
    if why := _undecided(test, marks, verdict, look):
        return _act(Act.HOLD, Phase.PAUSED, why)
    return _act(Act.WAIT, Phase.BAKING, verdict.said, until=look.now + LOOK)


def _undecided(test: Trial, marks: TrialMarks, verdict: Verdict, look: Look) -> str:
    """Why it waits for a person without a winner; "" while it counts on."""
    if look.word == "promote":
        return f"no variant has won, so none is promoted: {verdict.said}"
    if marks.paused:
        return f"paused by a person; {verdict.said}"
    if verdict.outcome is Outcome.INCONCLUSIVE and verdict.decisions is not None:
        return f"inconclusive: {verdict.said}"
    if marks.began and look.now - marks.began >= test.design.longest:
        return f"inconclusive: the time is over; {verdict.said}"
    return ""


def _open(marks: TrialMarks, weights: Mapping[str, float], now: float) -> RolloutAction:
    """Weights after the mark that announces them; counting begins when they are seen live."""
    before = [
        each if each.until or each is not marks.periods[-1] else replace(each, until=now)
        for each in marks.periods
    ]
    opened = written(replace(marks, periods=(*before, Period(0.0, weights))[-MOST:]))
    why = f"weights {_said(weights)}"
    return _act(Act.WEIGH, Phase.MOVING, why, marks=opened, shares=weights)


def _end(test: Trial, marks: TrialMarks, name: str, why: str, look: Look) -> RolloutAction:
    shares = {each: float(each == name) for each in test.weights}
    how = "aborted" if look.word == "abort" else "completed"
    ended = replace(marks, ended=f"{how} {name}", at=look.now)
    said = f"{name} takes all traffic: {why}"
    return _act(Act.WEIGH, Phase.PROMOTING, said, marks=written(ended), shares=shares)


def _over(test: Trial, marks: TrialMarks, shares: Mapping[str, float]) -> RolloutAction:
    how, _, name = marks.ended.partition(" ")
    phase = Phase.ABORTED if how == "aborted" else Phase.COMPLETED
    wanted = {each: float(each == name) for each in test.weights}
    if not near(shares, wanted):
        closed = {each: float(each == test.control) for each in test.weights}
        if marks.periods and near(shares, marks.periods[-1].weights):  # the call was not sent yet
            return _act(Act.WEIGH, Phase.PROMOTING, f"{name} takes all traffic", shares=wanted)
        if near(shares, closed):  # the same test once more, which nobody has opened
            fresh = TrialMarks(digest=test.digest, control=test.control)
            return _open(fresh, test.weights, 0.0)
        told = f"live {_said(shares)}, asked {_said(wanted)}"
        return _stop(f"the test is over, and somebody has moved the weights: {told}")
    why = f"the test is over ({how}), {name} has all traffic; say so in the spec to free the others"
    return _act(Act.NOTHING, phase, why)


def live_shares(live: Live) -> dict[str, float] | None:
    """Live shares of the traffic; None where a weight is not known, or is still moving."""
    weights = {each.name: each.weight for each in live.variants}
    asked = {each.name: each.asked_weight for each in live.variants}
    known = {name: weight for name, weight in weights.items() if weight is not None}
    total = sum(known.values())
    if len(known) != len(weights) or total <= 0 or any(each is None for each in asked.values()):
        return None
    return {name: weight / total for name, weight in known.items()}


def near(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether two splits of the traffic are the same, but for AWS's rounding."""
    total, rest = sum(one.values()) or 1, sum(other.values()) or 1
    return one.keys() == other.keys() and all(
        math.isclose(one[name] / total, other[name] / rest, abs_tol=TOLERANCE) for name in one
    )


def _said(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share * 100:.4g} %" for name, share in sorted(shares.items()))


def _stop(why: str) -> RolloutAction:
    return _act(Act.STOP, Phase.AMBIGUOUS, why)


def _act(  # noqa: PLR0913 - the members of an action
    act: Act,
    phase: Phase,
    why: str,
    *,
    marks: Mapping[str, str] | None = None,
    shares: Mapping[str, float] | None = None,
    until: float | None = None,
) -> RolloutAction:
    return RolloutAction(
        act=act, phase=phase, why=why, marks=marks or {}, shares=shares or {}, until=until
    )
