"""Parameters that a rule gives to a pipeline of SageMaker: as written, or what an event has.

Source: EventBridge API, SageMakerPipelineParameter.Value; user guide, targets of rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

MEMBER = "SageMakerPipelineParameters"
Find = Callable[[str, Mapping[str, Any]], Any]


def told(target: Mapping[str, Any], event: Mapping[str, Any], find: Find) -> Mapping[str, Any]:
    """A target with the values of one event; `find` is what is at a path of it."""
    given = (target.get(MEMBER) or {}).get("PipelineParameterList") or ()
    if not given:
        return target
    found = [{**each, "Value": _value(str(each.get("Value", "")), event, find)} for each in given]
    return {**target, MEMBER: {"PipelineParameterList": found}}


def _value(said: str, event: Mapping[str, Any], find: Find) -> str:
    if not said.startswith("$."):
        return said
    value = find(said, event)
    return value if isinstance(value, str) else json.dumps(value)
