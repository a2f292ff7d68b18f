"""The evaluation without a script: the model answers the rows, the analysis runtime judges it.

A model is made of what was trained, a transform job has it answer each row but its first column,
which is the label, and label and answer are what is judged. Sources: SageMaker API,
CreateTransformJob; developer guide, "Associate prediction results with input records".
"""

from __future__ import annotations

from reconciler.kinds.api import Role, Scope
from reconciler.kinds.terms.analysis import INPUT as PROGRAM, arguments, runtime
from reconciler.kinds.terms.key import allow_disks
from reconciler.kinds.terms.permissions import (
    allow_base,
    allow_find,
    allow_images,
    allow_network,
    allow_seal,
    allow_write,
)
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.metrics import BINARY_PROBLEM, problem
from reconciler.kinds.training.origin import Mount, mount
from reconciler.kinds.training.phases import Evaluate
from reconciler.kinds.training.places import MODELS, below, own_place
from reconciler.kinds.training.processing import INPUT, OUTPUT, SERVICE, Work, processing
from reconciler.kinds.training.registering import Register
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import BEGINS, BROKE, BUSY, Step
from reconciler.kinds.training.steps import evaluate as evaluation
from reconciler.kinds.training.steps.register import container
from reconciler.model.address import Address
from reconciler.model.value import Json, Path, Props

MODEL, PREDICT, PURPOSE = "Model", "Predict", "predict"
LABEL, ANSWER, DATA = "label", "answer", "data"
GROUP = "/aws/sagemaker/TransformJobs"
AT: Path = ("evaluate",)
CSV = "text/csv"


def steps(
    spec: Training, evaluate: Evaluate, register: Register, job: Job, scope: Scope
) -> tuple[list[Step], tuple[Address, ...]]:
    """The three steps, and what has to be there before the pipeline is."""
    role = scope.role("scoring", SERVICE, (scope.arn("sagemaker", "*"),))
    data = mount(spec, (*AT, "data"), evaluate.data, scope)
    _allow(spec, register, data, job, role, scope)
    program = runtime(scope, evaluate.instance_type, at=AT)
    work = Work(
        name=evaluation.NAME,
        purpose=evaluation.PURPOSE,
        at=AT,
        worker=evaluate,
        image=program.image,
        entry=tuple(program.entrypoint),
        arguments=tuple(arguments("evaluate", _config(evaluate, scope))),
        reads={
            PROGRAM: Mount(program.program.uri, program.program.spot),
            DATA: Mount(_answers(), below(spec, scope, PURPOSE)),
        },
        writes={evaluation.OUTPUT: ()},
        files=(evaluation.READ,),
        lines={("PropertyFiles",): (*AT, "metrics")},
    )
    judged, _ = processing(work, spec, job, scope)
    made = [_model(spec, register, role, scope), _predict(evaluate, data, job), judged]
    return made, program.program.needs


def _config(evaluate: Evaluate, scope: Scope) -> dict[str, Json]:
    kind = problem(evaluate)
    question: dict[str, Json] = {
        "problem": kind,
        "label": LABEL,
        "score" if kind == BINARY_PROBLEM else "prediction": ANSWER,
        "metrics": [*evaluate.metrics],
    }
    if evaluate.threshold is not None:
        question["threshold"] = evaluate.threshold
    return {
        "name": f"{scope.kind}/{scope.name}",
        "data": {"path": f"{INPUT}/{DATA}", "format": "csv", "columns": [LABEL, ANSWER]},
        "question": question,
        "output": f"{OUTPUT}/{evaluation.OUTPUT}",
    }


def _model(spec: Training, register: Register, role: Role, scope: Scope) -> Step:
    props: dict[str, Json] = {
        "ExecutionRoleArn": role.arn,
        "PrimaryContainer": container(spec, register, scope),
        "EnableNetworkIsolation": spec.network_isolation,
    }
    if spec.network is not None:
        props["VpcConfig"] = spec.network.props()
    lines: dict[Path, Path] = {("Arguments", "PrimaryContainer"): ("register", "inference")}
    return Step(name=MODEL, type="Model", arguments=props, at=AT, lines=lines, retries=BUSY)


def _predict(evaluate: Evaluate, data: Mount, job: Job) -> Step:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": data.uri}}
    output: dict[str, Json] = {
        "S3OutputPath": own_place(job.output, PURPOSE),
        "Accept": CSV,
        "AssembleWith": "Line",
    }
    if job.output.key is not None:
        output["KmsKeyId"] = job.output.key
    resources: dict[str, Json] = {"InstanceType": evaluate.instance_type, "InstanceCount": 1}
    if job.key is not None:
        resources["VolumeKmsKeyId"] = job.key
    props: Props = {
        "ModelName": {"Get": f"Steps.{MODEL}.ModelName"},
        "TransformInput": {"DataSource": source, "ContentType": CSV, "SplitType": "Line"},
        "TransformOutput": output,
        "TransformResources": resources,
        "DataProcessing": {
            "InputFilter": "$[1:]",
            "JoinSource": "Input",
            "OutputFilter": "$[0,-1]",
        },
    }
    return Step(
        name=PREDICT,
        type="Transform",
        arguments=props,
        at=AT,
        lines={("Arguments", "TransformInput"): (*AT, "data")},
        retries=BUSY + BEGINS + BROKE,
    )


def _answers() -> Json:
    return {"Get": f"Steps.{PREDICT}.TransformOutput.S3OutputPath"}


def _allow(  # noqa: PLR0913 - a role, and all that it is about
    spec: Training, register: Register, data: Mount, job: Job, role: Role, scope: Scope
) -> None:
    """What the model's container does in a transform job, and SageMaker as its role.

    Source: SageMaker developer guide, How to use SageMaker execution roles, CreateModel API.
    """
    allow_base(scope, role, GROUP, GROUP)
    allow_images(scope, role, [str(container(spec, register, scope)["Image"])])
    allow_find(scope, role, below(spec, scope, MODELS))
    allow_find(scope, role, data.spot)
    allow_write(scope, role, below(spec, scope, PURPOSE))
    allow_seal(scope, role, job.output.key)
    allow_disks(scope, role, job.key)
    if spec.network is not None:
        allow_network(scope, role)
