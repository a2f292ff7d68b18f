"""Whether an application of EMR Serverless is started, by the clock.

It starts with the first job, or when it is told to, and stops when it is told to, or when no job
has run for as long as it says. Source: EMR Serverless user guide, "Understanding application
behavior"; API, AutoStopConfig.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.sandbox.beside import backends
from reconciler.sandbox.state import work
from reconciler.sandbox.state.world import WORLD

SERVICE, RUNS, STATES = "emr-serverless", "job-run", "application-state"
QUIET = frozenset({"CREATED", "STOPPED"})
STOPPING = 10.0
"""Seconds that stopping takes."""
IDLE = 15
"""Minutes after which it stops where nothing is said. Source: the API, AutoStopConfig."""


def state(model: Mapping[str, Any]) -> str:
    """The state of an application by now, from its properties, identifier and ARN included."""
    kept, name = _kept(model, STATES), model["ApplicationId"]
    told = kept.get(name)
    if told is None:
        return "CREATED"
    now = WORLD.clock.now()
    if told["state"] == "STOPPED":
        return "STOPPED" if told["since"] + STOPPING <= now else "STOPPING"
    works = [*_works(model)]
    if any(each.settle() == work.RUNNING for each in works):
        return "STARTED"
    auto = model.get("AutoStopConfiguration") or {}
    last = max([told["since"], *(each.ended or 0.0 for each in works)])
    idle = float(auto.get("IdleTimeoutMinutes", IDLE)) * 60.0
    stops = auto.get("Enabled", True) and last + idle <= now
    return "STOPPED" if stops else "STARTED"


def going(model: Mapping[str, Any]) -> int:
    """How many jobs of it run."""
    return sum(each.settle() == work.RUNNING for each in _works(model))


def tell(model: Mapping[str, Any], word: str) -> None:
    """It is STARTED or STOPPED from now on."""
    told = {"state": word, "since": WORLD.clock.now()}
    _kept(model, STATES)[model["ApplicationId"]] = told


def _works(model: Mapping[str, Any]) -> Iterator[work.Work]:
    for run in _kept(model, RUNS).values():
        if run.data["application"] == model["ApplicationId"]:
            yield run.data["work"]


def _kept(model: Mapping[str, Any], kind: str) -> dict[str, Any]:
    region, account = str(model["Arn"]).split(":")[3:5]
    return backends[account][region].kept(SERVICE, kind)
