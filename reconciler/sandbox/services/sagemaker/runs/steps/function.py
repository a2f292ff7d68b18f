"""Lambda steps: a function of the account's, whose code is not run.

What it gives back is scripted (`state.trainings`), else what moto answers for one. Source:
developer guide, "Lambda step": the names of OutputParameters are those of the answer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker.runs import steps
from reconciler.sandbox.services.sagemaker.runs.context import Doing, Going, StepError
from reconciler.sandbox.services.stepfunctions.handlers.functions import NOTE
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = ("Lambda",)


def begin(going: Going, step: Doing, arguments: Mapping[str, Any]) -> None:
    """Invoke the function, as the pipeline's role."""
    arn = str(step.definition.get("FunctionArn") or "")
    script = WORLD.trainings.take(step.name)
    payload = json.dumps(dict(arguments)).encode()
    given = {"FunctionName": arn, "Payload": payload}
    answer = steps.sent(going, step, "lambda", "Invoke", given)
    if script.error or answer.get("FunctionError"):
        raise StepError(f"ClientError: {script.error or answer['FunctionError']}")
    told = script.result
    if told is None:
        going.note(step, NOTE)
        told = _json(answer.get("Payload"))
    wanted = [str(each["OutputName"]) for each in step.definition.get("OutputParameters") or ()]
    kept = told if isinstance(told, dict) else {}
    lacks = [name for name in wanted if name not in kept]
    if lacks:
        raise StepError(f"ClientError: The function's answer has no {', '.join(lacks)}.")
    shown = [{"Name": name, "Value": _text(kept[name])} for name in wanted]
    step.metadata = {"Lambda": {"Arn": arn, "OutputParameters": shown}}
    step.outputs = {"OutputParameters": {name: kept[name] for name in wanted}}


def _json(payload: Any) -> Any:  # noqa: ANN401  (any JSON value)
    try:
        return json.loads(payload or "null")
    except ValueError:
        return None


def _text(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    return value if isinstance(value, str) else json.dumps(value)
