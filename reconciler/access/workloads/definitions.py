"""A definition of a pipeline as an execution has it: parameters and places of results put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

JOB = "pipelines-0a1b2c3d4e5f-step-0a1b2c3d4e"
"""How a pipeline names its jobs."""
RUN = "0a1b2c3d4e5f"
"""The id of an execution, of AWS's form."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and the parameters of the pipeline that it is in."""

    type: str
    arguments: Mapping[str, Any]
    name: str = ""
    files: tuple[Mapping[str, Any], ...] = ()
    """Files of its outputs that conditions read."""
    role: str = ""
    """Of a transform job, the role of its model, where an earlier step makes that."""


def inside(found: Any, given: Mapping[str, Any], run: str = RUN) -> Iterator[Step]:  # noqa: ANN401
    """The steps of a list and those inside its conditions, with what an execution puts in.

    Of the results of earlier steps, the places that their arguments say are put in too.

    Args:
        found: A list of steps, as in a definition.
        given: The value of each parameter.
        run: The id of the execution.
    """
    yield from _inside(found, Execution(given, run, {}))


@dataclass(frozen=True, slots=True)
class Execution:
    """What is known of an execution."""

    given: Mapping[str, Any]
    run: str
    made: dict[str, Step]
    """The steps so far, by name."""


def _inside(found: Any, at: Execution) -> Iterator[Step]:  # noqa: ANN401
    for step in found:
        arguments = step["Arguments"]
        if step["Type"] == "Condition":
            both = [*arguments["IfSteps"], *arguments["ElseSteps"]]
            yield from _inside(both, at)
        else:
            files = tuple(step.get("PropertyFiles") or ())
            name = str(step.get("Name", ""))
            made = Step(step["Type"], _filled(arguments, at), name, files, _role(arguments, at))
            at.made[made.name] = made
            yield made


def _filled(value: Any, at: Execution) -> Any:  # noqa: ANN401 - JSON
    """Arguments with all that is known when an execution starts; other results stay."""
    if isinstance(value, Mapping):
        get = value.get("Get")
        if isinstance(get, str) and get.startswith("Parameters."):
            return at.given[get.removeprefix("Parameters.")]
        if get == "Execution.PipelineExecutionId":
            return at.run
        if isinstance(get, str) and get.startswith("Steps."):
            known = _result(get, at)
            return value if known is None else known
        done = {key: _filled(each, at) for key, each in value.items()}
        return _joined(done) if "Std:Join" in done else done
    if isinstance(value, list | tuple):
        return [_filled(each, at) for each in value]
    return value


def _role(arguments: Mapping[str, Any], at: Execution) -> str:
    name = arguments.get("ModelName")
    get = str(name.get("Get", "")) if isinstance(name, Mapping) else ""
    model = at.made.get(get.removeprefix("Steps.").partition(".")[0]) if get else None
    return str(model.arguments.get("ExecutionRoleArn", "")) if model is not None else ""


_OUTPUT = re.compile(r"ProcessingOutputConfig\.Outputs\['([^']+)'\]\.S3Output\.S3Uri")


def _result(get: str, at: Execution) -> str | None:
    """A place that an earlier step says it will write to; nothing for any other result."""
    _, name, path = get.split(".", 2)
    step = at.made.get(name)
    if step is None:
        return None
    if written := _OUTPUT.fullmatch(path):
        outputs = step.arguments["ProcessingOutputConfig"]["Outputs"]
        places = {str(it["OutputName"]): str(it["S3Output"]["S3Uri"]) for it in outputs}
        return places.get(written[1])
    if step.type == "Model":
        return JOB if path == "ModelName" else None
    if step.type == "Transform":
        place = str(step.arguments["TransformOutput"]["S3OutputPath"])
        return place if path == "TransformOutput.S3OutputPath" else None
    job = training_of(step)
    if job is None:
        return None
    place = str(job["OutputDataConfig"]["S3OutputPath"])
    return {
        "ModelArtifacts.S3ModelArtifacts": f"{place}/{JOB}/output/model.tar.gz",
        "TrainingJobDefinition.OutputDataConfig.S3OutputPath": place,
        "BestTrainingJob.TrainingJobName": JOB,
    }.get(path)


def _joined(join: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The text, if all of its parts are known."""
    parts = join["Std:Join"]["Values"]
    if all(isinstance(part, str | int | float) for part in parts):
        return str(join["Std:Join"]["On"]).join(map(str, parts))
    return join


def training_of(step: Step) -> Mapping[str, Any] | None:
    """The arguments of the training jobs that a step makes, if it makes any."""
    if step.type == "Tuning":
        found: Mapping[str, Any] = step.arguments["TrainingJobDefinition"]
        return found
    return step.arguments if step.type == "Training" else None
