"""What all kinds of jobs share: names, ends, lists, and who waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import Refused, invalid
from reconciler.sandbox.services.sagemaker import listing
from reconciler.sandbox.services.sagemaker.jobs import life, telling
from reconciler.sandbox.services.sagemaker.store import created_at, modified_at
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.services.sagemaker.store import Call, Record
    from reconciler.sandbox.state.trainings import Script

NOTES, WAITER, RUN, STEP, SCRIPT = "notes", "waiter", "run", "step", "script"
"""Of a job: what was not done, the ARN of what waits for its end, run and step, what it meets."""
OVER = frozenset({"Completed", "Failed", "Stopped"})
REASON = 1024


def make(
    call: Call, kind: str, noun: str, data: dict[str, Any], meets: Script | None = None
) -> Record:
    """A new job, whose name has to be free; `meets` is what one of a search meets.

    Raises:
        Refused: ResourceInUse.
    """
    name = call[f"{noun}Name"]
    if name in call.records(kind):
        at = call.arn(kind, name)
        text = f"job names must be unique within an AWS account and region, and a job ({at})"
        raise Refused("ResourceInUse", f"{_words(kind)} {text} already exists.")
    record = call.add(kind, name, data)
    asking = WORLD.machines.asking
    record.extra[RUN], record.extra[STEP] = asking or ("", "")
    record.extra[SCRIPT] = meets or WORLD.trainings.take(record.extra[STEP] or name, name)
    return record


def _words(kind: str) -> str:
    return kind.removesuffix("-job").replace("-", " ").capitalize()


def find(call: Call, kind: str, name: str, code: str, text: str) -> Record:
    """A job by its name.

    Raises:
        Refused: there is none.
    """
    record = call.records(kind).get(name.rpartition("/")[2])
    if record is None:
        raise Refused(code, text)
    return record


def script(record: Record) -> Script:
    """What the job meets."""
    found: Script = record.extra[SCRIPT]
    return found


def note(record: Record, text: str) -> None:
    """Keep what was not done of a job."""
    record.extra.setdefault(NOTES, []).append(text)


def stoppable(record: Record, status: str) -> None:
    """Refuse to stop what has ended.

    Raises:
        Refused: ValidationException.
    """
    if record.data[status] in OVER:
        said = f"because the {_words(record.kind).lower()} job is in status"
        raise invalid(f"The request was rejected {said} {record.data[status]}.")


def delete(call: Call, record: Record, status: str) -> None:
    """Forget a job that has ended.

    Raises:
        Refused: ResourceInUse, while it goes on.
    """
    if record.data[status] not in OVER:
        text = f"The job {record.arn} cannot be deleted in status {record.data[status]}."
        raise Refused("ResourceInUse", text)
    life.rest(call, record)
    del call.records(record.kind)[record.name]


def ended(call: Call, record: Record, at: float) -> None:
    """A job is over: what waits for it goes on."""
    record.modified = at
    life.rest(call, record)
    WORLD.machines.held.pop(record.arn, None)
    WORLD.machines.ended.pop(record.arn, None)
    waiter = life.going(call.backend).get(str(record.extra.get(WAITER) or ""))
    if waiter is not None:
        life.wake(call, waiter, at)


def tell(call: Call, record: Record, kind: str, noun: str) -> None:
    """Send the event that a job's state has changed: its description is the detail."""
    detail = record.shown(**{
        f"{noun}Arn": record.arn,
        "CreationTime": created_at(record),
        "LastModifiedTime": modified_at(record),
        "Tags": record.tags,
    })  # fmt: skip
    telling.event(call, f"SageMaker {kind} State Change", [record.arn], detail)


def page(
    call: Call, kind: str, key: str, status: str, shown: Callable[[Record], dict[str, Any]]
) -> dict[str, Any]:
    """A list call of a kind of jobs."""
    wanted = call.get("StatusEquals")
    found = [
        record
        for record in listing.select(call.records(kind).values(), call)
        if wanted in (None, record.data[status])
    ]
    keys = {"Status": lambda record: record.data[status]}
    return listing.page(found, call, key=key, shown=shown, sort_keys=keys)


def when(seconds: float | None) -> Any:  # noqa: ANN401  (datetime, or nothing)
    """A moment as AWS shows it."""
    return None if seconds is None else moment(seconds)
