"""Bounds of searches and types of instances, beyond which SageMaker refuses a job.

That it refuses is documented; the texts are ours where none is known. Sources: SageMaker API,
HyperbandStrategyConfig (how ``MaxResource`` is found), ContinuousParameterRange and ResourceLimits;
SageMaker developer guide, Grid search and Resource limits for automatic model tuning; a type that
is not in the list of a use: the service's answer to a value outside of an enum.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from reconciler.facts.offers import takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RESOURCE = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
MOST, RANDOM, HYPERPARAMETERS = 750, 10_000, 30
SHORTEST, LONGEST = 120, 30 * 86_400
_KINDS = ("IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges")


def search(config: Mapping[str, Any], definitions: list[dict[str, Any]]) -> Iterator[str]:
    """Why a search is refused."""
    strategy, limits = config["Strategy"], config["ResourceLimits"]
    longest = limits.get("MaxRuntimeInSeconds")
    if longest is not None and not SHORTEST <= longest <= LONGEST:
        yield "MaxRuntimeInSeconds must be between 120 seconds and 30 days."
    band = (config.get("StrategyConfig") or {}).get("HyperbandStrategyConfig") or {}
    least, most = band.get("MinResource", 1), band.get("MaxResource")
    if most is not None and least > most:
        yield "MinResource must not be greater than MaxResource."
    for definition in definitions:
        static = definition.get("StaticHyperParameters") or {}
        if strategy == "Hyperband" and most is None and not any(it in static for it in RESOURCE):
            yield "MaxResource is not given and cannot be inferred from static hyperparameters."
        ranges = definition.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
        yield from _ranges(ranges, strategy, limits.get("MaxNumberOfTrainingJobs"))


def _ranges(ranges: Mapping[str, Any], strategy: str, jobs: int | None) -> Iterator[str]:
    if sum(len(ranges.get(kind) or ()) for kind in _KINDS) > HYPERPARAMETERS:
        yield f"A search has {HYPERPARAMETERS} hyperparameters at most."
    for kind in _KINDS[:2]:
        for each in ranges.get(kind) or ():
            inside = float(each["MinValue"]) >= 0 and float(each["MaxValue"]) < 1
            if each.get("ScalingType") == "ReverseLogarithmic" and not inside:
                yield f"ReverseLogarithmic scaling of {each['Name']} needs a range within 0<=x<1.0."
    if strategy == "Grid":
        points = prod(len(each["Values"]) for each in ranges.get(_KINDS[2]) or ())
        if jobs is not None and jobs != points:
            yield f"MaxNumberOfTrainingJobs must be {points}, the number of combinations."
        jobs = points
    most = RANDOM if strategy == "Random" else MOST
    if jobs is not None and jobs > most:
        yield f"MaxNumberOfTrainingJobs must not be greater than {most}."


def instances(given: Mapping[str, Any]) -> Iterator[str]:
    """Types of instances that training does not have. A type that no list has may be a new one."""
    resources = given.get("ResourceConfig") or {}
    for each in (resources, *(resources.get("InstanceGroups") or ())):
        name = each.get("InstanceType")
        if isinstance(name, str) and name.count(".") == 2 and takes(name, "training") is False:  # noqa: PLR2004
            yield (
                f"1 validation error detected: Value '{name}' at 'resourceConfig.instanceType'"
                " failed to satisfy constraint: Member must satisfy enum value set"
            )
