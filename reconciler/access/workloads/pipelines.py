"""What the role of a SageMaker pipeline does: it starts jobs, looks at them, registers models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.access.workloads.site import (
    DEPUTY,
    Site,
    Thing,
    Work,
    place,
    pull,
    takes,
)

_STEPS = "SageMaker developer guide, Pipelines access management: pipeline role permissions"
_TUNED = "SageMaker Python SDK, TuningStep.properties: both descriptions of a tuning job"
_FILES = "SageMaker developer guide, Property files and JsonGet: the role reads the file"
_TRACKED = "SageMaker developer guide, Pipelines integration with Experiments"
_PACKAGE = "SageMaker API, CreateModelPackage: ModelDataETag and ImageDigest are found by reading"
JOB = "pipelines-0a1b2c3d4e5f-step-0a1b2c3d4e"
"""How a pipeline names its jobs."""
RUN = "0a1b2c3d4e5f"
"""The id of an execution, of AWS's form."""
_TAGS = [{"Key": "sagemaker:pipeline-execution-arn", "Value": "x"}]
"""What a pipeline tags its jobs with."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a pipeline registers."""

    artifact: str
    image: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and the parameters of the pipeline that it is in."""

    type: str
    arguments: Mapping[str, Any]
    name: str = ""
    files: tuple[Mapping[str, Any], ...] = ()
    """Files of its outputs that conditions read."""


def pipelines(site: Site) -> Iterator[Work]:
    """Every pipeline, step by step."""
    for pipeline in site.of("Pipeline"):
        yield from begun(site, pipeline)
        yield from _tracking(site, str(pipeline.props["RoleArn"]), pipeline)
        for step in steps(pipeline):
            yield from started(site, pipeline, step)


def begun(site: Site, pipeline: Thing) -> Iterator[Work]:
    """What a run begins with: SageMaker takes its role."""
    run = site.arn("sagemaker", f"pipeline/{pipeline.name}/execution/{RUN}")
    yield takes(site, str(pipeline.props["RoleArn"]), DEPUTY, run)


def started(site: Site, pipeline: Thing, step: Step) -> Iterator[Work]:
    """What the role of a pipeline does for one step of it."""
    role = str(pipeline.props["RoleArn"])
    if step.type == "Training":
        yield from _job(site, role, step, "TrainingJob")
    elif step.type == "Tuning":
        yield from _job(site, role, step, "HyperParameterTuningJob")
        listing = "sagemaker.ListTrainingJobsForHyperParameterTuningJob"
        name = {"HyperParameterTuningJobName": JOB}
        yield site.does(role, _TUNED, listing, **name)
    elif step.type == "Processing":
        yield from _job(site, role, step, "ProcessingJob")
        yield from _read(site, role, step)
    elif step.type == "RegisterModel":
        yield from _register(site, role, pipeline, step)


def steps(pipeline: Thing) -> Iterator[Step]:
    """The steps of a pipeline and those inside its conditions, parameters put in."""
    body = _body(pipeline)
    given = {each["Name"]: each.get("DefaultValue") for each in body.get("Parameters") or ()}
    yield from inside(body["Steps"], given)


def _body(pipeline: Thing) -> Mapping[str, Any]:
    """The definition, which CloudFormation takes as a text."""
    written = pipeline.props["PipelineDefinition"]["PipelineDefinitionBody"]
    body: Mapping[str, Any] = json.loads(written) if isinstance(written, str) else written
    return body


def registered(site: Site, group: str) -> Iterator[Version]:
    """What the pipelines of a site register in a model package group.

    Pipelines of another form than ours say nothing of it: who registers in a group need not be us.
    """
    for pipeline in site.of("Pipeline"):
        try:
            found = list(_registered(pipeline, group))
        except (AttributeError, KeyError, LookupError, TypeError, ValueError):
            continue
        yield from found


def _registered(pipeline: Thing, group: str) -> Iterator[Version]:
    for step in steps(pipeline):
        if step.type == "RegisterModel" and step.arguments["ModelPackageGroupName"] == group:
            (container,) = step.arguments["InferenceSpecification"]["Containers"]
            yield Version(_artifact(pipeline), str(container["Image"]))


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
            made = Step(step["Type"], _filled(arguments, at), name, files)
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


def _artifact(pipeline: Thing) -> str:
    """Where the model of a run is.

    Raises:
        LookupError: no step of the pipeline trains one.
    """
    jobs = (training_of(step) for step in steps(pipeline))
    job = next((each for each in jobs if each is not None), None)
    if job is None:
        raise LookupError(f"no step of {pipeline.name} trains a model")
    return f"{job['OutputDataConfig']['S3OutputPath']}/{JOB}/output/model.tar.gz"


def _job(site: Site, role: str, step: Step, kind: str) -> Iterator[Work]:
    name = {f"{kind}Name": JOB}
    made = {**step.arguments, **name, "Tags": _TAGS}
    yield site.does(role, _STEPS, f"sagemaker.Create{kind}", **made)
    yield site.does(role, _STEPS, f"sagemaker.Describe{kind}", **name)
    yield site.does(role, _STEPS, f"sagemaker.Stop{kind}", **name)


def _read(site: Site, role: str, step: Step) -> Iterator[Work]:
    """Files of outputs that conditions read."""
    outputs = (step.arguments.get("ProcessingOutputConfig") or {}).get("Outputs") or ()
    places = {str(it["OutputName"]): str(it["S3Output"]["S3Uri"]) for it in outputs}
    for each in step.files:
        bucket, key = place(places[str(each["OutputName"])])
        at = {"Bucket": bucket, "Key": f"{key}/{each['FilePath']}"}
        yield site.does(role, _FILES, "s3.GetObject", **at)


def _register(site: Site, role: str, pipeline: Thing, step: Step) -> Iterator[Work]:
    """A version of a group takes the group's tags and none of its own."""
    group = step.arguments["ModelPackageGroupName"]
    status = step.arguments["ModelApprovalStatus"]
    made = {"ModelPackageGroupName": group, "ModelApprovalStatus": status}
    yield site.does(role, _STEPS, "sagemaker.CreateModelPackage", **made)
    version = {"ModelPackageName": f"{group}/1"}
    yield site.does(role, _STEPS, "sagemaker.DescribeModelPackage", **version)
    bucket, key = place(_artifact(pipeline))
    yield site.does(role, _PACKAGE, "s3.GetObject", Bucket=bucket, Key=key)
    for container in step.arguments["InferenceSpecification"]["Containers"]:
        for work in pull(site, role, str(container["Image"])):
            yield Work(work.by, work.call, _PACKAGE)


def _tracking(site: Site, role: str, pipeline: Thing) -> Iterator[Work]:
    """A run is a trial of an experiment, its steps are the trial's components."""
    if not _body(pipeline).get("PipelineExperimentConfig"):
        return
    experiment, run = {"ExperimentName": pipeline.name.lower()}, {"TrialName": RUN}
    part = {"TrialComponentName": f"{JOB}-aws-training-job"}
    for method, params in (
        ("CreateExperiment", experiment),
        ("DescribeExperiment", experiment),
        ("CreateTrial", {**experiment, **run}),
        ("DescribeTrial", run),
        ("CreateTrialComponent", part),
        ("DescribeTrialComponent", part),
        ("UpdateTrialComponent", part),
        ("AssociateTrialComponent", {**run, **part}),
    ):
        yield site.does(role, _TRACKED, f"sagemaker.{method}", **params)
    for kind, name in (
        ("experiment", experiment["ExperimentName"]),
        ("experiment-trial", run["TrialName"]),
        ("experiment-trial-component", part["TrialComponentName"]),
    ):
        at = site.arn("sagemaker", f"{kind}/{name}")
        yield site.does(role, _TRACKED, "sagemaker.AddTags", ResourceArn=at, Tags=_TAGS)
