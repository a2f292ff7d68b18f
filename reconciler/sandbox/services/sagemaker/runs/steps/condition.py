"""Condition steps: which branch is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker.runs import conditions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.services.sagemaker.runs.context import Doing, Going

TYPES = ("Condition",)
RAW = True
"""Its arguments hold other steps, so they are resolved here."""


def begin(going: Going, step: Doing, arguments: Mapping[str, Any]) -> None:
    """Say whether all conditions hold."""
    scope = going.scope()
    step.outcome = all(conditions.holds(each, scope) for each in arguments.get("Conditions") or ())
    told = "True" if step.outcome else "False"
    step.metadata = {"Condition": {"Outcome": told}}
    step.outputs = {"Outcome": told}
