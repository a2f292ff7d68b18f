"""One look at a rollout: what is live, what the metrics say, and the one next thing.

Whoever drives (a job of CI, a person at a desk, a function in AWS) looks, shows what it found, and
sends it. Nothing is remembered between two looks: a driver that was killed anywhere is taken over
by the next one, from another machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reconciler.aws.errors import AwsError, Expired
from reconciler.aws.rollout import balanced, home, pinning, releasing, retaining
from reconciler.aws.rollout.reading import Reading, read
from reconciler.aws.rollout.sending import Hear, send
from reconciler.aws.rollout.unspecced import unspecced
from reconciler.aws.session import Session
from reconciler.rollout import split, trialmarks
from reconciler.rollout.phase import BACK
from reconciler.rollout.state import from_marks, next_action, unmarked
from reconciler.rollout.values import (
    STOPS,
    Act,
    Finding,
    Live,
    Marks,
    Phase,
    Rollout,
    RolloutAction,
    Signals,
    Verdict,
)

SENDS = frozenset({Act.MARK, Act.SCALE, Act.WEIGH, Act.FINISH, Act.SETTLE})
"""What is sent; all else is waited for, or is up to a person."""
Judge = Callable[[Rollout, Live, float], Signals]
"""What the metrics say of the candidate at a moment."""
Asked = Callable[[Reading], Rollout | None]
"""What a spec says now of the rollout that the marks of a reading tell of; nothing where nobody
knows of one, and then those alone say what runs."""
Beside = Callable[[Session, Reading, str], tuple[Signals, RolloutAction] | None]
"""What is found of versions beside each other, with the word of a person."""


def unasked(_reading: Reading) -> Rollout | None:
    """Of whom no spec is known: the marks alone say what runs."""
    return None


def blind(_rollout: Rollout, _live: Live, _now: float) -> Signals:
    """Of whom nobody knows how it is judged: that is no verdict, so nothing goes further."""
    return Signals()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is driven: an endpoint, what its spec asks for, and how the candidate is judged."""

    endpoint: str
    asked: Asked = unasked
    judge: Judge = blind
    beside: Beside | None = None
    """What is found of a test or of a shadow, whose marks are their own."""
    alarms: tuple[str, ...] = ()
    files: bool = False
    """Whether the model files of the version before are looked at as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A rollout at one moment."""

    endpoint: str
    now: float
    reading: Reading | None
    rollout: Rollout | None
    signals: Signals
    action: RolloutAction | None
    rule: balanced.Balanced | None = None
    """The rule of a load balancer in front, where there is one."""
    untold: str = ""
    """Why nobody knows that rule, which waits for the next look while the endpoint goes back."""

    @property
    def sends(self) -> bool:
        """Whether there is something to send."""
        behind = self.rule is not None and self.rule.behind
        return behind or (self.action is not None and self.action.act in SENDS)

    @property
    def ended(self) -> bool:
        """Whether the marks say that it is over."""
        marks = self.reading.live.marks if self.reading is not None else None
        return marks is not None and bool(marks.ended)


def look(session: Session, about: About, word: str = "") -> Look:
    """Read everything and decide; `word` is what a person asks for now.

    Raises:
        AwsError: AWS did not say all of it, so nothing is known.
    """
    stops = word in STOPS
    reading = read(session, about.endpoint, () if stops else about.alarms)
    now = session.wall()
    if reading is None:
        return Look(endpoint=about.endpoint, now=now, reading=None, rollout=None,
                    signals=Signals(word=word), action=None)  # fmt: skip
    if (beside_ := _beside(session, about, reading, now, word)) is not None:
        return beside_
    live, marks = reading.live, reading.live.marks
    if marks is None:
        action = unmarked(live) if trialmarks.TAG not in reading.tags else None
        return Look(endpoint=about.endpoint, now=now, reading=reading, rollout=None,
                    signals=Signals(word=word), action=action)  # fmt: skip
    rollout = about.asked(reading) or from_marks(marks, live)
    signals, unknown = _signals(session, about, reading, rollout, marks, now, word)
    action = next_action(rollout, live, signals, now)
    if pinning.matters(live, action):
        counted = pinning.pinned(session, reading.name, rollout.candidate, now)
        signals = replace(signals, pinned=counted[0], uncounted=counted[1])
        action = next_action(rollout, live, signals, now)
    if unknown is not None and _climbs(action):
        raise unknown
    action = retaining.decided(session, reading, action)
    rule, untold = _rule(session, reading, rollout, action, stops=stops)
    return Look(endpoint=about.endpoint, now=now, reading=reading, rollout=rollout,
                signals=signals, action=action, rule=rule, untold=untold)  # fmt: skip


