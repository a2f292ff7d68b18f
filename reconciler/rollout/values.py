"""The values between which a rollout decides.

Weights are shares of the traffic, 0 to 1. Times are seconds since the epoch, durations seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.value import Json

STOPS = frozenset({"abort", "pause"})
"""Words that need no verdict: what nobody could find out does not keep them from being noted."""
CANDIDATE = "candidate"
"""How the variant of the version that takes over is called, if nobody says otherwise."""


class Phase(StrEnum):
    """Where a rollout is; read from what is live, never remembered."""

    IDLE = "idle"
    STARTING = "starting"
    BAKING = "baking"
    SCALING = "scaling"
    MOVING = "moving"
    PAUSED = "paused"
    PROMOTING = "promoting"
    FINISHING = "finishing"
    COMPLETED = "completed"
    ABORTING = "aborting"
    ABORTED = "aborted"
    ROLLED_BACK = "rolled-back"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: the candidate's share of the traffic, its instances, how long it bakes."""

    share: float
    count: int
    bake: int
    gate: bool = False
    """Whether a person has to say `promote` before it goes on, however good it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """What was asked for.

    `base` is the configuration before, `middle` has both variants, `target` is the one that stays.
    """

    endpoint: str
    stable: str
    candidate: str
    base: str
    middle: str
    target: str
    stable_count: int
    steps: tuple[Step, ...]
    deadline: int
    """Seconds that a phase other than baking and paused may take."""
    hold: int = 604_800
    """Seconds that it may wait for a person, 7 days by default; then it goes back. 0: for ever."""
    on_inconclusive: str = "hold"
    """What happens when a bake has ended and nobody can tell: hold, abort or continue."""
    on_failure: str = "rollback"
    """What a failure does: rollback, or none, which waits for a person at the same weights."""
    version: str = ""
    """The version of the model that takes over, in words."""
    digest: str = ""
    """Of all of the above and the analysis, as they were when it started."""
    left: str = ""
    """Why no spec moves its weights any more, or "": then nobody has asked for the way up."""
    unsure: str = ""
    """Why nobody knows what its spec asks for now, or ""."""
    unapplied: str = ""
    """Why that by which its spec judges it does not count yet, or ""."""
    heeded: bool = True
    """Whether who drives it looks at what the spec asks for now: the function in AWS goes on with
    what the last apply gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A live variant. None where AWS did not say."""

    name: str
    weight: float | None
    asked_weight: float | None
    count: int | None
    asked_count: int | None
    status: str = ""


class Doing(StrEnum):
    """What marks announce; whether it has come about is read from what is live."""

    START = "start"
    """The endpoint moves to `middle`, with all weight on the stable variant."""
    SCALE = "scale"
    """The candidate gets the instances of `step`."""
    MOVE = "move"
    """The candidate gets the share of `step`."""
    BAKE = "bake"
    """The share of `step` was live at `confirmed`, and is watched since then."""
    CARRY = "carry"
    """Before the end: the stable variant gets as many instances as serve, which `target` keeps."""
    FINISH = "finish"
    """The endpoint moves to `target`."""
    RESTORE = "restore"
    """On the way back: the stable variant gets its instances again."""
    PART = "part"
    """On the way back: it gets as much traffic as the instances that it has can carry."""
    ABORT = "abort"
    """On the way back: it gets all traffic."""
    SETTLE = "settle"
    """On the way back: the endpoint moves to `base`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the tags `moorline:rollout*` of the endpoint say; written before what they announce.

    They have all that a rollout was started with, so that it goes on, or back, without its spec.
    """

    digest: str
    step: int
    """From 1, the step that is announced or live; 0 before the first."""
    since: float
    """When that which `doing` announces began."""
    base: str
    middle: str
    target: str
    version: str
    steps: tuple[Step, ...]
    stable_count: int
    doing: Doing = Doing.START
    confirmed: float = 0
    """When the live weights were first seen to be those of a step: its metrics count from here."""
    tries: int = 1
    """How often that which `doing` announces was sent, or was about to be; 0 where it is noted
    only, for when AWS takes changes."""
    seen: bool = False
    """Whether AWS was seen at work on it: if it then has not come about, AWS went back."""
    word: str = ""
    """What holds now: "", pause, promote, full (promote to the end) or abort by a person; hold or
    failed by what happened. The last word wins, and nothing takes an abort back."""
    why: str = ""
    """Why it is held, has failed or goes back."""
    ended: str = ""
    """How it ended: "", completed, aborted, rolled-back or failed, with why after a space."""
    stable: str = "primary"
    candidate: str = CANDIDATE
    deadline: int = 7200
    hold: int = 604_800
    on_inconclusive: str = "hold"
    on_failure: str = "rollback"
    over: str = ""
    """The middle configuration of a rollout from the same base that this one takes the place of."""
    grown: int = 0
    """The stable variant's instances when a step was announced, where it had more than
    `stable_count`: each step gives the candidate its part of these."""
    attempt: int = 1
    """1 for the first rollout to this target, 2 where it is tried once more."""
    fault: str = ""
    """Why the tags could not be read; then nothing else here counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One whole reading of an endpoint and its tags."""

    endpoint: str = ""

    status: str
    """`EndpointStatus`, in AWS's word."""
    config: str
    """The configuration that serves, which is the one before for as long as an update goes on."""
    pending: str = ""
    """The configuration that AWS is moving it to."""
    reason: str = ""
    variants: tuple[Variant, ...] = ()
    marks: Marks | None = None
    alarms: Mapping[str, str] = field(default_factory=dict)
    """State by name of each alarm that guards the rollout; a missing alarm has the state ""."""


