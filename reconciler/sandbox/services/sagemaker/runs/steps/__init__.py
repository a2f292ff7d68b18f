"""What a step does, by its type: a file each, with `TYPES` and `begin`.

`begin` gives a step its result, or the job that it waits for; then the file has `look`, too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.found import modules
from reconciler.sandbox.services.sagemaker.runs import retrying
from reconciler.sandbox.services.sagemaker.runs.context import Doing, Going, StepError
from reconciler.sandbox.services.stepfunctions import acting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


def begin(going: Going, step: Doing, arguments: Mapping[str, Any]) -> None:
    """Begin a step.

    Raises:
        StepError: it fails at once.
        UnresolvedError: something in it has no value.
    """
    _of(step.kind).begin(going, step, arguments)


def look(going: Going, step: Doing) -> bool:
    """Whether the job of a step is over; its result is taken then.

    Raises:
        StepError: it has failed.
    """
    return bool(_of(step.kind).look(going, step))


def stop(going: Going, step: Doing) -> None:
    """Stop the job of a step, where it can be stopped."""
    module = _of(step.kind)
    if hasattr(module, "stop"):
        module.stop(going, step)


def sent(
    going: Going, step: Doing, service: str, operation: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer of a call for a step.

    Raises:
        StepError: it was refused; the words before AWS's own are those that people report.
    """
    try:
        return going.send(step.name, service, operation, given)
    except acting.RefusedError as refused:
        said = f"Failed to invoke {service}:{operation}. Error Details: {refused.message}"
        kind = retrying.of_call(refused.code, refused.status)
        raise StepError(f"ClientError: {said}", kind) from None


def _of(kind: str) -> ModuleType:
    found = _modules().get(kind)
    if found is None:
        raise StepError(f"The sandbox does not run steps of type {kind}.")
    return found


@cache
def _modules() -> dict[str, ModuleType]:
    return {kind: each for each in modules(__name__) for kind in getattr(each, "TYPES", ())}
