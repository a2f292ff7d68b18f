"""The next thing of all runs, and doing it.

The loop knows no state; `states` do, and `ending` what becomes of a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.facts.asl import QueryError
from reconciler.sandbox.beside import backends
from reconciler.sandbox.services.stepfunctions import ending, failing, logs, states
from reconciler.sandbox.services.stepfunctions.execution import (
    EndedError,
    Execution,
    Failure,
    FullError,
)
from reconciler.sandbox.state import agenda
from reconciler.sandbox.state.agenda import Due
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.services.stepfunctions.execution import Branch

SERVICE = "stepfunctions"
RUNS, GOING = "execution", "going"


def due() -> Due | None:
    """The next thing that a run has to do."""
    best: tuple[float, Execution, int] | None = None
    for run in going():
        found = run.next()
        if found is not None and (best is None or found[0] < best[0]):
            best = (found[0], run, found[1])
    if best is None:
        return None
    at, run, number = best
    return Due(at, lambda: _step(run, number, at))


def wait(run: Execution) -> None:
    """Go on until a run has ended, letting its time pass: of StartSyncExecution."""
    while run.running and not agenda.busy() and (found := agenda.first()) is not None:
        ahead = found.at - WORLD.clock.now()
        if ahead > 0:
            WORLD.clock.advance(ahead)
        agenda.settle()


def going() -> Iterator[Execution]:
    """The runs that go on, in all accounts and regions."""
    for regions in [*backends.values()]:
        for backend in [*regions.values()]:
            for record in [*backend.kept(SERVICE, GOING).values()]:
                yield record.data["run"]


def _step(run: Execution, number: int, at: float) -> None:
    try:
        if number == 0:
            ending.timed_out(run, at)
        while True:
            _branch(run, run.branches[number], at)
            found = run.next()
            if found is None or found[0] > at or found[1] == 0:
                break
            number = found[1]
    except FullError:
        ending.full(run, at)
    except EndedError:
        pass
    finally:
        logs.write(run)
        if not run.running:
            drop(run)


def _branch(run: Execution, branch: Branch, at: float) -> None:
    try:
        if branch.ends is not None and branch.ends <= at:
            states.expired(run, branch, at, beat=False)
        elif branch.beats is not None and branch.beats <= at:
            states.expired(run, branch, at, beat=True)
        else:
            states.go_on(run, branch, at)
    except QueryError as mistake:
        _failed(run, branch, at, Failure(mistake.code, _runtime(branch, str(mistake))))
    except Failure as failure:
        _failed(run, branch, at, failure)


def _failed(run: Execution, branch: Branch, at: float, failure: Failure) -> None:
    """What a failure leads to can itself fail: then nothing in this branch catches it."""
    try:
        failing.failed(run, branch, at, failure)
    except QueryError as mistake:
        failing.out(run, branch, at, Failure(mistake.code, _runtime(branch, str(mistake))))
    except Failure as worse:
        failing.out(run, branch, at, worse)


def _runtime(branch: Branch, text: str) -> str:
    return f"An error occurred while executing the state '{branch.state}'. {text}"


def drop(run: Execution) -> None:
    """A run that has ended is looked at no more."""
    run.branches.clear()
    backends[run.account][run.region].kept(SERVICE, GOING).pop(run.arn, None)
