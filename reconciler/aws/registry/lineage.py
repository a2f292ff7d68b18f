"""Where a version comes from: execution, job, data, commit. Two calls besides its description.

Only what says so itself is a hop: a job is the one that the version's own execution ran, never the
newest of a name. What is gone is said to be missing, and what metadata holds of it remains. Source:
SageMaker API reference, ListPipelineExecutionSteps, DescribeTrainingJob.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.registry.versions import why
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.registry import Version
from reconciler.resources.api import Absent, absent

GONE: tuple[Absent, ...] = (
    absent("ResourceNotFound"),
    absent("ValidationException", r"(?i)not found|does not exist|could not find"),
)
OURS = "moorline:"
_JOBS = (
    ("TrainingJob", "training-job", "describe_training_job", "TrainingJobName"),
    (
        "TuningJob",
        "hyper-parameter-tuning-job",
        "describe_hyper_parameter_tuning_job",
        "HyperParameterTuningJobName",
    ),
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One step back; `found` is empty where it is missing, and `why` says why."""

    what: str
    found: str
    why: str = ""

    def data(self) -> dict[str, Json]:
        return {"what": self.what, "found": self.found, "why": self.why}


def hops(session: Session, version: Version) -> list[Hop]:
    """The way from a version to its commit."""
    return [*_of_run(session, version), *_recorded(version)]


def _of_run(session: Session, version: Version) -> Iterator[Hop]:
    execution = version.generated_by
    if not execution:
        yield Hop("execution", "", "the version does not say what made it")
        yield Hop("job", "", "no execution to look into")
        return
    if ":pipeline/" not in execution:
        yield Hop("made by", execution)
        return
    reader = ReadOnly(session, "sagemaker", GONE)
    try:
        asked = {"PipelineExecutionArn": execution}
        steps = reader.pages("list_pipeline_execution_steps", asked, "PipelineExecutionSteps")
    except Gone:
        yield Hop("execution", "", f"{execution} is gone")
        yield Hop("job", "", "its execution is gone")
        return
    except AwsError as error:
        yield Hop("execution", execution)
        yield Hop("job", "", why(error))
        return
    yield Hop("execution", execution)
    yield from _jobs(reader, steps, version)


def _jobs(reader: ReadOnly, steps: list[Json], version: Version) -> Iterator[Hop]:
    """The job that trained: the execution's training or tuning step."""
    for key, kind, method, param in _JOBS:
        arns = [((each.get("Metadata") or {}).get(key) or {}).get("Arn") for each in steps]
        for arn in filter(None, arns):
            name = str(arn).rpartition(f":{kind}/")[2]
            try:
                body = reader.call(method, {param: name})
            except AwsError as error:
                gone = "it is gone" if isinstance(error, Gone) else why(error)
                yield Hop("job", str(arn))
                yield Hop("data", "", f"the job does not say: {gone}")
                return
            yield Hop("job", str(arn))
            yield from _data(body, version)
            return
    yield Hop("job", "", "no step of the execution trained a model")


def _data(body: Mapping[str, Json], version: Version) -> Iterator[Hop]:
    definition = body.get("TrainingJobDefinition") or body
    places = [
        (((each.get("DataSource") or {}).get("S3DataSource")) or {}).get("S3Uri")
        for each in definition.get("InputDataConfig") or ()
    ]
    found = [str(each) for each in places if each]
    for each in found:
        yield Hop("data", each)
    if not found:
        yield Hop("data", "", "the job names none in S3")
    artifact = (body.get("ModelArtifacts") or {}).get("S3ModelArtifacts")
    files = {each.data for each in version.containers if each.data}
    if artifact and files and artifact not in files:
        yield Hop("job's file", str(artifact))


def _recorded(version: Version) -> Iterator[Hop]:
    """What the version itself has kept, whatever became of what made it."""
    for each in version.containers:
        if each.data:
            yield Hop("model file", each.data)
    for key, item in sorted(version.metadata.items()):
        if not key.startswith(OURS):
            yield Hop(key, item)
    if version.repository:
        yield Hop("repository", version.repository)
    missing = "" if version.commit else "the version does not say"
    yield Hop("commit", version.commit, missing)
