"""One look at a rollout: what is live, what the metrics say, and the one next thing.

Whoever drives (a job of CI, a person at a desk, a function in AWS) looks, shows what it found, and
sends it. Nothing is remembered between two looks: a driver that was killed anywhere is taken over
by the next one, from another machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reconciler.aws.rollout import balanced, retaining
from reconciler.aws.rollout.reading import Reading, read
from reconciler.aws.rollout.sending import Hear, send
from reconciler.aws.rollout.unspecced import unspecced
from reconciler.aws.session import Session
from reconciler.rollout import trialmarks
from reconciler.rollout.state import from_marks, next_action, unmarked
from reconciler.rollout.values import Act, Live, Marks, Rollout, RolloutAction, Signals

SENDS = frozenset({Act.MARK, Act.SCALE, Act.WEIGH, Act.FINISH, Act.SETTLE})
"""What is sent; all else is waited for, or is up to a person."""
STOPS = frozenset({"abort", "pause"})
"""Words that need no verdict: what cannot be measured does not keep them from being noted."""
Judge = Callable[[Rollout, Live, float], Signals]
"""What the metrics say of the candidate at a moment."""
Asked = Callable[[Marks], Rollout | None]
"""What a spec says now of the rollout that marks tell of; nothing where it moves no weights."""

Beside = Callable[[Session, Reading, str], tuple[Signals, RolloutAction] | None]
"""What is found of versions beside each other, with the word of a person."""


def unasked(_marks: Marks) -> Rollout | None:
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
    if about.beside is not None:
        found = about.beside(session, reading, word)
    else:
        found = unspecced(reading, now, word)
    if found is not None:
        signals, then = found
        return Look(endpoint=about.endpoint, now=now, reading=reading, rollout=None,
                    signals=signals, action=then)  # fmt: skip
    live, marks = reading.live, reading.live.marks
    rollout = about.asked(marks) or from_marks(marks, live) if marks is not None else None
    signals = Signals(word=word)
    over = marks is None or bool(marks.ended or marks.fault)
    if rollout is not None and not over and not stops:
        signals = replace(about.judge(rollout, live, now), word=word)
    if rollout is not None:
        action: RolloutAction | None = next_action(rollout, live, signals, now)
    else:
        action = unmarked(live) if trialmarks.TAG not in reading.tags else None
    action = retaining.decided(session, reading, action) if action is not None else None
    rule = balanced.read(session, reading, rollout, action) if rollout and action else None
    return Look(endpoint=about.endpoint, now=now, reading=reading, rollout=rollout,
                signals=signals, action=action, rule=rule)  # fmt: skip


def same(one: Look, other: Look) -> bool:
    """Whether two looks lead to the same call: moments and words may differ, what is sent not."""
    first, second = one.action, other.action
    if first is None or second is None:
        return first is second
    wanted = ("act", "phase", "step", "shares", "counts", "config", "retains")
    return all(getattr(first, name) == getattr(second, name) for name in wanted)


def carry_out(session: Session, found: Look, hear: Hear) -> None:
    """Send what a look found; nothing where there is nothing to send.

    Raises:
        MovedError: somebody else has changed the endpoint or its marks.
        BusyError: AWS is at another change.
        AwsError: AWS refused, or did not say.
    """
    action, rollout, rule = found.action, found.rollout, found.rule
    if found.reading is None or action is None:
        return
    first = rule is not None and action.act is not Act.WEIGH
    if rule is not None and rollout is not None and first:
        balanced.follow(session, rule, hear)
        balanced.cleared(session, rule, rollout, action)
    if action.act in SENDS:
        send(session, found.reading, action, hear)
    if rule is not None and not first:
        balanced.follow(session, rule, hear)
