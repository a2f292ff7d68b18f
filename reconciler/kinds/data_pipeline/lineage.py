"""What steps read and write, as data: lineage, and what a sandbox needs to know of jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds.api import Flow, Scope
from reconciler.kinds.data_pipeline.api import STEPS, Read, Step, Write, all_steps
from reconciler.kinds.data_pipeline.data import every_read, outputs
from reconciler.kinds.data_pipeline.spark import JOB
from reconciler.kinds.data_pipeline.spec import Pipeline
from reconciler.kinds.data_pipeline.steps.emr import APPLICATION
from reconciler.model.value import Json

_JOBS = {"glue": JOB, "emr": APPLICATION}


def flows(spec: Pipeline, _: str) -> Iterator[Flow]:
    """What goes into the pipeline and comes out of it; what its steps hand on is its own affair."""
    for path, step, _number in all_steps(spec.steps):
        for below, _name, read in every_read(step):
            if read.source is not None:
                yield Flow((*path, *below), "DataSource", read.source, read.path or "")
            elif read.feature_group is not None:
                yield Flow((*path, *below), "FeatureGroup", read.feature_group)
        for name, write in step.writes.items():
            here = (*path, "writes", name)
            yield Flow(here, "DataSource", write.source, write.path, writes=True)
        for below, group in STEPS[step.kind].feeds(step.said):
            yield Flow((*path, step.kind, *below), "FeatureGroup", group, writes=True)


def edges(spec: Pipeline) -> list[Json]:
    """A row for each step: its name and kind, and where it reads and writes.

    Each place is ``{spec: Kind/name, path, name}``, and ``step`` beside it where an earlier step
    writes what is read. A FeatureGroup that is fed is among what is written.
    """
    known = outputs(spec.steps)
    return [_edge(step, known) for _, step, _ in all_steps(spec.steps) if not _nests(step)]


def _nests(step: Step) -> bool:
    return STEPS[step.kind].nests


def _edge(step: Step, known: dict[str, Write]) -> dict[str, Json]:
    writes: list[Json] = [
        {"spec": f"DataSource/{write.source}", "path": write.path, "name": name}
        for name, write in step.writes.items()
    ]
    fed = STEPS[step.kind].feeds(step.said)
    writes += [{"spec": f"FeatureGroup/{group}", "path": "", "name": group} for _, group in fed]
    return {
        "step": step.name,
        "kind": step.kind,
        "reads": [*_reads(step, known)],
        "writes": writes,
    }


def _reads(step: Step, known: dict[str, Write]) -> Iterable[dict[str, Json]]:
    for _, name, read in every_read(step):
        yield {**_place(read, known), "name": name}


def _place(read: Read, known: dict[str, Write]) -> dict[str, Json]:
    if read.from_ is not None:
        write = known[read.from_]
        step = read.from_.partition(".")[0]
        return {"spec": f"DataSource/{write.source}", "path": write.path, "step": step}
    if read.feature_group is not None:
        return {"spec": f"FeatureGroup/{read.feature_group}", "path": ""}
    return {"spec": f"DataSource/{read.source}", "path": read.path or ""}


def stand_ins(spec: Pipeline, scope: Scope) -> dict[str, Json]:
    """By the name of a job or application in AWS: the file that stands in for it in a sandbox."""
    found: dict[str, Json] = {}
    for _, step, _ in all_steps(spec.steps):
        path = getattr(step.said, "stand_in", None)
        if path is not None:
            found[scope.address(_JOBS[step.kind], step.name).name] = path
    return found
