"""Jobs that SageMaker refuses when they are made.

The text of the refusal of a disk's key is ours, that it is a ValidationException is AWS's; those of
spot capacity and of tuning are as people report them.
Sources: SageMaker API, VolumeKmsKeyId of ResourceConfig, ProcessingClusterConfig,
TransformResources and HyperParameterTuningResourceConfig; StoppingCondition;
HyperParameterTuningJobConfig.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.facts.instances import local_storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEY = "VolumeKmsKeyId"
RANGES = ("IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges")


def refusal(arguments: Any) -> str:  # noqa: ANN401  (any JSON value)
    """Why SageMaker refuses the arguments of any job; empty when it does not."""
    for cluster in _clusters(arguments):
        for name in _types(cluster):
            if local_storage(name):
                return f"VolumeKmsKeyId is not supported for {name}, which has local storage."
    return ""


def training(given: Mapping[str, Any]) -> str:
    """Why SageMaker refuses the arguments of a training job; empty when it does not."""
    stop = given.get("StoppingCondition") or {}
    longest, wait = stop.get("MaxRuntimeInSeconds", 86_400), stop.get("MaxWaitTimeInSeconds")
    spot = given.get("EnableManagedSpotTraining")
    if spot and (wait is None or wait < longest):
        return (
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to"
            " MaxRuntimeInSeconds"
        )
    if wait is not None and not spot:
        return (
            "Invalid MaxWaitTimeInSeconds. It must be present only when EnableManagedSpotTraining"
            " is true"
        )
    resources = given.get("ResourceConfig") or {}
    if spot and resources.get("KeepAlivePeriodInSeconds"):
        return "KeepAlivePeriodInSeconds is not supported with EnableManagedSpotTraining."
    algorithm = given.get("AlgorithmSpecification") or {}
    if algorithm and bool(algorithm.get("TrainingImage")) == bool(algorithm.get("AlgorithmName")):
        return "You must specify exactly one of TrainingImage and AlgorithmName."
    names = [each.get("ChannelName") for each in given.get("InputDataConfig") or ()]
    if len({*names}) != len(names):
        return "The names of channels must be unique."
    return next(_patterns(algorithm), "")


def _patterns(algorithm: Mapping[str, Any]) -> Iterator[str]:
    for each in algorithm.get("MetricDefinitions") or ():
        try:
            found = re.compile(str(each["Regex"]))
        except re.error as mistake:
            yield f"Invalid regular expression of metric {each['Name']}: {mistake}."
            continue
        if not found.groups:
            yield f"The regular expression of metric {each['Name']} has no capture group."


def tuning(given: Mapping[str, Any]) -> str:
    """Why SageMaker refuses the arguments of a tuning job; empty when it does not."""
    config = given["HyperParameterTuningJobConfig"]
    strategy, limits = config["Strategy"], config["ResourceLimits"]
    definitions = definitions_of(given)
    early = config.get("TrainingJobEarlyStoppingType", "Off")
    if not definitions:
        return "You must specify TrainingJobDefinition or TrainingJobDefinitions."
    if strategy == "Hyperband" and early != "Off":
        return "TrainingJobEarlyStoppingType must be Off when the strategy is Hyperband."
    if config.get("StrategyConfig") and strategy != "Hyperband":
        return f"StrategyConfig is not supported for the strategy {strategy}."
    many = limits.get("MaxNumberOfTrainingJobs")
    if many is not None and limits["MaxParallelTrainingJobs"] > many:
        return "MaxParallelTrainingJobs must not be greater than MaxNumberOfTrainingJobs."
    for definition in definitions:
        ranges = definition.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
        static = definition.get("StaticHyperParameters") or {}
        why = next(_unfit(ranges, static, strategy), "") or _spot(definition)
        if why:
            return why
    return ""


def definitions_of(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The training jobs that a tuning job makes."""
    one = given.get("TrainingJobDefinition")
    return [one] if one else list(given.get("TrainingJobDefinitions") or ())


def _spot(definition: Mapping[str, Any]) -> str:
    wanted = ("StoppingCondition", "EnableManagedSpotTraining", "AlgorithmSpecification",
              "InputDataConfig")  # fmt: skip
    return training({name: definition[name] for name in wanted if name in definition})


def _unfit(ranges: Mapping[str, Any], static: Mapping[str, Any], strategy: str) -> Iterator[str]:
    names = [each["Name"] for kind in RANGES for each in ranges.get(kind) or ()]
    for name in names:
        if name in static:
            yield f"Hyperparameter {name} is both static and in a range."
        if names.count(name) > 1:
            yield f"Hyperparameter {name} has more than one range."
    for each in [*(ranges.get(RANGES[0]) or ()), *(ranges.get(RANGES[1]) or ())]:
        low, high = float(each["MinValue"]), float(each["MaxValue"])
        if low >= high:
            yield (
                f"Invalid range of hyperparameter {each['Name']}: MinValue {each['MinValue']} must"
                f" be smaller than MaxValue {each['MaxValue']}."
            )
        if each.get("ScalingType") == "Logarithmic" and low <= 0:
            yield f"Logarithmic scaling of {each['Name']} needs a MinValue greater than 0."
        if strategy == "Grid":
            yield "The strategy Grid takes categorical hyperparameters only."
    for each in ranges.get(RANGES[2]) or ():
        if len({*each["Values"]}) != len(each["Values"]):
            yield f"The values of hyperparameter {each['Name']} must be unique."


def _clusters(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (any JSON value)
    if isinstance(value, dict):
        if value.get(KEY):
            yield value
        for item in value.values():
            yield from _clusters(item)
    elif isinstance(value, list):
        for item in value:
            yield from _clusters(item)


def _types(cluster: dict[str, Any]) -> Iterator[str]:
    lists = (cluster.get(name) for name in ("InstanceGroups", "InstanceConfigs"))
    groups = [each for found in lists if isinstance(found, list) for each in found]
    for each in (cluster, *groups):
        if isinstance(each, dict) and isinstance(each.get("InstanceType"), str):
            yield each["InstanceType"]
