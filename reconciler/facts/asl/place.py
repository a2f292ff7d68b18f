"""Where a result goes: a reference path of the input. Source: developer guide, "ResultPath"."""

from __future__ import annotations

import json

from reconciler.facts.asl import QueryError
from reconciler.facts.asl.path import Step, parse
from reconciler.model.value import Json


def put(text: str, data: Json, value: Json) -> Json:
    """A copy of the data with the value at a reference path (ResultPath).

    Raises:
        QueryError: the path leads through what is no object.
    """
    query = parse(text)
    return _put(query.steps, data, value, text)


def _put(steps: tuple[Step, ...], data: Json, value: Json, text: str) -> Json:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    failed = QueryError(
        "States.ResultPathMatchFailure",
        f"Unable to apply ReferencePath {text} to input {json.dumps(data, default=str)[:1024]}",
    )
    if step.kind == "name":
        if data is not None and not isinstance(data, dict):
            raise failed
        held = data or {}
        return {**held, step.value: _put(rest, held.get(step.value), value, text)}
    (number,) = step.value
    if not isinstance(data, list) or not 0 <= number < len(data):
        raise failed
    return [*data[:number], _put(rest, data[number], value, text), *data[number + 1 :]]
