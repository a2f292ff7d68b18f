"""The states of a training job, one after another, and what is done as each ends.

Source: SageMaker API, SecondaryStatusTransition; developer guide, "Managed Spot Training":
interrupted, it starts again, from its checkpoints where it has such and else from the beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.services.sagemaker.jobs import (
    common,
    files,
    held,
    life,
    metrics,
    rights,
    telling,
)
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.access.workloads.site import Work
    from reconciler.sandbox.services.sagemaker.store import Call, Record

GROUP = "/aws/sagemaker/TrainingJobs"
STATUS, SECOND = "TrainingJobStatus", "SecondaryStatus"
PLAN, TRAINED, STOPS = "plan", "trained", "stops"
START, LOAD, TRAIN, SAVE, BROKEN, STOPPING = (
    "Starting", "Downloading", "Training", "Uploading", "Interrupted", "Stopping",
)  # fmt: skip
MOMENT = 2e-3
"""Seconds: how exactly a transition's time is kept."""
SHARES = {START: 0.2, LOAD: 0.1, TRAIN: 0.6, SAVE: 0.1}
"""How a job's time is shared out."""
SPOT = 0.3
"""What share of the time on spot capacity is billed: the sandbox's own number."""
MESSAGES = {
    START: "Preparing the instances for training",
    LOAD: "Downloading input data",
    TRAIN: "Training image download completed. Training in progress.",
    SAVE: "Uploading generated training model",
    BROKEN: "The job stopped because the managed spot training instances were interrupted",
    STOPPING: "Stopping the training job",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "MaxWaitTimeExceeded": "Training job exceeded MaxWaitTimeInSeconds provided",
}


def begin(call: Call, record: Record) -> None:
    """A job begins now: what it will go through."""
    script = common.script(record)
    whole = WORLD.durations.training_job
    work = script.seconds or record.extra.get("seconds") or whole * SHARES[TRAIN]
    first = [(START, whole * SHARES[START]), (LOAD, whole * SHARES[LOAD])]
    spot = bool(record.data.get("EnableManagedSpotTraining"))
    times = script.interrupted if spot else 0
    plan: list[tuple[str, float]] = [*first]
    resumes, left = bool(record.data.get("CheckpointConfig")), work
    for number in range(times):
        done = left / (times - number + 1)
        plan += [(TRAIN, done), (BROKEN, whole), *first]
        left = left - done if resumes else work
    record.extra[PLAN] = [*plan, (TRAIN, left), (SAVE, whole * SHARES[SAVE])]
    record.extra[TRAINED] = 0.0
    _enter(call, record, record.created)


def _enter(call: Call, record: Record, at: float) -> None:
    """Go into the next state of the plan."""
    state, seconds = record.extra[PLAN][0]
    _transition(record, state, at)
    if state == TRAIN and record.data.get("TrainingStartTime") is None:
        record.data["TrainingStartTime"] = moment(at)
    if state == TRAIN:
        seconds = _training(call, record, seconds)
    life.wake(call, record, at + seconds)
    common.tell(call, record, "Training Job", "TrainingJob")


def _training(call: Call, record: Record, seconds: float) -> float:
    """How long the work goes on: as planned, until somebody says so, no longer than it may."""
    most = float(record.data["StoppingCondition"].get("MaxRuntimeInSeconds") or 86_400)
    left = most - float(record.extra[TRAINED])
    broken = record.extra[PLAN][1][0] == BROKEN
    if held.begin(call, record, most, interrupted=broken):
        return left
    if record.extra.get(STOPS) is not None:
        seconds *= (record.extra[STOPS] + 1) / metrics.EPOCHS
    return min(seconds, left)


def _transition(record: Record, state: str, at: float) -> None:
    known = record.data["SecondaryStatusTransitions"]
    if known:
        known[-1]["EndTime"] = moment(at)
    told = {"Status": state, "StartTime": moment(at), "StatusMessage": MESSAGES[state]}
    known.append(told)
    record.data[SECOND] = state
    record.modified = at


