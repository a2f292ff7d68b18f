"""What the role of a SageMaker pipeline does: it starts jobs, looks at them, registers models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.access.workloads.definitions import JOB, RUN, Step, inside, training_of
from reconciler.access.workloads.site import (
    DEPUTY,
    Site,
    Thing,
    Work,
    place,
    pull,
    takes,
)

__all__ = [
    "JOB", "RUN", "Step", "Version", "begun", "inside", "pipelines", "registered", "started",
    "steps", "training_of",
]  # fmt: skip
_STEPS = "SageMaker developer guide, Pipelines access management: pipeline role permissions"
_TUNED = "SageMaker Python SDK, TuningStep.properties: both descriptions of a tuning job"
_FILES = "SageMaker developer guide, Property files and JsonGet: the role reads the file"
_TRACKED = "SageMaker developer guide, Pipelines integration with Experiments"
_PACKAGE = "SageMaker API, CreateModelPackage: ModelDataETag and ImageDigest are found by reading"
_TAGS = [{"Key": "sagemaker:pipeline-execution-arn", "Value": "x"}]
"""What a pipeline tags its jobs with."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a pipeline registers."""

    artifact: str
    image: str


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
    elif step.type == "Transform":
        yield from _job(site, role, step, "TransformJob")
    elif step.type == "Model":
        yield from _model(site, role, step)
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


def _model(site: Site, role: str, step: Step) -> Iterator[Work]:
    name = {"ModelName": JOB}
    yield site.does(role, _STEPS, "sagemaker.CreateModel", **step.arguments, **name, Tags=_TAGS)
    yield site.does(role, _STEPS, "sagemaker.DescribeModel", **name)


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
