"""The SageMaker pipeline: its phases in order, from data to a version in a registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.parameters import definitions
from reconciler.kinds.training.phases import own_code
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step, document, lines_of, ordered
from reconciler.kinds.training.steps import (
    baseline,
    compare,
    evaluate,
    prepare,
    query,
    record,
    register,
    score,
    seal,
    train,
)
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Path, Props

BODY: Path = ("PipelineDefinition", "PipelineDefinitionBody")


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a pipeline, and what they need beside it."""

    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    needs: tuple[Address, ...]

    @property
    def every(self) -> tuple[Step, ...]:
        """Also those inside of conditions."""
        return tuple(ordered(self.steps))


def plan(spec: Training, job: Job, scope: Scope) -> Plan:
    """All steps, each after those whose results it uses."""
    made, nodes, needs = query.steps(spec, job, scope)
    files: dict[str, Asset] = {}
    if spec.prepare is not None:
        step, files["prepare"] = prepare.step(spec, spec.prepare, job, scope)
        made.append(step)
    made.append(train.step(spec, job, scope))
    if spec.evaluate is not None and own_code(spec.evaluate):
        step, files["evaluate"] = evaluate.step(spec, spec.evaluate, job, scope)
        made.append(step)
    elif spec.evaluate is not None and spec.register_ is not None:
        found, more = score.steps(spec, spec.evaluate, spec.register_, job, scope)
        made += found
        needs += more
    if spec.baseline is not None:
        found, more = baseline.steps(spec, spec.baseline, job, scope)
        made += found
        needs += more
    if spec.register_ is not None:
        if compare.wanted(spec.register_):
            step, asset = compare.step(spec, spec.register_, job, scope)
            made.append(step)
            needs += asset.needs
        then: tuple[Step, ...] = (register.version(spec, spec.register_, job, scope, files),)
        if seal.wanted(spec.register_, scope):
            step, asset = seal.step(spec, spec.register_, job, scope)
            then = (step, *then)
            needs += asset.needs
        made += register.steps(spec, spec.register_, then)
    if spec.log is not None and spec.log.mlflow is not None:
        told = register.provenance(spec, job, scope, files)
        step, asset = record.step(spec, spec.log.mlflow, told, job, scope)
        made.append(step)
        needs += asset.needs
    for code in (job.code, *files.values()):
        needs += code.needs if code is not None else ()
    return Plan(tuple(made), tuple(nodes), tuple(dict.fromkeys(needs)))


def definition(spec: Training, found: Plan) -> Props:
    """The whole pipeline definition."""
    made: Props = {
        "Version": "2020-12-01",
        "Metadata": {},
        "Parameters": definitions(spec),
        "Steps": [document(step, spec.cache, spec.retries) for step in found.steps],
    }
    if spec.log is None or spec.log.experiments is None:
        return made
    name, id_ = {"Get": "Execution.PipelineName"}, {"Get": "Execution.PipelineExecutionId"}
    return {**made, "PipelineExperimentConfig": {"ExperimentName": name, "TrialName": id_}}


def lines(spec: Training, found: Plan) -> Mapping[Path, Path]:
    """Which part of the spec is behind which part of the definition."""
    at: dict[Path, Path] = {
        ("PipelineDefinition",): (),
        ("ParallelismConfiguration",): ("maxParallel",),
        (*BODY, "PipelineExperimentConfig"): ("log",),
        (*BODY, "Parameters"): ("parameters",),
        (*BODY, "Parameters", "0"): ("compute", "instanceType"),
        (*BODY, "Parameters", "0", "EnumValues"): ("compute", "otherInstanceTypes"),
    }
    for index, each in enumerate(definitions(spec)):
        here = (*BODY, "Parameters", str(index))
        if each["Name"] in spec.parameters:
            at[here] = ("parameters", each["Name"])
        elif index and each["Type"] == "Float":
            at[here] = ("register", "when")
        elif index:
            at[here] = ("code",)
    return {**at, **lines_of(found.steps, BODY)}
