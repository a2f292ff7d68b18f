"""What the role of a pipeline may do: start jobs, hand them their roles, register models.

Source: SageMaker developer guide, Pipelines access management.
"""

from __future__ import annotations

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.permissions import allow_images, allow_read
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.pipeline import Plan
from reconciler.kinds.training.places import MODELS, below
from reconciler.kinds.training.processing import SERVICE
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.steps import compare, evaluate, register, seal

_JOBS = {
    "Training": ("training-job", "TrainingJob"),
    "Tuning": ("hyper-parameter-tuning-job", "HyperParameterTuningJob"),
    "Processing": ("processing-job", "ProcessingJob"),
    "Transform": ("transform-job", "TransformJob"),
}
_TUNED = "sagemaker:ListTrainingJobsForHyperParameterTuningJob"
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


def runner_may(spec: Training, job: Job, found: Plan, role: Role, scope: Scope) -> None:
    """Grant it all."""
    types = {step.type for step in found.every}
    for type_, (kind, name) in _JOBS.items():
        if type_ in types:
            actions = [f"sagemaker:{verb}{name}" for verb in ("Create", "Describe", "Stop")]
            actions += [_TUNED] if type_ == "Tuning" else []
            on = [scope.arn("sagemaker", f"{kind}/*")]
            scope.grant(role, [*actions, "sagemaker:AddTags"], on=on)
    if "Model" in types:
        model = ("sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:DescribeModel")
        scope.grant(role, model, on=[scope.arn("sagemaker", "model/*")])
    if spec.log is not None and spec.log.experiments is not None:
        _track(role, scope)
    passed = {"StringEquals": {"iam:PassedToService": SERVICE}}
    others = [it.arn for purpose, it in sorted(scope.roles.items())
              if it.service == SERVICE and purpose not in {"pipeline", "training"}]  # fmt: skip
    scope.grant(role, ("iam:PassRole",), on=(job.role, *others), when=passed)
    _read(found, role, spec, scope)
    if spec.register_ is not None:
        registry = spec.register_.registry
        versions = scope.export("ModelRegistry", registry, "packageArns")
        make = ("sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage")
        scope.grant(role, make, on=[versions])
        allow_read(scope, role, below(spec, scope, MODELS))
        if seal.wanted(spec.register_, scope):
            allow_read(scope, role, seal.spot(spec.register_, scope))
        allow_images(scope, role, [register.inference_image(spec, spec.register_, scope)])


def _read(found: Plan, role: Role, spec: Training, scope: Scope) -> None:
    """Files that conditions read, and those that a version names."""
    names = {step.name for step in found.every}
    for step, folder in (
        (evaluate.NAME, evaluate.PURPOSE),
        (compare.NAME, compare.PURPOSE),
        (seal.NAME, seal.PURPOSE),
    ):
        if step in names:
            allow_read(scope, role, below(spec, scope, folder))


def _track(role: Role, scope: Scope) -> None:
    tracks = ("experiment/*", "experiment-trial/*", "experiment-trial-component/*")
    scope.grant(
        role,
        [*(f"sagemaker:{name}" for name in _TRACKING), "sagemaker:AddTags"],
        on=[scope.arn("sagemaker", track) for track in tracks],
    )
