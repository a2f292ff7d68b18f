"""What a spec asks of a rollout, in the values by which its next step is decided.

Names of configurations and steps are as they were when it started, so they come from its marks;
how long a phase may take and what a doubt means come from the spec, whoever has edited it since.
The target is the spec's too, where somebody has asked for what that takes: then it is seen when it
is another one by now.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.kinds.api import seconds
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout as Spec
from reconciler.kinds.terms.canary import NAME, steps_of
from reconciler.model.value import digest
from reconciler.rollout.values import Marks, Rollout


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a spec asks for now, as far as it is known."""

    config: str = ""
    """The configuration; "" where nobody knows, or nobody has looked."""
    version: str = ""
    unsure: str = ""
    """Why nobody knows."""


def asked(spec: Spec, endpoint: str, marks: Marks, wanted: Wanted | None = None) -> Rollout | None:
    """The rollout that marks tell of, with what its spec says of it now.

    Nothing where the spec moves no weights any more: then the marks alone say what runs.
    """
    wanted = wanted or Wanted()
    if spec.strategy is None or spec.strategy.canary is None:
        return None
    return Rollout(
        endpoint=endpoint,
        stable=marks.stable,
        candidate=marks.candidate,
        base=marks.base,
        middle=marks.middle,
        target=wanted.config or marks.target,
        stable_count=marks.stable_count,
        steps=marks.steps,
        deadline=seconds(spec.strategy.canary.deadline),
        hold=marks.hold,
        on_inconclusive=spec.strategy.canary.on_inconclusive,
        on_failure=spec.on_failure,
        version=wanted.version if wanted.config else marks.version,
        digest=marks.digest,
        unsure=wanted.unsure,
        heeded=spec.drive != "aws",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What a rollout goes between, by name: from `base` to `target` by way of `middle`."""

    base: str
    middle: str
    target: str
    version: str
    stable: str
    """The variant of the version before."""
    count: int
    """The instances that it has by its own configuration."""
    over: str = ""
    """The middle configuration of the rollout that this one takes the place of, or ""."""
    attempt: int = 1


def begun(spec: Spec, way: Between) -> Marks:
    """The marks of a rollout that is about to start; nobody has seen that, so no time is said."""
    if spec.strategy is None or spec.strategy.canary is None:
        raise AssertionError
    canary = spec.strategy.canary
    return Marks(
        digest=_digest(spec, way),
        step=0,
        since=0.0,
        base=way.base,
        middle=way.middle,
        target=way.target,
        version=way.version,
        steps=steps_of(canary, fleet_of(spec).instances),
        stable_count=way.count,
        stable=way.stable,
        candidate=NAME,
        deadline=seconds(canary.deadline),
        hold=seconds(canary.hold),
        on_inconclusive=canary.on_inconclusive,
        on_failure=spec.on_failure,
        over=way.over,
        attempt=way.attempt,
    )


def _digest(spec: Spec, way: Between) -> str:
    """Of what is asked for when it starts: the same again is the same rollout."""
    strategy = spec.strategy.model_dump(mode="json") if spec.strategy else {}
    analysis = [each.model_dump(mode="json") for each in spec.analysis]
    names = [way.base, way.middle, way.target, way.version]
    return digest([names, strategy, analysis, spec.on_failure], 16)
