"""Training jobs: from Starting to Completed on the clock, interrupted and resumed on spot.

Sources: SageMaker API, CreateTrainingJob, DescribeTrainingJob (SecondaryStatusTransitions);
developer guide, "Managed Spot Training". What is said of spot without a time to wait is the
service's own message, as people report it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker.jobs import common, held, refusing, stages
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.services.sagemaker.store import Call, Record
    from reconciler.sandbox.state.trainings import Script

KIND, NOUN, STATUS = "training-job", "TrainingJob", "TrainingJobStatus"
EVENT = "Training Job"
ROLES = {"CreateTrainingJob": ("AWS::SageMaker::TrainingJob", "TrainingJobName", "RoleArn")}
NAMES = {"sagemaker": frozenset({"TrainingJobName"})}
NOT_KEPT = frozenset({"Tags", "SessionChainingConfig"})
DAY = 86_400
MISSING = ("ValidationException", "Requested resource not found.")
go_on = stages.go_on


def find(call: Call, name: str) -> Record:
    """The job, or the documented ValidationException."""
    return common.find(call, KIND, name, *MISSING)


def create(call: Call) -> dict[str, Any]:
    """CreateTrainingJob."""
    _refuse(call.params)
    return {"TrainingJobArn": make(call).arn}


def make(call: Call, meets: Script | None = None, **more: Any) -> Record:  # noqa: ANN401  (members)
    """A training job that begins now."""
    kept = call.pick(*(name for name in call.params if name not in NOT_KEPT))
    data = {
        "StoppingCondition": {"MaxRuntimeInSeconds": DAY},
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
        **kept,
        **more,
        STATUS: "InProgress",
        "SecondaryStatus": "Starting",
        "SecondaryStatusTransitions": [],
        "ModelArtifacts": {},
    }
    data["OutputDataConfig"] = {
        "CompressionType": "GZIP",
        "KmsKeyId": "",
        **kept["OutputDataConfig"],
    }
    record = common.make(call, KIND, NOUN, data, meets)
    uri = str(data["OutputDataConfig"]["S3OutputPath"]).rstrip("/")
    data["ModelArtifacts"] = {"S3ModelArtifacts": f"{uri}/{record.name}/output/model.tar.gz"}
    held.mark(record, held.of_training(data))
    stages.begin(call, record)
    return record


def _refuse(given: Mapping[str, Any]) -> None:
    if why := refusing.refusal(given):
        raise invalid(why)
    if why := refusing.training(given):
        raise invalid(why)


def describe(call: Call) -> dict[str, Any]:
    """DescribeTrainingJob; looking at a running one moves the clock."""
    record = find(call, call["TrainingJobName"])
    if record.data[STATUS] not in common.OVER:
        WORLD.clock.polled()
    return shown(record)


def shown(record: Record) -> dict[str, Any]:
    """The description of a job."""
    done = record.data[STATUS] in {"Completed", "Stopped"}
    found = record.shown(
        TrainingJobArn=record.arn,
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
    )
    if not done:
        found["ModelArtifacts"] = {"S3ModelArtifacts": ""} if record.extra.get("failed") else {}
    return found


def stop(call: Call) -> None:
    """StopTrainingJob: the container has two minutes to end; the model so far is kept."""
    record = find(call, call["TrainingJobName"])
    common.stoppable(record, STATUS)
    stages.stop(call, record)


def delete(call: Call) -> None:
    """DeleteTrainingJob."""
    common.delete(call, find(call, call["TrainingJobName"]), STATUS)


def list_(call: Call) -> dict[str, Any]:
    """ListTrainingJobs."""
    return common.page(call, KIND, "TrainingJobSummaries", STATUS, _summary)


def _summary(record: Record) -> dict[str, Any]:
    names = ("TrainingJobName", STATUS, "SecondaryStatus", "TrainingEndTime")
    return {name: record.data[name] for name in names if record.data.get(name) is not None} | {
        "TrainingJobArn": record.arn,
        "CreationTime": created_at(record),
        "LastModifiedTime": modified_at(record),
    }


OPERATIONS = {
    "CreateTrainingJob": create,
    "DescribeTrainingJob": describe,
    "StopTrainingJob": stop,
    "DeleteTrainingJob": delete,
    "ListTrainingJobs": list_,
}
