"""Lambda: the payload is JSON in and out, and what a function throws is the task's error.

Source: developer guide, "Invoke an AWS Lambda function with Step Functions".
"""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.utils import get_backend

from reconciler.facts.asl.integrations import TOKEN, Integration
from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution, Failure, dumps
from reconciler.sandbox.services.stepfunctions.handlers import Begun, call, ours

SERVICES = ("lambda", "function")
NOTE = "the sandbox does not run functions: it gives back what moto answers for one"
"""Moorline's own are done here: see `ours`."""


def start(run: Execution, branch: Branch, what: Integration, given: Any) -> Begun:  # noqa: ANN401
    """Invoke a function.

    Raises:
        Failure: Lambda refuses, or the function has failed.
    """
    if what.service == "function":
        asked = {"FunctionName": what.action, "Payload": dumps(given)}
    else:
        asked = dict(given)
        if "Payload" in asked:
            asked["Payload"] = dumps(asked["Payload"])
    _there(run, str(asked.get("FunctionName", "")))
    invoke = Integration("lambda", "invoke", what.pattern, sdk=False)
    answer = call.sent(run, branch, invoke, "lambda", asked)
    own = ours.function(run, str(asked["FunctionName"])) if what.pattern != TOKEN else None
    if own is not None:
        payload = ours.invoked(run, own, json.loads(asked.get("Payload") or "{}"))
        whole = {"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200}
        return Begun(payload if what.service == "function" else whole)
    run.notes.append({"state": branch.state, "note": NOTE})
    payload = _json(answer.get("Payload") or "null")
    if answer.get("FunctionError"):
        told = payload if isinstance(payload, dict) else {}
        raise Failure(str(told.get("errorType") or "Exception"), dumps(payload))
    if what.service == "function":
        return Begun(payload)
    answer["Payload"] = payload
    return Begun(answer, waits=what.pattern == TOKEN)


def _there(run: Execution, name: str) -> None:
    """A function that is not there is an error; moto answers for any name."""
    backend: Any = get_backend(run.account, run.region)
    try:
        backend.get_function(name)
    except Exception:  # noqa: BLE001  (moto raises its own errors for none)
        text = f"Function not found: {name} (Service: Lambda, Status Code: 404)"
        raise Failure("Lambda.ResourceNotFoundException", text) from None


def _json(text: str) -> Any:  # noqa: ANN401  (any JSON value)
    try:
        return json.loads(text)
    except ValueError:
        return text
