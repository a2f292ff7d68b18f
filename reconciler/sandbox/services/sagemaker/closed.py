"""The step at which a run fails because its service is closed to the account.

A step is a call of SageMaker's for its job, so it is refused as that call is. What check steps are
told has not been published: they run what Model Monitor and Clarify offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.iam import newcomer
from reconciler.sandbox.iam.working import Failing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.access.workloads.pipelines import Step

CALLS = {
    "Training": "CreateTrainingJob",
    "Tuning": "CreateHyperParameterTuningJob",
    "Processing": "CreateProcessingJob",
    "Transform": "CreateTransformJob",
    "AutoML": "CreateAutoMLJobV2",
    "QualityCheck": "QualityCheck",
    "ClarifyCheck": "ClarifyCheck",
}
"""What a step calls. The checks' own words stand for calls that only AWS makes."""
CHECKS = frozenset({"QualityCheck", "ClarifyCheck"})


def run(steps: Iterable[Step]) -> Failing | None:
    """The first step that is refused to a newcomer; nothing where none is.

    Args:
        steps: The steps of an execution, with its parameters put in.
    """
    for step in steps:
        operation = CALLS.get(step.type, "")
        given = step.arguments if isinstance(step.arguments, dict) else {}
        if found := newcomer.refused("sagemaker", operation, given):
            return Failing(step.name, found.message, "" if step.type in CHECKS else operation)
    return None
