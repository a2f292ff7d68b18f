"""Check steps, which run what Model Monitor and Clarify offered: closed to new accounts.

What a new account is told at the step has not been published: it is AWS's usual text. Of others
the check is simulated and finds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.iam import newcomer
from reconciler.sandbox.services.sagemaker.jobs import telling
from reconciler.sandbox.services.sagemaker.runs.context import Doing, Going, StepError

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = ("QualityCheck", "ClarifyCheck")


def begin(going: Going, step: Doing, arguments: Mapping[str, Any]) -> None:
    """Refuse a newcomer; simulate the check for everybody else."""
    if found := newcomer.refused("sagemaker", step.kind, arguments):
        raise StepError(f"ClientError: {found.message}")
    going.note(step, telling.SIMULATED)
    step.metadata = {step.kind: {"SkipCheck": False, "RegisterNewBaseline": False}}
    step.outputs = {}
