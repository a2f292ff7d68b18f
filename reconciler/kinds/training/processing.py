"""Processing jobs of a pipeline: their arguments, and roles that may do just what they do.

The names are those of ``CreateProcessingJob``, without the job's name, which the pipeline chooses.
Source of what a role needs: SageMaker developer guide, "How to use SageMaker execution roles".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.kinds.api import Role, Scope, gibibytes, seconds
from reconciler.kinds.terms.key import allow_disks
from reconciler.kinds.terms.permissions import (
    allow_base,
    allow_find,
    allow_images,
    allow_network,
    allow_seal,
    allow_write,
)
from reconciler.kinds.training.job import Job
from reconciler.kinds.training.origin import Mount
from reconciler.kinds.training.phases import Worker
from reconciler.kinds.training.places import below, own_place
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import BEGINS, BROKE, BUSY, Step
from reconciler.model.value import Json, Path, Props

SERVICE = "sagemaker.amazonaws.com"
GROUP = "/aws/sagemaker/ProcessingJobs"
INPUT, OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
CODE = "code"
"""The input that the script is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a processing job does."""

    name: str
    """Of the step."""
    purpose: str
    """Of its role, and the folder of its outputs."""
    at: Path
    worker: Worker
    image: str
    entry: tuple[Json, ...]
    arguments: tuple[Json, ...] = ()
    reads: Mapping[str, Mount] = field(default_factory=dict)
    writes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Outputs by name, each with the folders below the execution's own that it is in."""
    environment: Mapping[str, Json] = field(default_factory=dict)
    calls: bool = False
    """Whether it calls AWS, so that it cannot be kept from the network."""
    fresh: bool = False
    once: bool = False
    """Whether a job that AWS broke off must not be run again, since it may have done something."""
    files: tuple[Props, ...] = ()
    lines: Mapping[Path, Path] = field(default_factory=dict)


def processing(work: Work, spec: Training, job: Job, scope: Scope) -> tuple[Step, Role]:
    """The step, and the role of its job with what every such job may do."""
    role = scope.role(work.purpose, SERVICE, (scope.arn("sagemaker", "processing-job/*"),))
    _allow(work, role, spec, job, scope)
    step = Step(
        name=work.name,
        type="Processing",
        arguments=_arguments(work, role, spec, job),
        at=work.at,
        lines=_lines(work),
        files=work.files,
        retries=BUSY + BEGINS + (() if work.once else BROKE),
        fresh=work.fresh,
    )
    return step, role


def _allow(work: Work, role: Role, spec: Training, job: Job, scope: Scope) -> None:
    allow_base(scope, role, GROUP, GROUP)
    allow_images(scope, role, [work.image])
    for mount in work.reads.values():
        allow_find(scope, role, mount.spot)  # one object also is found by its prefix
    if work.writes:
        allow_write(scope, role, below(spec, scope, work.purpose))
        allow_seal(scope, role, job.output.key)
    allow_disks(scope, role, job.key)
    if spec.network is not None:
        allow_network(scope, role)


def _arguments(work: Work, role: Role, spec: Training, job: Job) -> Props:
    cluster: dict[str, Json] = {
        "InstanceType": work.worker.instance_type,
        "InstanceCount": 1,
        "VolumeSizeInGB": gibibytes(work.worker.volume),
    }
    if job.key is not None:
        cluster["VolumeKmsKeyId"] = job.key
    app: dict[str, Json] = {"ImageUri": work.image}
    if work.entry:
        app["ContainerEntrypoint"] = [*work.entry]
    if work.arguments:
        app["ContainerArguments"] = [*work.arguments]
    props: dict[str, Json] = {
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": app,
        "RoleArn": role.arn,
        "ProcessingInputs": [_input(name, mount) for name, mount in work.reads.items()],
        "StoppingCondition": {"MaxRuntimeInSeconds": seconds(work.worker.max_runtime)},
        "NetworkConfig": _network(work, spec),
    }
    if work.writes:
        outputs = [_output(name, own_place(job.output, work.purpose, *at))
                   for name, at in work.writes.items()]  # fmt: skip
        config: dict[str, Json] = {"Outputs": outputs}
        if job.output.key is not None:
            config["KmsKeyId"] = job.output.key
        props["ProcessingOutputConfig"] = config
    return {**props, "Environment": dict(work.environment)} if work.environment else props


def _input(name: str, mount: Mount) -> Props:
    given = {
        "S3Uri": mount.uri,
        "LocalPath": f"{INPUT}/{name}",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
        "S3DataDistributionType": "FullyReplicated",
        "S3CompressionType": "None",
    }
    return {"InputName": name, "AppManaged": False, "S3Input": given}


def _output(name: str, uri: Props) -> Props:
    given = {"S3Uri": uri, "LocalPath": f"{OUTPUT}/{name}", "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "AppManaged": False, "S3Output": given}


def _network(work: Work, spec: Training) -> Props:
    isolated = spec.network_isolation and not work.calls
    props: dict[str, Json] = {"EnableNetworkIsolation": isolated}
    return {**props, "VpcConfig": spec.network.props()} if spec.network is not None else props


def _lines(work: Work) -> dict[Path, Path]:
    at: Path = ("Arguments",)
    resources: Path = (*at, "ProcessingResources", "ClusterConfig")
    own = {
        (*resources, "InstanceType"): (*work.at, "instanceType"),
        (*resources, "VolumeSizeInGB"): (*work.at, "volume"),
        (*resources, "VolumeKmsKeyId"): ("key",),
        (*at, "StoppingCondition"): (*work.at, "maxRuntime"),
        (*at, "ProcessingOutputConfig", "KmsKeyId"): ("output",),
        (*at, "NetworkConfig", "VpcConfig"): ("network",),
        (*at, "NetworkConfig", "EnableNetworkIsolation"): ("networkIsolation",),
    }
    return {**own, **work.lines}
