"""Runs of SageMaker pipelines: started, looked at, stopped, gone on with.

Sources: SageMaker API reference, StartPipelineExecution (ClientRequestToken makes it one run),
RetryPipelineExecution (goes on from the steps that failed), ListPipelineExecutionSteps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from reconciler.aws.session import ReadOnly, Session
from reconciler.model.run import Run, Runnable, Stage, StepRun
from reconciler.model.value import Json
from reconciler.secret.redact import redact

SERVICE = "sagemaker"
_STAGES = {
    "Executing": Stage.RUNNING,
    "Starting": Stage.RUNNING,
    "Stopping": Stage.RUNNING,
    "Succeeded": Stage.SUCCEEDED,
    "Failed": Stage.FAILED,
    "Stopped": Stage.STOPPED,
    "CompletedWithFailures": Stage.FAILED,
}


def start(session: Session, what: Runnable, name: str, given: Mapping[str, Json]) -> Run:
    """Start a run; the same name is the same run.

    Raises:
        AwsError: AWS did not start it.
    """
    parameters = [{"Name": key, "Value": str(value)} for key, value in sorted(given.items())]
    params: dict[str, Json] = {
        "PipelineName": what.name,
        "PipelineExecutionDisplayName": name,
        "ClientRequestToken": _token(what.arn, name),
        **({"PipelineParameters": parameters} if parameters else {}),
    }
    answer = session.send(SERVICE, "start_pipeline_execution", params, subject=what.name)
    return look(session, str(answer["PipelineExecutionArn"]))


def look(session: Session, arn: str) -> Run:
    """How a run stands now.

    Raises:
        AwsError: it could not be found out.
    """
    reader = ReadOnly(session, SERVICE)
    told = reader.call("describe_pipeline_execution", {"PipelineExecutionArn": arn})
    params = {"PipelineExecutionArn": arn, "SortOrder": "Ascending"}
    steps = reader.pages("list_pipeline_execution_steps", params, "PipelineExecutionSteps")
    status = str(told["PipelineExecutionStatus"])
    stage = _STAGES.get(status, Stage.UNKNOWN)
    strange = f"AWS says {status!r}" if stage is Stage.UNKNOWN else ""
    ended = _time(told.get("LastModifiedTime")) if stage.over else None
    return Run(
        name=str(told.get("PipelineExecutionDisplayName") or arn.rpartition("/")[2]),
        arn=arn,
        stage=stage,
        began=_time(told.get("CreationTime")),
        ended=ended,
        why=redact(str(told.get("FailureReason") or strange)),
        steps=tuple(_step(each) for each in steps),
        again=stage in {Stage.FAILED, Stage.STOPPED},
    )


def stop(session: Session, arn: str) -> None:
    """Stop a run.

    Raises:
        AwsError: AWS did not.
    """
    params = {"PipelineExecutionArn": arn, "ClientRequestToken": _token(arn, "stop")}
    session.send(SERVICE, "stop_pipeline_execution", params)


def again(session: Session, arn: str, token: str) -> None:
    """Go on from the steps that failed. The same token is the same request.

    Raises:
        AwsError: AWS did not.
    """
    params = {"PipelineExecutionArn": arn, "ClientRequestToken": _token(arn, token)}
    session.send(SERVICE, "retry_pipeline_execution", params)


def runs(session: Session, what: Runnable, *, going: bool) -> list[tuple[str, str, Stage]]:
    """Names, ARNs and stages of the last hundred runs, the newest first.

    Raises:
        AwsError: AWS does not say.
    """
    params = {"PipelineName": what.name, "SortOrder": "Descending", "MaxResults": 100}
    answer = ReadOnly(session, SERVICE).call("list_pipeline_executions", params)
    found = [
        (
            str(each.get("PipelineExecutionDisplayName") or ""),
            str(each["PipelineExecutionArn"]),
            _STAGES.get(str(each.get("PipelineExecutionStatus")), Stage.UNKNOWN),
        )
        for each in answer["PipelineExecutionSummaries"]
    ]
    return [each for each in found if not (going and each[2].over)]


def _step(told: Mapping[str, Any]) -> StepRun:
    stage = _STAGES.get(str(told.get("StepStatus")), Stage.UNKNOWN)
    ended = _time(told["EndTime"]) if told.get("EndTime") else None
    why = redact(str(told.get("FailureReason") or ""))
    tries = int(told.get("AttemptCount") or 1)
    return StepRun(str(told["StepName"]), stage, _time(told.get("StartTime")), ended, why, tries)


def _token(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _time(moment: Any) -> float:  # noqa: ANN401 - a datetime of botocore's, or nothing
    return float(moment.timestamp()) if hasattr(moment, "timestamp") else 0.0
