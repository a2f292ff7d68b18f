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
    Live,
    Marks,
    Phase,
    Rollout,
    RolloutAction,
    Signals,
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
    if about.beside is not None and not reading.on_trial:
        found = about.beside(session, reading, word)
    else:
        found = unspecced(reading, now, word)
    if found is not None:
        signals, then = found
        shares = split.beside(reading.live, then)
        tested = trialmarks.TAG in reading.tags
        rule = balanced.read(session, reading, shares) if tested else None
        return Look(endpoint=about.endpoint, now=now, reading=reading, rollout=None,
                    signals=signals, action=then, rule=rule)  # fmt: skip
    live, marks = reading.live, reading.live.marks
    rollout = about.asked(reading) or from_marks(marks, live) if marks is not None else None
    signals, unknown = Signals(word=word), None
    if rollout is not None and marks is not None and not (marks.ended or marks.fault):
        lacks, unknown = _lacks(session, about, marks, word)
        needed = not stops and marks.doing not in BACK
        judged = about.judge(rollout, live, now) if needed else Signals()
        signals = replace(judged, word=word, lacks=lacks)
    if rollout is not None:
        action: RolloutAction | None = next_action(rollout, live, signals, now)
        if action is not None and pinning.matters(live, action):
            counted = pinning.pinned(session, reading.name, rollout.candidate, now)
            signals = replace(signals, pinned=counted[0], uncounted=counted[1])
            action = next_action(rollout, live, signals, now)
        if unknown is not None and action is not None and _climbs(action):
            raise unknown
    else:
        action = unmarked(live) if trialmarks.TAG not in reading.tags else None
    action = retaining.decided(session, reading, action) if action is not None else None
    rule = None
    if rollout and action:
        rule = balanced.read(session, reading, split.wanted(rollout, reading.live, action))
    return Look(endpoint=about.endpoint, now=now, reading=reading, rollout=rollout,
                signals=signals, action=action, rule=rule)  # fmt: skip


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
    first = rule is not None and action.act is not Act.WEIGH
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
    return left
