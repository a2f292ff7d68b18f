"""The record of an execution in a managed MLflow, by a step of its own beside the condition.

The containers of the training need no library of MLflow, and no execution fails because of it.
Source: SageMaker developer guide, "Set up IAM permissions for MLflow".
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.training import tools
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.origin import Mount
from reconciler.kinds.training.parameters import COMMIT
from reconciler.kinds.training.places import below, result
from reconciler.kinds.training.processing import CODE, INPUT, Work, processing
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step
from reconciler.kinds.training.steps import evaluate
from reconciler.kinds.training.steps.train import TRAIN, TUNE
from reconciler.model.value import Json, Path

NAME, PURPOSE, SCRIPT = "Record", "record", "record.py"
AT: Path = ("log", "mlflow")
APP = ("sagemaker:CallMlflowAppApi",)
SERVER = (
    "sagemaker-mlflow:CreateExperiment",
    "sagemaker-mlflow:CreateRun",
    "sagemaker-mlflow:GetExperimentByName",
    "sagemaker-mlflow:LogBatch",
    "sagemaker-mlflow:UpdateRun",
)
_TAG = 250


def step(
    spec: Training, mlflow: str, provenance: dict[str, Json], job: Job, scope: Scope
) -> tuple[Step, Asset]:
    """The step, and its script. `provenance` is what a version would say of itself."""
    asset, entry = tools.script(scope, SCRIPT, AT)
    reads = {CODE: tools.mounted(asset)}
    evaluated: list[Json] = []
    if spec.evaluate is not None:
        own = below(spec, scope, evaluate.PURPOSE)
        reads[evaluate.OUTPUT] = Mount(result(evaluate.NAME, evaluate.OUTPUT), own)
        evaluated = ["--evaluation", f"{INPUT}/{evaluate.OUTPUT}/{evaluate.FILE}"]
    name = f"Steps.{TUNE}.BestTrainingJob" if spec.tune is not None else f"Steps.{TRAIN}"
    work = Work(
        name=NAME,
        purpose=PURPOSE,
        at=AT,
        worker=tools.SMALL,
        image=tools.image(scope, tools.SMALL, AT),
        entry=entry,
        arguments=(
            "--mlflow", mlflow,
            "--experiment", scope.address("AWS::SageMaker::Pipeline").name,
            "--job", {"Get": f"{name}.TrainingJobName"},
            "--execution", {"Get": "Execution.PipelineExecutionId"},
            *evaluated,
            *_tags(spec, provenance),
        ),
        reads=reads,
        calls=True,
        fresh=True,
    )  # fmt: skip
    made, role = processing(work, spec, job, scope)
    scope.grant(role, APP if ":mlflow-app/" in mlflow else SERVER, on=(mlflow,))
    jobs = scope.arn("sagemaker", "training-job/*")
    scope.grant(role, ("sagemaker:DescribeTrainingJob",), on=(jobs,))
    return made, asset


def _tags(spec: Training, provenance: dict[str, Json]) -> Iterator[Json]:
    for name, value in provenance.items():
        if isinstance(value, str):
            yield from ("--tag", f"{name}={value}"[:_TAG])
        else:
            joined = value["Std:Join"]
            first, *rest = joined["Values"]
            parts = [f"{name}={first}", *rest]
            yield from ("--tag", {"Std:Join": {"On": joined["On"], "Values": parts}})
    if spec.register_ is not None:
        commit = {"Get": f"Parameters.{COMMIT}"}
        yield from ("--tag", {"Std:Join": {"On": "=", "Values": ["commit", commit]}})