def go_on(call: Call, record: Record, at: float) -> None:
    """A state of a job is over."""
    state, planned = record.extra[PLAN].pop(0)
    why = ""
    if state == STOPPING:
        _stopped(call, record, at, "Stopped")
        return
    if state == START:
        why = rights.refused(call, record.data["RoleArn"], _needs(call, record))
    if state == LOAD:
        why = _absent(call, record)
    if state == TRAIN:
        if _worked(call, record, at, planned):
            return
        broken = record.extra[PLAN][0][0] == BROKEN
        why = "" if broken else common.script(record).error or held.error(record)
    if why:
        _failed(call, record, at, why)
    elif state == SAVE:
        _completed(call, record, at)
    elif _waited(record, at):
        _stopped(call, record, at, "MaxWaitTimeExceeded")
    else:
        _enter(call, record, at)


def _worked(call: Call, record: Record, at: float, planned: float) -> bool:
    """Count the time that was worked; whether it has been too long, which ends the job."""
    transition = record.data["SecondaryStatusTransitions"][-1]
    spent = at - transition["StartTime"].timestamp()
    record.extra[TRAINED] = float(record.extra[TRAINED]) + spent
    most = float(record.data["StoppingCondition"].get("MaxRuntimeInSeconds") or 86_400)
    told = held.take(record)
    simulated = told is None and not held.waits(record)
    if (told or {}).get("stopped") or (simulated and record.extra.get(STOPS) is not None):
        _early(call, record, at)
        return True
    if told is not None and not told.get("interrupted"):
        record.extra[PLAN] = record.extra[PLAN][-1:]
    unfinished = told is None and (held.waits(record) or planned > spent + MOMENT)
    if unfinished and record.extra[TRAINED] >= most - MOMENT:
        _stopped(call, record, at, "MaxRuntimeExceeded")
        return True
    return False


def _early(call: Call, record: Record, at: float) -> None:
    """A search stops one of its jobs early: its objective is that of the last epoch."""
    told = record.extra.get(held.TOLD)
    if told is None:
        name = record.extra["objective"]["MetricName"]
        found = {name: record.extra[held.CURVE][record.extra[STOPS]]}
    else:
        found = told["metrics"]
        _log(call, record)
    _metrics(record, found, at)
    _stopped(call, record, at, "Stopped")


def _waited(record: Record, at: float) -> bool:
    most = record.data["StoppingCondition"].get("MaxWaitTimeInSeconds")
    return bool(most) and at - record.created > float(most)


def _needs(call: Call, record: Record) -> Iterator[Work]:
    data = record.data
    role, output = data["RoleArn"], data["OutputDataConfig"]
    image = str((data.get("AlgorithmSpecification") or {}).get("TrainingImage") or "")
    key = (data.get("ResourceConfig") or {}).get("VolumeKmsKeyId")
    yield from rights.machine(call, role, image, key, data.get("VpcConfig"))
    for uri in files.sources(data.get("InputDataConfig")):
        yield from rights.reading(call, role, uri)
    yield from rights.script(call, role, data.get("HyperParameters") or {})
    model = data["ModelArtifacts"]["S3ModelArtifacts"]
    yield from rights.writing(call, role, model, output.get("KmsKeyId") or None)
    if kept := data.get("CheckpointConfig"):
        yield from rights.writing(call, role, f"{str(kept['S3Uri']).rstrip('/')}/1")


def _absent(call: Call, record: Record) -> str:
    data = record.data
    found = (files.absent(call, uri, data["RoleArn"]) for uri in
             files.sources(data.get("InputDataConfig")))  # fmt: skip
    script = (data.get("HyperParameters") or {}).get("sagemaker_submit_directory")
    why = next(filter(None, found), "")
    if not why and script and not files.below(call, rights.unquoted(script)):
        why = "AlgorithmError: framework error: the archive of the code cannot be downloaded:"
        why = f"{why} {rights.unquoted(script)}, exit code: 1"
    return why


