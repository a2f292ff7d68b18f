"""Jobs of Moorline's own that a step runs on Glue, and the counts that they leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from reconciler.facts.runtimes import glue_worker
from reconciler.kinds.api import Problem, Section
from reconciler.kinds.data_pipeline.api import Built, Place, Site, Step
from reconciler.kinds.data_pipeline.data import allow_output
from reconciler.kinds.data_pipeline.spark import SERVICE, Cluster, spark, started
from reconciler.kinds.data_pipeline.template import Template
from reconciler.kinds.terms.asset import own
from reconciler.kinds.terms.location import named
from reconciler.kinds.terms.machine import integration, retry
from reconciler.kinds.terms.permissions import allow_read
from reconciler.model.value import Json

VERSION = "5.0"
"""The version of Glue that these jobs are written for."""
COUNTS = "_counts"


class Workers(Section):
    """The workers of a job of Moorline's own."""

    worker: str = Field("G.1X", examples=["G.1X", "G.2X"])
    """The type of the workers."""
    workers: Annotated[int, Field(ge=2, le=299)] = 2
    """How many, the driver included."""
    max_runs: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many runs of the job there may be at a time."""


def problems(said: Workers, kind: str) -> Iterator[Problem]:
    """What is wrong with its workers."""
    fault = glue_worker(said.worker, VERSION)
    if fault is not None:
        yield Problem((kind, "worker"), fault.text, fault.help)


def run(  # noqa: PLR0913 - a job, and all that it is told
    job: str, said: Workers, step: Step, site: Site, given: dict[str, Template], rest: Place
) -> Built:
    """The state that runs a job, and one that has its counts after it.

    `rest` is where rows go that do not pass; the counts of a run lie below it. Both carry the name
    of the step, so that two steps of a run may share a place.
    """
    scope = site.scope
    script = own(scope, job, at=site.path)
    cluster = Cluster(VERSION, said.worker, said.workers, said.max_runs)
    node = spark(cluster, step, site, script, [])
    role = scope.role(step.name, SERVICE)
    allow_output(role, rest, scope)
    apart = Template.read(f"{{run}}-{step.name}")
    counts = rest.uri.then(f"/{COUNTS}/").then(apart).then(".json")
    built = started(node, site, {**given, "run": apart, "counts": counts})
    first, *more = counts.pieces
    key = Template((named(first)[1], *more), counts.paths)
    kept: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration(scope, "aws-sdk:s3:getObject"),
        "Parameters": {
            "Bucket": rest.bucket,
            **key.field("Key"),
        },
        "ResultSelector": {"counts.$": "States.StringToJson($.Body)"},
        "ResultPath": f"$.results.{step.name}",
        "Retry": [retry("States.TaskFailed", times=3)],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": f"{step.name} told"}],
    }
    allow_read(scope, site.machine.role, rest.spot)
    after = {f"{step.name} counts": kept, f"{step.name} told": {"Type": "Pass"}}
    return replace(built, after=after)
