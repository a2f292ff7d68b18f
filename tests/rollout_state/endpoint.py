"""A small endpoint: it takes a change, is at work for a while, and does it or goes back.

It is as strict as AWS: nothing while it is at work, capacity of one variant a call, weights as
float32, a failed update that ends as `InService` on the old configuration, with or without a
reason (AWS_FACTS 1.3 to 1.5). Each call is checked against what must always hold of a rollout.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace

from reconciler.rollout.marks import encode, read
from reconciler.rollout.state import next_action, started
from reconciler.rollout.values import (
    Act,
    Live,
    Rollout,
    RolloutAction,
    Signals,
    Step,
    Variant,
    Verdict,
)

STEPS = (Step(0.05, 1, 300), Step(0.25, 1, 300), Step(0.5, 2, 300), Step(1.0, 4, 300))
ROLLOUT = Rollout(
    endpoint="scorer", stable="primary", candidate="candidate", base="c1", middle="cm", target="c2",
    stable_count=4, steps=STEPS, deadline=1800, hold=86400, version="model 7", digest="d1",
)  # fmt: skip
BEGIN = 1_764_489_600.0
TICK = 60.0
WORK = 2
"""Ticks that a change takes."""


class InProgressError(Exception):
    """What AWS answers while it is at work."""


class KilledError(Exception):
    """The driver is no more."""


def single(value: float) -> float:
    return struct.unpack("f", struct.pack("f", value))[0]


@dataclass
class Fleet:
    weight: float
    asked: float
    count: int
    wanted: int


@dataclass
class Endpoint:
    """AWS's side. `outcomes` says how its next changes end: ok, rollback, silent, lost or stuck."""

    rollout: Rollout = ROLLOUT
    config: str = "c1"
    fleets: dict[str, Fleet] = field(default_factory=dict)
    status: str = "InService"
    pending: str = ""
    reason: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    outcomes: list[str] = field(default_factory=list)
    alarms: dict[str, str] = field(default_factory=dict)
    left: int = 0
    retained: int = 0
    """The instances of `primary` that the update under way keeps."""
    outcome: str = "ok"
    forgets: bool = True
    """Whether asked weights are the old ones again after AWS went back."""
    calls: list[tuple[str, object]] = field(default_factory=list)
    before: dict[str, Fleet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fleets = self.fleets or self._fleets(self.config)

    def _fleets(self, config: str) -> dict[str, Fleet]:
        count = self.rollout.stable_count
        if config == self.rollout.middle:
            first = self.rollout.steps[0].count
            return {
                "primary": Fleet(100, 100, count, count),
                "candidate": Fleet(0, 0, first, first),
            }
        return {"primary": Fleet(1, 1, count, count)}

    def live(self) -> Live:
        variants = tuple(
            Variant(name=name, weight=each.weight, asked_weight=each.asked, count=each.count,
                    asked_count=each.wanted)
            for name, each in self.fleets.items()
        )  # fmt: skip
        return Live(endpoint="scorer", status=self.status, config=self.config, pending=self.pending,
                    reason=self.reason, variants=variants, marks=read(self.tags),
                    alarms=dict(self.alarms))  # fmt: skip

    @property
    def share(self) -> float:
        """What the candidate really gets."""
        total = sum(each.weight for each in self.fleets.values())
        mine = self.fleets.get("candidate")
        if self.config == self.rollout.target:
            return 1.0
        return mine.weight / total if mine and total else 0.0

    def begin(self) -> None:
        """What an apply does: marks, then the update."""
        self.tags |= encode(started(self.rollout, BEGIN))
        self.update("cm")

    def update(self, config: str, *, retains: bool = False) -> None:
        self._take("update", config)
        self.pending, self.retained = config, self.fleets["primary"].wanted if retains else 0

    def weigh(self, shares: dict[str, float]) -> None:
        assert shares.keys() == self.fleets.keys()
        self._take("weigh", dict(shares))
        for name, share in shares.items():
            self.fleets[name].asked = single(share * 100)

    def scale(self, counts: dict[str, int]) -> None:
        assert len(counts) == 1
        self._take("scale", dict(counts))
        for name, count in counts.items():
            self.fleets[name].wanted = count

    def _take(self, call: str, what: object) -> None:
        if self.status != "InService":
            raise InProgressError(self.status)
        self.calls.append((call, what))
        self.outcome = self.outcomes.pop(0) if self.outcomes else "ok"
        self.before = {name: Fleet(**vars(each)) for name, each in self.fleets.items()}
        self.reason = ""
        self.status, self.left = "Updating", WORK

    def tick(self) -> None:
        if self.status == "InService" or (self.outcome == "stuck" and self.left == 1):
            return
        self.left -= 1
        if self.left > 0:
            return
        if self.outcome == "ok":
            self._done()
        elif self.status == "Updating" and self.outcome in {"rollback", "silent"}:
            self.status, self.left = "RollingBack", 1
        else:
            self._undone()

    def _done(self) -> None:
        if self.pending:
            self.config = self.pending
            self.fleets = self._fleets(self.config)
            if self.retained:
                self.fleets["primary"].wanted = self.retained
        for each in self.fleets.values():
            each.weight, each.count = each.asked, each.wanted
        self.pending, self.status = "", "InService"

    def _undone(self) -> None:
        if self.forgets:
            self.fleets = self.before
        self.reason = "no capacity" if self.outcome == "rollback" else ""
        self.pending, self.status = "", "InService"


@dataclass
class Driver:
    """Whoever drives: it remembers nothing but what must always hold of its calls."""

    aws: Endpoint
    now: float = BEGIN
    verdict: Verdict = Verdict.PASSED
    frozen: str = ""
    lacks: str = ""
    kill_at: frozenset[int] = frozenset()
    """Which of all effects (marks and calls) are not reached: the driver is killed before it."""
    effects: int = 0
    phases: list[str] = field(default_factory=list)
    actions: list[RolloutAction] = field(default_factory=list)
    confirmed: float = 0.0
    promoted: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    """What the spec asks for instead, or why nobody asks for it or knows."""

    def look(self, word: str = "") -> RolloutAction:
        signals = Signals(verdict=self.verdict, frozen=self.frozen, word=word,
                          lacks=self.lacks)  # fmt: skip
        asked = replace(self.aws.rollout, **self.asked)
        return next_action(asked, self.aws.live(), signals, self.now)

    def step(self, word: str = "") -> RolloutAction:
        """One look, and what it says."""
        action = self.look(word)
        self.promoted |= word in {"promote", "full"}
        self.phases.append(str(action.phase))
        self.actions.append(action)
        try:
            if action.marks:
                self._effect()
                self.aws.tags |= action.marks
            if action.shares or action.counts or action.config:
                self._effect()
                self._send(action)
        except (KilledError, InProgressError):
            pass
        return action

    def _effect(self) -> None:
        self.effects += 1
        if self.effects - 1 in self.kill_at:
            raise KilledError

    def _send(self, action: RolloutAction) -> None:
        self.check(action)
        if action.config:
            self.aws.update(action.config, retains=action.retains)
        elif action.shares:
            self.aws.weigh(dict(action.shares))
        else:
            self.aws.scale(dict(action.counts))

    def check(self, action: RolloutAction) -> None:
        """What must hold of every call of every rollout."""
        aws, rollout = self.aws, self.aws.rollout
        marks = read(aws.tags)
        assert marks is not None
        if action.shares:
            wanted = action.shares["candidate"]
            assert abs(sum(action.shares.values()) - 1) < 1e-9
            if wanted > aws.share + 1e-4:  # up: one rung, with its instances, and judged now
                rung = next(n for n, each in enumerate(rollout.steps) if each.share == wanted)
                below = rollout.steps[rung - 1].share if rung else 0.0
                assert abs(aws.share - below) < 1e-4
                assert aws.fleets["candidate"].count >= rollout.steps[rung].count
                assert rung == 0 or self.judged(marks.confirmed, rollout.steps[rung - 1].bake)
                assert not self.frozen
                assert self.promoted or not (self.asked or self.lacks)
            elif wanted > 1e-4:
                assert marks.doing == "part" or wanted in {s.share for s in rollout.steps}
            else:
                assert aws.fleets["primary"].count >= marks.stable_count
        if action.act is Act.FINISH and marks.word != "full":
            assert abs(aws.share - rollout.steps[-1].share) < 1e-4
            assert self.judged(marks.confirmed, rollout.steps[-1].bake)
            assert self.promoted or not self.asked or marks.tries > 1  # on its way already
            begins = aws.fleets["primary"].wanted if action.retains else rollout.stable_count
            assert begins >= aws.fleets["candidate"].wanted  # what serves loses no instances
        assert action.act is not Act.SETTLE or not self.lacks or aws.share > 1e-4
        if action.act is Act.SETTLE and aws.config == rollout.middle:
            tried = [what for call, what in aws.calls if call == "weigh"][-1:]
            assert aws.share < 1e-4 or tried == [{"primary": 1.0, "candidate": 0.0}]
        if action.counts:
            for name, count in action.counts.items():
                assert count >= aws.fleets[name].count  # nothing takes capacity away

    def judged(self, confirmed: float, bake: int) -> bool:
        good = self.verdict is Verdict.PASSED and self.now >= confirmed + bake
        return good or self.promoted

    def run(
        self, ticks: int = 200, until: tuple[Act, ...] = (Act.NOTHING, Act.HOLD, Act.STOP)
    ) -> RolloutAction:
        """Step by step, a tick after each that sends nothing."""
        for _ in range(ticks):
            action = self.step()
            if action.act in until:
                return action
            self.now += TICK
            self.aws.tick()
        raise AssertionError(f"no end after {ticks} ticks: {self.phases[-3:]}")


def begun(**more: object) -> Driver:
    """A driver of a rollout that an apply has just started."""
    aws = Endpoint(**more)  # type: ignore[arg-type]
    aws.begin()
    return Driver(aws)
