"""Says so when the file of a live model was overwritten. Pure.

The plan makes a new model of it, as of any other change; but until then instances that start
later load the new file beside those that have the old one. Source: SageMaker developer guide,
"Deploy models for real-time inference" (artifacts must not change after deployment).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds.rollout.artifact import FILE_TAG
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.plan import Step

CODE = "PLACE007"
_PLACES = {"ModelDataUrl", "ModelDataSource", "ModelPackageName"}
"""Where a container's model comes from."""
_HELP = "apply deploys it, or bring the old file back; a new key for each version keeps both"


def overwritten(steps: Iterable[Step]) -> Iterator[Diagnostic]:
    """One warning for each model whose file is another than the live one was made of.

    A model that comes from another place than the live one says nothing about the old file.
    """
    for step in steps:
        if any(_PLACES & {*change.path} for change in step.instead):
            continue
        for change in step.instead:
            if FILE_TAG in change.path and change.before is not None:
                text = (
                    f"the model file of {step.spec} was overwritten: the live model was made of"
                    f" {change.before}, and now it is {change.after or 'gone'}"
                )
                yield Diagnostic(CODE, text, change.at, _HELP, Severity.WARNING, step.address)
