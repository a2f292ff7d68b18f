"""A receipt: who applied what, when, with which calls, and what the resources were after.

A value and its versioned JSON; where receipts are kept is the business of `local` and
`s3`. Parameters of calls and messages of AWS are left out: both may hold secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import orjson

from reconciler.model.address import Address
from reconciler.model.format import checked
from reconciler.model.value import Json, Props, canonical, digest

FORMAT = 1
_DIGITS = 8


class ReceiptError(Exception):
    """A receipt could not be read or written. The message names it and the reason."""


class Result(StrEnum):
    """How an apply, or one step of it, ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNFINISHED = "unfinished"
    """It was begun, or would have been, when the process ended."""
    INTERRUPTED = "interrupted"
    """Of a whole apply: someone asked it to stop."""
    HANDED_OVER = "handed-over"
    """The credentials ended in the middle; a later run sees how it went on."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step. `code` is a diagnostic code; `cause` is the step that it waited for in vain."""

    id: str
    address: Address
    action: str
    spec: str
    result: Result
    code: str = ""
    cause: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One AWS call. `subject` is the resource's name; `error` is AWS's code, "" without one."""

    step: str
    service: str
    method: str
    subject: str
    seconds: float
    attempts: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class WaitRecord:
    """What a run waited for and did not see the end of. `since` is UTC in ISO form."""

    step: str
    address: Address
    action: str
    state: str
    """What AWS said of it then."""
    since: str


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """A resource as it was left, in the form in which properties are compared.

    `applied` is what the specs asked for. `observed` is what was read afterwards,
    absent where nothing was read or it is the same. `by` is the id of the receipt
    of the apply that left it so.
    """

    applied: Props
    by: str
    observed: Props | None = None
    sent: Mapping[str, str] = field(default_factory=dict)
    """Keyed digests of what was sent and AWS never gives back, by dotted path."""
    beside: Props | None = None
    """What was live and nobody had declared, by dotted path; absent where nobody looked."""

    @property
    def digest(self) -> str:
        """Of what was left."""
        return digest(self.applied if self.observed is None else self.observed, 32)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One apply. Times are UTC in ISO form."""

    id: str
    environment: str
    platform: str
    account: str
    region: str
    who: str
    started: str
    ended: str
    plan: str
    """The digest of the plan."""
    result: Result
    commit: str = ""
    """The full id of the Git commit; "" when the files are in none."""
    changed: bool = False
    """Whether specs or environments differed from the commit."""
    resumes: str = ""
    reverts: str = ""
    steps: tuple[StepRecord, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    resources: Mapping[Address, ResourceRecord] = field(default_factory=dict)
    specs: Mapping[str, str] = field(default_factory=dict)
    """The digest of every spec (``Kind/name``) with all that it uses."""
    waits: tuple[WaitRecord, ...] = ()
    """What AWS was still at when this was written."""
    format_version: int = FORMAT

    @property
    def ok(self) -> bool:
        return self.result is Result.DONE


def left_open(receipt: Receipt) -> frozenset[Address]:
    """What an apply may have made without seeing it done."""
    open_ = {Result.FAILED, Result.UNFINISHED, Result.HANDED_OVER}
    makes = {"create", "replace"}
    return frozenset(
        each.address for each in receipt.steps if each.action in makes and each.result in open_
    )


def new_id(now: datetime, *what: str) -> str:
    """An id that sorts by time; a digest of `what` runs keeps two of one moment apart."""
    utc = now.astimezone(UTC)
    short = digest([utc.isoformat(), *what], _DIGITS)
    return f"{utc:%Y%m%dT%H%M%S}.{utc.microsecond // 1000:03}Z-{short}"


def iso(moment: datetime) -> str:
    """``2026-11-23T07:44:15Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def to_json(receipt: Receipt) -> dict[str, Json]:
    """The versioned JSON form."""
    return {
        "format_version": receipt.format_version,
        "id": receipt.id,
        "environment": receipt.environment,
        "platform": receipt.platform,
        "account": receipt.account,
        "region": receipt.region,
        "who": receipt.who,
        "started": receipt.started,
        "ended": receipt.ended,
        "plan": receipt.plan,
        "result": str(receipt.result),
        "commit": receipt.commit,
        "changed": receipt.changed,
        "resumes": receipt.resumes,
        "reverts": receipt.reverts,
        "steps": [_step_to_json(step) for step in receipt.steps],
        "calls": [_call_to_json(call) for call in receipt.calls],
        "resources": {str(at): _resource_to_json(left) for at, left in receipt.resources.items()},
        "specs": dict(receipt.specs),
        "waits": [_wait_to_json(wait) for wait in receipt.waits],
    }


def to_bytes(receipt: Receipt) -> bytes:
    """The canonical bytes of a receipt."""
    return canonical(to_json(receipt))


def from_bytes(raw: bytes, name: str) -> Receipt:
    """Read a receipt back; `name` is for the message.

    Raises:
        ReceiptError: it is damaged, or newer than this version of Moorline knows.
    """
    try:
        return from_json(orjson.loads(raw))
    except ValueError as error:
        raise ReceiptError(f"{name}: {error}") from error
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ReceiptError(f"{name} is not a receipt: {type(error).__name__} {error}") from error


def from_json(data: Json) -> Receipt:
    """The inverse of `to_json`.

    Raises:
        ValueError: the format is not one that this version of Moorline knows.
    """
    checked(data["format_version"], FORMAT, "receipt")
    plain = {key: data[key] for key in _PLAIN}
    return Receipt(
        **plain,
        result=Result(data["result"]),
        steps=tuple(_step_from_json(step) for step in data["steps"]),
        calls=tuple(CallRecord(**call) for call in data["calls"]),
        resources={
            Address.parse(at): _resource_from_json(left) for at, left in data["resources"].items()
        },
        specs=data["specs"],
        waits=tuple(_wait_from_json(wait) for wait in data.get("waits", ())),
    )


_PLAIN = (
    "format_version", "id", "environment", "platform", "account", "region", "who", "started",
    "ended", "plan", "commit", "changed", "resumes", "reverts",
)  # fmt: skip


def _step_to_json(step: StepRecord) -> Json:
    return {
        "id": step.id,
        "type": step.address.type,
        "name": step.address.name,
        "action": step.action,
        "spec": step.spec,
        "result": str(step.result),
        "code": step.code,
        "cause": step.cause,
        "seconds": step.seconds,
    }


def _step_from_json(data: Json) -> StepRecord:
    return StepRecord(
        data["id"],
        Address(data["type"], data["name"]),
        data["action"],
        data["spec"],
        Result(data["result"]),
        data["code"],
        data["cause"],
        data["seconds"],
    )


def _call_to_json(call: CallRecord) -> Json:
    return {
        "step": call.step,
        "service": call.service,
        "method": call.method,
        "subject": call.subject,
        "seconds": call.seconds,
        "attempts": call.attempts,
        "error": call.error,
    }


def _wait_to_json(wait: WaitRecord) -> Json:
    return {
        "step": wait.step,
        "type": wait.address.type,
        "name": wait.address.name,
        "action": wait.action,
        "state": wait.state,
        "since": wait.since,
    }


def _wait_from_json(data: Json) -> WaitRecord:
    address = Address(data["type"], data["name"])
    return WaitRecord(data["step"], address, data["action"], data["state"], data["since"])


def _resource_from_json(left: Json) -> ResourceRecord:
    known = (left["applied"], left["by"], left["observed"])
    return ResourceRecord(*known, left.get("sent", {}), left.get("beside"))


def _resource_to_json(left: ResourceRecord) -> Json:
    return {
        "applied": left.applied,
        "observed": left.observed,
        "digest": left.digest,
        "by": left.by,
        **({"sent": dict(left.sent)} if left.sent else {}),
        **({"beside": dict(left.beside)} if left.beside is not None else {}),
    }
