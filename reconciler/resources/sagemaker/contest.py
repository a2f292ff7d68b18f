"""An A/B test on an endpoint: what its tags say of weights, and what follows for an update.

`moorline:test` is the spec's, so a difference of it is one of the plan; `moorline:test-…` belong to
whoever drives the test. A new configuration for the same test takes the live weights over, and one
for another test starts with all traffic on its control.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from reconciler.model.change import Change
from reconciler.model.value import Json, Props
from reconciler.rollout.abtest import near
from reconciler.rollout.trialmarks import TAG, TrialMarks, read, wanted

WEIGHT = "DesiredWeight"


def asked(desired: Props) -> str:
    """The mark that a plan writes; "" where there is no test."""
    tags = desired.get("Tags") or ()
    return next((str(tag["Value"]) for tag in tags if tag["Key"] == TAG), "")


def goes_on(change: Change) -> bool:
    """Whether the same test is live and stays: then its weights do too."""
    live = (change.observed.tags or {}).get(TAG, "") if change.observed else ""
    digest = asked(change.desired).partition(" ")[0]
    return bool(digest) and live.partition(" ")[0] == digest


def explains(change: Change, weights: Mapping[str, float]) -> bool:
    """Whether live weights are those of the test: as asked, not opened yet, or at its end."""
    tags = (change.observed.tags or {}) if change.observed else {}
    found = wanted(tags, [*weights])
    if found is None or not any(weights.values()):
        return False
    marks = read(tags, [*weights]) or TrialMarks(digest="")
    if marks.ended and marks.digest == found[0]:
        name = marks.ended.partition(" ")[2]
        return near(weights, {each: float(each == name) for each in weights})
    opened = marks.digest == found[0] and marks.periods
    return near(weights, found[1]) or (not opened and _closed(change, weights))


def _closed(change: Change, weights: Mapping[str, float]) -> bool:
    """Whether they are what the configuration starts with."""
    config = change.targets.get("EndpointConfigName") or {}
    declared = {
        str(each["VariantName"]): float(each.get("InitialVariantWeight", 1))
        for each in config.get("ProductionVariants") or ()
    }
    return declared.keys() == weights.keys() and near(weights, declared)


def drained(variant: Json) -> bool:
    """Whether a variant has no traffic, so that none is lost with it."""
    weight = variant.get(WEIGHT, variant.get("CurrentWeight"))
    return isinstance(weight, int | float) and math.isclose(weight, 0.0, abs_tol=1e-9)
