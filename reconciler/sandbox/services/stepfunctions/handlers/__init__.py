"""What a Task does, by its integration: a file for each service whose answers AWS changes.

A file has `SERVICES` (names in resources) and `start`; a job that is waited for also `look` and
`stop`, where the common ones do not do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.found import modules

if TYPE_CHECKING:
    from types import ModuleType

    from reconciler.facts.asl.integrations import Integration
    from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution


@dataclass(frozen=True, slots=True)
class Begun:
    """What starting a task gave."""

    result: Any = None
    job: dict[str, Any] = field(default_factory=dict)
    """What has to be followed until the result is there."""
    waits: bool = False
    """Somebody with the token says how it ends."""


def start(run: Execution, branch: Branch, what: Integration, given: Any) -> Begun:  # noqa: ANN401
    """Begin a task.

    Raises:
        Failure: it cannot begin.
    """
    begun: Begun = _of(what)(run, branch, what, given)
    return begun


def look(run: Execution, branch: Branch) -> Begun | None:
    """The result of a job, nothing while it runs.

    Raises:
        Failure: the job failed.
    """
    from reconciler.sandbox.services.stepfunctions.handlers import job  # noqa: PLC0415

    return job.look(run, branch)


def stop(run: Execution, branch: Branch, held: dict[str, Any]) -> None:
    """Stop a job that is no longer waited for."""
    from reconciler.sandbox.services.stepfunctions.handlers import job  # noqa: PLC0415

    job.stop(run, branch, held)


def _of(what: Integration) -> Any:  # noqa: ANN401  (a `start`)
    own: list[ModuleType] = [
        each for each in modules(__name__) if what.service in getattr(each, "SERVICES", ())
    ]
    if own and not what.sdk:
        return own[0].start
    from reconciler.sandbox.services.stepfunctions.handlers import call  # noqa: PLC0415

    return call.start
