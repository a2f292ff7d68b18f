"""Where a training writes: below its output, in folders that no two executions share."""

from __future__ import annotations

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.location import Spot, inside
from reconciler.kinds.terms.text import text
from reconciler.kinds.training.spec import Training
from reconciler.model.value import Json, Props

EXECUTION = {"Get": "Execution.PipelineExecutionId"}
MODELS, CHECKPOINTS, PREPARE, QUERY = "models", "checkpoints", "prepare", "query"


def output_path(spec: Training, scope: Scope) -> str:
    """Where in its DataSource a training writes."""
    return (spec.output.path or f"training/{scope.name}").rstrip("/")


def below(spec: Training, scope: Scope, folder: str = "") -> Spot:
    """All that is written, or a folder of it, by whichever execution; for permissions."""
    path = "/".join(filter(None, (output_path(spec, scope), folder)))
    return inside(scope, "DataSource", spec.output.to, path, tree=True)


def own_place(output: Spot, folder: str, *names: Json) -> Props:
    """A place below a folder of the output that no other execution writes to.

    A checkpoint of an earlier execution would be resumed: the job would go on with that model
    instead of learning from today's data. Source: SageMaker developer guide, Use checkpoints.
    """
    return joined(text(output.uri, f"/{folder}"), EXECUTION, *names)


def joined(*parts: Json) -> Props:
    """Parts of a place, put together with slashes."""
    return {"Std:Join": {"On": "/", "Values": [*parts]}}


def result(step: str, output: str) -> Props:
    """Where a step has put an output; of one that was found in the cache, what is there already."""
    return {"Get": f"Steps.{step}.ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri"}