def _beside(session: Session, about: About, reading: Reading, now: float, word: str) -> Look | None:
    """What is found of versions beside each other; nothing where a rollout has the endpoint."""
    if about.beside is not None and not reading.on_trial:
        if reading.unread is not None:
            raise reading.unread
        found = about.beside(session, reading, word)
    else:
        found = unspecced(reading, now, word)
    if found is None:
        return None
    signals, then = found
    shares = split.beside(reading.live, then)
    tested = trialmarks.TAG in reading.tags
    rule = balanced.read(session, reading, shares) if tested else None
    return Look(endpoint=about.endpoint, now=now, reading=reading, rollout=None,
                signals=signals, action=then, rule=rule)  # fmt: skip


def _signals(  # noqa: PLR0913 - what is driven, what is live, and what was asked for
    session: Session,
    about: About,
    reading: Reading,
    rollout: Rollout,
    marks: Marks,
    now: float,
    word: str,
) -> tuple[Signals, AwsError | None]:
    """What is known beside the endpoint, and why not all of it: then the candidate gets no more."""
    if marks.ended or marks.fault:
        return Signals(word=word), None
    lacks, unknown = _lacks(session, about, marks, word)
    needed = word not in STOPS and marks.doing not in BACK
    judged = about.judge(rollout, reading.live, now) if needed else Signals()
    signals = replace(judged, word=word, lacks=lacks)
    if reading.unread is None:
        return signals, unknown
    said = f"their state could not be read: {reading.unread}"
    alarms = Finding(name="alarms", verdict=Verdict.WAITING, said=said)
    return replace(signals, findings=(*signals.findings, alarms)), unknown or reading.unread


def _rule(
    session: Session, reading: Reading, rollout: Rollout, action: RolloutAction, *, stops: bool
) -> tuple[balanced.Balanced | None, str]:
    """The rule in front, and why nobody knows it, where that stops nobody who goes back."""
    try:
        shares = split.wanted(rollout, reading.live, action)
        return balanced.read(session, reading, shares), ""
    except Expired:
        raise
    except AwsError as error:
        if not (_returns(action) or (stops and action.act is Act.MARK)):
            raise
        return None, f"the load balancer's rule is not known, and goes back later: {error}"


def _lacks(session: Session, about: About, marks: Marks, word: str) -> tuple[str, AwsError | None]:
    """What of the way back is gone, and why nobody knows; that stops nobody from taking it."""
    try:
        return home.lacks(session, marks, files=about.files, word=word), None
    except Expired:
        raise
    except AwsError as error:
        return "", error


def _climbs(action: RolloutAction) -> bool:
    """Whether the candidate gets more by an action."""
    return action.act in {Act.SCALE, Act.WEIGH, Act.FINISH} and action.then is not Phase.ABORTING


def _returns(action: RolloutAction) -> bool:
    """Whether the endpoint goes back and loses nothing by it that a rule may still send to."""
    sends = action.act in {Act.MARK, Act.SCALE, Act.WEIGH}
    return sends and action.then is Phase.ABORTING


def same(one: Look, other: Look) -> bool:
    """Whether two looks lead to the same call: moments and words may differ, what is sent not."""
    first, second = one.action, other.action
    if first is None or second is None:
        return first is second
    wanted = ("act", "phase", "step", "shares", "counts", "config", "retains")
    return all(getattr(first, name) == getattr(second, name) for name in wanted)


def carry_out(session: Session, found: Look, hear: Hear) -> str:
    """Send what a look found; nothing where there is nothing to send.

    Answers what could not be done beside it, in words.

    Raises:
        MovedError: somebody else has changed the endpoint or its marks.
        BusyError: AWS is at another change.
        AwsError: AWS refused, or did not say.
    """
    action, rollout, rule = found.action, found.rollout, found.rule
    if found.reading is None or action is None:
        return ""
    first = rule is not None and action.act is not Act.WEIGH and not _returns(action)
    if rule is not None and first:
        balanced.follow(session, rule, hear)
        if rollout is not None:
            balanced.cleared(session, rule, rollout, action)
    stays = releasing.ends(action)
    left = releasing.release(session, found.reading, stays, hear) if stays else ""
    if action.act in SENDS:
        send(session, found.reading, action, hear)
    if rule is not None and not first:
        balanced.follow(session, rule, hear)
    return "; ".join(filter(None, (left, found.untold)))
