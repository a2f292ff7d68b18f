"""What a machine's role asks of other services, and may ask of Step Functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.access.request import Call
from reconciler.sandbox.iam import principals
from reconciler.sandbox.iam.decision import message, refused
from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.services.stepfunctions.acting import RefusedError
from reconciler.sandbox.services.stepfunctions.execution import Execution, Failure
from reconciler.sandbox.state.world import WORLD

__all__ = ["RefusedError", "ask", "permitted"]
PRINCIPAL = "states.amazonaws.com"
SOON = 60.0
"""Seconds before the end of a session at which a new one is taken."""


def ask(
    run: Execution, service: str, operation: str, given: Mapping[str, Any], role: str = ""
) -> dict[str, Any]:
    """The answer of an operation, asked with the machine's role or one that it takes.

    Raises:
        RefusedError: the service refuses, or the role cannot be taken.
    """
    return acting.call(_key(run, role), run.region, service, operation, given)


def permitted(run: Execution, operation: str, given: Mapping[str, Any]) -> None:
    """Whether the machine's role may ask Step Functions for something.

    Raises:
        Failure: it may not.
    """
    who = principals.acting(run.role)
    if WORLD.iam != "enforced" or who is None:
        return
    call = Call("stepfunctions", operation, given, run.region, run.account, who.arn)
    found = next(refused(call, who), None)
    if found:
        raise Failure("States.Permissions", message(*found))


def _key(run: Execution, role: str) -> str:
    if run.key_ends - SOON <= WORLD.clock.now():
        machine = ":".join(run.machine.split(":")[:7])
        name = _session(run)
        taken = acting.take(run.role, PRINCIPAL, run.region, name, run.account, machine)
        run.key, run.key_ends = taken.key, taken.ends
    if not role:
        return run.key
    given = {"RoleArn": role, "RoleSessionName": _session(run)}
    return str(
        acting.call(run.key, run.region, "sts", "AssumeRole", given)["Credentials"]["AccessKeyId"]
    )


def _session(run: Execution) -> str:
    return "".join(each if each.isalnum() else "-" for each in run.name)[:64] or "run"