def _completed(call: Call, record: Record, at: float) -> None:
    data, told = record.data, record.extra.get(held.TOLD)
    if told is None:
        common.note(record, telling.SIMULATED)
        given = data.get("HyperParameters") or {}
        objective = (record.extra.get("objective") or {}).get("MetricName", "")
        wanted = metrics.names(data.get("AlgorithmSpecification") or {}, given, objective)
        trial = int(record.extra.get("trial", 0))
        found = metrics.values(wanted, common.script(record), given, trial)
        why = files.put(
            call, data["ModelArtifacts"]["S3ModelArtifacts"],
            files.model({"job": record.name, "metrics": found, "hyperparameters": given}),
            data["OutputDataConfig"].get("KmsKeyId") or None,
        )  # fmt: skip
        if why:
            _failed(call, record, at, why)
            return
        lines = [telling.SIMULATED, *(f"{name}={value:.6f}" for name, value in found.items())]
        telling.log(call, record, GROUP, data["RoleArn"], lines)
    else:
        found = told.get("metrics") or {}
        _log(call, record)
    _metrics(record, found, at)
    _end(call, record, at, "Completed", "Completed")


def _log(call: Call, record: Record, why: str = "") -> None:
    """What a job has printed that was done, else why there is nothing."""
    told = record.extra.get(held.TOLD) or {}
    lines = str(told.get("log") or "").splitlines() or ([why] if why else [])
    telling.log(call, record, GROUP, record.data["RoleArn"], lines)


def _metrics(record: Record, found: Mapping[str, float], at: float) -> None:
    record.data["FinalMetricDataList"] = [
        {"MetricName": name, "Value": float(value), "Timestamp": moment(at)}
        for name, value in found.items()
    ]


def _failed(call: Call, record: Record, at: float, why: str) -> None:
    record.data["FailureReason"] = why[: common.REASON]
    _log(call, record, why)
    _end(call, record, at, "Failed", "Failed")


def _stopped(call: Call, record: Record, at: float, how: str) -> None:
    """Stopped from outside, or out of time: what there is of a model is kept."""
    kept = (record.extra.get(held.TOLD) or {}).get("stopped")
    if record.data.get("TrainingStartTime") is not None and not kept:
        made = files.model({"job": record.name, "stopped": how})
        uri = record.data["ModelArtifacts"]["S3ModelArtifacts"]
        files.put(call, uri, made, record.data["OutputDataConfig"].get("KmsKeyId") or None)
    _end(call, record, at, "Stopped", how)


def _end(call: Call, record: Record, at: float, status: str, second: str) -> None:
    record.data[STATUS] = status
    _transition(record, second, at)
    record.data["SecondaryStatusTransitions"][-1]["EndTime"] = moment(at)
    spent = int(record.extra[TRAINED])
    if record.data.get("TrainingStartTime") is not None:
        since = record.data["TrainingStartTime"].timestamp()
        whole = int(at - since) if record.data.get("EnableManagedSpotTraining") else spent
        record.data |= {"TrainingEndTime": moment(at), "TrainingTimeInSeconds": max(whole, spent)}
        share = SPOT if record.data.get("EnableManagedSpotTraining") else 1.0
        record.data["BillableTimeInSeconds"] = int(spent * share)
    common.ended(call, record, at)
    common.tell(call, record, "Training Job", "TrainingJob")


def stop(call: Call, record: Record) -> None:
    """Somebody stops a job."""
    now = WORLD.clock.now()
    record.data[STATUS] = "Stopping"
    record.extra[PLAN] = [(STOPPING, 6.0)]
    held.drop(record)
    _transition(record, STOPPING, now)
    life.wake(call, record, now + 6.0)
