"""What a spec asks of a rollout, in the values by which its next step is decided.

Names of configurations and steps are as they were when it started, so they come from its marks;
how long a phase may take and what a doubt means come from the spec, whoever has edited it since.
The target is the spec's too, where somebody has asked for what that takes: then it is seen when it
is another one by now. By what it is judged is the spec's as well, and counts once it is applied: a
tag of the endpoint says what was applied last, so that an older copy raises nothing by less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.kinds.api import seconds
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout as Spec
from reconciler.kinds.terms.canary import NAME, steps_of
from reconciler.model.value import Json, digest
from reconciler.rollout.values import Marks, Rollout

ANALYSIS_TAG = "moorline:analysis"
"""On an endpoint whose weights Moorline moves: by what the last apply said that it is judged."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a spec asks for now, as far as it is known."""

    config: str = ""
    """The configuration; "" where nobody knows, or nobody has looked."""
    version: str = ""
    unsure: str = ""
    """Why nobody knows."""


def asked(
    spec: Spec,
    endpoint: str,
    marks: Marks,
    tags: Mapping[str, str],
    wanted: Wanted | None = None,
) -> Rollout | None:
    """The rollout that marks among the tags of its endpoint tell of, with what its spec says now.

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
        unapplied=unapplied(spec, tags),
        heeded=spec.drive != "aws",
    )


def unapplied(spec: Spec, tags: Mapping[str, str]) -> str:
    """Why the analysis of a spec does not count yet for an endpoint with these tags, or ""."""
    if tags.get(ANALYSIS_TAG) == judged_by(spec):
        return ""
    return "its analysis is not the one that was applied last"


def judged_by(spec: Spec) -> str:
    """A digest of that by which a rollout is judged, alarms included."""
    rules = [each.model_dump(mode="json", exclude_defaults=True) for each in spec.analysis]
    return digest([rules, spec.on_failure], 16)


def tags_of(spec: Spec) -> list[Json]:
    """The tags of an endpoint that say so; none where nobody moves weights."""
    if spec.strategy is None or spec.strategy.canary is None:
        return []
    return [{"Key": ANALYSIS_TAG, "Value": judged_by(spec)}]


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
