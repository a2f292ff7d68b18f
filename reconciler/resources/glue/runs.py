"""Runs of a Glue job that are going. Source: Glue API, GetJobRuns; DeleteJob ends none."""

from __future__ import annotations

from reconciler.model.change import Change
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.resources.answers import absent
from reconciler.resources.inflight import InFlight, word
from reconciler.resources.review import Look

GOING = ("STARTING", "RUNNING", "STOPPING", "WAITING")


def _look(name: str) -> Look:
    gone = (absent("EntityNotFoundException"),)
    return Look("glue", "get_job_runs", {"JobName": name, "MaxResults": 100}, "JobRuns", gone)


def _live(change: Change) -> Look:
    return _look(change.address.name)


def _last(step: Step, _: Graph) -> Look:
    return _look(step.address.name)


RUNS = InFlight(
    live=_live,
    last=_last,
    going=word("JobRunState", *GOING),
    changed="they go on with the script and the workers that they began with",
    deleted="they go on without it, and no new one can begin",
)
