"""Where a rollout is, from one reading of its endpoint: what is live, held against its marks.

Marks say what was announced, what is live says whether it has come about. Where the two cannot both
be so, or something is not known, the phase is `ambiguous`, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType

from reconciler.rollout.values import CANDIDATE, Doing, Live, Marks, Phase, Variant

READY = "InService"
BUSY = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"})
"""AWS is at work, and takes no change meanwhile. Source: AWS_FACTS 1.5."""
BROKEN: Mapping[str, str] = MappingProxyType({
    "Failed": "AWS takes nothing for it but its deletion: delete it, and apply",
    "OutOfService": "it answers no requests: look at its failure reason, and ask AWS's support",
    "UpdateRollbackFailed": "it serves a mix of two configurations: do by hand what AWS's page on "
    "UpdateRollbackFailed says, then go on with `moorline rollout abort`",
    "Deleting": "it is being deleted",
})  # fmt: skip
"""What a person has to do, by status. Source: SageMaker API reference, DescribeEndpoint."""
TOLERANCE = 1e-4
"""Of a share: weights are float32, so 0.8 comes back as 0.800000011920929 (AWS_FACTS 1.4)."""
BACK = frozenset({Doing.RESTORE, Doing.PART, Doing.ABORT, Doing.SETTLE})
"""What is announced on the way back to the base."""
_LADDER = frozenset({Doing.SCALE, Doing.MOVE, Doing.BAKE, Doing.CARRY})
_PLAIN: Mapping[Doing, Phase] = MappingProxyType({
    Doing.START: Phase.STARTING,
    Doing.SCALE: Phase.SCALING,
    Doing.MOVE: Phase.MOVING,
    Doing.BAKE: Phase.BAKING,
    Doing.CARRY: Phase.SCALING,
})  # fmt: skip
_ENDS: Mapping[str, Phase] = MappingProxyType({
    "completed": Phase.COMPLETED,
    "aborted": Phase.ABORTED,
    "rolled-back": Phase.ROLLED_BACK,
    "failed": Phase.FAILED,
})  # fmt: skip


def phase_of(live: Live) -> Phase:
    """The phase; the same from every machine, as it is read and never remembered."""
    marks = live.marks
    if marks is None:
        return Phase.IDLE
    if marks.fault:
        return Phase.AMBIGUOUS
    if marks.ended:
        return _ended(marks, live)
    if live.status in BROKEN:
        return Phase.FAILED
    if doubt(live):
        return Phase.AMBIGUOUS
    if marks.word == "failed":
        return Phase.FAILED
    return Phase.ABORTING if marks.doing in BACK else _forward(marks)


def _forward(marks: Marks) -> Phase:
    if marks.word in {"pause", "hold"}:
        return Phase.PAUSED
    if marks.doing is Doing.FINISH:
        return Phase.FINISHING
    if marks.word in {"promote", "full"}:
        return Phase.PROMOTING
    return _PLAIN[marks.doing]


def _ended(marks: Marks, live: Live) -> Phase:
    """How it ended, for as long as the endpoint is where it then was."""
    if doubt(live):
        return Phase.AMBIGUOUS
    word = marks.ended.partition(" ")[0]
    left = {"completed": marks.target, "failed": live.config}.get(word, marks.base)
    return _ENDS.get(word, Phase.AMBIGUOUS) if live.config == left else Phase.IDLE


def doubt(live: Live) -> str:
    """Why what is live and its marks cannot both be so, or are not known; "" where they are."""
    marks = live.marks
    if marks is None:
        return ""
    if marks.fault:
        return f"the marks cannot be read: {marks.fault}"
    if marks.ended:
        stuck = live.config == marks.middle not in {marks.base, marks.target}
        return "the rollout has ended, and its middle configuration is live" if stuck else ""
    if live.status not in BUSY | BROKEN.keys() | {READY}:
        return f"AWS says the status {live.status!r}, which nobody knows"
    if strange := _foreign(marks, live):
        return strange
    return _unlike(marks, live) if live.status == READY else ""


def leftover(live: Live) -> bool:
    """Whether nobody can read the marks, and one version is live, at rest: then nothing runs."""
    names = [each.name for each in live.variants]
    rests = live.status == READY and bool(live.config) and not live.pending
    unread = live.marks is not None and bool(live.marks.fault)
    return unread and rests and len(names) == 1 and names != [CANDIDATE]


def _foreign(marks: Marks, live: Live) -> str:
    """What of the configurations is not of this rollout."""
    ours = {marks.base, marks.middle, marks.target, marks.over} - {""}
    if live.pending and live.pending not in (ours if _moves(marks) else ()):
        return f"AWS moves the endpoint to {live.pending!r}, which this rollout has not asked for"
    if live.config not in ours:
        return f"{live.config!r} is live, which is no configuration of this rollout"
    return ""


def _moves(marks: Marks) -> bool:
    """Whether the endpoint is on its way from one configuration to another."""
    return marks.doing not in _LADDER


def _unlike(marks: Marks, live: Live) -> str:
    """What is live that the marks do not announce, while AWS is not at work."""
    if marks.doing in BACK:
        return _homeless(marks, live)
    config = live.config
    if marks.doing is Doing.START and config in {marks.base, marks.over}:
        return ""
    if marks.doing is Doing.FINISH and config == marks.target:
        return _alone(marks, live)
    if config != marks.middle:
        return f"{config!r} is live, and {marks.middle!r} is announced"
    return _pair(marks, live) or _weights(marks, live)


def _homeless(marks: Marks, live: Live) -> str:
    names = {each.name for each in live.variants}
    if live.config == marks.base and marks.stable not in names:
        return f"the base has no variant {marks.stable!r}: {_names(live)}"
    return ""


def _alone(marks: Marks, live: Live) -> str:
    """What is wrong with the one variant of the target."""
    if [each.name for each in live.variants] != [marks.stable]:
        return f"the target has the variant {marks.stable!r}, and live is {_names(live)}"
    count = live.variants[0].count
    return f"how many instances {marks.stable!r} has is not known" if count is None else ""


def _pair(marks: Marks, live: Live) -> str:
    """What is wrong with the two variants of the middle configuration."""
    if sorted(each.name for each in live.variants) != sorted((marks.stable, marks.candidate)):
        both = f"{marks.stable!r} and {marks.candidate!r}"
        return f"the middle configuration has the variants {both}, and live is {_names(live)}"
    for each in live.variants:
        if each.count is None or each.asked_count is None:
            return f"how many instances {each.name!r} has is not known"
    if share(live, marks.candidate) is None or share(live, marks.candidate, asked=True) is None:
        return "the weights are not known"
    return ""


def _weights(marks: Marks, live: Live) -> str:
    """What the weights are instead; they may be those of the step before while they move."""
    for asked in (False, True):
        found, expected = share(live, marks.candidate, asked=asked), rungs(marks, asked=asked)
        if found is not None and not any(near(found, each) for each in expected):
            words = " or ".join(f"{each:.4g}" for each in expected)
            how = "was asked for" if asked else "is live"
            return (f"a share of {found:.4g} for {marks.candidate!r} {how}, and the marks say "
                    f"{words}: it was changed by hand")  # fmt: skip
    return ""


def rungs(marks: Marks, *, asked: bool = False) -> tuple[float, ...]:
    """The shares that the candidate may have now, the lowest first.

    What was asked for may be the next step, which AWS has taken back: then it is not asked for
    again by itself, and what is live counts.
    """
    steps = {marks.step, marks.step + asked}
    early = {Doing.SCALE, Doing.MOVE, Doing.CARRY, Doing.FINISH}  # which may come before its time
    if marks.doing in early:
        steps |= {marks.step - 1}
    return tuple(sorted({step_share(marks, step) for step in steps}))


def step_share(marks: Marks, step: int) -> float:
    """The candidate's share at a step; none before the first."""
    if not marks.steps or step < 1:
        return 0.0
    return marks.steps[min(step, len(marks.steps)) - 1].share


def near(one: float, other: float) -> bool:
    """Whether two shares are the same one."""
    return abs(one - other) <= TOLERANCE


def share(live: Live, name: str, *, asked: bool = False) -> float | None:
    """A variant's part of all weight, 0 to 1; None where not every weight is known."""
    weights = {each.name: each.asked_weight if asked else each.weight for each in live.variants}
    known = [each for each in weights.values() if each is not None and isfinite(each) and each >= 0]
    total = sum(known)
    if len(known) != len(live.variants) or not isfinite(total) or total <= 0:
        return None
    return (weights.get(name) or 0.0) / total


def variant(live: Live, name: str) -> Variant | None:
    """A variant by its name."""
    return next((each for each in live.variants if each.name == name), None)


def _names(live: Live) -> str:
    return ", ".join(sorted(repr(each.name) for each in live.variants)) or "none"
