"""AWS::EMRServerless::Application: what changes and goes only while it is not started.

The handler sends all that an application is with each change, of tags too, and UpdateApplication
refuses that of one that is neither CREATED nor STOPPED (cloudformation-coverage-roadmap 2370).
It starts with the first job, or when it is told to, and stops when it is told to, or when no job
has run for as long as it says; by the clock. Source: EMR Serverless API, UpdateApplication,
DeleteApplication, AutoStopConfig; user guide, "Understanding application behavior".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.sandbox.beside import backends
from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.state import work
from reconciler.sandbox.state.handlers import Habits
from reconciler.sandbox.state.world import WORLD

HABITS = Habits(made={"ApplicationId": "^00[0-9a-z]{14}$"})
"""Source: EMR Serverless API, ApplicationId is `[0-9a-z]+`."""
CLIENT, RUNS, STATES = "emr-serverless", "job-run", "application-state"
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
    return backends[account][region].kept(CLIENT, kind)


def refuse(before: dict[str, Any], _: dict[str, Any]) -> None:
    """What EMR Serverless refuses of an update.

    Raises:
        Broken: InvalidRequest, while it is neither CREATED nor STOPPED.
    """
    release(before)


def release(model: dict[str, Any]) -> None:
    """The same of a deletion.

    Raises:
        Broken: InvalidRequest, while it is neither CREATED nor STOPPED.
    """
    if (now := state(model)) not in QUIET:
        text = (
            f"Application {model['ApplicationId']} must be in one of the following statuses"
            f" [CREATED, STOPPED]. Current status: {now}"
        )
        raise Broken("InvalidRequest", text)
