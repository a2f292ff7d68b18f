"""Executions of some steps only, with the results that an earlier execution had of the others.

Source: SageMaker developer guide, "Selective execution of pipeline steps"; SageMaker API,
SelectiveExecutionConfig.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker.runs import context, definition
from reconciler.sandbox.services.sagemaker.runs.context import LEFT, SUCCEEDED, Doing

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call

KIND = "pipeline-execution"


def select(call: Call, pipeline: str, steps: dict[str, Doing], config: dict[str, Any]) -> None:
    """Leave out what was not selected, and take over what is needed of it.

    Raises:
        Refused: a step is not known, or what it needs was not run.
    """
    wanted = [str(each["StepName"]) for each in config["SelectedSteps"]]
    for name in wanted:
        if name not in steps:
            raise invalid(f"Selected step {name} is not a step of the pipeline.")
    needed = {
        each: name
        for name in wanted
        for each in definition.depends(steps[name].definition)
        if each not in wanted
    }
    arn = config.get("SourcePipelineExecutionArn")
    if needed and not arn:
        lacks = ", ".join(sorted(needed))
        text = "SourcePipelineExecutionArn is null, and selected steps have dependencies on"
        raise invalid(f"{text} steps that are not selected: {lacks}.")
    before = _source(call, pipeline, str(arn)) if arn else {}
    for name, step in steps.items():
        if name in wanted:
            step.within = step.within if step.within and step.within[0] in wanted else None
            continue
        step.status = LEFT
        if name in needed:
            found = before.get(name)
            if found is None or found.status != SUCCEEDED:
                text = f"step {name}, on which {needed[name]} depends, has not succeeded in {arn}"
                raise invalid(f"Selective execution is not possible: {text}.")
            step.outputs, step.reused = found.outputs, str(arn)


def _source(call: Call, pipeline: str, arn: str) -> dict[str, Doing]:
    record = call.records(KIND).get(arn)
    if record is None or record.data["PipelineArn"] != pipeline:
        raise Refused("ResourceNotFound", f"Pipeline execution '{arn}' does not exist.")
    found: dict[str, Doing] = record.extra[context.STEPS]
    return found
