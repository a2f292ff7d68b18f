"""A definition as the service takes it: what it refuses of one, its steps and their order.

Which rules CreatePipeline has is known from its own messages as people report them ("Unable to
parse pipeline definition"); the words after that are ours.
Source: SageMaker Pipelines definition schema, version 2020-12-01.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol import shapes
from reconciler.sandbox.services.sagemaker.runs import conditions, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Step = dict[str, Any]
JOBS = {
    "Training": "CreateTrainingJob",
    "Processing": "CreateProcessingJob",
    "Transform": "CreateTransformJob",
    "Tuning": "CreateHyperParameterTuningJob",
}
CALLS = {**JOBS, "Model": "CreateModel", "RegisterModel": "CreateModelPackage"}
TYPES = frozenset({
    *CALLS, "AutoML", "Callback", "ClarifyCheck", "Condition", "EMR", "EMRServerless", "Fail",
    "Lambda", "QualityCheck",
})  # fmt: skip
VERSION = "2020-12-01"
NAMED = ("TrainingJobName", "ProcessingJobName", "TransformJobName", "HyperParameterTuningJobName")
"""What the service itself names; a definition that names it has one name for all executions."""


def unfit(text: str) -> str:
    """Why CreatePipeline refuses a definition; empty where it does not."""
    try:
        document = json.loads(text)
    except ValueError as mistake:
        return f"Pipeline definition is not valid JSON: {mistake}"
    found = next(_mistakes(document), "")
    return f"Unable to parse pipeline definition. {found}." if found else ""


def _mistakes(document: Any) -> Iterator[str]:  # noqa: ANN401  (any JSON value)
    if not isinstance(document, dict):
        yield "It is no object"
        return
    if document.get("Version", VERSION) != VERSION:
        yield f"Version has to be {VERSION}"
    if not isinstance(document.get("Steps"), list):
        yield "Steps has to be a list"
        return
    yield from _parameters(document.get("Parameters") or [])
    try:
        found = [*every(document["Steps"])]
    except (AttributeError, KeyError, TypeError) as mistake:
        yield f"A step is not of the known form: {mistake}"
        return
    names = [str(step["Name"]) for step, _ in found]
    yield from (f"Duplicate step name {name}" for name in names if names.count(name) > 1)
    for step, _ in found:
        yield from _step(step, {*names}, document)
    yield from _order(found)


def _parameters(given: Any) -> Iterator[str]:  # noqa: ANN401  (any JSON value)
    for each in given if isinstance(given, list) else [None]:
        if not isinstance(each, dict) or not each.get("Name"):
            yield "A parameter has no Name"
            return
        if each.get("Type") not in values.TYPES:
            yield f"Unknown type {each.get('Type')} of parameter {each['Name']}"
            return
        for value in [*([each["DefaultValue"]] if "DefaultValue" in each else []),
                      *(each.get("EnumValues") or ())]:  # fmt: skip
            try:
                values.typed(each["Type"], value)
            except (TypeError, ValueError):
                yield f"{value!r} of parameter {each['Name']} is no {each['Type']}"
        usual, allowed = each.get("DefaultValue"), each.get("EnumValues")
        if allowed and usual is not None and usual not in allowed:
            yield f"The default of parameter {each['Name']} is none of its EnumValues"


def _step(step: Step, names: set[str], document: Mapping[str, Any]) -> Iterator[str]:
    name, kind = step["Name"], step["Type"]
    if kind not in TYPES:
        yield f"Unknown type {kind} of step {name}"
        return
    arguments = step.get("Arguments")
    if not isinstance(arguments, dict):
        yield f"Step {name} has no Arguments"
        return
    if kind == "Condition":
        for each in arguments.get("Conditions") or ():
            yield from conditions.unfit(each)
    elif kind in CALLS:
        yield from _members(CALLS[kind], arguments, str(name))
    for each in depends(step):
        if each not in names:
            yield f"Step {name} depends on {each}, which is no step"
    known = {str(each["Name"]) for each in document.get("Parameters") or ()}
    for wanted in sorted({*_wanted(arguments)} - known):
        yield f"Step {name} uses the parameter {wanted}, which is not declared"


def _members(operation: str, arguments: Mapping[str, Any], name: str) -> Iterator[str]:
    shape: Any = shapes.model("sagemaker").operation_model(operation).input_shape
    for member in sorted({*arguments} - {*shape.members}):
        yield f"Unknown property {member} of step {name}"


def _wanted(given: Any) -> Iterator[str]:  # noqa: ANN401  (any JSON value)
    if isinstance(given, list):
        for each in given:
            yield from _wanted(each)
    elif isinstance(given, dict):
        path = given.get(values.GET)
        if isinstance(path, str) and path.startswith("Parameters."):
            yield path.removeprefix("Parameters.")
        for each in given.values():
            yield from _wanted(each)


def _order(found: Iterable[tuple[Step, tuple[str, bool] | None]]) -> Iterator[str]:
    """A circle of dependencies, and one on a condition: it has no result to wait for."""
    steps = {str(step["Name"]): (step, within) for step, within in found}
    for name, (step, _) in steps.items():
        for each in step.get("DependsOn") or ():
            if each in steps and steps[each][0]["Type"] == "Condition":
                yield f"Step {name} cannot depend on the condition step {each}"
    before = {
        name: {*depends(step)} | ({within[0]} if within else set())
        for name, (step, within) in steps.items()
    }
    left = dict(before)
    while left:
        free = [name for name, needs in left.items() if not needs & {*left}]
        if not free:
            yield f"Steps depend on each other: {', '.join(sorted(left))}"
            return
        for name in free:
            del left[name]


def every(
    steps: Iterable[Step], within: tuple[str, bool] | None = None
) -> Iterator[tuple[Step, tuple[str, bool] | None]]:
    """All steps, and of those in a branch the condition and whether it has to hold."""
    for step in steps:
        yield step, within
        if step["Type"] == "Condition":
            name, arguments = str(step["Name"]), step["Arguments"]
            yield from every(arguments.get("IfSteps") or (), (name, True))
            yield from every(arguments.get("ElseSteps") or (), (name, False))


def depends(step: Step) -> list[str]:
    """The steps that one waits for: named ones, and those whose results it uses."""
    arguments = step.get("Arguments") or {}
    if step["Type"] == "Condition":
        arguments = arguments.get("Conditions") or ()
    found = [str(each) for each in step.get("DependsOn") or ()]
    return [*dict.fromkeys([*found, *values.needs(arguments)])]


def parameters(document: Mapping[str, Any], given: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The parameters of an execution, and why it cannot have those that were given."""
    found: dict[str, Any] = {}
    known = {str(each["Name"]): each for each in document.get("Parameters") or ()}
    for name in given:
        if name not in known:
            return {}, f"Parameter {name} is not defined in the pipeline."
    for name, each in known.items():
        if name not in given and "DefaultValue" not in each:
            return {}, f"Parameter {name} has no default value and was not given."
        value = given.get(name, each.get("DefaultValue"))
        try:
            found[name] = values.typed(each["Type"], value)
        except (TypeError, ValueError):
            return {}, f"The value {value!r} of parameter {name} is no {each['Type']}."
        allowed = each.get("EnumValues")
        if allowed and found[name] not in allowed:
            return {}, f"Parameter {name} has to be one of {', '.join(map(str, allowed))}."
    return found, ""
