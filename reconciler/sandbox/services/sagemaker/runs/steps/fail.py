"""Fail steps: the execution fails with a message. Source: developer guide, "Fail step"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker.runs.context import Doing, Going, StepError

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = ("Fail",)


def begin(_: Going, step: Doing, arguments: Mapping[str, Any]) -> None:
    """Fail."""
    text = str(arguments.get("ErrorMessage") or "")
    step.metadata = {"Fail": {"ErrorMessage": text}}
    raise StepError(text)
