"""kind: Training. How a model is trained, judged and registered.

It compiles to a SageMaker pipeline. Executions of the pipeline are runs, not
resources: `moorline run` starts them, and no plan ever does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Flow, Kind, Lookup, Scope, register
from reconciler.kinds.terms.key import report_missing
from reconciler.kinds.terms.name import named
from reconciler.kinds.training import tools, trigger
from reconciler.kinds.training.check import check
from reconciler.kinds.training.job import plan_job
from reconciler.kinds.training.notes import report
from reconciler.kinds.training.origin import data_of, origins, step_names
from reconciler.kinds.training.parameters import defaults
from reconciler.kinds.training.phases import Worker, own_code
from reconciler.kinds.training.pipeline import definition, lines, plan
from reconciler.kinds.training.processing import SERVICE
from reconciler.kinds.training.runner import runner_may
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.steps import compare, seal, train
from reconciler.model.graph import Node
from reconciler.model.value import Json, JsonText, Ref

TYPE = "AWS::SageMaker::Pipeline"


def exports(spec: Training, scope: Scope) -> Mapping[str, Json]:
    pipeline = scope.address(TYPE)
    return {
        "pipeline": Ref(pipeline, "PipelineName"),
        "pipelineName": pipeline.name,
        "pipelineArn": scope.arn("sagemaker", f"pipeline/{pipeline.name}"),
        "parameters": defaults(spec),
    }


def lookups(spec: Training, scope: Scope) -> Iterator[Lookup]:
    """The digest of the image that steps of Moorline's own run in."""
    workers: list[Worker] = []
    compares = spec.register_ is not None and bool(compare.wanted(spec.register_))
    seals = spec.register_ is not None and seal.wanted(spec.register_, scope)
    records = spec.log is not None and spec.log.mlflow is not None
    if compares or seals or records or step_names(spec):
        workers.append(tools.SMALL)
    if spec.evaluate is not None and not own_code(spec.evaluate):
        workers.append(spec.evaluate)
    if spec.baseline is not None:
        workers.append(spec.baseline)
    yield from tools.lookups(workers, scope)


def build(spec: Training, scope: Scope) -> Iterator[Node]:
    report_missing(spec.key, scope, ("key",))
    worker = scope.role("training", SERVICE, _sources(spec, scope))
    job = plan_job(spec, worker.arn, scope)
    train.allow(spec, job, worker, scope)
    found = plan(spec, job, scope)
    report(spec, found, scope)
    runs = scope.arn("sagemaker", f"pipeline/{scope.address(TYPE).name}/*")
    runner = scope.role("pipeline", SERVICE, (runs,))
    runner_may(spec, job, found, runner, scope)
    yield from found.nodes
    yield scope.node(
        scope.address(TYPE),
        {
            "PipelineDescription": f"Trains {scope.name}",
            "PipelineDefinition": {"PipelineDefinitionBody": JsonText(definition(spec, found))},
            "RoleArn": runner.arn,
            "ParallelismConfiguration": {"MaxParallelExecutionSteps": spec.max_parallel},
        },
        lines=lines(spec, found),
        depends_on=found.needs,
    )
    yield from trigger.build(spec, scope)


def _sources(spec: Training, scope: Scope) -> list[str]:
    """The jobs for which the role is taken. AWS does not say which of the two tuning sends."""
    kinds = ["training-job", *(["hyper-parameter-tuning-job"] if spec.tune is not None else [])]
    return [scope.arn("sagemaker", f"{kind}/*") for kind in kinds]


def flows(spec: Training, name: str) -> Iterator[Flow]:
    """From what it learns to the registry; files of models also lie where it writes them."""
    for at, each in origins(spec):
        if each.feature_group is not None:
            yield Flow((*at, "featureGroup"), "FeatureGroup", each.feature_group)
        elif each.source is not None:
            yield Flow((*at, "source"), "DataSource", each.source, each.path or "")
    for at, data in data_of(spec):
        if data.source is not None:
            yield Flow((*at, "source"), "DataSource", data.source, data.path or "")
    out = spec.output
    path = (out.path or f"training/{name}").rstrip("/")
    yield Flow(("output", "to"), "DataSource", out.to, path, writes=True)
    if spec.register_ is not None:
        yield Flow(("register", "registry"), "ModelRegistry", spec.register_.registry, writes=True)


register(
    Kind(
        name="Training",
        model=Training,
        summary="How a model is trained, judged and registered.",
        check=check,
        lookups=lookups,
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
register:
  registry: fraud
  when: [{metric: "validation:auc", atLeast: 0.93}]
  instanceTypes: [ml.m5.xlarge]
""",
    )
)
