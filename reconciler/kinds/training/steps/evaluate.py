"""The evaluation by a script of the user's: it finds the model and data, and writes metrics."""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.origin import Mount, mount
from reconciler.kinds.training.phases import Evaluate
from reconciler.kinds.training.places import MODELS, below, joined, result
from reconciler.kinds.training.processing import CODE, Work, processing
from reconciler.kinds.training.scripts import arguments, begun, environment, lines
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import Step
from reconciler.kinds.training.steps.train import artifact
from reconciler.model.value import Json, Path

NAME, PURPOSE = "Evaluate", "evaluate"
OUTPUT, FILE = "evaluation", "evaluation.json"
PROPERTIES = "Evaluation"
MODEL, DATA = "model", "data"
AT: Path = ("evaluate",)
READ = {"PropertyFileName": PROPERTIES, "OutputName": OUTPUT, "FilePath": FILE}


def step(spec: Training, evaluate: Evaluate, job: Job, scope: Scope) -> tuple[Step, Asset]:
    """The step, and its script."""
    asset, image, entry = begun(evaluate, spec, scope, AT)
    reads = {
        CODE: Mount(asset.uri, asset.spot),
        MODEL: Mount(artifact(spec), below(spec, scope, MODELS)),
        DATA: mount(spec, (*AT, "data"), evaluate.data, scope),
    }
    at = lines(AT, [(*AT, "code"), AT, (*AT, "data")])
    at[("PropertyFiles",)] = (*AT, "metrics")
    del at[("Arguments", "ProcessingOutputConfig", "Outputs")]
    work = Work(
        name=NAME,
        purpose=PURPOSE,
        at=AT,
        worker=evaluate,
        image=image,
        entry=entry,
        arguments=arguments(evaluate),
        reads=reads,
        writes={OUTPUT: ()},
        environment=environment(evaluate),
        files=(READ,),
        lines=at,
    )
    made, _ = processing(work, spec, job, scope)
    return made, asset


def file() -> Json:
    """Where ``evaluation.json`` is."""
    return joined(result(NAME, OUTPUT), FILE)


def metric(name: str) -> Json:
    """A metric of the evaluation."""
    read = {"PropertyFile": {"Get": f"Steps.{NAME}.PropertyFiles.{PROPERTIES}"}}
    return {"Std:JsonGet": {**read, "Path": f"metrics.{name}.value"}}