class Verdict(StrEnum):
    """What the analysis says of the candidate."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    """Not enough was seen yet, or AWS did not answer, and there is time."""
    INCONCLUSIVE = "inconclusive"
    """The bake has ended without enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One expectation at one look."""

    name: str
    verdict: Verdict
    said: str
    """The figure, its limit and the number of requests, in words."""
    looks: tuple[str, ...] = ()
    """Each measurement in words, with its window and what it says."""
    points: tuple[float | None, ...] = ()
    """The figure of each measurement, in CloudWatch's unit; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is known beside the endpoint."""

    verdict: Verdict = Verdict.WAITING
    findings: tuple[Finding, ...] = ()
    frozen: str = ""
    """The freeze window that it is, or ""."""
    word: str = ""
    """What a person asks for now, said in one look only: "", pause, resume, promote, full or
    abort."""
    pinned: float | None = None
    """Requests that the candidate still got without any weight, as callers may name a variant;
    None where nobody looked."""
    lacks: str = ""
    """What is gone that the way back needs, in words."""
    uncounted: str = ""
    """Why nobody can tell how many those are."""


class Act(StrEnum):
    """What to do next. Each writes its marks first, and then makes one call at most."""

    NOTHING = "nothing"
    WAIT = "wait"
    HOLD = "hold"
    """Nothing, until a person says what."""
    STOP = "stop"
    """Nothing, and it is an error: what is live is not what was asked for by anyone known."""
    MARK = "mark"
    SCALE = "scale"
    WEIGH = "weigh"
    FINISH = "finish"
    """The endpoint moves to `target`."""
    SETTLE = "settle"
    """The endpoint moves back to `base`, after an abort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutAction:
    """The one next thing, as data: what a plan shows and a driver sends."""

    act: Act
    phase: Phase
    """Where the rollout is, before the action."""
    why: str
    step: int = 0
    marks: Mapping[str, str] = field(default_factory=dict)
    """Tags to write before anything else."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of the traffic by variant; all variants, or none."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Instances by variant; one variant, as AWS takes one at a time."""
    config: str = ""
    """The configuration that the endpoint is to have."""
    retains: bool = False
    """Whether its instances stay as they are live, whatever the configuration begins with."""
    until: float | None = None
    """When to look again."""
    then: Phase | None = None
    """The phase that it leads to; None where it stays."""
    detail: Mapping[str, Json] = field(default_factory=dict)
