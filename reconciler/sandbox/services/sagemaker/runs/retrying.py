"""Retry policies of a step: which failures are tried again, after how long, how often.

Source: SageMaker developer guide, "Retry Policy for Pipeline Steps" (exception types, the defaults
of interval, rate and attempts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FAULT, THROTTLED = "Step.SERVICE_FAULT", "Step.THROTTLING"
INTERNAL, CAPACITY, LIMIT = (
    "SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT",
)  # fmt: skip
INTERVAL, RATE, ATTEMPTS = 1.0, 2.0, 5
TOO_MANY = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException"})
SERVER = 500


def of_call(code: str, status: int) -> str:
    """The exception type of a call that was refused; empty where none is known."""
    if code in TOO_MANY:
        return THROTTLED
    if code in {"ResourceLimitExceeded", "ResourceLimitExceededException"}:
        return LIMIT
    return FAULT if status >= SERVER else ""


def of_job(reason: str) -> str:
    """The exception type of a job that failed; empty where none is known."""
    if reason.startswith("InternalServerError"):
        return INTERNAL
    return CAPACITY if reason.startswith("CapacityError") else ""


def pause(
    policies: Iterable[Mapping[str, Any]], kind: str, used: dict[str, int], since: float
) -> float | None:
    """Seconds until the next try; nothing where no policy has one left.

    Args:
        policies: The step's own.
        kind: The exception type.
        used: Tries so far by policy; this one is counted.
        since: Seconds since the first failure.
    """
    for number, policy in enumerate(policies):
        if not kind or kind not in (policy.get("ExceptionType") or ()):
            continue
        done = used.get(str(number), 0)
        most, expires = policy.get("MaxAttempts"), policy.get("ExpireAfterMin")
        interval = float(policy.get("IntervalSeconds") or INTERVAL)
        wait = interval * float(policy.get("BackoffRate") or RATE) ** done
        if expires is not None and since + wait > float(expires) * 60:
            return None
        if expires is None and done >= int(most or ATTEMPTS):
            return None
        if most is not None and done >= int(most):
            return None
        used[str(number)] = done + 1
        return wait
    return None
