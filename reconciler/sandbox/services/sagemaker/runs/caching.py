"""Results of earlier executions that a step takes over: those of a step with the same attributes.

Sources: SageMaker developer guide, "Caching pipeline steps", "Default cache key attributes by
pipeline step type".
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS: dict[str, tuple[str, ...]] = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": (
        "AlgorithmSpecification", "CheckpointConfig", "DebugHookConfig", "DebugRuleConfigurations",
        "Environment", "HyperParameters", "InputDataConfig",
    ),
    "Tuning": ("HyperParameterTuningJobConfig", "TrainingJobDefinition", "TrainingJobDefinitions"),
    "Transform": ("DataProcessing", "Environment", "ModelName", "TransformInput"),
    "EMR": ("ClusterId", "StepConfig"),
    "QualityCheck": (
        "QualityCheckConfig", "CheckJobConfig", "SkipCheck", "RegisterNewBaseline",
        "ModelPackageGroupName", "SuppliedBaselineConstraints", "SuppliedBaselineStatistics",
    ),
    "ClarifyCheck": (
        "ClarifyCheckConfig", "CheckJobConfig", "SkipCheck", "RegisterNewBaseline",
        "ModelPackageGroupName", "SuppliedBaselineConstraints",
    ),
}  # fmt: skip
WITHIN = {
    "TrainingJobDefinition": (
        "AlgorithmSpecification", "HyperParameterRanges", "InputDataConfig",
        "StaticHyperParameters", "TuningObjective",
    ),
}  # fmt: skip
"""Of these attributes, only some members count."""
_SPAN = re.compile(
    r"P?(?:(\d+)y)?(?:(\d+)mo?)?(?:(\d+)w)?(?:(\d+)d)?(?:T(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?",
    re.IGNORECASE,
)
DAY = 86_400
UNITS = (365 * DAY, 30 * DAY, 7 * DAY, DAY, 3600, 60, 1)


def key(kind: str, arguments: Mapping[str, Any]) -> str:
    """What has to be equal for a result to be taken over; empty for steps that are not cached."""
    if kind not in KEYS:
        return ""
    found = {name: arguments[name] for name in KEYS[kind] if name in arguments}
    for name, members in WITHIN.items():
        if isinstance(found.get(name), dict):
            found[name] = {each: found[name][each] for each in members if each in found[name]}
    return json.dumps([kind, found], sort_keys=True, default=str)


def lasts(step: Mapping[str, Any]) -> float | None:
    """For how many seconds results of a step are taken over; nothing where caching is off."""
    config = step.get("CacheConfig") or {}
    if not config.get("Enabled"):
        return None
    return seconds(str(config.get("ExpireAfter") or ""))


def seconds(text: str) -> float:
    """A span as the service writes it: ``30d``, ``T16m``, ``30dT5h``; zero where it is none."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return 0.0
    return float(
        sum(int(each or 0) * unit for each, unit in zip(found.groups(), UNITS, strict=True))
    )
