"""Steps that are a job: training, processing, transform, tuning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker.jobs import (
    common,
    processing,
    training,
    transform,
    tuning,
)
from reconciler.sandbox.services.sagemaker.runs import retrying, steps
from reconciler.sandbox.services.sagemaker.runs.context import Doing, Going, StepError
from reconciler.sandbox.services.stepfunctions import acting

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: dict[str, Any] = {
    "Training": training,
    "Processing": processing,
    "Transform": transform,
    "Tuning": tuning,
}
TYPES = tuple(KINDS)
SHOWN = {"Training": "TrainingJob", "Processing": "ProcessingJob", "Transform": "TransformJob",
         "Tuning": "TuningJob"}  # fmt: skip
ROOM = {"Tuning": 32}
"""Characters of a tuning job's name."""


def begin(going: Going, step: Doing, arguments: Mapping[str, Any]) -> None:
    """Make the job, as the pipeline's role."""
    module = KINDS[step.kind]
    member = f"{module.NOUN}Name"
    name = going.named(step, ROOM.get(step.kind, 63))
    given = {**arguments, member: arguments.get(member, name), "Tags": going.tags(arguments)}
    made = steps.sent(going, step, "sagemaker", f"Create{module.NOUN}", given)
    step.job = (module.KIND, given[member])
    step.metadata = {SHOWN[step.kind]: {"Arn": made[f"{module.NOUN}Arn"]}}
    going.call.records(module.KIND)[given[member]].extra[common.WAITER] = going.record.arn


def look(going: Going, step: Doing) -> bool:
    """What has become of the job."""
    module, (kind, name) = KINDS[step.kind], step.job or ("", "")
    record = going.call.records(kind).get(name)
    if record is None:
        raise StepError(f"ClientError: The job {name} is no longer there.")
    if record.data[module.STATUS] not in common.OVER:
        return False
    for note in record.extra.get(common.NOTES) or ():
        going.note(step, note)
    told = steps.sent(
        going, step, "sagemaker", f"Describe{module.NOUN}", {f"{module.NOUN}Name": name}
    )
    if step.kind == "Tuning":
        asked = {f"{module.NOUN}Name": name, "SortBy": "FinalObjectiveMetricValue",
                 "SortOrder": _order(told), "MaxResults": 100}  # fmt: skip
        operation = "ListTrainingJobsForHyperParameterTuningJob"
        listed = steps.sent(going, step, "sagemaker", operation, asked)
        told["TrainingJobSummaries"] = listed["TrainingJobSummaries"]
        for each in listed["TrainingJobSummaries"]:
            job = going.call.records(training.KIND)[each["TrainingJobName"]]
            for note in job.extra.get(common.NOTES) or ():
                going.note(step, note)
    status = str(told[module.STATUS])
    if status != "Completed":
        why = str(told.get("FailureReason") or "")
        how = str(told.get("SecondaryStatus") or status)
        reason = why or f"ClientError: The job {name} ended as {how}."
        raise StepError(reason, retrying.of_job(why))
    step.outputs = told
    return True


def _order(told: Mapping[str, Any]) -> str:
    objective = told["HyperParameterTuningJobConfig"].get("HyperParameterTuningJobObjective") or {}
    return "Ascending" if objective.get("Type") == "Minimize" else "Descending"


def stop(going: Going, step: Doing) -> None:
    """Stop the job; the role has to be allowed to."""
    module, (_, name) = KINDS[step.kind], step.job or ("", "")
    try:
        given = {f"{module.NOUN}Name": name}
        going.send(step.name, "sagemaker", f"Stop{module.NOUN}", given)
    except acting.RefusedError as refused:
        going.note(step, f"the job could not be stopped: {refused.message}")
