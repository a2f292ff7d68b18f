"""What goes on by the clock: jobs and executions, each woken at its next moment.

A file has `KIND` and `go_on`, which does what is due of a record and says when it goes on.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.found import modules
from reconciler.sandbox.services.sagemaker.store import Call
from reconciler.sandbox.state.agenda import Due
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.services.sagemaker.store import Record

ATTRIBUTE = "moorline_going"
AT, HELD = "at", "held"
"""When it goes on; and of a job that somebody does apart, what he is told."""
PACKAGE = "reconciler.sandbox.services.sagemaker"


def wake(call: Call, record: Record, at: float) -> None:
    """Let a record go on at a moment."""
    record.extra[AT] = at
    going(call.backend)[record.arn] = record


def rest(call: Call, record: Record) -> None:
    """Nothing more of a record is due."""
    record.extra[AT] = None
    going(call.backend).pop(record.arn, None)


def going(backend: Any) -> dict[str, Record]:  # noqa: ANN401  (moto's backend)
    """What goes on in a backend, by ARN."""
    found: dict[str, Record] = backend.__dict__.setdefault(ATTRIBUTE, {})
    return found


def upcoming() -> Due | None:
    """The next thing of all jobs and executions."""
    best: tuple[float, int] | None = None
    chosen: tuple[Any, Record] | None = None
    for backend, record in _all():
        at = _when(record)
        if at is not None and (best is None or (at, record.number) < best):
            best, chosen = (at, record.number), (backend, record)
    if best is None or chosen is None:
        return None
    (at, _), (where, found) = best, chosen
    return Due(at, lambda: _moves()[found.kind](Call(where, {}), found, at))


def _all() -> Iterator[tuple[Any, Record]]:
    for regions in [*sagemaker_backends.values()]:
        for backend in [*regions.values()]:
            for record in [*going(backend).values()]:
                yield backend, record


def _when(record: Record) -> float | None:
    at: float | None = record.extra.get(AT)
    told = WORLD.machines.ended.get(record.arn)
    if told is not None and record.arn in WORLD.machines.held:
        return min(float(told["at"]), at) if at is not None else float(told["at"])
    return at


@cache
def _moves() -> dict[str, Any]:
    found = [vars(each) for each in modules(PACKAGE)]
    return {each["KIND"]: each["go_on"] for each in found if "go_on" in each and "KIND" in each}
