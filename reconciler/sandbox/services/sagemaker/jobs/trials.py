"""The training jobs of a search: how they stand, which one leads, and whether there are enough."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker import listing
from reconciler.sandbox.services.sagemaker.jobs import common, held, stages
from reconciler.sandbox.services.sagemaker.store import created_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.services.sagemaker.store import Call, Record

MADE, TUNED, OBJECTIVE, DEFINITION = "made", "tuned", "objective", "definition"
CURVE, STOPS = held.CURVE, "stops"
KIND = "training-job"
TUNING = "hyper-parameter-tuning-job"
CONFIG = "HyperParameterTuningJobConfig"
COUNTED = {"Completed": "Completed", "InProgress": "InProgress", "Stopping": "InProgress",
           "Failed": "NonRetryableError", "Stopped": "Stopped"}  # fmt: skip


def of(call: Call, record: Record) -> list[Record]:
    """The training jobs of a tuning job, in the order in which they began."""
    jobs = call.records(KIND)
    return [jobs[name] for name in record.extra[MADE] if name in jobs]


def objective(record: Record, definition: Mapping[str, Any]) -> dict[str, str] | None:
    """What trials are compared by: of the definition, else of the whole search."""
    own = definition.get("TuningObjective")
    found = own or record.data[CONFIG].get("HyperParameterTuningJobObjective")
    return {"Type": found["Type"], "MetricName": found["MetricName"]} if found else None


def value(job: Record) -> float | None:
    """The final objective of a trial, where its log had one."""
    wanted = job.extra.get(OBJECTIVE)
    if not wanted:
        return None
    found = job.data.get("FinalMetricDataList") or ()
    return next((it["Value"] for it in found if it["MetricName"] == wanted["MetricName"]), None)


def best(found: list[Record]) -> Record | None:
    """The trial that leads; nothing before one is complete and has a value.

    Source: DescribeHyperParameterTuningJob, BestTrainingJob: the one "that completed with" it.
    """
    done = [
        each
        for each in found
        if value(each) is not None and each.data[stages.STATUS] == "Completed"
    ]
    if not done:
        return None
    minimize = done[0].extra[OBJECTIVE]["Type"] == "Minimize"
    ranked = sorted(done, key=lambda each: value(each) or 0.0, reverse=not minimize)
    return ranked[0]


def enough(record: Record, found: list[Record]) -> str:
    """Why a search ends itself; empty while it goes on."""
    criteria = record.data[CONFIG].get("TuningJobCompletionCriteria") or {}
    leader = best(found)
    if leader is None:
        return ""
    minimize = leader.extra[OBJECTIVE]["Type"] == "Minimize"
    reached, target = value(leader) or 0.0, criteria.get("TargetObjectiveMetricValue")
    if target is not None and ((reached <= target) if minimize else (reached >= target)):
        return "the target is reached"
    patience = (criteria.get("BestObjectiveNotImproving") or {}).get(
        "MaxNumberOfTrainingJobsNotImproving"
    )
    done = [each for each in found if each.data[stages.STATUS] in common.OVER]
    if patience and leader in done and len(done) - 1 - done.index(leader) >= int(patience):
        return "the best is not improving"
    return ""


def counters(found: list[Record]) -> dict[str, Any]:
    """How many trials stand how, and of how many the objective is known."""
    states = Counter(COUNTED[each.data[stages.STATUS]] for each in found)
    names = ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped")
    known = Counter(_known(each) for each in found)
    return {
        "TrainingJobStatusCounters": {name: states[name] for name in names},
        "ObjectiveStatusCounters": {
            name: known[name] for name in ("Succeeded", "Pending", "Failed")
        },
    }


def _known(job: Record) -> str:
    if job.data[stages.STATUS] not in common.OVER:
        return "Pending"
    return "Succeeded" if value(job) is not None else "Failed"


def summary(job: Record) -> dict[str, Any]:
    """A trial in lists, and as the best one."""
    found: dict[str, Any] = {
        "TrainingJobDefinitionName": job.extra.get(DEFINITION),
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "CreationTime": created_at(job),
        "TrainingStartTime": job.data.get("TrainingStartTime"),
        "TrainingEndTime": job.data.get("TrainingEndTime"),
        "TrainingJobStatus": job.data[stages.STATUS],
        "TunedHyperParameters": dict(job.extra[TUNED]),
        "FailureReason": job.data.get("FailureReason"),
    }
    reached, wanted = value(job), dict(job.extra.get(OBJECTIVE) or {})
    if reached is not None:
        found["FinalHyperParameterTuningJobObjectiveMetric"] = {**wanted, "Value": reached}
    if wanted and job.data[stages.STATUS] in common.OVER:
        found["ObjectiveStatus"] = _known(job)
    return {name: each for name, each in found.items() if each is not None}


def list_(call: Call) -> dict[str, Any]:
    """ListTrainingJobsForHyperParameterTuningJob."""
    name = str(call["HyperParameterTuningJobName"])
    text = f"Amazon SageMaker can't find a tuning job with the name {name}."
    record = common.find(call, TUNING, name, "ResourceNotFound", text)
    wanted = call.get("StatusEquals")
    found = [each for each in of(call, record) if wanted in (None, each.data[stages.STATUS])]
    minimize = any((each.extra.get(OBJECTIVE) or {}).get("Type") == "Minimize" for each in found)
    worst = float("inf") if minimize else float("-inf")

    def reached(job: Record) -> float:
        here = value(job)
        return worst if here is None else here

    keys = {"FinalObjectiveMetricValue": reached,
            "Status": lambda job: job.data[stages.STATUS]}  # fmt: skip
    key = "TrainingJobSummaries"
    return listing.page(found, call, key=key, shown=summary, descending=False, sort_keys=keys)


OPERATIONS = {"ListTrainingJobsForHyperParameterTuningJob": list_}
