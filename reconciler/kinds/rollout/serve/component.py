"""Inference components: copies of models that share the instances of an endpoint.

A component is made after the endpoint, and goes before it. Its model takes over in place, batch by
batch. Source: SageMaker API reference, CreateInferenceComponent, InferenceComponentSpecification,
InferenceComponentComputeResourceRequirements; AWS_FACTS 1.2 and 1.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from reconciler.facts.instances import cores, has_accelerator
from reconciler.kinds.api import (
    Duration,
    Maybe,
    Problem,
    Section,
    Severity,
    Size,
    gibibytes,
    seconds,
)
from reconciler.model.address import Address
from reconciler.model.value import Json, Path, Props, Ref

TYPE = "AWS::SageMaker::InferenceComponent"
_MEGABYTES = 1024
_STARTUP = (60, 3600)


class Component(Section):
    """Copies of the model on the shared instances, and what each of them needs."""

    copies: Annotated[int, Field(ge=0)] = 1
    """How many. With 'autoscale' what it begins with."""
    memory: Size
    """Memory of each copy, in GiB."""
    max_memory: Maybe[Size] = None
    """The most memory that a copy may take. By default what there is."""
    cores: Maybe[Annotated[float, Field(strict=False, ge=0.25)]] = None
    """Cores of each copy."""
    accelerators: Maybe[Annotated[int, Field(ge=1)]] = None
    """GPUs or Neuron devices of each copy."""
    download_timeout: Maybe[Duration] = None
    """How long the download of the model may take. 1m to 1h."""
    startup_timeout: Maybe[Duration] = None
    """How long a copy may take until it is healthy. 1m to 1h."""


def problems(part: Component, path: Path) -> Iterator[Problem]:
    """What SageMaker refuses of it."""
    if not part.copies:
        text = "SageMaker makes no component without a copy: this is for one that exists"
        help_ = "use 1 or more; with `autoscale: {atLeast: 0, wake: {}}` it goes while nobody asks"
        yield Problem((*path, "copies"), text, help_, severity=Severity.WARNING)
    if part.max_memory and gibibytes(part.max_memory) < gibibytes(part.memory):
        yield Problem((*path, "maxMemory"), "it is less than 'memory'", "raise it")
    timeouts = {"downloadTimeout": part.download_timeout, "startupTimeout": part.startup_timeout}
    for name, limit in timeouts.items():
        if limit and not _STARTUP[0] <= seconds(limit) <= _STARTUP[1]:
            yield Problem((*path, name), "this timeout is 1m to 1h", "use 1m to 1h")


def fits(part: Component, path: Path, types: Sequence[str]) -> Iterator[Problem]:
    """Whether one copy has room on an instance of any of these types; what is unknown has."""
    had = [cores(each) for each in types]
    most = max((each for each in had if each is not None), default=0)
    if part.cores is not None and None not in had and part.cores > most:
        text = f"a copy has {part.cores:g} cores, and an instance {most}"
        yield Problem((*path, "cores"), text, "use fewer, or a larger instance type")
    if part.accelerators is not None and all(has_accelerator(each) is False for each in types):
        text = f"there are no accelerators on {' or '.join(types)}"
        yield Problem((*path, "accelerators"), text, "remove it, or use a type that has some")


def component_props(
    part: Component, model: Address, endpoint: Address, variant: str, deployment: Props
) -> Props:
    """The whole component; its model is another one by another name."""
    requirements: dict[str, Json] = {
        "MinMemoryRequiredInMb": gibibytes(part.memory) * _MEGABYTES,
    }
    if part.max_memory is not None:
        requirements["MaxMemoryRequiredInMb"] = gibibytes(part.max_memory) * _MEGABYTES
    if part.cores is not None:
        requirements["NumberOfCpuCoresRequired"] = part.cores
    if part.accelerators is not None:
        requirements["NumberOfAcceleratorDevicesRequired"] = part.accelerators
    specification: dict[str, Json] = {
        "ModelName": Ref(model, "ModelName"),
        "ComputeResourceRequirements": requirements,
    }
    if startup := _startup(part):
        specification["StartupParameters"] = startup
    props: dict[str, Json] = {
        "EndpointName": Ref(endpoint, "EndpointName"),
        "VariantName": variant,
        "Specification": specification,
        "RuntimeConfig": {"CopyCount": part.copies},
    }
    return {**props, "DeploymentConfig": deployment} if deployment else props


def _startup(part: Component) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if part.download_timeout is not None:
        found["ModelDataDownloadTimeoutInSeconds"] = seconds(part.download_timeout)
    if part.startup_timeout is not None:
        found["ContainerStartupHealthCheckTimeoutInSeconds"] = seconds(part.startup_timeout)
    return found


def lines(path: Path) -> dict[Path, Path]:
    """Which field is behind which property."""
    needs = ("Specification", "ComputeResourceRequirements")
    return {
        (): path,
        ("Specification", "ModelName"): ("model",),
        ("RuntimeConfig", "CopyCount"): (*path, "copies"),
        (*needs, "MinMemoryRequiredInMb"): (*path, "memory"),
        (*needs, "MaxMemoryRequiredInMb"): (*path, "maxMemory"),
        (*needs, "NumberOfCpuCoresRequired"): (*path, "cores"),
        (*needs, "NumberOfAcceleratorDevicesRequired"): (*path, "accelerators"),
        ("DeploymentConfig",): ("strategy",),
    }
