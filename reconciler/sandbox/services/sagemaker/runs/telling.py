"""Events of executions and their steps, and how steps are shown.

Source: SageMaker developer guide, "Events that SageMaker sends to EventBridge" (pipeline execution
status change, step status change).
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.sagemaker.jobs import telling
from reconciler.sandbox.services.sagemaker.runs.context import FAILED, STATUS, Doing, Going
from reconciler.sandbox.state.clock import moment

EXECUTION = "SageMaker Model Building Pipeline Execution Status Change"
STEP = "SageMaker Model Building Pipeline Execution Step Status Change"


def execution(going: Going, before: str) -> None:
    """Tell that an execution stands otherwise."""
    record = going.record
    over = record.data[STATUS] not in {"Executing", "Stopping"}
    detail = {
        "pipelineArn": record.data["PipelineArn"],
        "pipelineExecutionArn": record.arn,
        "currentPipelineExecutionStatus": record.data[STATUS],
        "previousPipelineExecutionStatus": before or None,
        "executionStartTime": _iso(record.created),
        "executionEndTime": _iso(going.at) if over else None,
        "pipelineExecutionDisplayName": record.data.get("PipelineExecutionDisplayName"),
    }
    arns = [record.data["PipelineArn"], record.arn]
    telling.event(going.call, EXECUTION, arns, detail)


def step(going: Going, found: Doing, before: str) -> None:
    """Tell that a step stands otherwise."""
    record = going.record
    detail = {
        "pipelineArn": record.data["PipelineArn"],
        "pipelineExecutionArn": record.arn,
        "stepName": found.name,
        "stepType": found.kind,
        "currentStepStatus": found.status,
        "previousStepStatus": before,
        "stepStartTime": _iso(found.began),
        "stepEndTime": _iso(found.ended),
        "failureReason": found.reason or None,
        "metadata": {_lower(name): _small(each) for name, each in found.metadata.items()},
        "cacheHitResult": {"sourcePipelineExecutionArn": found.hit} if found.hit else None,
    }
    arns = [record.data["PipelineArn"], record.arn]
    telling.event(going.call, STEP, arns, detail)


def _iso(seconds: float | None) -> str | None:
    return moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds is not None else None


def _small(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(value, dict):
        return {_lower(name): _small(each) for name, each in value.items()}
    return value


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def shown(found: Doing) -> dict[str, Any]:
    """A step as ListPipelineExecutionSteps has it."""
    told: dict[str, Any] = {
        "StepName": found.name,
        "StepDisplayName": found.definition.get("DisplayName"),
        "StepDescription": found.definition.get("Description"),
        "StartTime": moment(found.began) if found.began is not None else None,
        "EndTime": moment(found.ended) if found.ended is not None else None,
        "StepStatus": found.status or "Executing",
        "FailureReason": found.reason if found.status == FAILED and found.reason else None,
        "Metadata": found.metadata,
        "AttemptCount": found.tries,
        "CacheHitResult": {"SourcePipelineExecutionArn": found.hit} if found.hit else None,
        "SelectiveExecutionResult": (
            {"SourcePipelineExecutionArn": found.reused} if found.reused else None
        ),
    }
    return {name: each for name, each in told.items() if each is not None}


def listed(steps: dict[str, Doing]) -> list[dict[str, Any]]:
    """The steps that have begun, in the order in which they did."""
    begun = [each for each in steps.values() if each.began is not None]
    return [shown(each) for each in sorted(begun, key=lambda each: (each.began, each.order))]
