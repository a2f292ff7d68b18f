"""kind: Training. How a model is trained, judged and registered.

It compiles to a SageMaker pipeline. Executions of the pipeline are runs, not
resources: `moorline run` starts them, and no plan ever does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Flow, Kind, Role, Scope, register
from reconciler.kinds.terms.key import allow_disks, report_missing
from reconciler.kinds.terms.name import named
from reconciler.kinds.terms.permissions import (
    allow_base,
    allow_find,
    allow_images,
    allow_network,
    allow_read,
    allow_write,
)
from reconciler.kinds.training.check import check, report
from reconciler.kinds.training.job import Job, plan_job
from reconciler.kinds.training.pipeline import defaults, definition, inference_image, lines
from reconciler.kinds.training.spec import Training
from reconciler.model.graph import Node
from reconciler.model.value import Json, JsonText, Ref

TYPE = "AWS::SageMaker::Pipeline"
_SERVICE = "sagemaker.amazonaws.com"
_JOBS = ("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob")
_TUNING = (
    "CreateHyperParameterTuningJob",
    "DescribeHyperParameterTuningJob",
    "ListTrainingJobsForHyperParameterTuningJob",
    "StopHyperParameterTuningJob",
)
_TRACKING = (
    "AssociateTrialComponent",
    "CreateExperiment",
    "CreateTrial",
    "CreateTrialComponent",
    "DescribeExperiment",
    "DescribeTrial",
    "DescribeTrialComponent",
    "UpdateTrialComponent",
)


def exports(spec: Training, scope: Scope) -> Mapping[str, Json]:
    pipeline = scope.address(TYPE)
    return {
        "pipeline": Ref(pipeline, "PipelineName"),
        "pipelineName": pipeline.name,
        "pipelineArn": scope.arn("sagemaker", f"pipeline/{pipeline.name}"),
        "parameters": defaults(spec),
    }


def build(spec: Training, scope: Scope) -> Iterator[Node]:
    report_missing(spec.key, scope, ("key",))
    worker = scope.role("training", _SERVICE, _sources(spec, scope))
    job = plan_job(spec, worker.arn, scope)
    _allow_work(spec, job, worker, scope)
    report(spec, scope)
    runs = scope.arn("sagemaker", f"pipeline/{scope.address(TYPE).name}/*")
    runner = scope.role("pipeline", _SERVICE, (runs,))
    _allow_run(spec, job, runner, scope)
    yield scope.node(
        scope.address(TYPE),
        {
            "PipelineDescription": f"Trains {scope.name}",
            "PipelineDefinition": {
                "PipelineDefinitionBody": JsonText(definition(spec, job, scope))
            },
            "RoleArn": runner.arn,
        },
        lines=lines(spec),
        depends_on=job.code.needs if job.code else (),
    )


def _sources(spec: Training, scope: Scope) -> list[str]:
    """The jobs for which the role is taken. AWS does not say which of the two tuning sends."""
    kinds = ["training-job", *(["hyper-parameter-tuning-job"] if spec.tune is not None else [])]
    return [scope.arn("sagemaker", f"{kind}/*") for kind in kinds]


def _allow_work(spec: Training, job: Job, role: Role, scope: Scope) -> None:
    """What the container may do: read inputs, write models and checkpoints.

    SageMaker asks for `kms:Encrypt` with an output key. Source: SageMaker API, OutputDataConfig.
    """
    allow_base(scope, role, "/aws/sagemaker/TrainingJobs", "/aws/sagemaker/TrainingJobs")
    allow_images(scope, role, [job.image])
    for spot in job.inputs.values():
        allow_find(scope, role, spot)
    if job.code is not None:
        allow_read(scope, role, job.code.spot)
    allow_write(scope, role, job.output)
    if job.output.key is not None:
        scope.grant(role, ("kms:Encrypt",), on=(job.output.key,))
    if spec.checkpoints:
        allow_find(scope, role, job.output)
    allow_disks(scope, role, job.key)
    if spec.network is not None:
        allow_network(scope, role)


def _allow_run(spec: Training, job: Job, role: Role, scope: Scope) -> None:
    """What the pipeline may do: start jobs, hand them their role, register models."""
    kind = "hyper-parameter-tuning-job" if spec.tune is not None else "training-job"
    actions = [f"sagemaker:{name}" for name in (_TUNING if spec.tune is not None else _JOBS)]
    on = [scope.arn("sagemaker", f"{kind}/*")]
    scope.grant(role, [*actions, "sagemaker:AddTags"], on=on)
    tracks = ("experiment/*", "experiment-trial/*", "experiment-trial-component/*")
    scope.grant(
        role,
        [*(f"sagemaker:{name}" for name in _TRACKING), "sagemaker:AddTags"],
        on=[scope.arn("sagemaker", track) for track in tracks],
    )
    passed = {"StringEquals": {"iam:PassedToService": _SERVICE}}
    scope.grant(role, ("iam:PassRole",), on=(job.role,), when=passed)
    if spec.register_ is not None:
        registry = spec.register_.registry
        versions = scope.export("ModelRegistry", registry, "packageArns")
        make = ("sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage")
        scope.grant(role, make, on=[versions])
        allow_read(scope, role, job.output)
        allow_images(scope, role, [inference_image(spec, spec.register_, scope)])


def flows(spec: Training, name: str) -> Iterator[Flow]:
    """From what it learns to the registry; files of models also lie where it writes them."""
    for channel, each in spec.inputs.items():
        at = ("inputs", channel)
        if each.feature_group is not None:
            yield Flow((*at, "featureGroup"), "FeatureGroup", each.feature_group)
        elif each.source is not None:
            yield Flow((*at, "source"), "DataSource", each.source, each.path or "")
    out = spec.output
    path = out.path or f"training/{name}"
    yield Flow(("output", "to"), "DataSource", out.to, path, writes=True)
    if spec.register_ is not None:
        at = ("register", "registry")
        yield Flow(at, "ModelRegistry", spec.register_.registry, writes=True)


register(
    Kind(
        name="Training",
        model=Training,
        summary="How a model is trained, judged and registered.",
        check=check,
        build=build,
        named=lambda spec: named(TYPE, spec.aws_name),
        exports=exports,
        stage="training",
        flows=flows,
        example="""\
algorithm: {framework: xgboost, version: "1.7-1"}
inputs:
  train: {source: curated, path: fraud/train, contentType: text/csv}
  validation: {source: curated, path: fraud/validation, contentType: text/csv}
compute:
  instanceType: ml.m5.2xlarge
  maxRuntime: 2h
  spot: {maxWait: 4h}
checkpoints: true
output: {to: artifacts}
hyperparameters: {objective: binary:logistic, eval_metric: auc, num_round: 300}
evaluation: {metric: "validation:auc", atLeast: 0.93}
register: {registry: fraud, instanceTypes: [ml.m5.xlarge]}
""",
    )
)
