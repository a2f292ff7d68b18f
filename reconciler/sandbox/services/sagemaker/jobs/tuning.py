"""Tuning jobs: training jobs, so many at once, until there are enough or the search ends itself.

Sources: SageMaker API, CreateHyperParameterTuningJob, DescribeHyperParameterTuningJob,
TuningJobCompletionCriteria; developer guide, "Stop training jobs early".
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.services.sagemaker.jobs import (
    common,
    held,
    life,
    metrics,
    refusing,
    searching,
    stages,
    training,
    trials,
)
from reconciler.sandbox.services.sagemaker.store import Call, created_at, modified_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.early import stops
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Record

KIND, NOUN = "hyper-parameter-tuning-job", "HyperParameterTuningJob"
STATUS, CONFIG = "HyperParameterTuningJobStatus", "HyperParameterTuningJobConfig"
NAMES = {"sagemaker": frozenset({"HyperParameterTuningJobName"})}
LONGEST = 30 * 86_400.0
"""Seconds of a search (SageMaker quotas)."""
LIMIT = 500
"""Trials where nothing says how many: MaxNumberOfTrainingJobs has no documented default."""


def find(call: Call, name: str) -> Record:
    """The job, or the documented ResourceNotFound."""
    text = f"Amazon SageMaker can't find a tuning job with the name {name}."
    return common.find(call, KIND, name, "ResourceNotFound", text)


def create(call: Call) -> dict[str, Any]:
    """CreateHyperParameterTuningJob."""
    if why := refusing.refusal(call.params) or refusing.tuning(call.params):
        raise invalid(why)
    data = {
        **call.pick(*(name for name in call.params if name != "Tags")),
        STATUS: "InProgress",
    }
    record = common.make(call, KIND, NOUN, data)
    record.extra[trials.MADE] = []
    life.wake(call, record, record.created)
    common.tell(call, record, "HyperParameter Tuning Job", NOUN)
    return {"HyperParameterTuningJobArn": record.arn}


def go_on(call: Call, record: Record, at: float) -> None:
    """Begin as many trials as may go on at once; end when there are no more."""
    found = trials.of(call, record)
    going = [each for each in found if each.data[stages.STATUS] not in common.OVER]
    if record.data[STATUS] == "Stopping":
        _finish(call, record, at, going, "Stopped", "")
        return
    limits = record.data[CONFIG]["ResourceLimits"]
    many, most = limits["MaxParallelTrainingJobs"], _most(record)
    why = trials.enough(record, found)
    last = record.created + float(limits.get("MaxRuntimeInSeconds") or LONGEST)
    why = why or ("its time is over" if at >= last else "")
    made = len(found)
    while not why and len(going) < many and made < most:
        begun = _begin(call, record, made, found)
        if begun is None:
            break
        going.append(begun)
        made += 1
    if why:
        for each in going:
            if each.data[stages.STATUS] == "InProgress":
                stages.stop(call, each)
    if going:
        life.wake(call, record, last if last > at else at + LONGEST)
        return
    good = [each for each in found if each.data[stages.STATUS] == "Completed"]
    bad = "" if good or not found else _said(found)
    _finish(call, record, at, going, "Failed" if bad else "Completed", bad)


def _most(record: Record) -> int:
    many = record.data[CONFIG]["ResourceLimits"].get("MaxNumberOfTrainingJobs")
    if record.data[CONFIG]["Strategy"] == "Grid":
        ranges = record.data[CONFIG].get("ParameterRanges") or {}
        return searching.size(ranges) or LIMIT
    return int(many or LIMIT)


def _said(found: list[Record]) -> str:
    first = found[0].data.get("FailureReason", "")
    return (
        f"No training job succeeded after {len(found)} attempts. For additional details, please"
        " take a look at the training job failures by listing training jobs for the hyperparameter"
        f" tuning job. {first}"
    ).strip()


def _begin(call: Call, record: Record, number: int, found: list[Record]) -> Record | None:
    """One more training job."""
    config = record.data[CONFIG]
    definitions = refusing.definitions_of(record.data)
    definition = definitions[number % len(definitions)]
    ranges = definition.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
    leader = trials.best(found)
    near = leader.extra[trials.TUNED] if leader is not None else None
    drawn = searching.draws(ranges, config["Strategy"], number, near, record.name)
    if drawn is None:
        return None
    digest = hashlib.sha256(f"{record.name} {number}".encode()).hexdigest()[:8]
    name = f"{record.name}-{number + 1:03}-{digest}"
    static = {**(definition.get("StaticHyperParameters") or {})}
    objective = trials.objective(record, definition)
    if objective:
        static["_tuning_objective_metric"] = objective["MetricName"]
    left_out = {"StaticHyperParameters", "HyperParameterRanges", "TuningObjective",
                "DefinitionName", "HyperParameterTuningResourceConfig"}  # fmt: skip
    given = {key: each for key, each in definition.items() if key not in left_out}
    sized = definition.get("HyperParameterTuningResourceConfig")
    if sized and "ResourceConfig" not in given:
        given["ResourceConfig"] = {
            key: sized[key] for key in ("InstanceType", "InstanceCount", "VolumeSizeInGB",
                                        "VolumeKmsKeyId") if key in sized}  # fmt: skip
    params = {**given, "TrainingJobName": name, "HyperParameters": {**static, **drawn}}
    before = WORLD.machines.asking
    WORLD.machines.asking = (record.extra[common.RUN], record.extra[common.STEP])
    try:
        made = training.make(
            Call(call.backend, params), common.script(record), TuningJobArn=record.arn
        )
    finally:
        WORLD.machines.asking = before
    record.extra[trials.MADE].append(name)
    made.extra |= {
        trials.TUNED: drawn, common.WAITER: record.arn, "trial": number,
        trials.OBJECTIVE: objective, trials.DEFINITION: definition.get("DefinitionName"),
    }  # fmt: skip
    made.tags = dict(record.tags)
    _shorten(record, made, found)
    return made


def _shorten(record: Record, made: Record, found: list[Record]) -> None:
    """Where trials are stopped early: what a job prints, or what a simulated one would have."""
    objective = made.extra[trials.OBJECTIVE]
    if not objective:
        return
    final = metrics.values(
        [objective["MetricName"]], common.script(made), made.data["HyperParameters"],
        int(made.extra["trial"]),
    )[objective["MetricName"]]  # fmt: skip
    minimize = objective["Type"] == "Minimize"
    made.extra[trials.CURVE] = metrics.curve(final, minimize=minimize)
    early = record.data[CONFIG].get("TrainingJobEarlyStoppingType") == "Auto"
    others = [
        each.extra[trials.CURVE]
        for each in found
        if each.data[stages.STATUS] == "Completed" and trials.CURVE in each.extra
    ]
    made.extra[held.EARLY] = {
        "metric": objective["MetricName"], "minimize": minimize, "others": others if early else [],
    }  # fmt: skip
    if early and others:
        made.extra[trials.STOPS] = stops(made.extra[trials.CURVE], others, minimize=minimize)


def _finish(  # noqa: PLR0913  (how it ends)
    call: Call, record: Record, at: float, going: list[Record], status: str, why: str
) -> None:
    if going:
        for each in going:
            if each.data[stages.STATUS] == "InProgress":
                stages.stop(call, each)
        life.wake(call, record, at + LONGEST)
        return
    record.data[STATUS] = status
    if why:
        record.data["FailureReason"] = why[: common.REASON]
    record.data["HyperParameterTuningEndTime"] = moment(at)
    common.ended(call, record, at)
    common.tell(call, record, "HyperParameter Tuning Job", NOUN)


def describe(call: Call) -> dict[str, Any]:
    """DescribeHyperParameterTuningJob; looking at a running one moves the clock."""
    record = find(call, call["HyperParameterTuningJobName"])
    if record.data[STATUS] not in common.OVER:
        WORLD.clock.polled()
    return shown(call, record)


def shown(call: Call, record: Record) -> dict[str, Any]:
    """The description of a job."""
    found = trials.of(call, record)
    leader = trials.best(found)
    return record.shown(
        HyperParameterTuningJobArn=record.arn,
        CreationTime=created_at(record),
        LastModifiedTime=modified_at(record),
        BestTrainingJob=trials.summary(leader) if leader is not None else None,
        **trials.counters(found),
    )


def stop(call: Call) -> None:
    """StopHyperParameterTuningJob: its training jobs are stopped with it."""
    record = find(call, call["HyperParameterTuningJobName"])
    common.stoppable(record, STATUS)
    record.data[STATUS] = "Stopping"
    life.wake(call, record, WORLD.clock.now())


def delete(call: Call) -> None:
    """DeleteHyperParameterTuningJob."""
    common.delete(call, find(call, call["HyperParameterTuningJobName"]), STATUS)


def list_(call: Call) -> dict[str, Any]:
    """ListHyperParameterTuningJobs."""

    def summary(record: Record) -> dict[str, Any]:
        found = shown(call, record)
        kept = ("HyperParameterTuningJobName", "HyperParameterTuningJobArn", STATUS, "CreationTime",
                "HyperParameterTuningEndTime", "LastModifiedTime", "TrainingJobStatusCounters",
                "ObjectiveStatusCounters")  # fmt: skip
        config = record.data[CONFIG]
        more = {"Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}
        return {name: found[name] for name in kept if found.get(name) is not None} | more

    return common.page(call, KIND, "HyperParameterTuningJobSummaries", STATUS, summary)


OPERATIONS = {
    "CreateHyperParameterTuningJob": create,
    "DescribeHyperParameterTuningJob": describe,
    "StopHyperParameterTuningJob": stop,
    "DeleteHyperParameterTuningJob": delete,
    "ListHyperParameterTuningJobs": list_,
}
