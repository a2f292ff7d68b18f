"""What each type of state does when its moment has come.

Source: Amazon States Language, "State Types"; developer guide, "Discovering workflow states".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.facts.asl import choice, path, place, template
from reconciler.facts.files import Json
from reconciler.sandbox.services.stepfunctions import (
    ending,
    failing,
    fanout,
    inputs,
    tasks,
    turns,
)
from reconciler.sandbox.services.stepfunctions.execution import (
    Branch,
    EndedError,
    Execution,
    Failure,
    sized,
)

DETAILS = {"truncated": False}
LONGEST_WAIT = 99_999_999
"""Seconds of a Wait or a timeout. Source: Amazon States Language."""


def go_on(run: Execution, branch: Branch, at: float) -> None:
    """Do what is due of a branch.

    Raises:
        Failure: its state fails.
        QueryError: one of its paths finds nothing.
        EndedError: the run has ended.
    """
    branch.due = None
    stage = branch.stage
    if stage == "enter":
        _enter(run, branch, at)
    elif stage == "retry":
        _do(run, branch, at)
    elif stage == "wait":
        finish(run, branch, at, branch.work.pop("output"))
    elif stage == "task":
        tasks.look(run, branch, at)
    else:  # joining: children are due, not their parent
        raise AssertionError(stage)


def _enter(run: Execution, branch: Branch, at: float) -> None:
    state = branch.definition()
    branch.entered, branch.tries, branch.work = at, 0, {}
    branch.used.clear()
    text = sized(branch.input, "input", branch.state)
    entered = {"name": branch.state, "input": text, "inputDetails": DETAILS}
    kind = f"{state['Type']}StateEntered"
    run.record(at, kind, branch, stateEnteredEventDetails=entered)
    _do(run, branch, at)


def _do(run: Execution, branch: Branch, at: float) -> None:
    state = branch.definition()
    _STATES[state["Type"]](run, branch, at, state)


def finish(run: Execution, branch: Branch, at: float, result: Json) -> None:
    """Put a result where it belongs, and go to the next state."""
    state = branch.definition()
    context = run.context(branch)
    assigned = template.filled(state.get("Assign") or {}, result, context, branch.variables)
    if "ResultSelector" in state:
        result = template.filled(state["ResultSelector"], result, context, branch.variables)
    where = state.get("ResultPath", "$")
    output = branch.input if where is None else place.put(where, branch.input, result)
    leave(
        run,
        branch,
        at,
        inputs.output(run, branch, state, output),
        state.get("Next"),
        assigned=assigned,
    )


def leave(  # noqa: PLR0913  (what an exit is made of)
    run: Execution,
    branch: Branch,
    at: float,
    output: Json,
    following: str | None,
    *,
    assigned: Mapping[str, Any] | None = None,
) -> None:
    """Go out of a state, into the next one or to the end of the branch."""
    text = sized(output, "output", branch.state)
    details = {"name": branch.state, "output": text, "outputDetails": DETAILS}
    kind = f"{branch.definition()['Type']}StateExited"
    run.record(at, kind, branch, stateExitedEventDetails=details)
    branch.variables |= assigned or {}
    branch.token, branch.work = "", {}
    branch.ends = branch.beats = None
    if following is not None:
        branch.state, branch.input = following, output
        branch.stage, branch.due = "enter", at
    elif branch.parent is None:
        ending.succeeded(run, branch, at, output)
        raise EndedError
    else:
        fanout.child_done(run, branch, at, output)


def expired(run: Execution, branch: Branch, at: float, *, beat: bool) -> None:
    """A Task has taken too long, or said nothing for too long."""
    tasks.expired(run, branch, at, beat=beat)
    name = failing.BEAT if beat else failing.TIMEOUT
    raise Failure(name, timed=True)


def _pass(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    result = inputs.given(run, branch, state)
    finish(run, branch, at, state.get("Result", result))


def _choice(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    data, context = inputs.given(run, branch, state, raw=True), run.context(branch)
    for rule in state["Choices"]:
        if choice.holds(rule, data, context, branch.variables):
            chosen: Mapping[str, Any] = rule
            break
    else:
        if "Default" not in state:
            raise Failure(
                "States.NoChoiceMatched", "No choice rule matched, and there is no Default."
            )
        chosen = {"Next": state["Default"], "Assign": state.get("Assign") or {}}
    assigned = template.filled(chosen.get("Assign") or {}, data, context, branch.variables)
    output = inputs.output(run, branch, state, data)
    leave(run, branch, at, output, chosen["Next"], assigned=assigned)


def _wait(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    data, context = inputs.given(run, branch, state, raw=True), run.context(branch)
    if "Seconds" in state or "SecondsPath" in state:
        seconds = state.get("Seconds")
        if seconds is None:
            seconds = path.find(state["SecondsPath"], data, context, branch.variables)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise Failure(
                "States.Runtime", f"The SecondsPath of '{branch.state}' gives {seconds!r}."
            )
        until = at + min(float(seconds), LONGEST_WAIT)
    else:
        text = state.get("Timestamp")
        if text is None:
            text = path.find(state["TimestampPath"], data, context, branch.variables)
        if not choice.is_time(text):
            raise Failure("States.Runtime", f"The time of '{branch.state}' is {text!r}.")
        until = max(at, choice.moment(text).timestamp())
    branch.work["output"] = data
    branch.stage, branch.due = "wait", until


def _succeed(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    data = inputs.given(run, branch, state, raw=True)
    leave(run, branch, at, inputs.output(run, branch, state, data), None)


def _fail(run: Execution, branch: Branch, at: float, state: dict[str, Any]) -> None:
    context = run.context(branch)
    told = []
    for name in ("Error", "Cause"):
        text = state.get(name)
        if f"{name}Path" in state:
            text = template.value(state[f"{name}Path"], branch.input, context, branch.variables)
        told.append("" if text is None else str(text))
    failing.out(run, branch, at, Failure(*told))


_STATES = {
    "Pass": _pass,
    "Choice": _choice,
    "Wait": _wait,
    "Succeed": _succeed,
    "Fail": _fail,
    "Task": tasks.begin,
    "Parallel": fanout.parallel,
    "Map": fanout.iterate,
}

turns.register(finish=finish, leave=leave)
