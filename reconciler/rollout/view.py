"""A rollout at one moment, and what is asked of it when deciding: questions, no answers yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from reconciler.rollout import fleet
from reconciler.rollout.phase import (
    BACK,
    BUSY,
    READY,
    doubt,
    near,
    phase_of,
    share,
    variant,
)
from reconciler.rollout.reached import REACHED
from reconciler.rollout.signs import judged, missing
from reconciler.rollout.values import (
    Doing,
    Live,
    Marks,
    Phase,
    Rollout,
    Signals,
    Step,
    Verdict,
)

TRIES = 5
"""How often a change of weights or instances is sent that nobody saw AWS at work on: the call may
have been refused, or throttled, as well as taken and taken back."""
MOVES = 3
"""How often an update of the endpoint is."""
LOOK = 30
"""Seconds until the next look while AWS is at work."""
SKEW = 300.0
"""Seconds that clocks may differ by."""
HELD = frozenset({"pause", "hold"})


class Due(NamedTuple):
    """What is announced next, if nothing is in its way."""

    doing: Doing
    step: int


@dataclass(frozen=True, slots=True)
class View:
    """One whole reading with what is known beside it."""

    rollout: Rollout
    """What the spec asks for; what runs stands in the marks."""
    live: Live
    signals: Signals
    now: float
    marks: Marks

    @property
    def phase(self) -> Phase:
        return phase_of(self.live)

    @property
    def doubt(self) -> str:
        return doubt(self.live)

    @property
    def ready(self) -> bool:
        return self.live.status == READY

    @property
    def busy(self) -> bool:
        return self.live.status in BUSY

    @property
    def back(self) -> bool:
        return self.marks.doing in BACK

    @property
    def on(self) -> str:
        """Which configuration is live: base, middle, over, target, or ""."""
        names = ("base", "target", "middle", "over")
        return next((each for each in names if self.live.config == getattr(self.marks, each)), "")

    # how long

    @property
    def elapsed(self) -> float:
        return max(0.0, self.now - self.marks.since)

    @property
    def limit(self) -> float:
        """Seconds that the phase may take, from `since`; 0: for ever."""
        marks = self.marks
        if marks.word in HELD or (marks.word == "failed" and not self.back):
            return marks.hold
        if marks.doing is Doing.BAKE:
            return self.step.bake + marks.deadline
        return marks.deadline

    @property
    def expired(self) -> bool:
        return 0 < self.limit < self.elapsed

    @property
    def baked(self) -> bool:
        return self.now >= self.marks.confirmed + self.step.bake

    @property
    def future(self) -> bool:
        """Whether the marks are from a moment that has not come yet."""
        return max(self.marks.since, self.marks.confirmed) > self.now + SKEW

    # steps

    @property
    def last(self) -> int:
        return len(self.marks.steps)

    @property
    def step(self) -> Step:
        """The step of the marks; one that takes nothing before the first."""
        at = min(self.marks.step, self.last)
        return self.marks.steps[at - 1] if at >= 1 else Step(0.0, 0, 0)

    @property
    def weight(self) -> float | None:
        """The candidate's share of the traffic."""
        return share(self.live, self.marks.candidate)

    @property
    def idle(self) -> bool:
        """Whether the candidate has no weight, and none is asked for."""
        weights = (self.weight, share(self.live, self.marks.candidate, asked=True))
        return all(each is not None and near(each, 0) for each in weights)

    @property
    def exposed(self) -> bool:
        """Whether the candidate has had traffic, so that what is seen may be its doing."""
        if self.marks.doing in {Doing.START, Doing.SCALE, Doing.MOVE} and self.marks.step <= 1:
            return self.weight is not None and not near(self.weight, 0)
        return True

    def enough(self, step: int) -> bool:
        """Whether the candidate has the instances of a step, as it was announced."""
        return fleet.enough(self.marks, self.live, fleet.of_step(self.marks, step))

    @property
    def short(self) -> bool:
        """Whether the stable variant has fewer instances than before the rollout."""
        found = variant(self.live, self.marks.stable)
        return found is None or found.count is None or found.count < self.marks.stable_count

    def has(self, weight: float) -> bool:
        """Whether that share of the candidate is live and is what was asked for."""
        found = (self.weight, share(self.live, self.marks.candidate, asked=True))
        return all(each is not None and near(each, weight) for each in found)

    @property
    def reached(self) -> bool:
        """Whether that which the marks announce has come about; not while AWS is at work."""
        return self.ready and REACHED[self.marks.doing](self)

    @property
    def lost(self) -> bool:
        """Whether AWS was asked and has not done it: it went back, or never took it."""
        marks = self.marks
        if not self.ready or self.reached or marks.doing is Doing.BAKE or not marks.tries:
            return False
        if marks.doing is Doing.START or self.fresh:  # which an apply may be about to send
            return marks.seen
        most = MOVES if marks.doing in {Doing.FINISH, Doing.SETTLE} else TRIES
        said = bool(self.live.reason) and not self.back  # on the way back it may be an older one
        return marks.seen or said or marks.tries >= most

    @property
    def fresh(self) -> bool:
        """Whether it was sent just now, so that AWS may not show it yet."""
        return not self.marks.seen and self.elapsed < LOOK * self.marks.tries

    @property
    def pending(self) -> bool:
        """Whether that which was just sent is neither live nor seen at work."""
        sends = self.marks.doing not in {Doing.START, Doing.BAKE}
        return sends and self.ready and self.fresh and not self.reached

    @property
    def at_work(self) -> bool:
        """Whether AWS is seen to work on what the marks announce."""
        marks = self.marks
        if self.live.status not in {"Updating", "RollingBack"} or not marks.tries:
            return False
        match marks.doing:
            case Doing.START:
                return self.live.pending == marks.middle
            case Doing.FINISH:
                return self.live.pending == marks.target
            case Doing.SETTLE:
                return self.live.pending == marks.base
            case Doing.BAKE:
                return False
            case _:
                return not self.live.pending

    # what is next, and what is in its way

    @property
    def due(self) -> Due | None:  # noqa: PLR0911 - one for each thing that is announced
        """What would be sent next that gives the candidate more traffic."""
        marks, step = self.marks, max(1, self.marks.step)
        if not self.ready or self.back or self.lost:
            return None
        if marks.doing is Doing.FINISH:
            return None if self.reached else self._end(self.last)
        if self.on != "middle":
            return None
        if marks.word == "full":
            return self._end(marks.step)
        match marks.doing:
            case Doing.START:
                return self._to(1)
            case Doing.SCALE:
                return self._to(step) if self.reached else None
            case Doing.MOVE:
                return None if self.reached else self._to(step)
            case Doing.CARRY:
                return self._end(self.last) if self.reached else None
        if not self.baked and marks.word != "promote":
            return None
        return self._to(step + 1)

    def _to(self, step: int) -> Due:
        if step > self.last:
            return self._end(self.last)
        count = fleet.of_step(self.marks, step, fleet.grown(self.marks, self.live))
        ready = fleet.enough(self.marks, self.live, count)
        return Due(Doing.MOVE if ready else Doing.SCALE, step)

    def _end(self, step: int) -> Due:
        """The move to the target; before it the instances that it keeps, if that can wait."""
        waits = self.marks.word != "full" and not fleet.carried(self.marks, self.live)
        return Due(Doing.CARRY if waits else Doing.FINISH, step)

    @property
    def first(self) -> bool:
        """Whether the first weight is due, before which nothing is known of the candidate."""
        return self.due is not None and not self.exposed

    @property
    def insists(self) -> bool:
        """Whether a person has said to go on whatever nobody can tell."""
        return self.marks.word in {"promote", "full"}

    @property
    def undecided(self) -> bool:
        """Whether the candidate has traffic, and nothing says that it is good."""
        return not self.first and not self.insists and self.judged()[0] is not Verdict.PASSED

    @property
    def part(self) -> float:
        """The candidate's share when the stable variant has what its instances can carry."""
        found = variant(self.live, self.marks.stable)
        count = (found.count if found is not None else 0) or 0
        return 1 - min(1.0, max(0, count) / max(1, self.marks.stable_count))

    @property
    def missing(self) -> str:
        """The alarms that are not there, in words."""
        return missing(self.live.alarms)

    def judged(self) -> tuple[Verdict, str]:
        """What alarms and analysis say together, and why."""
        return judged(self.live.alarms, self.signals)
