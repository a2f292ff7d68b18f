"""The SageMaker pipeline: train or tune, judge, register.

Schema of the definition:
https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.image import Wanted, algorithm_image
from reconciler.kinds.training.compute import allowed
from reconciler.kinds.training.job import (
    Job,
    own_place,
    provenance,
    training_arguments,
    tuning_arguments,
)
from reconciler.kinds.training.spec import Evaluation, Register, Training, bounds
from reconciler.model.value import Json, Path, Props

TRAIN, TUNE, JUDGE, REGISTER = "Train", "Tune", "GoodEnough", "Register"
_THRESHOLD = "RegistrationThreshold"
_CONDITIONS = {
    "above": "GreaterThan",
    "below": "LessThan",
    "atLeast": "GreaterThanOrEqualTo",
    "atMost": "LessThanOrEqualTo",
}


def definition(spec: Training, job: Job, scope: Scope) -> Props:
    """The whole pipeline definition."""
    name, id_ = {"Get": "Execution.PipelineName"}, {"Get": "Execution.PipelineExecutionId"}
    return {
        "Version": "2020-12-01",
        "Metadata": {},
        "Parameters": _parameters(spec),
        "PipelineExperimentConfig": {"ExperimentName": name, "TrialName": id_},
        "Steps": _steps(spec, job, scope),
    }


def lines(spec: Training) -> Mapping[Path, Path]:
    """Which part of the spec is behind which part of the definition."""
    body: Path = ("PipelineDefinition", "PipelineDefinitionBody")
    first: Path = (*body, "Steps", "0", "Arguments")
    job: Path = first if spec.tune is None else (*first, "TrainingJobDefinition")
    second: Path = (*body, "Steps", "1")
    judged = spec.evaluation is not None
    hyperparameters = "HyperParameters" if spec.tune is None else "StaticHyperParameters"
    return {
        ("PipelineDefinition",): (),
        (*body, "Parameters", "0"): ("compute", "instanceType"),
        (*body, "Parameters", "0", "EnumValues"): ("compute", "otherInstanceTypes"),
        (*body, "Parameters", "1"): ("evaluation",),
        (*first, "HyperParameterTuningJobConfig"): ("tune",),
        (*job, "AlgorithmSpecification"): ("algorithm",),
        (*job, "AlgorithmSpecification", "MetricDefinitions"): ("metrics",),
        (*job, "InputDataConfig"): ("inputs",),
        **{
            (*job, "InputDataConfig", str(index)): ("inputs", name)
            for index, name in enumerate(spec.inputs)
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
        second: ("evaluation",) if judged else ("register",),
        (*second, "Arguments", "IfSteps"): ("register",),
    }


def _parameters(spec: Training) -> list[Json]:
    """What may be changed for a single execution."""
    instance: dict[str, Json] = {
        "Name": "TrainingInstanceType",
        "Type": "String",
        "DefaultValue": spec.compute.instance_type,
    }
    if types := allowed(spec.compute, spec.algorithm):
        instance["EnumValues"] = [*types]
    if spec.evaluation is None:
        return [instance]
    (level,) = bounds(spec.evaluation).values()
    return [instance, {"Name": _THRESHOLD, "Type": "Float", "DefaultValue": level}]


def defaults(spec: Training) -> Mapping[str, Json]:
    """The parameters of an execution, and what they are by default."""
    return {each["Name"]: each["DefaultValue"] for each in _parameters(spec)}


def _steps(spec: Training, job: Job, scope: Scope) -> list[Json]:
    if spec.tune is not None:
        arguments = tuning_arguments(spec, spec.tune, job, scope)
        steps: list[Json] = [{"Name": TUNE, "Type": "Tuning", "Arguments": arguments}]
    else:
        arguments = training_arguments(spec, job, scope)
        steps = [{"Name": TRAIN, "Type": "Training", "Arguments": arguments}]
    if spec.register_ is None:
        return steps
    registering = _register(spec, spec.register_, job, scope)
    if spec.evaluation is None:
        return [*steps, registering]
    return [*steps, _condition(spec, spec.evaluation, registering)]


def _condition(spec: Training, evaluation: Evaluation, then: Props) -> Props:
    """Metrics of a finished job; the best job's objective when there were many."""
    if spec.tune is not None:
        value = f"Steps.{TUNE}.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric.Value"
    else:
        value = f"Steps.{TRAIN}.FinalMetricDataList['{evaluation.metric}'].Value"
    (side,) = bounds(evaluation)
    condition = {
        "Type": _CONDITIONS[side],
        "LeftValue": {"Get": value},
        "RightValue": {"Get": f"Parameters.{_THRESHOLD}"},
    }
    arguments = {"Conditions": [condition], "IfSteps": [then], "ElseSteps": []}
    return {"Name": JUDGE, "Type": "Condition", "Arguments": arguments}


def _register(spec: Training, register: Register, job: Job, scope: Scope) -> Props:
    approval = "PendingManualApproval" if register.approval == "manual" else "Approved"
    arguments: dict[str, Json] = {
        "ModelPackageGroupName": scope.export("ModelRegistry", register.registry, "group"),
        "ModelApprovalStatus": approval,
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": inference_image(spec, register, scope),
                    "ModelDataUrl": _artifact(spec, job),
                }
            ],
            "SupportedContentTypes": register.content_types,
            "SupportedResponseMIMETypes": register.response_types,
            "SupportedRealtimeInferenceInstanceTypes": register.instance_types,
            "SupportedTransformInstanceTypes": register.instance_types,
        },
    }
    metadata = {name.lower(): value for name, value in provenance(spec).items()}
    if metadata:
        arguments["CustomerMetadataProperties"] = metadata
    return {"Name": REGISTER, "Type": "RegisterModel", "Arguments": arguments}


def inference_image(spec: Training, register: Register, scope: Scope) -> str:
    """The image that serves what this spec trains."""
    image = register.inference or spec.algorithm
    path = ("register", "inference") if register.inference is not None else ("algorithm",)
    return algorithm_image(image, Wanted("inference", register.instance_types[0]), scope, path)


def _artifact(spec: Training, job: Job) -> Json:
    if spec.tune is None:
        return {"Get": f"Steps.{TRAIN}.ModelArtifacts.S3ModelArtifacts"}
    best = {"Get": f"Steps.{TUNE}.BestTrainingJob.TrainingJobName"}
    return own_place(job, "models", best, "output/model.tar.gz")
