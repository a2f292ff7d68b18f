"""A job that a Task waits for (``.sync``): looked at until it has ended, by the table of polls."""

from __future__ import annotations

import contextlib
from typing import Any

from reconciler.facts.asl.integrations import Integration, integration
from reconciler.sandbox.services.stepfunctions import asking, shape
from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution, Failure, dumps
from reconciler.sandbox.services.stepfunctions.handlers import Begun, call


def look(run: Execution, branch: Branch) -> Begun | None:
    """The description of a job that ended well, nothing while it runs.

    Raises:
        Failure: it ended badly, or the role may not look.
    """
    job, what = branch.work["job"], _what(branch)
    poll = what.poll
    if poll is None:
        raise AssertionError(what)
    given = {name: _from(job, where) for name, where in poll.given.items()}
    try:
        found = asking.ask(run, job["client"], poll.operation, given, branch.work.get("role", ""))
    except asking.RefusedError as refused:
        raise call.failure(what, job["client"], refused) from None
    state = _at(found, poll.status)
    if state not in poll.good and state not in poll.bad:
        return None
    told = shape.answer(job["client"], poll.operation, found, iso=False)
    if poll.within:
        told = told[poll.within[:1].upper() + poll.within[1:]]
    told = {poll.wrapped: told} if poll.wrapped else told
    told = shape.nested(what, told)
    if state in poll.bad:
        raise Failure("States.TaskFailed", dumps(told))
    return Begun(told)


def stop(run: Execution, branch: Branch, job: dict[str, Any]) -> None:
    """End a job; what cannot be ended goes on, as on AWS."""
    what = _what(branch)
    poll = what.poll
    if poll is None or not poll.stop:
        return
    given = {name: _from(job, where) for name, where in (poll.stop_given or {}).items()}
    with contextlib.suppress(asking.RefusedError):
        asking.ask(run, job["client"], poll.stop, given, branch.work.get("role", ""))


def _what(branch: Branch) -> Integration:
    return integration(str(branch.definition()["Resource"]))


def _from(job: dict[str, Any], where: str) -> Any:  # noqa: ANN401  (a parameter)
    if where.startswith("["):
        return [_from(job, where.strip("[]"))]
    whose, _, name = where.partition(".")
    return job[whose].get(name, job[whose].get(name[:1].lower() + name[1:]))


def _at(value: Any, where: str) -> Any:  # noqa: ANN401  (any JSON value)
    for name in where.split("."):
        value = (value or {}).get(name)
    return value
