"""What is moved at run time on an endpoint, away from what its config says, and who owns it.

No plan compares counts and weights of live variants: configs are named after their
content and nobody can change one. Drift names the differences. A count belongs to the
autoscaler where one is registered; while a deployment runs, the rest belongs to the rollout, and so
it does while a new version is on trial, as far as the weights are those of one of its steps;
whatever else differs was changed by hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from reconciler.model.change import Cause, Change, Effect, FieldChange
from reconciler.model.value import Json
from reconciler.resources.review import Telling
from reconciler.resources.sagemaker import contest, scaling, trial
from reconciler.resources.sagemaker.scaling import CONFIG, COUNT, INITIAL
from reconciler.rollout.values import Marks

VARIANTS = "ProductionVariants"
NAMES = {COUNT: INITIAL, "DesiredWeight": "InitialVariantWeight"}
"""What a live variant has, and what its config calls the value that it starts with."""


def moved(change: Change) -> Telling:
    """Differences of live variants; who owns a count is asked only when one differs."""
    observed = change.observed
    if observed is None:
        return ()
    rolling, marks = _rolling(change), trial.running(observed.tags)
    if change.touches(CONFIG):
        return tuple(_under_way(change)) if rolling else ()
    found = [each for each in _differences(change) if not _tested(change, each)]
    asks = any(path[-1] == COUNT for path, _, _ in found)
    scaled = (yield from scaling.scaled(change)) if asks else []
    tried = marks is not None and _on_trial(change, marks)
    rest = Cause.ROLLOUT if rolling or tried else Cause.HAND
    return tuple(
        FieldChange(
            path,
            live,
            declared,
            Effect.NONE,
            cause=Cause.AUTOSCALER if path[-1] == COUNT and path[1] in scaled else rest,
        )
        for path, live, declared in found
    )


def _under_way(change: Change) -> list[FieldChange]:
    """The endpoint is on its way to the config that is declared."""
    return [
        FieldChange(each.path, each.before, each.after, each.effect, each.at, Cause.ROLLOUT)
        for each in change.fields
        if each.path[0] in {CONFIG, VARIANTS}
    ]


def _differences(change: Change) -> list[tuple[tuple[str, str, str], Json, Json]]:
    live = scaling.live(change.observed)
    declared = {each["VariantName"]: each for each in scaling.variants(change.targets.get(CONFIG))}
    found = []
    for name in sorted(live.keys() & declared.keys()):
        for what, initial in NAMES.items():
            before, after = live[name].get(what), declared[name].get(initial)
            if before is None or after is None:
                continue
            if not math.isclose(before, after, rel_tol=1e-6):  # weights are kept as float32
                found.append(((VARIANTS, name, what), before, after))
    return found


def _tested(change: Change, difference: tuple[tuple[str, str, str], Json, Json]) -> bool:
    """Whether a weight is the one that an A/B test is to have: configurations start it closed."""
    weights = _weights(change)
    asked = difference[0][-1] == "DesiredWeight"
    return asked and weights is not None and contest.explains(change, weights)


def _weights(change: Change) -> dict[str, float] | None:
    """Live weights by variant; nothing where one is not told."""
    weights = {
        name: each.get("DesiredWeight") for name, each in scaling.live(change.observed).items()
    }
    told = {name: float(weight) for name, weight in weights.items() if weight is not None}
    return told if len(told) == len(weights) else None


def _on_trial(change: Change, marks: Marks) -> bool:
    """Whether a rollout runs, and the weights are those of a step of it: else it was no driver."""
    weights = _weights(change)
    here = change.live.get(CONFIG) == marks.middle
    return here and weights is not None and trial.of_a_step(marks, weights)


def _rolling(change: Change) -> bool:
    """Whether a deployment to the declared config is under way."""
    pending = change.observed.outputs.get("PendingDeployment") if change.observed else None
    return isinstance(pending, Mapping) and pending.get(CONFIG) == change.desired.get(CONFIG)
