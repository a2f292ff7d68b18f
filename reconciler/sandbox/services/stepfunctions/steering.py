"""What the control API can do with runs of machines: scripts, hosts, stand-ins, and what is said.

A caller who starts a run himself may say, before it starts, which of its jobs a program of his
stands in for (`stand_in`). Such a job waits: the caller takes it (`jobs`), does it in a process of
its own (`sandbox.standin`) and says how it ended (`ended`). The sandbox runs none of it. Runs that
nobody has announced, such as those of schedules and events, have their jobs simulated.
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.beside import backends
from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.services.stepfunctions.execution import Execution
from reconciler.sandbox.services.stepfunctions.loop import RUNS, SERVICE
from reconciler.sandbox.state.machines import Script
from reconciler.sandbox.state.world import WORLD

TOLD = ("curve", "interrupted", "log", "message", "metrics", "stopped")
"""What jobs of SageMaker tell besides."""


def steer(given: dict[str, Any]) -> None:
    """Take over what a request sets.

    Raises:
        ValueError: a job that does not wait, or a script that does nothing.
    """
    machines = WORLD.machines
    scripts = [Script(**each) for each in given.get("scripts", ())]
    for execution, names in given.get("stand_in", {}).items():
        machines.stood_in[execution] = frozenset(names)
    for unique, end in given.get("ended", {}).items():
        if unique not in machines.held:
            raise ValueError(f"no job {unique!r} waits for a stand-in")
        at = WORLD.clock.now()
        known = {name: end[name] for name in TOLD if name in end}
        machines.ended[unique] = {
            **known,
            "ok": bool(end["ok"]),
            "error": str(end.get("error", "")),
            "at": at,
        }
    machines.hosts |= {str(name): str(to) for name, to in given.get("hosts", {}).items()}
    machines.http_seconds = float(given.get("http_seconds", machines.http_seconds))
    machines.scripts += scripts


def jobs(execution: str) -> list[dict[str, Any]]:
    """The jobs of a run that wait for their stand-in, each with credentials of its own role."""
    found = []
    for job in WORLD.machines.held.values():
        if job["execution"] == execution and job["id"] not in WORLD.machines.ended:
            name, source = job.get("session", job["id"]), job.get("source", "")
            taken = acting.take(
                job["role"], job["principal"], job["region"], name, job["account"], source
            )
            keys = {"key": taken.key, "secret": taken.secret, "token": taken.token}
            found.append({**job, "credentials": keys})
    return found


def notes(execution: str) -> list[dict[str, str]]:
    """What was not done in a run, by state."""
    for regions in [*backends.values()]:
        for backend in [*regions.values()]:
            record = backend.kept(SERVICE, RUNS).get(execution)
            if record is not None:
                run: Execution = record.data["run"]
                return run.notes
    return []
