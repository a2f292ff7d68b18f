"""What parts of a run ask of each other, so that none of them has to know all the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.facts.files import Json
from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution, Failure

_KNOWN: dict[str, Callable[..., None]] = {}


def register(**known: Callable[..., None]) -> None:
    """Say what does something."""
    _KNOWN.update(known)


def finish(run: Execution, branch: Branch, at: float, result: Json) -> None:
    """A state has its result: put it where it belongs, and go on."""
    _KNOWN["finish"](run, branch, at, result)


def leave(  # noqa: PLR0913  (what an exit is made of)
    run: Execution,
    branch: Branch,
    at: float,
    output: Json,
    following: str | None,
    assigned: Mapping[str, Any],
) -> None:
    """Go out of a state, into another one."""
    _KNOWN["leave"](run, branch, at, output, following, assigned=assigned)


def failed(run: Execution, branch: Branch, at: float, failure: Failure) -> None:
    """A state has failed: retry, catch, or let it out."""
    _KNOWN["failed"](run, branch, at, failure)
