"""What was not done in an execution of a pipeline, by step."""

from __future__ import annotations

from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.services.sagemaker.runs import context, going
from reconciler.sandbox.services.sagemaker.store import records


def notes(execution: str) -> list[dict[str, str]]:
    """Steps and what is said of them; nothing of an execution that is not there."""
    for regions in [*sagemaker_backends.values()]:
        for backend in [*regions.values()]:
            record = records(backend, going.KIND).get(execution)
            if record is not None:
                found: list[dict[str, str]] = record.extra[context.NOTES]
                return found
    return []
