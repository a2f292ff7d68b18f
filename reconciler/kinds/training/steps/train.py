"""The training itself: one job, or the search of a tuning."""

from __future__ import annotations

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.key import allow_disks
from reconciler.kinds.terms.permissions import (
    allow_base,
    allow_find,
    allow_images,
    allow_network,
    allow_read,
    allow_seal,
    allow_write,
)
from reconciler.kinds.training.job import Job, training_arguments, tuning_arguments
from reconciler.kinds.training.origin import replaced
from reconciler.kinds.training.places import CHECKPOINTS, MODELS, below, joined
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import BEGINS, BROKE, BUSY, Step
from reconciler.model.value import Json, Path

TRAIN, TUNE = "Train", "Tune"


def step(spec: Training, job: Job, scope: Scope) -> Step:
    """The step that trains."""
    arguments: dict[str, Json]
    if spec.tune is not None:
        arguments = tuning_arguments(spec, spec.tune, job, scope)
        name, kind = TUNE, "Tuning"
    else:
        arguments = training_arguments(spec, job, scope)
        name, kind = TRAIN, "Training"
    return Step(
        name=name,
        type=kind,
        arguments=arguments,
        at=("algorithm",),
        lines=_lines(spec),
        retries=BUSY + BEGINS + BROKE,
    )


def artifact(spec: Training) -> Json:
    """Where the model is: of a search, that of the best job.

    It is asked of the step, which may have been found in the cache with the place of an earlier
    execution.
    """
    if spec.tune is None:
        return {"Get": f"Steps.{TRAIN}.ModelArtifacts.S3ModelArtifacts"}
    output = {"Get": f"Steps.{TUNE}.TrainingJobDefinition.OutputDataConfig.S3OutputPath"}
    best = {"Get": f"Steps.{TUNE}.BestTrainingJob.TrainingJobName"}
    return joined(output, best, "output/model.tar.gz")


def metric(spec: Training, name: str) -> Json:
    """A metric of the finished job; the best job's objective when there were many."""
    if spec.tune is not None:
        best = f"Steps.{TUNE}.BestTrainingJob"
        return {"Get": f"{best}.FinalHyperParameterTuningJobObjectiveMetric.Value"}
    return {"Get": f"Steps.{TRAIN}.FinalMetricDataList['{name}'].Value"}


def allow(spec: Training, job: Job, role: Role, scope: Scope) -> None:
    """What the container may do: read inputs, write models and checkpoints."""
    allow_base(scope, role, "/aws/sagemaker/TrainingJobs", "/aws/sagemaker/TrainingJobs")
    allow_images(scope, role, [job.image])
    for mount in job.inputs.values():
        allow_find(scope, role, mount.spot)
    if job.code is not None:
        allow_read(scope, role, job.code.spot)
    allow_write(scope, role, below(spec, scope, MODELS))
    allow_seal(scope, role, job.output.key)
    if spec.checkpoints:
        kept = below(spec, scope, CHECKPOINTS)
        allow_write(scope, role, kept)
        allow_find(scope, role, kept)
    allow_disks(scope, role, job.key)
    if spec.network is not None:
        allow_network(scope, role)


def _lines(spec: Training) -> dict[Path, Path]:
    first: Path = ("Arguments",)
    job: Path = first if spec.tune is None else (*first, "TrainingJobDefinition")
    hyperparameters = "HyperParameters" if spec.tune is None else "StaticHyperParameters"
    prepared = replaced(spec)
    return {
        (*first, "HyperParameterTuningJobConfig"): ("tune",),
        (*job, "AlgorithmSpecification"): ("algorithm",),
        (*job, "AlgorithmSpecification", "MetricDefinitions"): ("metrics",),
        (*job, "InputDataConfig"): ("inputs",),
        **{
            (*job, "InputDataConfig", str(index)): ("inputs", name)
            for index, name in enumerate(spec.inputs)
        },
        **{
            (*job, "InputDataConfig", str(index), "DataSource"): ("prepare", "outputs")
            for index, name in enumerate(spec.inputs)
            if name in prepared
        },
        (*job, "OutputDataConfig"): ("output",),
        (*job, "ResourceConfig"): ("compute",),
        (*job, "ResourceConfig", "VolumeKmsKeyId"): ("key",),
        (*job, "ResourceConfig", "VolumeSizeInGB"): ("compute", "volume"),
        (*job, "StoppingCondition"): ("compute", "maxRuntime"),
        (*job, "StoppingCondition", "MaxWaitTimeInSeconds"): ("compute", "spot"),
        (*job, "EnableManagedSpotTraining"): ("compute", "spot"),
        (*job, "CheckpointConfig"): ("checkpoints",),
        (*job, hyperparameters): ("hyperparameters",),
        (*job, "Environment"): ("environment",),
        (*job, "VpcConfig"): ("network",),
    }
