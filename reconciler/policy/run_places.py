"""What a pipeline writes is in a place of its own for each execution.

Two executions that write to one place overwrite each other, and one that finds the checkpoint of
another goes on with that model. Source: SageMaker developer guide, Use checkpoints (the folder is
synchronised with S3 before the container starts) and Pipelines, execution variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.value import Path
from reconciler.policy.api import Rule, register
from reconciler.policy.tree import definition, objects

CODE = Code(
    "GRAPH031",
    "place that every execution writes to",
    "A step of a pipeline writes outputs or checkpoints to a place that is the same for every"
    " execution: the next one overwrites them, or resumes from a checkpoint that is not its own.",
    "Have `Execution.PipelineExecutionId` in the place. Of a compiled pipeline this is a fault of"
    " the kind: report it with the spec.",
)
WRITTEN = (
    ("OutputDataConfig", "S3OutputPath"),
    ("CheckpointConfig", "S3Uri"),
    ("S3Output", "S3Uri"),
    ("TransformOutput", "S3OutputPath"),
    ("DebugHookConfig", "S3OutputPath"),
    ("ProfilerConfig", "S3OutputPath"),
    ("TensorBoardOutputConfig", "S3OutputPath"),
    ("OutputConfig", "S3OutputLocation"),
)
"""Members of jobs that say where something is written: training, processing, transform, Neo."""
_UNIQUE = ("Execution.PipelineExecutionId", "Execution.PipelineExecutionArn")


def places(document: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every place that a definition writes to, with its path in the definition."""
    for path, part in objects(document.get("Steps") or (), ("Steps",)):
        for outer, inner in WRITTEN:
            where = (part.get(outer) or {}) if isinstance(part.get(outer), Mapping) else {}
            if inner in where:
                yield (*path, outer, inner), where[inner]


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each place that does not change from execution to execution."""
    for node in graph:
        for path, place in places(definition(node)):
            if not _changes(place):
                whole = ("PipelineDefinition", "PipelineDefinitionBody", *path)
                at = node.origin.line_of(whole) if node.origin else None
                text = f"every execution writes to the same {path[-2]}.{path[-1]}"
                yield Diagnostic(CODE.code, text, at, CODE.fix, address=node.address)


register(Rule(CODE, check))


def _changes(place: Any) -> bool:  # noqa: ANN401 - a text or a function of a pipeline
    return any(part.get("Get") in _UNIQUE for _, part in objects(place))
