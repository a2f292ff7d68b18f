"""What a state gets of its input, and what it lets out.

Source: developer guide, "Processing input and output in Step Functions".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.facts.asl import path, template
from reconciler.facts.files import Json
from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution


def given(run: Execution, branch: Branch, state: Mapping[str, Any], *, raw: bool = False) -> Json:
    """A state's input after InputPath and, unless `raw`, Parameters."""
    context = run.context(branch)
    where = state.get("InputPath", "$")
    found = {} if where is None else path.find(where, branch.input, context, branch.variables)
    if raw or "Parameters" not in state:
        return found
    return template.filled(state["Parameters"], found, context, branch.variables)


def output(run: Execution, branch: Branch, state: Mapping[str, Any], result: Json) -> Json:
    where = state.get("OutputPath", "$")
    if where is None:
        return {}
    return path.find(where, result, run.context(branch), branch.variables)
